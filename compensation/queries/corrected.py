"""What approved corrections say about who worked, and what a shift's live entries are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period
from compensation.domain import correcting, keys
from compensation.models import Correction, Entry
from rotation.domain.stints import CoverSpan

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShiftLedger:
    """A shift in the ledger: what counts, and how often it was priced."""

    live: tuple[correcting.LiveEntry, ...]
    last_revision: int


def corrected_covers(*, shift_ids: Iterable[int]) -> dict[int, list[CoverSpan]]:
    """The covers of the latest approved correction, by shift, in their order; one query.

    A shift that was never corrected is not among them; an empty list says that its holder had all.
    """
    rows = (
        Correction.objects.filter(shift_id__in=set(shift_ids), state=Correction.State.APPROVED)
        .order_by("pk", "covers__position")
        .values_list(
            *("shift_id", "pk", "covers__engineer_id"), *("covers__starts_at", "covers__ends_at")
        )
    )
    latest: dict[int, int] = {}
    found: dict[int, list[CoverSpan]] = {}
    for shift_id, correction_id, person, starts_at, ends_at in rows:
        if latest.get(shift_id) != correction_id:
            latest[shift_id], found[shift_id] = correction_id, []
        if starts_at is not None:
            period = Period(starts_at=starts_at, ends_at=ends_at)
            found[shift_id].append(CoverSpan(person=person, period=period))
    return found


def corrected_with(*, engineer_ids: Iterable[int]) -> list[int]:
    """The shifts with an approved correction that names any of these people; one query."""
    rows = Correction.objects.filter(
        state=Correction.State.APPROVED, covers__engineer_id__in=set(engineer_ids)
    )
    return list(rows.order_by("shift_id").values_list("shift_id", flat=True).distinct())


def covers_before(*, correction_id: int, shift_id: int) -> list[CoverSpan] | None:
    """The covers that counted before that correction; None while the shift's own did."""
    approved = Correction.objects.filter(
        shift_id=shift_id, state=Correction.State.APPROVED, pk__lt=correction_id
    )
    last = approved.order_by("-pk").first()
    if last is None:
        return None
    return [
        CoverSpan(
            person=cover.engineer_id,
            period=Period(starts_at=cover.starts_at, ends_at=cover.ends_at),
        )
        for cover in last.covers.order_by("position")
    ]


def shift_ledger(*, shift_id: int) -> ShiftLedger:
    """The shift's entries that no other has taken back, in order of number; one query."""
    return shift_ledgers(shift_ids=[shift_id])[shift_id]


def shift_ledgers(*, shift_ids: Iterable[int]) -> dict[int, ShiftLedger]:
    """Each of these shifts in the ledger, also one without an entry; one query."""
    entries: dict[int, list[Entry]] = {shift_id: [] for shift_id in shift_ids}
    rows = Entry.objects.filter(shift_id__in=list(entries), reverses__isnull=True)
    for entry in rows.select_related("rate", "reversed_by").order_by("number"):
        if entry.shift_id is not None:
            entries[entry.shift_id].append(entry)
    return {shift_id: _ledger(found) for shift_id, found in entries.items()}


def _ledger(entries: list[Entry]) -> ShiftLedger:
    revisions = [keys.revision_of(entry.key) for entry in entries]
    return ShiftLedger(
        live=tuple(_live(entry) for entry in entries if not hasattr(entry, "reversed_by")),
        last_revision=max(revisions, default=1),
    )


def _live(entry: Entry) -> correcting.LiveEntry:
    if entry.segment_start is None or entry.segment_end is None or entry.rate is None:
        raise ValueError(f"{entry} belongs to a shift and has no segment or rate")
    return correcting.LiveEntry(
        entry_id=entry.pk,
        number=entry.number,
        key=entry.key,
        person=str(entry.engineer_id),
        kind=entry.kind,
        segment=Period(starts_at=entry.segment_start, ends_at=entry.segment_end),
        seconds=entry.seconds,
        rate_id=entry.rate.pk,
        rate_version=entry.rate.version,
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        earned_on=entry.earned_on,
    )
