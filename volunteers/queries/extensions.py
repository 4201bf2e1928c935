"""Weeks that are asked for beyond the end of a term."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from volunteers.models import TermExtension

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionLine:
    """So many weeks beyond `ends_on`, the planned end as it was before; who asks and who decided.

    `decided_by` is empty where nobody did, `reason` where none was given.
    """

    extension_id: int
    term_id: int
    team_slug: str
    team_name: str
    engineer_id: int
    name: str
    weeks: int
    state: str
    ends_on: dt.date
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str
    reason: str

    @property
    def new_end(self) -> dt.date:
        """The end with these weeks."""
        return self.ends_on + self.weeks * WEEK

    @property
    def is_waiting(self) -> bool:
        """Whether a manager is to decide."""
        return self.state == TermExtension.State.ASKED


def lines(*, extensions: QuerySet[TermExtension]) -> list[ExtensionLine]:
    """One for each, in the order in which they were asked for; one query."""
    rows = extensions.select_related("term__team", "engineer", "decided_by")
    return [_line(row) for row in rows.order_by("asked_at", "pk")]


def waiting_of(*, team_ids: Iterable[int]) -> list[ExtensionLine]:
    """Those of the teams that wait for a manager; one query."""
    rows = TermExtension.objects.filter(
        term__team_id__in=list(team_ids), state=TermExtension.State.ASKED
    )
    return lines(extensions=rows)


def newest_by_term(*, term_ids: Iterable[int]) -> dict[int, ExtensionLine]:
    """The last that was asked for, by term; one query."""
    rows = TermExtension.objects.filter(term_id__in=list(term_ids))
    return {line.term_id: line for line in lines(extensions=rows)}


def _line(row: TermExtension) -> ExtensionLine:
    end = row.term.ends_on or row.term.starts_on
    is_added = row.state == TermExtension.State.CONFIRMED
    return ExtensionLine(
        extension_id=row.pk,
        term_id=row.term_id,
        team_slug=row.term.team.slug,
        team_name=row.term.team.name,
        engineer_id=row.engineer_id,
        name=row.engineer.name,
        weeks=row.weeks,
        state=row.state,
        ends_on=end - row.weeks * WEEK if is_added else end,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        reason=row.reason,
    )
