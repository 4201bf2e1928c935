"""A retroactive rate over many people: as many queries for a hundred weeks as for ten.

`RETROACTIVE_WEEKS=26` and `RETROACTIVE_PEOPLE=300` make it the size of RELIABILITY's D07,
and print what it took.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from audit.operations import Actor
from compensation.models import Entry, PayPeriod
from compensation.operations import periods, rate_proposals, recalculating, weeks
from compensation.operations.rates import NewRate
from compensation.queries.ledger import verified_ledger
from compensation.queries.rate_requests import proposal_page
from rotation.models import Level, Rotation, Shift
from tests import builders
from tests.compensation.rows import SWEEP, make_rate
from volunteers.models import Engineer, OnCallTeam, Posting

if TYPE_CHECKING:
    from volunteers.models import Office

pytestmark = pytest.mark.django_db
PEOPLE = int(os.environ.get("RETROACTIVE_PEOPLE", "50"))
WEEKS = int(os.environ.get("RETROACTIVE_WEEKS", "2"))
FIRST = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
SECONDS = 60


def _many(office: Office) -> None:
    """As many people, each alone in a rotation, with every week of theirs paid."""
    model = builders.make_rotation()
    windows = [_week_of(model, FIRST + week * dt.timedelta(days=7)) for week in range(WEEKS)]
    people, levels = _people(office), _levels(model)
    Shift.objects.bulk_create(
        (
            Shift(
                level=level,
                week_date=shift.week_date,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                time_zone=shift.time_zone,
                day_windows=shift.day_windows,
                holder=person,
                policy=shift.policy,
                load_hundredths=100,
                version=1,
            )
            for shift in windows
            for level, person in zip(levels, people, strict=True)
        ),
        batch_size=500,
    )


def _people(office: Office) -> list[Engineer]:
    people = Engineer.objects.bulk_create(
        Engineer(
            name=f"Person {number}",
            email=f"person{number}@example.com",
            employee_id=f"{number:05d}",
            created_at=builders.LONG_AGO,
        )
        for number in range(PEOPLE)
    )
    Posting.objects.bulk_create(
        Posting(engineer=person, office=office, starts_on=builders.LONG_AGO_DATE)
        for person in people
    )
    return people


def _levels(model: Rotation) -> list[Level]:
    teams = OnCallTeam.objects.bulk_create(
        OnCallTeam(slug=f"team-{number}", name=f"Team {number}") for number in range(PEOPLE)
    )
    rotations = Rotation.objects.bulk_create(
        Rotation(
            team=team,
            slug=team.slug,
            name=team.name,
            time_zone=model.time_zone,
            handover_weekday=0,
            handover_time=model.handover_time,
            business_start=model.business_start,
            business_end=model.business_end,
        )
        for team in teams
    )
    return Level.objects.bulk_create(
        Level(rotation=rotation, name="primary") for rotation in rotations
    )


def _week_of(rotation: Rotation, week_date: dt.date) -> Shift:
    """A week of nobody, whose times the others have as well."""
    return builders.make_shift(level=builders.level_of(rotation), week_date=week_date)


def _propose(office: Office) -> int:
    rate = NewRate(
        office_id=office.pk,
        level="primary",
        effective_from=FIRST,
        weekly_minor=60001,
        holiday_minor=9000,
    )
    finn = _actor(builders.make_finance())
    return rate_proposals.propose_rate(rate=rate, reason="Late.", actor=finn, now=NOW)


def _recalculated() -> tuple[recalculating.Recalculated, float, int]:
    """What a run did, its seconds of processor, and how many queries it asked."""
    began = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        result = recalculating.recalculate_weeks(actor=SWEEP, now=NOW)
    return result, time.process_time() - began, len(asked)


@pytest.fixture
def proposal_id() -> int:
    """A rate from the first of these weeks on, all of which are paid in closed months."""
    office = builders.make_office()
    make_rate(office=office)
    _many(office)
    weeks.complete_weeks(actor=SWEEP, now=NOW)
    for month in PayPeriod.objects.order_by("month").values_list("month", flat=True):
        periods.close_period(month=month, actor=SWEEP, now=NOW)
    return _propose(office)


def test_a_retroactive_rate_prices_all_closed_weeks_in_bounded_batches_once(
    proposal_id: int,
) -> None:
    count = PEOPLE * WEEKS
    began = time.process_time()
    page = proposal_page(proposal_id=proposal_id)
    looked = time.process_time() - began
    grace = _actor(builders.make_finance(name="Grace"))
    rate_proposals.approve_rate(proposal_id=proposal_id, actor=grace, now=NOW)
    result, seconds, queries = _recalculated()
    again, seconds_again, _queries = _recalculated()

    print(  # noqa: T201 - what it took, for whoever asks for the large size
        f"\n{count} weeks: effect {looked:.1f} s, pricing anew {seconds:.1f} s of processor with "
        f"{queries / count:.2f} queries a week, second run {seconds_again:.1f} s"
    )
    assert page is not None
    assert page.impact is not None
    assert page.impact.weeks == count
    assert result == recalculating.Recalculated(done=count, posted=2 * count)
    assert again == recalculating.Recalculated()
    late = Entry.objects.filter(number__gt=count)
    assert {entry.period.state for entry in late.select_related("period")} == {"open"}
    assert Entry.objects.aggregate(total=Sum("amount_minor"))["total"] == 60001 * count
    assert verified_ledger().is_intact
    assert seconds < SECONDS
    assert queries <= 60 * -(-count // recalculating.BATCH) + 20


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)
