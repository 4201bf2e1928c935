"""Many rows of what finance keeps, for the tests that count queries, and one of each for routes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.operations import Actor, Area, record
from compensation.domain.ready_made import READY_MADE
from compensation.models import ExportLayout, ExportLayoutVersion, PayPeriod, RateProposal
from tests import builders
from tests.guards.world_of_corrections import corrected_often, make_adjustment, make_correction
from tests.guards.world_of_layouts import make_layouts
from tests.guards.world_of_pay import make_question
from tests.guards.world_of_periods import ask_to_reopen, reopened_often
from tests.guards.world_of_rates import propose_from_a_past_day
from tests.guards.world_of_reports import make_report, make_report_files
from volunteers.models import CalendarVersion, Office

if TYPE_CHECKING:
    from rotation.models import Shift
    from tests.api.people import Cast
    from volunteers.models import Engineer

MONTH = "2026-10"
DAY = dt.timedelta(days=1)


def arguments_of_pay(cast: Cast, shift: Shift, eva: Engineer) -> dict[str, object]:
    """A row for each name that routes of pay know."""
    office = Office.objects.order_by("pk")[0]
    # A download leaves its record, which the month's page tells from then on.
    record(
        actor=Actor(name=cast.finn.email, engineer_id=cast.finn.pk),
        now=builders.NOW,
        area=Area.MONEY,
        verb="downloaded",
        subject=f"pay period {MONTH}",
        about=[PayPeriod.objects.get(month=MONTH)],
    )
    return {
        **make_question(eva),
        **make_report(cast.finn),
        **make_layouts(cast.finn),
        "correction_id": make_correction(shift, by=cast.anna).pk,
        "adjustment_id": make_adjustment(eva, by=cast.anna).pk,
        "proposal_id": propose_from_a_past_day(office, 64000, by=cast.finn),
        "reopening_id": ask_to_reopen(MONTH, by=cast.ada).pk,
        "office": office.slug,
        "number": 1,
        "layout": "detail",
    }


def grow_pay(cast: Cast, numbers: range) -> None:
    """Requests that were declined, files of reports, layouts out of use, changes of a calendar."""
    shift = cast.rotation.levels.get(name="primary").shifts.exclude(holder=None).order_by("pk")[0]
    corrected_often(shift, numbers, by=cast.anna, decided_by=cast.finn)
    reopened_often(MONTH, numbers, by=cast.finn, decided_by=cast.ada)
    make_report_files(cast.finn, numbers)
    office = Office.objects.order_by("pk")[0]
    _layouts(cast, numbers)
    CalendarVersion.objects.bulk_create(
        CalendarVersion(
            office=office,
            number=number + 1,
            added={str(builders.TODAY + (400 + number) * DAY): "A day off"},
            reason="It came late.",
            made_by=cast.finn.email,
            made_at=builders.NOW,
            settled_at=builders.NOW,
        )
        for number in numbers
    )
    RateProposal.objects.bulk_create(
        RateProposal(
            office=office,
            level="primary",
            effective_from=builders.TODAY,
            weekly_minor=number,
            holiday_minor=number,
            currency="EUR",
            reason="It came late.",
            proposed_by=cast.finn,
            proposed_at=builders.NOW,
            state=RateProposal.State.DECLINED,
            decided_by=cast.ada,
            decided_at=builders.NOW,
        )
        for number in numbers
    )


def _layouts(cast: Cast, numbers: range) -> None:
    made = ExportLayout.objects.bulk_create(
        ExportLayout(slug=f"of-{number}", name=f"Of {number}", archived_at=builders.NOW)
        for number in numbers
    )
    content = READY_MADE["generic-long"].content.as_data()
    ExportLayoutVersion.objects.bulk_create(
        ExportLayoutVersion(
            layout=layout,
            number=1,
            content=content,
            made_by=cast.finn.email,
            made_at=builders.NOW,
        )
        for layout in made
    )
