"""What one person has earned in sum, what comes next, and what keeps a week of theirs waiting."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from common import wording
from compensation.domain import periods, segments, shifts, years
from compensation.domain.rates import rate_in_force
from compensation.models import BlockedShift, PayPeriod
from compensation.queries.rates import (
    RateLine,
    coming_of_history,
    in_force_of,
    pricing_rates,
    rate_history,
)
from compensation.queries.shifts import PayableShift, coming_of, coming_shifts, level_words
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from compensation.domain.years import PayYear
    from compensation.models import Entry
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.postings import Postings


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CurrencySum:
    """What somebody earned in one currency, in how many weeks; never add two of these."""

    currency: str
    amount_minor: int
    weeks: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EarnedMonth:
    """One month with entries of somebody, by currency in alphabetical order."""

    month: str
    is_closed: bool
    sums: tuple[CurrencySum, ...]

    @property
    def label(self) -> str:
        """The month as people say it, `November 2026`."""
        return wording.month(periods.first_day(self.month))

    @property
    def weeks(self) -> int:
        """How many weeks they had a part of."""
        return max((one.weeks for one in self.sums), default=0)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class YearSum:
    """What somebody earned in a year so far, by currency in alphabetical order."""

    year: PayYear
    sums: tuple[CurrencySum, ...]

    @property
    def label(self) -> str:
        """`2026`, or `April 2026 to March 2027`."""
        return year_label(self.year)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WaitingWeek:
    """A week in which somebody has paid time and which is not in the ledger yet."""

    rotation: str
    level: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str
    is_blocked: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """Weeks that have ended and wait, in order of start; the next one that ends.

    `only_unpaid` says that all weeks to come are of a level that is not paid.
    """

    waiting: tuple[WaitingWeek, ...]
    next: WaitingWeek | None
    only_unpaid: bool

    @property
    def is_blocked(self) -> bool:
        """Whether any of them waits for a rate."""
        return any(week.is_blocked for week in self.waiting)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Earnings:
    """Everything in sum that one person's page begins with.

    `open` and `closed` are their months, the newest first; `open_sums` add up the open ones and
    `years` the months of the calendar year and, where it is another, of the company's own.
    `current` is the month that the calendar is in. `rates` are those in force where they work,
    `coming_rates` those to come there, by date. `blocked_words` say what a week of theirs that has
    ended waits for; empty when none does.
    """

    current: str
    open: tuple[EarnedMonth, ...]
    closed: tuple[EarnedMonth, ...]
    open_sums: tuple[CurrencySum, ...]
    years: tuple[YearSum, ...]
    ahead: Ahead
    rates: tuple[RateLine, ...]
    coming_rates: tuple[RateLine, ...]
    blocked_words: str

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever posted for them."""
        return not self.open and not self.closed

    @property
    def open_label(self) -> str:
        """The open months in words: `November 2026`, `October 2026 to November 2026`."""
        months = sorted({one.month for one in self.open}) or [self.current]
        labels = [wording.month(periods.first_day(month)) for month in months]
        return labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"


def earnings(
    *,
    entries: QuerySet[Entry],
    engineer_id: int,
    fiscal_starts_in: int,
    now: dt.datetime,
    today: dt.date,
) -> Earnings:
    """What a person's own `entries` add up to; `today` is the day where they work.

    The company's year begins in the month `fiscal_starts_in`, 1 to 12. The number of queries does
    not depend on how many rows there are.
    """
    months = earned_months(entries=entries)
    still_open = [one for one in months if not one.is_closed]
    ahead = ahead_of(engineer_id=engineer_id, now=now)
    postings = postings_of(engineer_ids=[engineer_id])
    place = postings.place(engineer_id, today)
    rates = rate_history(office_id=place.office_id) if place else []
    return Earnings(
        current=periods.month_of(today),
        open=tuple(still_open),
        closed=tuple(one for one in months if one.is_closed),
        open_sums=added_up(still_open),
        years=year_sums(months, today=today, fiscal_starts_in=fiscal_starts_in),
        ahead=ahead,
        rates=tuple(in_force_of(rates, on=today)),
        coming_rates=tuple(coming_of_history(rates, after=today)),
        blocked_words=_blocked_words(ahead, postings, engineer_id),
    )


def year_label(year: PayYear) -> str:
    """The year in words: `2026`, or `April 2026 to March 2027`."""
    if not year.is_fiscal:
        return str(year.year)
    first, last = (periods.first_day(month) for month in (year.first_month, year.last_month))
    return f"{wording.month(first)} to {wording.month(last)}"


