"""Lines of compensation with the words that a page needs beside them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Subquery

from common import wording
from compensation.domain import keys, periods
from compensation.domain.hours import hours
from compensation.domain.money import format_amount
from compensation.models import Entry, PayPeriod
from compensation.queries.pages import Page, page_of

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EntryLine:
    """One entry. An adjustment has no shift, segment and rate; texts are empty then.

    `holder_id` had the shift before covers. `reverses` and `reversed_by` are numbers of other
    entries; `weekly_minor` and `holiday_minor` are the rate's, for showing how the amount was
    computed.
    """

    number: int
    month: str
    is_closed: bool
    engineer_id: int
    name: str
    employee_id: str
    shift_id: int | None
    holder_id: int | None
    rotation: str
    level: str
    week_date: dt.date | None
    time_zone: str
    kind: str
    segment_start: dt.datetime | None
    segment_end: dt.datetime | None
    seconds: int
    rate_version: str
    rate_from: dt.date | None
    weekly_minor: int
    holiday_minor: int
    amount_minor: int
    currency: str
    earned_on: dt.date
    posted_at: dt.datetime
    key: str
    reverses: int | None
    reversed_by: int | None

    @property
    def holiday_on(self) -> dt.date | None:
        """The public holiday that a supplement is for."""
        return keys.holiday_of(self.kind)

    @property
    def month_label(self) -> str:
        """The month that it is posted to, `November 2026`."""
        return wording.month(periods.first_day(self.month))

    @property
    def hours(self) -> str:
        """The entry's seconds as hours, `125.5`."""
        return hours(self.seconds)

    @property
    def amount(self) -> str:
        """The amount as files and the API write it."""
        return format_amount(self.amount_minor, self.currency)


def entries_of(*, engineer_id: int) -> list[EntryLine]:
    """Everything that one person has earned, the newest entry first."""
    return entry_lines(Entry.objects.filter(engineer_id=engineer_id).order_by("-number"))


def entries_in(*, month: str) -> list[EntryLine]:
    """Every entry of a month, in order of its number."""
    return entry_lines(of_month(Entry.objects.all(), month).order_by("number"))


def of_month(entries: QuerySet[Entry], month: str) -> QuerySet[Entry]:
    """Those that are posted to the month.

    By the period's id, so that an index gives them in order of number: by the month's text a
    database may read the whole ledger for the first page of its newest month.
    """
    period = PayPeriod.objects.filter(month=month).values("pk")[:1]
    return entries.filter(period=Subquery(period))


def entry_page(*, entries: QuerySet[Entry], month: str, number: int) -> Page[EntryLine]:
    """A month's part of the entries in order of number, 100 on a page; two queries."""
    return page_of(of_month(entries, month).order_by("number"), number=number, lines=entry_lines)


def entry_lines(entries: QuerySet[Entry]) -> list[EntryLine]:
    """The entries as lines, in their order; one query."""
    rows = entries.select_related(
        "period", "engineer", "rate", "reverses", "reversed_by", "shift__level__rotation"
    )
    return [_line(row) for row in rows]


def _line(row: Entry) -> EntryLine:
    shift, rate = row.shift, row.rate
    later: Entry | None = getattr(row, "reversed_by", None)
    return EntryLine(
        number=row.number,
        month=row.period.month,
        is_closed=row.period.state == PayPeriod.State.CLOSED,
        engineer_id=row.engineer_id,
        name=row.engineer.name,
        employee_id=row.engineer.employee_id or "",
        shift_id=row.shift_id,
        holder_id=shift.holder_id if shift else None,
        rotation=shift.level.rotation.name if shift else "",
        level=shift.level.name if shift else "",
        week_date=shift.week_date if shift else None,
        time_zone=shift.time_zone if shift else "UTC",
        kind=row.kind,
        segment_start=row.segment_start,
        segment_end=row.segment_end,
        seconds=row.seconds,
        rate_version=rate.version if rate else "",
        rate_from=rate.effective_from if rate else None,
        weekly_minor=rate.weekly_minor if rate else 0,
        holiday_minor=rate.holiday_minor if rate else 0,
        amount_minor=row.amount_minor,
        currency=row.currency,
        earned_on=row.earned_on,
        posted_at=row.posted_at,
        key=row.key,
        reverses=row.reverses.number if row.reverses else None,
        reversed_by=later.number if later else None,
    )
