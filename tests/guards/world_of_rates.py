"""Rates from a past day and changed calendars, for the world of the guards."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.operations import Actor
from compensation.operations import calendar_reviews, office_calendars, rate_proposals
from compensation.operations.rates import NewRate
from tests import builders
from tests.guards.world_of_corrections import UNCORRECTED_WEEK
from volunteers.models import Office
from volunteers.operations.calendars import DaysChanged

if TYPE_CHECKING:
    from volunteers.models import Engineer

WHY = "It came late."
FROM = builders.TODAY - dt.timedelta(days=3)
ASKED, OFFERED, OWN = 1, 2, 3


def make_rates(people: dict[str, Engineer]) -> dict[str, object]:
    """Grace of finance proposes a rate and asks to pay a week by a day that was added late."""
    grace = builders.make_finance(name="Grace")
    office = Office.objects.get()
    for number in (ASKED, OFFERED, OWN):
        _add_late(office, UNCORRECTED_WEEK + dt.timedelta(days=number), by=grace)
    _ask(office, ASKED, by=grace)
    _ask(office, OWN, by=people["finance"])
    return {
        "proposal_id": propose_from_a_past_day(office, 64000, by=grace),
        "office": office.slug,
        "number": ASKED,
    }


def special_of_rates(people: dict[str, Engineer]) -> dict[str, dict[str, object]]:
    """A change about which nobody asked, and what Finn can take back."""
    own: dict[str, object] = {
        "proposal_id": propose_from_a_past_day(Office.objects.get(), 65000, by=people["finance"])
    }
    special: dict[str, dict[str, object]] = {
        "rate-proposal-withdraw": own,
        "office-calendar-withdraw": {"number": OWN},
        "office-calendar-keep": {"number": OFFERED},
        "office-calendar-ask": {"number": OFFERED},
    }
    return special | {f"api-{name}": arguments for name, arguments in special.items()}


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def propose_from_a_past_day(office: Office, weekly_minor: int, *, by: Engineer) -> int:
    rate = NewRate(
        office_id=office.pk,
        level="primary",
        effective_from=FROM,
        weekly_minor=weekly_minor,
        holiday_minor=9000,
    )
    return rate_proposals.propose_rate(rate=rate, reason=WHY, actor=_actor(by), now=builders.NOW)


def _add_late(office: Office, date: dt.date, *, by: Engineer) -> None:
    change = office_calendars.CalendarChange(
        office_id=office.pk, days=DaysChanged(added={date: "A late day"}), reason=WHY
    )
    office_calendars.change_calendar(change=change, actor=_actor(by), now=builders.NOW)


def _ask(office: Office, number: int, *, by: Engineer) -> None:
    version = office.calendar_versions.get(number=number)
    calendar_reviews.ask_to_recalculate(
        version_id=version.pk, reason=WHY, actor=_actor(by), now=builders.NOW
    )
