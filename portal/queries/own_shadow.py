"""The weeks in which somebody looks on before they are on call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.queries import shadows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from rotation.queries.shadows import ShadowedWeek
    from volunteers.queries.terms import TermLine


def weeks(lines: Iterable[TermLine], *, today: dt.date) -> list[ShadowedWeek]:
    """Those of these terms that are not over, by date; no query without any."""
    spans = [
        shadows.Span(
            team_id=line.team_id,
            from_date=line.starts_on,
            until_date=line.on_call_from
            if line.ends_on is None
            else min(line.on_call_from, line.ends_on),
        )
        for line in lines
        if line.shadow_weeks
    ]
    return shadows.weeks_of(spans, today=today)
