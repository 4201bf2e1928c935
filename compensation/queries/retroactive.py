"""What a rate from a past day changes: ended weeks, their entries, who gains and loses."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from typing import TYPE_CHECKING

from django.db.models import Q

from compensation.domain.rates import Rate as DomainRate
from compensation.models import BlockedShift, Entry
from compensation.queries import pricing_terms
from compensation.queries.repricing import Repriced, repriced
from compensation.queries.shifts import payable_shifts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from compensation.queries.pricing_terms import Facts
    from compensation.queries.shifts import PayableShift

BATCH = 500
MOST_LINES = 30
_NOT_YET = 2**62


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RateInQuestion:
    """A rate that is in force already (`rate_id`), or would be; amounts in minor units."""

    office_id: int
    office_slug: str
    level: str
    effective_from: dt.date
    weekly_minor: int
    holiday_minor: int
    currency: str
    rate_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShiftToPrice:
    """A completed shift that the rate changes, and the date to which its pay belongs."""

    shift_id: int
    earned_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyImpact:
    """What people of one currency have in the entries that change, and what they get instead."""

    currency: str
    before_minor: int
    after_minor: int

    @property
    def change_minor(self) -> int:
        """More or less than before."""
        return self.after_minor - self.before_minor


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekImpact:
    """One ended week that changes, and by how much; `people` of it are concerned."""

    shift_id: int
    title: str
    earned_on: dt.date
    people: int
    entries: int
    currency: str
    change_minor: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RateImpact:
    """What approving the rate does to ended weeks; `lines` are the first of `weeks`, by date.

    `taken_back` entries are reversed and `added` ones posted. `priced` weeks have ended without a
    rate and get this one. `concerned` are ids of people.
    """

    weeks: int
    taken_back: int
    added: int
    priced: int
    concerned: frozenset[int]
    currencies: tuple[CurrencyImpact, ...]
    lines: tuple[WeekImpact, ...]

    @property
    def more(self) -> int:
        """How many weeks are not among the lines."""
        return self.weeks - len(self.lines)


def shifts_to_price(*, rate: RateInQuestion) -> list[ShiftToPrice]:
    """Completed shifts with an entry that the rate replaces, by date, then id; one query.

    Those are the live entries of the office and level whose week starts on the rate's day or
    later, and whose own rate does not begin later still.
    """
    rows = _replaced(rate).order_by("earned_on", "shift_id").values_list("shift_id", "earned_on")
    return [
        ShiftToPrice(shift_id=shift_id, earned_on=earned_on)
        for shift_id, earned_on in rows.distinct()
    ]


def concerned_people(*, rate: RateInQuestion) -> frozenset[int]:
    """Whose entries the rate replaces; one query."""
    return frozenset(_replaced(rate).values_list("engineer_id", flat=True))


def rate_impact(*, rate: RateInQuestion) -> RateImpact:
    """What the rate would change; prices every such shift, some hundred at a time."""
    tally = _Tally()
    ids = [one.shift_id for one in shifts_to_price(rate=rate)]
    for some in _batches(ids):
        for found in _repriced(some, rate):
            tally.add(found)
    blocked = BlockedShift.objects.filter(
        shift__level__name=rate.level, shift__week_date__gte=rate.effective_from
    )
    for some in _batches(list(blocked.order_by("pk").values_list("shift_id", flat=True))):
        tally.priced += sum(found.blocked is None for found in _repriced(some, rate))
    return tally.impact()


class _Tally:
    """Sums over shifts, one after another."""

    def __init__(self) -> None:
        self.priced = 0
        self.weeks = self.taken_back = self.added = 0
        self.concerned: set[int] = set()
        self.before: collections.Counter[str] = collections.Counter()
        self.after: collections.Counter[str] = collections.Counter()
        self.lines: list[WeekImpact] = []

    def add(self, found: Repriced) -> None:
        changes = found.changes
        if changes.is_nothing:
            return
        self.weeks += 1
        self.taken_back += len(changes.taken_back)
        self.added += len(changes.added)
        for entry in changes.taken_back:
            self.before[entry.currency] += entry.amount_minor
        for new in changes.added:
            self.after[new.currency] += new.amount_minor
        people = {int(person) for person, _currency in changes.differences}
        self.concerned |= people
        if len(self.lines) < MOST_LINES:
            self.lines += _lines(found, len(people))[: MOST_LINES - len(self.lines)]

    def impact(self) -> RateImpact:
        return RateImpact(
            weeks=self.weeks,
            taken_back=self.taken_back,
            added=self.added,
            priced=self.priced,
            concerned=frozenset(self.concerned),
            currencies=tuple(
                CurrencyImpact(
                    currency=currency,
                    before_minor=self.before[currency],
                    after_minor=self.after[currency],
                )
                for currency in sorted({*self.before, *self.after})
            ),
            lines=tuple(self.lines),
        )


def _lines(found: Repriced, people: int) -> list[WeekImpact]:
    """One for each currency: a rate changes one, so that this is one line."""
    sums: collections.Counter[str] = collections.Counter()
    for (_person, currency), minor in found.changes.differences.items():
        sums[currency] += minor
    return [
        WeekImpact(
            shift_id=found.payable.shift_id,
            title=found.payable.title,
            earned_on=found.payable.earned_on,
            people=people,
            entries=len(found.changes.taken_back),
            currency=currency,
            change_minor=minor,
        )
        for currency, minor in sorted(sums.items())
    ]


def _replaced(rate: RateInQuestion) -> QuerySet[Entry]:
    own = Q(rate_id=rate.rate_id) if rate.rate_id is not None else Q(pk__in=[])
    return Entry.objects.filter(
        reverses__isnull=True,
        reversed_by__isnull=True,
        rate__office_id=rate.office_id,
        rate__level=rate.level,
        rate__effective_from__lte=rate.effective_from,
        shift__week_date__gte=rate.effective_from,
    ).exclude(own)


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]


def _repriced(shift_ids: list[int], rate: RateInQuestion) -> Iterable[Repriced]:
    found = payable_shifts(shift_ids=shift_ids)
    payables: list[PayableShift] = [found[shift_id] for shift_id in shift_ids]
    return repriced(payables, facts=_with(pricing_terms.facts_of(payables), rate))


def _with(facts: Facts, rate: RateInQuestion) -> Facts:
    """The facts as they would be with the rate; as they are when it is in force already."""
    if rate.rate_id is not None:
        return facts
    new = DomainRate(
        version="proposed",
        office=rate.office_slug,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
        currency=rate.currency,
        inserted=_NOT_YET,
    )
    key = (rate.office_slug, rate.level)
    rates = {**facts.rates, key: tuple(itertools.chain(facts.rates.get(key, ()), [new]))}
    return dataclasses.replace(facts, rates=rates)
