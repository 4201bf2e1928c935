"""The price of one completed shift: an entry for each segment and each public holiday in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

from common.periods import seconds
from compensation.domain import keys, money, segments, shifts
from compensation.domain.rates import Rate, rate_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from common.periods import Period
    from compensation.domain.segments import HolidayShare, Segment
    from compensation.domain.shifts import Shift

_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Where somebody belonged on the local date of the shift's start.

    `office` None says that no office is known; `holidays` are the office's public holidays.
    """

    key: str
    office: str | None
    holidays: frozenset[dt.date] = frozenset()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PricedEntry:
    """One line that the shift is worth, before it has a number and a period.

    `segment` is the whole run of the person; `seconds` are its paid seconds, for a holiday those on
    that date.
    """

    key: str
    person: str
    kind: str
    segment: Period
    seconds: int
    rate_version: str
    amount_minor: int
    currency: str
    earned_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Priced:
    """A priced shift: entries in order of segment, the base amount first, then holidays by date.

    The seconds of the base entries and `gap_seconds` sum to `paid_seconds`.
    """

    entries: tuple[PricedEntry, ...]
    paid_seconds: int
    gap_seconds: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MissingRate:
    """Somebody worked for whom nothing says what a week is worth; `office` None: no office."""

    person: str
    office: str | None
    level: str
    on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """The shift cannot be priced; one line for each person, in order of their first segment."""

    missing: tuple[MissingRate, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What pricing needs beside the shift; every person of a stint is in `people`.

    `is_paid` says whether the shift's level is paid at all. `undecided` are rates that are missing
    for saying what another rotation pays already.
    """

    people: Mapping[str, Person]
    rates: Sequence[Rate]
    is_paid: bool
    undecided: tuple[MissingRate, ...] = ()


def price(shift: Shift, terms: Terms) -> Priced | Blocked:
    """What a shift is worth once it is completed; nothing depends on when it is asked.

    A level that is not paid and a shift cancelled before its start have no entries.
    """
    total = seconds(segments.paid_windows(shift))
    runs = segments.segments(shift)
    gap = total - sum(run.seconds for run in runs)
    if not terms.is_paid or not shifts.has_started(shift):
        return Priced(entries=(), paid_seconds=total, gap_seconds=gap)
    rates, missing = _rates(shift, runs, terms)
    missing.extend(terms.undecided)
    if missing:
        return Blocked(missing=tuple(missing))
    amounts = _base_amounts(runs, [rates[run.person] for run in runs], total)
    entries = itertools.chain.from_iterable(
        _entries(_Line(shift=shift, run=run, rate=rates[run.person], base_minor=amount), terms)
        for run, amount in zip(runs, amounts, strict=True)
    )
    return Priced(entries=tuple(entries), paid_seconds=total, gap_seconds=gap)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    shift: Shift
    run: Segment
    rate: Rate
    base_minor: int


def _rates(
    shift: Shift, runs: Iterable[Segment], terms: Terms
) -> tuple[dict[str, Rate], list[MissingRate]]:
    """Each person's rate on the local date of the shift's start, and who has none."""
    found: dict[str, Rate] = {}
    missing: list[MissingRate] = []
    for name in dict.fromkeys(run.person for run in runs):
        office = terms.people[name].office
        rate = None
        if office is not None:
            rate = rate_in_force(terms.rates, office=office, level=shift.level, on=shift.starts_on)
        if rate is not None:
            found[name] = rate
        else:
            missing.append(
                MissingRate(person=name, office=office, level=shift.level, on=shift.starts_on)
            )
    return found, missing


def _base_amounts(runs: Sequence[Segment], rates: Sequence[Rate], total: int) -> list[int]:
    """The base amount of each segment; one pool for each rate version, shared by seconds."""
    amounts = [0] * len(runs)
    for version in dict.fromkeys(rate.version for rate in rates):
        members = [index for index, rate in enumerate(rates) if rate.version == version]
        weights = [runs[index].seconds for index in members]
        pool = money.half_up(rates[members[0]].weekly_minor * sum(weights), total)
        for index, part in zip(members, money.split(pool, weights), strict=True):
            amounts[index] = part
    return amounts


def _entries(line: _Line, terms: Terms) -> Iterator[PricedEntry]:
    yield _entry(line, keys.BASE, line.run.seconds, line.base_minor)
    holidays = _holidays_in(line.shift, terms.people[line.run.person].holidays)
    for share in segments.holiday_shares(line.run, holidays, line.shift):
        kind = keys.holiday_kind(share.date)
        amount = _supplement(line.rate.holiday_minor, share)
        yield _entry(line, kind, share.to_second - share.from_second, amount)


def _holidays_in(shift: Shift, holidays: frozenset[dt.date]) -> list[dt.date]:
    last = shifts.local_date(shift.period.ends_at, shift.time_zone)
    days = (last - shift.starts_on) // _DAY + 1
    dates = [shift.starts_on + index * _DAY for index in range(days)]
    return [date for date in dates if date in holidays]


def _supplement(holiday_minor: int, share: HolidayShare) -> int:
    """Cumulative rounding: pieces of one date sum exactly, also when two shifts share it."""
    until, before = (
        money.half_up(holiday_minor * second, share.date_seconds)
        for second in (share.to_second, share.from_second)
    )
    return until - before


def _entry(line: _Line, kind: str, paid_seconds: int, amount_minor: int) -> PricedEntry:
    key = keys.entry_key(
        keys.KeyParts(
            shift=line.shift.key,
            person=line.run.person,
            segment_start=line.run.period.starts_at,
            rate_version=line.rate.version,
            kind=kind,
        )
    )
    return PricedEntry(
        key=key,
        person=line.run.person,
        kind=kind,
        segment=line.run.period,
        seconds=paid_seconds,
        rate_version=line.rate.version,
        amount_minor=amount_minor,
        currency=line.rate.currency,
        earned_on=shifts.earned_on(line.shift),
    )
