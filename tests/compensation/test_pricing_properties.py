"""Random weeks against a second reading of the rules that walks them minute by minute."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import itertools
import zoneinfo
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from common.periods import Period, seconds
from compensation.domain import pricing, segments, shifts
from compensation.domain.rates import Rate
from rotation.domain import slots, stints

MINUTE = dt.timedelta(minutes=1)
NAMES = ("anna", "ben", "carla")
OFFICES = ("dublin", "london", "london")
MONDAYS = [dt.date(2026, 3, 23), dt.date(2026, 6, 8), dt.date(2026, 10, 19), dt.date(2026, 12, 21)]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    shift: shifts.Shift
    terms: pricing.Terms


@st.composite
def worked_stints(draw: st.DrawFn, period: Period) -> tuple[shifts.Stint, ...]:
    minutes = period.seconds // 60
    covers = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, minutes - 1))
        last = draw(st.integers(first + 1, minutes))
        span = Period(
            starts_at=period.starts_at + first * MINUTE, ends_at=period.starts_at + last * MINUTE
        )
        covers.append(stints.CoverSpan(person=draw(st.integers(0, 2)), period=span))
    holder = draw(st.none() | st.integers(0, 2))
    return tuple(
        shifts.Stint(
            person=None if stint.person is None else NAMES[stint.person], period=stint.period
        )
        for stint in stints.stints(holder, period, covers)
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(["Europe/London", "America/Los_Angeles", "Asia/Kolkata"]))
    business = draw(st.sampled_from([(None, None), (dt.time(9), dt.time(17, 30))]))
    pattern = slots.WeekPattern(
        zone=zone,
        handover_weekday=0,
        handover_time=draw(st.sampled_from([dt.time(0), dt.time(9), dt.time(1, 30)])),
        business_start=business[0],
        business_end=business[1],
    )
    start = draw(st.sampled_from(MONDAYS))
    days = [start + dt.timedelta(days=index) for index in range(8)]
    rotation_holidays = frozenset(draw(st.sets(st.sampled_from(days), max_size=2)))
    week = slots.week_of(pattern, start)
    worked = draw(worked_stints(week.period))
    cancelled = draw(st.none() | st.integers(-100, 10_000))
    return Case(
        shift=shifts.Shift(
            key="S1",
            level="primary",
            time_zone=zone,
            period=week.period,
            day_windows=tuple(slots.day_windows(pattern, week, rotation_holidays)),
            stints=worked,
            cancelled_at=None
            if cancelled is None
            else min(week.period.starts_at + cancelled * MINUTE, week.period.ends_at - MINUTE),
        ),
        terms=_terms(draw, days),
    )


def _terms(draw: st.DrawFn, days: list[dt.date]) -> pricing.Terms:
    calendars = {
        office: frozenset(draw(st.sets(st.sampled_from(days), max_size=2)))
        for office in ("dublin", "london")
    }
    rates = [
        Rate(
            version=office,
            office=office,
            level="primary",
            effective_from=dt.date(2026, 1, 1),
            weekly_minor=draw(st.integers(0, 200_000)),
            holiday_minor=draw(st.integers(0, 20_000)),
            currency="EUR",
            inserted=1,
        )
        for office in ("dublin", "london")
    ]
    people = {
        name: pricing.Person(key=name, office=office, holidays=calendars[office])
        for name, office in zip(NAMES, OFFICES, strict=True)
    }
    return pricing.Terms(people=people, rates=rates, is_paid=True)


def priced(case: Case) -> pricing.Priced:
    result = pricing.price(case.shift, case.terms)
    assert isinstance(result, pricing.Priced)
    return result


@dataclasses.dataclass(kw_only=True)
class Walk:
    """What somebody with a watch would note: one line a minute."""

    case: Case
    total: int = 0
    runs: list[tuple[str, dt.datetime]] = dataclasses.field(default_factory=list)
    minutes: list[collections.Counter[dt.date]] = dataclasses.field(default_factory=list)
    positions: list[dict[dt.date, tuple[int, int]]] = dataclasses.field(default_factory=list)
    whole_days: collections.Counter[dt.date] = dataclasses.field(
        default_factory=collections.Counter
    )

    def take(self) -> None:
        shift = self.case.shift
        zone = zoneinfo.ZoneInfo(shift.time_zone)
        before: str | None = None
        for window in shift.day_windows:
            moment = window.starts_at
            while moment < window.ends_at:
                date = moment.astimezone(zone).date()
                if shift.period.contains(moment):
                    before = self._note(moment, date, before)
                self.whole_days[date] += 1
                moment += MINUTE

    def _note(self, moment: dt.datetime, date: dt.date, before: str | None) -> str | None:
        shift = self.case.shift
        self.total += 1
        person = next(s.person for s in shift.stints if s.period.contains(moment))
        if shift.cancelled_at is not None and moment >= shift.cancelled_at:
            person = None
        if person is None:
            return None
        if person != before:
            self.runs.append((person, moment))
            self.minutes.append(collections.Counter())
            self.positions.append({})
        self.minutes[-1][date] += 1
        position = self.whole_days[date]
        first, _ = self.positions[-1].get(date, (position, position))
        self.positions[-1][date] = (first, position + 1)
        return person


def nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def walked_holidays(walk: Walk) -> list[tuple[str, dt.datetime, str, int]]:
    terms = walk.case.terms
    lines = []
    for (person, start), places in zip(walk.runs, walk.positions, strict=True):
        rate = next(r for r in terms.rates if r.office == terms.people[person].office)
        for date, (first, last) in sorted(places.items()):
            if date not in terms.people[person].holidays:
                continue
            day = walk.whole_days[date]
            until, since = (
                nearest(Fraction(rate.holiday_minor * place, day)) for place in (last, first)
            )
            lines.append((person, start, f"HOL:{date}", until - since))
    return lines


@settings(max_examples=60, deadline=None)
@given(cases())
def test_segments_seconds_and_supplements_agree_with_a_walk_by_the_minute(case: Case) -> None:
    walk = Walk(case=case)
    walk.take()
    if not shifts.has_started(case.shift):
        walk.runs, walk.minutes, walk.positions = [], [], []

    result = priced(case)

    base = [entry for entry in result.entries if entry.kind == "BASE"]
    assert [(entry.person, entry.segment.starts_at) for entry in base] == walk.runs
    assert [entry.seconds // 60 for entry in base] == [sum(n.values()) for n in walk.minutes]
    assert [
        (entry.person, entry.segment.starts_at, entry.kind, entry.amount_minor)
        for entry in result.entries
        if entry.kind != "BASE"
    ] == walked_holidays(walk)
    assert result.paid_seconds == 60 * walk.total


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_parts_of_each_rate_sum_to_its_pool_and_the_seconds_to_the_week(case: Case) -> None:
    result = priced(case)

    base = [entry for entry in result.entries if entry.kind == "BASE"]
    for rate in case.terms.rates:
        parts = [entry for entry in base if entry.rate_version == rate.version]
        share = Fraction(sum(entry.seconds for entry in parts), result.paid_seconds)
        assert sum(entry.amount_minor for entry in parts) == nearest(rate.weekly_minor * share)
    if shifts.has_started(case.shift):
        assert sum(entry.seconds for entry in base) + result.gap_seconds == result.paid_seconds


@settings(max_examples=150, deadline=None)
@given(cases())
def test_keys_are_unique_and_amounts_never_negative(case: Case) -> None:
    entries = priced(case).entries

    assert len({entry.key for entry in entries}) == len(entries)
    assert all(entry.amount_minor >= 0 for entry in entries)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_holiday_shared_by_two_weeks_sums_exactly_to_its_supplement(data: st.DataObject) -> None:
    pattern = slots.WeekPattern(
        zone="Europe/London",
        handover_weekday=0,
        handover_time=data.draw(st.sampled_from([dt.time(9), dt.time(0), dt.time(20, 20)])),
        business_start=dt.time(9),
        business_end=dt.time(17, 30),
    )
    monday = dt.date(2026, 5, 25)
    amount = data.draw(st.integers(0, 50_000))
    holiday = frozenset({monday})
    people = {name: pricing.Person(key=name, office="london", holidays=holiday) for name in NAMES}
    rate = Rate(
        version="v1",
        office="london",
        level="primary",
        effective_from=dt.date(2026, 1, 1),
        weekly_minor=50_000,
        holiday_minor=amount,
        currency="GBP",
        inserted=1,
    )
    terms = pricing.Terms(people=people, rates=[rate], is_paid=True)
    paid = 0
    for start in (monday - dt.timedelta(days=7), monday):
        week = slots.week_of(pattern, start)
        worked = tuple(
            stint if stint.person else dataclasses.replace(stint, person="anna")
            for stint in data.draw(worked_stints(week.period))
        )
        shift = shifts.Shift(
            key=start.isoformat(),
            level="primary",
            time_zone=pattern.zone,
            period=week.period,
            day_windows=tuple(slots.day_windows(pattern, week, holiday)),
            stints=worked,
        )
        result = priced(Case(shift=shift, terms=terms))
        paid += sum(entry.amount_minor for entry in result.entries if entry.kind != "BASE")

    assert paid == amount


@settings(max_examples=60, deadline=None)
@given(cases())
def test_segments_never_overlap_and_neighbours_are_different_people(case: Case) -> None:
    runs = segments.segments(case.shift)

    paid = seconds(segments.paid_windows(case.shift))
    assert sum(run.seconds for run in runs) <= paid
    for left, right in itertools.pairwise(runs):
        assert left.period.ends_at <= right.period.starts_at
