"""The time without on-call that a team's policy wants between two terms of a person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from volunteers.models import Term, TermLevel
from volunteers.queries import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from volunteers.queries.terms import TermLine

WEEK = dt.timedelta(weeks=1)


def rests_until(*, team_id: int, engineer_id: int, weeks: int) -> dt.date | None:
    """From when the person could serve on primary of the team again; None when at once.

    One query, none without a cool-down.
    """
    if not weeks:
        return None
    own = Term.objects.filter(team_id=team_id, engineer_id=engineer_id)
    lines = terms.term_lines(terms=own, today=dt.date.max)
    return rest_after(lines, team_id=team_id, weeks=weeks)


def rest_after(lines: Iterable[TermLine], *, team_id: int, weeks: int) -> dt.date | None:
    """The same from one person's terms; a term that was left before it began needs no rest."""
    ends = [
        line.ends_on
        for line in lines
        if line.team_id == team_id
        and line.level == TermLevel.PRIMARY
        and line.ends_on is not None
        and line.ends_on > line.starts_on
    ]
    return max(ends) + weeks * WEEK if ends and weeks else None
