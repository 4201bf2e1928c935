"""Whom PagerDuty pages on each level now, as Rota knows it: for the page of a rotation's sync."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.queries import drift_words, duty

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.models import Rotation
    from rotation.queries.drift import DriftLine
    from rotation.queries.duty import LevelDuty
    from rotation.queries.sync_state import LevelState


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PagedNow:
    """Who is paged on a level, or the word for nobody.

    `instead_of` is who was published where PagerDuty shows somebody else, `from_at` when on-call
    time begins, None when it is now.
    """

    name: str
    instead_of: str = ""
    from_at: dt.datetime | None = None


def levels_now(
    *,
    rotation: Rotation,
    levels: Sequence[LevelState],
    drifts: Sequence[DriftLine],
    now: dt.datetime,
) -> list[tuple[LevelState, PagedNow | None]]:
    """Each level with whom PagerDuty pages, None where Rota cannot know; four queries."""
    (found,) = duty.duties(rotations=[rotation], now=now)
    turns = {level.level: level for level in found.levels}
    return [(level, _paged(level, turns.get(level.level), drifts, now)) for level in levels]


def _paged(
    level: LevelState, duty_of: LevelDuty | None, drifts: Sequence[DriftLine], now: dt.datetime
) -> PagedNow | None:
    here = [line for line in drifts if line.level == level.level]
    if level.trouble or not level.schedule_ref or any(line.is_whole for line in here):
        return None
    running = next((line for line in here if line.starts_at <= now < line.ends_at), None)
    if running is not None:
        return PagedNow(name=running.shown, instead_of=running.wanted)
    # A schedule that was never right, or is not since, may show anybody.
    if duty_of is None or duty_of.turn is None or not (level.since or here):
        return None
    mark = duty_of.turn.mark
    return PagedNow(name=mark.name if mark else drift_words.NOBODY, from_at=duty_of.from_at)
