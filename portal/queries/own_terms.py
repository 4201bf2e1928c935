"""How one's own terms end: what is asked of the person, and what they have said."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from volunteers.models import TermExtension, TermLevel
from volunteers.queries import extensions
from volunteers.queries.terms import ACTIVE, SOON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from volunteers.queries.extensions import ExtensionLine
    from volunteers.queries.terms import TermLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermEnd:
    """How a term ends, and what the person can do about it.

    `asks` says whether it is time to say how it goes on: at most eight weeks are left and nothing
    was answered. `extension` is what was asked for last, if it waits or was decided for this end.
    """

    weeks_left: int | None
    planned: dt.date | None
    leaves_early: bool
    may_extend: bool
    roll_off_confirmed: bool
    extension: ExtensionLine | None
    asks: bool


def ends(*, lines: Iterable[TermLine], today: dt.date) -> dict[int, TermEnd]:
    """By term, for one's own that have not ended; one query."""
    found = list(lines)
    asked = extensions.newest_by_term(term_ids=[line.term_id for line in found])
    return {line.term_id: _end(line, asked.get(line.term_id), today) for line in found}


def _end(line: TermLine, extension: ExtensionLine | None, today: dt.date) -> TermEnd:
    if extension is not None and extension.state == TermExtension.State.WITHDRAWN:
        extension = None
    is_open = line.level == TermLevel.PRIMARY and not line.is_cut_short
    is_soon = line.planned_end is not None and line.planned_end <= today + SOON
    is_waiting = extension is not None and extension.is_waiting
    may_extend = is_open and line.state == ACTIVE and not is_waiting
    return TermEnd(
        weeks_left=None if line.ends_on is None else -(-(line.ends_on - today).days // 7),
        planned=line.planned_end,
        leaves_early=line.is_cut_short,
        may_extend=may_extend,
        roll_off_confirmed=line.rolls_off,
        extension=extension,
        asks=may_extend and is_soon and not line.rolls_off,
    )