def year_sums(
    months: Iterable[EarnedMonth], *, today: dt.date, fiscal_starts_in: int
) -> tuple[YearSum, ...]:
    """The calendar year of the day and, where it is another, the company's, each with its sums."""
    current, known = periods.month_of(today), list(months)
    wanted = [years.calendar_year_of(current)]
    if fiscal_starts_in != years.JANUARY:
        wanted.append(years.fiscal_year_of(current, starts_in=fiscal_starts_in))
    return tuple(
        YearSum(year=year, sums=added_up(one for one in known if year.holds(one.month)))
        for year in wanted
    )


def _blocked_words(ahead: Ahead, postings: Postings, engineer_id: int) -> str:
    """What a blocked week lacks, as far as it is the person's own: nobody else is named."""
    for week in ahead.waiting:
        if not week.is_blocked:
            continue
        starts_on = shifts.local_date(week.starts_at, week.time_zone)
        place = postings.place(engineer_id, starts_on)
        if place is None:
            return f"You belonged to no office on {wording.day(starts_on)}."
        rates = pricing_rates(offices=[place.office_slug], level=week.level).rates
        found = rate_in_force(rates, office=place.office_slug, level=week.level, on=starts_on)
        if found is None:
            return f"Finance has no rate for {place.office_name}, {level_words(week.level)}."
        return "A rate is missing for somebody else who was on call in it."
    return ""


def earned_month(*, entries: QuerySet[Entry], month: str) -> EarnedMonth | None:
    """One month of a person's entries, or None without any."""
    found = earned_months(entries=entries.filter(period__month=month))
    return found[0] if found else None


def earned_months(*, entries: QuerySet[Entry]) -> list[EarnedMonth]:
    """The months of a person's entries with their sums, the newest first; one query."""
    rows = (
        entries.values_list("period__month", "period__state", "currency")
        .annotate(amount=Sum("amount_minor"), weeks=Count("shift_id", distinct=True))
        .order_by("-period__month", "currency")
    )
    months: dict[tuple[str, str], list[CurrencySum]] = {}
    for month, state, currency, amount, weeks in rows:
        one = CurrencySum(currency=currency, amount_minor=amount, weeks=weeks)
        months.setdefault((month, state), []).append(one)
    return [
        EarnedMonth(month=month, is_closed=state == PayPeriod.State.CLOSED, sums=tuple(sums))
        for (month, state), sums in months.items()
    ]


def added_up(months: Iterable[EarnedMonth]) -> tuple[CurrencySum, ...]:
    """The sums of several months, by currency in alphabetical order."""
    found: dict[str, list[CurrencySum]] = {}
    for one in (each for month in months for each in month.sums):
        found.setdefault(one.currency, []).append(one)
    return tuple(
        CurrencySum(
            currency=currency,
            amount_minor=sum(one.amount_minor for one in found[currency]),
            weeks=sum(one.weeks for one in found[currency]),
        )
        for currency in sorted(found)
    )


def ahead_of(*, engineer_id: int, now: dt.datetime) -> Ahead:
    """The person's weeks that are not completed, covers laid over them; three queries."""
    return _ahead(coming_shifts(engineer_id=engineer_id), engineer_id, now)


def ahead_in(*, shifts_read: Iterable[WorkedShift], engineer_id: int, now: dt.datetime) -> Ahead:
    """The same of shifts that were read for more than this; one query."""
    return _ahead(coming_of(shifts_read, now=now), engineer_id, now)


def _ahead(found: Iterable[PayableShift], engineer_id: int, now: dt.datetime) -> Ahead:
    mine = [one for one in found if _has_part(one, engineer_id)]
    paid = [one for one in mine if one.is_paid]
    over = [one for one in paid if shifts.is_completed(one.shift, now=now)]
    coming = [one for one in paid if not shifts.is_completed(one.shift, now=now)]
    ids = [one.shift_id for one in over]
    blocked = set(BlockedShift.objects.filter(shift_id__in=ids).values_list("shift_id", flat=True))
    soonest = min(coming, key=lambda one: shifts.completed_at(one.shift), default=None)
    return Ahead(
        waiting=tuple(_week(one, is_blocked=one.shift_id in blocked) for one in over),
        next=_week(soonest, is_blocked=False) if soonest else None,
        only_unpaid=bool(mine) and not paid,
    )


def _has_part(one: PayableShift, engineer_id: int) -> bool:
    return any(int(run.person) == engineer_id for run in segments.segments(one.shift))


def _week(one: PayableShift, *, is_blocked: bool) -> WaitingWeek:
    return WaitingWeek(
        rotation=one.rotation,
        level=one.shift.level,
        starts_at=one.shift.period.starts_at,
        ends_at=shifts.completed_at(one.shift),
        time_zone=one.shift.time_zone,
        is_blocked=is_blocked,
    )
