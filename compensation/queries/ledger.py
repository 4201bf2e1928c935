"""The proof that nobody altered an entry or a stored file."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import chain
from compensation.models import Entry, LedgerHead
from compensation.queries import stored_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

AT_ONCE = 2000
# In the order of `chain.Sealed`, then the two fingerprints.
_SEALED = (
    "number",
    "period__month",
    "engineer_id",
    "shift_id",
    "kind",
    "segment_start",
    "segment_end",
    "seconds",
    "rate__version",
    "amount_minor",
    "currency",
    "earned_on",
    "key",
    "reverses__number",
    "posted_at",
)
_NAMES = [field.name for field in dataclasses.fields(chain.Sealed)]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What the check of the whole ledger found; `fault` is empty when nothing was altered.

    `last_hash` is the fingerprint of the last entry that fits, which stands for all before it.
    """

    entries: int
    exports: int
    fault: str
    last_hash: str = chain.FIRST_HASH

    @property
    def is_intact(self) -> bool:
        """Whether every fingerprint is right."""
        return not self.fault


def verified_ledger(*, noted: Mapping[int, str] | None = None) -> Verification:
    """Follow the chain from the first entry to the head, then the stored files.

    The fault names the first entry or file that does not fit. `noted` are fingerprints by number
    that somebody kept elsewhere: they also show a chain that was written anew from end to end.
    Entries are read a few at a time; what is posted meanwhile is followed too.
    """
    walk = _Walk(noted or {})
    fault = walk.follow()
    exports = 0
    if not fault:
        exports, fault = stored_files.verified()
    return Verification(
        entries=walk.number, exports=exports, fault=fault, last_hash=walk.fingerprint
    )


class _Walk:
    """How far the chain was followed: the number and the fingerprint of the last good entry."""

    def __init__(self, noted: Mapping[int, str]) -> None:
        self.number, self.fingerprint = 0, chain.FIRST_HASH
        self._noted = noted

    def follow(self) -> str:
        """Go to the end; what is wrong there or on the way."""
        while True:
            fault = self._entries()
            if fault:
                return fault
            head = LedgerHead.objects.first()
            at_end = (head.last_number, head.last_hash) if head else (0, chain.FIRST_HASH)
            if at_end == (self.number, self.fingerprint):
                return self._outside()
            if not Entry.objects.filter(number__gt=self.number).exists():
                return (
                    f"The ledger's head is at entry {at_end[0]}, its last entry is {self.number}."
                )

    def _entries(self) -> str:
        while rows := self._next():
            for row in rows:
                fault = self._fault(row)
                if fault:
                    return fault
                self.number, self.fingerprint = row[0], row[-1]
        return ""

    def _next(self) -> list[tuple[Any, ...]]:
        rows = Entry.objects.filter(number__gt=self.number).order_by("number")
        return list(rows.values_list(*_SEALED, "previous_hash", "hash")[:AT_ONCE])

    def _fault(self, row: tuple[Any, ...]) -> str:  # noqa: PLR0911 - one for each thing that can be wrong
        *fields, previous, fingerprint = row
        number = fields[0]
        if number != self.number + 1:
            return f"Entry {self.number + 1} is missing."
        if previous != self.fingerprint:
            return f"Entry {number} does not follow the entry before it."
        sealed = chain.Sealed(**dict(zip(_NAMES, fields, strict=True)))
        if fingerprint != chain.fingerprint(sealed, previous=previous):
            return f"Entry {number} was altered."
        if self._noted.get(number, fingerprint) == fingerprint:
            return ""
        return f"Entry {number} or one before it is not the one that was noted."

    def _outside(self) -> str:
        """What the walk cannot meet: rows without a place in it, and noted ones beyond it."""
        beyond = [number for number in self._noted if not 0 < number <= self.number]
        if beyond:
            return f"Entry {min(beyond)} was noted and is not there."
        if Entry.objects.filter(number__lte=self.number).count() != self.number:
            return f"The ledger has other rows than the entries 1 to {self.number}."
        return ""
