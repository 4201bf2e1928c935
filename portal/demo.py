"""The demo company: who can sign in by one click, and how its clock moves forward."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from audit import operations as audit
from common import clock, wording
from common.refusals import RefusedError
from portal.demo_people import PEOPLE, DemoPerson
from rotation.domain import slots
from rotation.queries import statements

if TYPE_CHECKING:
    from collections.abc import Iterable

DEMO = "demo"
DAY = dt.timedelta(days=1)
LONGEST_STEP = dt.timedelta(days=40)
PLAIN_ZONE = "UTC"


class ClockStepError(RefusedError):
    """The demo's time moves forward only, and by at most a month at once."""

    code = "CLOCK_STEP"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One button of the demo's banner: what it says, where it leads, what happens."""

    word: str
    to: dt.datetime
    becomes: str
    effect: str

    @property
    def value(self) -> str:
        """The instant as the form sends it, so that two clicks move the time once."""
        return self.to.isoformat()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """The banner: the time there, and the steps that an admin can take."""

    time: str
    steps: tuple[Step, ...]


def is_on() -> bool:
    """Whether this copy shows the demo company."""
    return settings.ROTA_MODE == DEMO


def people() -> tuple[DemoPerson, ...]:
    """Those who can sign in by one click, in the order of the page, grouped by role."""
    return PEOPLE


def banner(*, now: dt.datetime) -> Demo:
    """The demo's time in the zone of its first rotation, and the three steps from there."""
    patterns = [statement.pattern for statement in statements.statements(now=now)]
    zone = patterns[0].zone if patterns else PLAIN_ZONE
    return Demo(
        time=wording.moment(now, zone), steps=tuple(_steps(now=now, zone=zone, patterns=patterns))
    )


def move_clock(*, to: dt.datetime, actor: audit.Actor, now: dt.datetime) -> None:
    """Move the demo's time forward to `to`, for every process that reads the clock's file.

    Raises:
        ClockStepError: `to` is not later than `now`, or more than 40 days later.
        common.clock.ClockFixedError: this copy is neither a demo nor a test.
    """
    if to <= now:
        raise ClockStepError("The demo’s time is already past that. It only moves forward.")
    if to - now > LONGEST_STEP:
        raise ClockStepError("That is more than 40 days ahead. Move in smaller steps.")
    with transaction.atomic():
        audit.record(
            actor=actor,
            now=now,
            area=audit.Area.SCHEDULE,
            verb="moved",
            subject="the demo’s time",
            before={"now": now.isoformat()},
            after={"now": to.isoformat()},
        )
        clock.move_to(to)


def _steps(*, now: dt.datetime, zone: str, patterns: Iterable[slots.WeekPattern]) -> Iterable[Step]:
    patterns = list(patterns)
    tomorrow = now.replace(second=0, microsecond=0) + DAY
    yield Step(
        word="By a day",
        to=tomorrow,
        becomes=wording.moment(tomorrow, zone),
        effect="Weeks that end by then are completed and paid.",
    )
    if patterns:
        handover = min(_next_handover(pattern, now) for pattern in patterns)
        yield Step(
            word="To the next handover",
            to=handover,
            becomes=wording.moment(handover, zone),
            effect="The running week ends, is paid, and the next person is on call.",
        )
    month_end = max(_month_end(now, one) for one in {zone, *(each.zone for each in patterns)})
    yield Step(
        word="To the end of the month",
        to=month_end,
        becomes=wording.moment(month_end, zone),
        effect=f"{wording.month(wording.local(now, zone).date())} is over: finance can close it.",
    )


def _next_handover(pattern: slots.WeekPattern, now: dt.datetime) -> dt.datetime:
    return slots.week_at(pattern, now).period.ends_at


def _month_end(now: dt.datetime, zone: str) -> dt.datetime:
    """The first instant of the month after `now`, on that zone's calendar."""
    first = wording.local(now, zone).date().replace(day=1)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return slots.local_instant(zone, after, dt.time(0))
