"""Rows of money for tests: rates, and a team whose week has ended. See also tests/builders.py."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Actor
from common.periods import Period
from compensation.domain import keys
from compensation.models import Entry, Rate
from compensation.operations import posting
from tests import builders

if TYPE_CHECKING:
    from rotation.models import Rotation, Shift
    from volunteers.models import Engineer, Office

SWEEP = Actor.sweep("weeks")
FINN = Actor(name="finn@example.com")
FROM = dt.date(2026, 1, 1)
OCTOBER = [dt.date(2026, 10, day) for day in (5, 12, 19)]
AFTER_OCTOBER = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)


def make_rate(
    *,
    office: Office,
    level: str = "primary",
    weekly_minor: int = 60000,
    holiday_minor: int = 9000,
    effective_from: dt.date = FROM,
) -> Rate:
    """What a week is worth in the office from that date on, in minor units of its currency."""
    number = Rate.objects.filter(office=office, level=level).count() + 1
    return Rate.objects.create(
        version=f"{office.slug}-{level}-v{number}",
        office=office,
        level=level,
        effective_from=effective_from,
        weekly_minor=weekly_minor,
        holiday_minor=holiday_minor,
        currency=office.currency,
        added_by="shell",
        added_at=builders.LONG_AGO,
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Money:
    """Ben of Dublin, whose weeks of October have ended, and what they are worth."""

    office: Office
    ben: Engineer
    rotation: Rotation
    shifts: list[Shift]

    def shift(self, week_date: dt.date, *, holder: Engineer | None = None) -> Shift:
        """One more week of Ben's, or of somebody else's."""
        level = builders.level_of(self.rotation)
        return builders.make_shift(level=level, week_date=week_date, holder=holder or self.ben)


def make_money(*, with_rate: str = "primary", weeks: list[dt.date] | None = None) -> Money:
    """Ben of Dublin and his ended weeks; without a rate when `with_rate` is empty."""
    office = builders.make_office()
    ben = builders.make_engineer(name="Ben", employee_id="00412")
    builders.make_posting(engineer=ben, office=office, cost_centre="ENG-110")
    if with_rate:
        make_rate(office=office, level=with_rate)
    money = Money(office=office, ben=ben, rotation=builders.make_rotation(), shifts=[])
    money.shifts.extend(money.shift(date) for date in weeks or OCTOBER)
    return money


def many_entries(money: Money, count: int, *, now: dt.datetime = AFTER_OCTOBER) -> None:
    """Made-up entries of Ben's first week, posted in the ledger's own way."""
    shift = money.shifts[0]
    rate = Rate.objects.order_by("pk")[0]
    start = Entry.objects.count()
    entries = [
        posting.NewEntry(
            engineer_id=money.ben.pk,
            shift_id=shift.pk,
            kind=keys.BASE,
            segment=Period(starts_at=shift.starts_at, ends_at=shift.ends_at),
            seconds=0,
            rate_id=rate.pk,
            rate_version=rate.version,
            amount_minor=0,
            currency=rate.currency,
            earned_on=dt.date(2026, 10, 12),
            key=f"made up {start + number}",
        )
        for number in range(count)
    ]
    with transaction.atomic():
        posting.post_entries(entries, earned=dt.date(2026, 10, 12), now=now)
