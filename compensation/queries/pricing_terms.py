"""What pricing needs of the people of a shift: offices, holidays and the rates that may apply."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from compensation.domain import pricing, shifts
from compensation.models import Recalculation
from compensation.queries.rates import rates_at_levels
from volunteers.queries import calendars, postings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from compensation.domain.rates import Rate
    from compensation.queries.shifts import PayableShift

_DAY = dt.timedelta(days=1)
_COUNTING = (Recalculation.State.WAITING, Recalculation.State.DONE)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What pricing needs of several shifts, read at once.

    `later_versions` are, by shift, the changes of a calendar after its start that two of finance
    let count for it; without one a week keeps the calendar that it started with.
    """

    belonged: postings.Postings
    calendars: calendars.Standing
    rates: Mapping[tuple[str, str], tuple[Rate, ...]]
    rate_ids: dict[str, int]
    later_versions: Mapping[int, Collection[int]]


def terms_of(payable: PayableShift) -> tuple[pricing.Terms, dict[str, int]]:
    """Offices and holidays as of the shift's start; the rates that may apply, and their ids."""
    facts = facts_of([payable])
    return terms_from(facts, payable), facts.rate_ids


def facts_of(payables: Sequence[PayableShift]) -> Facts:
    """What pricing needs of these shifts, at least one; five queries."""
    belonged = postings.postings_of(
        engineer_ids=[person for one in payables for person in one.people]
    )
    offices = {
        place.office_id: place.office_slug
        for one in payables
        for place in _places(belonged, one).values()
        if place is not None
    }
    found = rates_at_levels(offices=offices.values(), levels={one.shift.level for one in payables})
    rates: dict[tuple[str, str], list[Rate]] = collections.defaultdict(list)
    for rate in found.rates:
        rates[rate.office, rate.level].append(rate)
    return Facts(
        belonged=belonged,
        calendars=_calendars(offices, payables),
        rates={key: tuple(some) for key, some in rates.items()},
        rate_ids=found.ids,
        later_versions=_later_versions(payables),
    )


def terms_from(facts: Facts, payable: PayableShift, *, also: Collection[int] = ()) -> pricing.Terms:
    """The terms of one of the shifts; `also` are changes of a calendar that count as well."""
    shift = payable.shift
    counting = {*facts.later_versions.get(payable.shift_id, ()), *also}
    people = {}
    offices = set()
    for one, place in _places(facts.belonged, payable).items():
        days: Iterable[dt.date] = ()
        if place is not None:
            offices.add(place.office_slug)
            days = facts.calendars.at(place.office_id, shift.period.starts_at, also=counting)
        people[str(one)] = pricing.Person(
            key=str(one), office=place.office_slug if place else None, holidays=frozenset(days)
        )
    rates = [
        rate for office in sorted(offices) for rate in facts.rates.get((office, shift.level), ())
    ]
    return pricing.Terms(
        people=people, rates=rates, is_paid=payable.is_paid, undecided=payable.undecided
    )


def _places(belonged: postings.Postings, payable: PayableShift) -> dict[int, postings.Place | None]:
    return {one: belonged.place(one, payable.shift.starts_on) for one in payable.people}


def _calendars(offices: Iterable[int], payables: Sequence[PayableShift]) -> calendars.Standing:
    periods = [one.shift.period for one in payables]
    return calendars.standing(
        office_ids=offices,
        from_date=min(one.shift.starts_on for one in payables),
        until_date=max(_day_after(one.shift) for one in payables),
        since=min(period.starts_at for period in periods),
    )


def _later_versions(payables: Sequence[PayableShift]) -> dict[int, set[int]]:
    rows = Recalculation.objects.filter(
        shift_id__in=[one.shift_id for one in payables],
        calendar__isnull=False,
        state__in=_COUNTING,
    )
    found: dict[int, set[int]] = collections.defaultdict(set)
    for shift_id, version_id in rows.values_list("shift_id", "calendar_id"):
        if version_id is not None:
            found[shift_id].add(version_id)
    return found


def _day_after(shift: shifts.Shift) -> dt.date:
    return shifts.local_date(shift.period.ends_at, shift.time_zone) + _DAY
