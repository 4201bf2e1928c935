"""Weeks that began before a calendar changed, and what they would be worth by it."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import pricing
from compensation.queries import pricing_terms
from compensation.queries.shifts import payable_shifts
from rotation.queries import started

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from compensation.queries.pricing_terms import Facts
    from compensation.queries.shifts import PayableShift
    from volunteers.queries.calendars import VersionLine

BATCH = 500


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekOffered:
    """A week that keeps the calendar it started with and would be paid otherwise by the other.

    `differences` are minor units by currency, all people of the week together; none while no rate
    prices it.
    """

    payable: PayableShift
    differences: Mapping[str, int]


def weeks_to_offer(*, version: VersionLine) -> list[WeekOffered]:
    """Started weeks of a paid level that the change would pay otherwise, by start, then id.

    A fixed number of queries for each five hundred weeks around the days.
    """
    ids = started.started_shift_ids(
        from_date=version.dates[0], until_date=version.dates[-1], by=version.made_at
    )
    return [
        WeekOffered(payable=payable, differences=differences)
        for payable, differences in _compared(ids, version)
        if differences is not None and payable.is_paid
    ]


def differences_of(
    *, wanted: Iterable[tuple[VersionLine, int]]
) -> dict[tuple[int, int], WeekOffered]:
    """What a change would make of a week's pay, by the ids of both; a fixed number of queries.

    Meant for one page of weeks.
    """
    pairs = list(wanted)
    payables = payable_shifts(shift_ids={shift_id for _version, shift_id in pairs})
    if not payables:
        return {}
    facts = pricing_terms.facts_of(list(payables.values()))
    return {
        (version.version_id, shift_id): WeekOffered(
            payable=payables[shift_id],
            differences=_differences(payables[shift_id], facts, version) or {},
        )
        for version, shift_id in pairs
    }


def _compared(
    ids: list[int], version: VersionLine
) -> Iterator[tuple[PayableShift, dict[str, int] | None]]:
    """Each week with its differences, None when its pay stays as it is."""
    for first in range(0, len(ids), BATCH):
        some = ids[first : first + BATCH]
        payables = payable_shifts(shift_ids=some)
        facts = pricing_terms.facts_of(list(payables.values()))
        for shift_id in some:
            yield payables[shift_id], _differences(payables[shift_id], facts, version)


def _differences(
    payable: PayableShift, facts: Facts, version: VersionLine
) -> dict[str, int] | None:
    before = pricing_terms.terms_from(facts, payable)
    after = pricing_terms.terms_from(facts, payable, also=[version.version_id])
    if before.people == after.people:
        return None
    prices = [pricing.price(payable.shift, terms) for terms in (before, after)]
    if prices[0] == prices[1] and not isinstance(prices[0], pricing.Blocked):
        return None
    sums: collections.Counter[str] = collections.Counter()
    for sign, priced in zip((-1, 1), prices, strict=True):
        if isinstance(priced, pricing.Priced):
            for entry in priced.entries:
                sums[entry.currency] += sign * entry.amount_minor
    return dict(sums)
