"""A shift that was priced before and is priced anew: what is taken back and what comes instead."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import keys

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from common.periods import Period
    from compensation.domain.pricing import PricedEntry

_Content = tuple[str, str, "Period", int, str, int]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LiveEntry:
    """An entry of a shift in the ledger that no other has taken back."""

    entry_id: int
    number: int
    key: str
    person: str
    kind: str
    segment: Period
    seconds: int
    rate_id: int
    rate_version: str
    amount_minor: int
    currency: str
    earned_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What makes a shift's live entries what the rules give now; what is equal stays as it is.

    `taken_back` are in order of number, `added` in order of pricing, with keys of their own.
    """

    taken_back: tuple[LiveEntry, ...]
    added: tuple[PricedEntry, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether the ledger says already what the rules give."""
        return not self.taken_back and not self.added

    @property
    def differences(self) -> dict[tuple[str, str], int]:
        """What each person gets more or less, by person and currency; 0 when only cut anew."""
        sums: collections.Counter[tuple[str, str]] = collections.Counter()
        for entry in self.taken_back:
            sums[entry.person, entry.currency] -= entry.amount_minor
        for new in self.added:
            sums[new.person, new.currency] += new.amount_minor
        return dict(sums)


def changes(
    live: Sequence[LiveEntry], priced: Iterable[PricedEntry], *, last_revision: int
) -> Changes:
    """The reversals and new entries that a shift needs; none once they are posted.

    `last_revision` is the highest that an entry of the shift has, taken back ones included; every
    new entry gets the one after it.
    """
    missing: list[PricedEntry] = []
    unmatched = collections.defaultdict(list)
    for entry in live:
        unmatched[_content_of_live(entry)].append(entry)
    for new in priced:
        equal = unmatched[_content(new)]
        if equal:
            equal.pop(0)
        else:
            missing.append(new)
    over = [entry for entries in unmatched.values() for entry in entries]
    return Changes(
        taken_back=tuple(sorted(over, key=lambda entry: entry.number)),
        added=tuple(_at(new, last_revision + 1) for new in missing),
    )


def _content_of_live(entry: LiveEntry) -> _Content:
    return (
        *(entry.person, entry.kind, entry.segment),
        *(entry.seconds, entry.rate_version, entry.amount_minor),
    )


def _content(new: PricedEntry) -> _Content:
    return (
        *(new.person, new.kind, new.segment),
        *(new.seconds, new.rate_version, new.amount_minor),
    )


def _at(new: PricedEntry, revision: int) -> PricedEntry:
    return dataclasses.replace(new, key=keys.at_revision(new.key, revision))
