"""One entry with all that explains it: its sum, what it takes back, what took it back, and why."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from compensation.models import Adjustment, Correction, Entry
from compensation.queries import slips
from compensation.queries.entries import entry_lines

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from compensation.queries.entries import EntryLine
    from compensation.queries.slips import Slip, SlipLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Grounds:
    """Why there is a correction or an adjustment: who asked, who approved, when; the papers."""

    reason: str
    evidence: str
    proposed_by: str
    approved_by: str
    approved_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EntryPage:
    """An entry as its page shows it.

    `slip` is the entry alone as a week shows it. `taken_back` is the entry that this one reverses,
    `taken_back_by` the one that reversed it; `grounds` None for what the sweep posted.
    """

    line: EntryLine
    slip: Slip
    taken_back: EntryLine | None
    taken_back_by: EntryLine | None
    grounds: Grounds | None

    @property
    def shown(self) -> SlipLine:
        """The entry with its sum."""
        return self.slip.lines[0]


def entry_page(*, entries: QuerySet[Entry], number: int) -> EntryPage | None:
    """The one of `entries` with that number; None when it is not among them.

    A fixed number of queries. What it takes back is the same person's.
    """
    named = entries.filter(
        Q(number=number) | Q(reverses__number=number) | Q(reversed_by__number=number)
    )
    lines = {line.number: line for line in entry_lines(named.order_by("number"))}
    line = lines.get(number)
    if line is None:
        return None
    shown = slips.slips(entries=entries.filter(number=number))
    return EntryPage(
        line=line,
        slip=shown[0],
        taken_back=lines.get(line.reverses or 0),
        taken_back_by=lines.get(line.reversed_by or 0),
        grounds=_grounds(line),
    )


def _grounds(line: EntryLine) -> Grounds | None:
    """The decided request that posted it."""
    if line.shift_id is None:
        adjustments = Adjustment.objects.filter(entry__number=line.number)
        found = adjustments.select_related("proposed_by", "decided_by").first()
        return _of(found, found.document) if found else None
    corrections = Correction.objects.filter(
        shift_id=line.shift_id, posted_from__lte=line.number, posted_to__gte=line.number
    )
    made = corrections.select_related("proposed_by", "decided_by").first()
    return _of(made, made.evidence) if made else None


def _of(request: Adjustment | Correction, evidence: str) -> Grounds:
    return Grounds(
        reason=request.reason,
        evidence=evidence,
        proposed_by=request.proposed_by.name,
        approved_by=request.decided_by.name if request.decided_by else "",
        approved_at=request.decided_at,
    )
