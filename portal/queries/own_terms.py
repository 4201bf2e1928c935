"""How one's own terms end: what is asked of the person, and what they have said."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from volunteers import access
from volunteers.models import TermExtension, TermLevel
from volunteers.queries import extensions
from volunteers.queries.terms import ACTIVE, SOON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from volunteers.access import Viewer
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


def ends(*, viewer: Viewer, lines: Iterable[TermLine], today: dt.date) -> dict[int, TermEnd]:
    """By term, for one's own that have not ended; two queries."""
    found = {line.term_id: line for line in lines}
    rows = access.own_terms(viewer=viewer).filter(pk__in=found)
    asked = extensions.newest_by_term(term_ids=found)
    ends = {}
    for row in rows.order_by("pk"):
        line, extension = found[row.pk], asked.get(row.pk)
        if extension is not None and extension.state == TermExtension.State.WITHDRAWN:
            extension = None
        is_open = row.level == TermLevel.PRIMARY and row.left_on is None
        is_soon = row.ends_on is not None and row.ends_on <= today + SOON
        is_waiting = extension is not None and extension.is_waiting
        may_extend = is_open and line.state == ACTIVE and not is_waiting
        ends[row.pk] = TermEnd(
            weeks_left=None if line.ends_on is None else -(-(line.ends_on - today).days // 7),
            planned=row.ends_on,
            leaves_early=row.left_on is not None,
            may_extend=may_extend,
            roll_off_confirmed=row.roll_off_confirmed_at is not None,
            extension=extension,
            asks=may_extend and is_soon and row.roll_off_confirmed_at is None,
        )
    return ends
