"""Whom PagerDuty pages now, as Rota knows it from the last look; PagerDuty is not asked here."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.models import Drift, LevelName, Shift
from rotation.queries import drift_words, duty, worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

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


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PagedInstead:
    """That PagerDuty pages `name`, or nobody, though somebody else is on call until `until`.

    `seen_at` is when Rota noticed it.
    """

    level: str
    rotation_name: str
    slug: str
    zone: str
    name: str
    until: dt.datetime
    seen_at: dt.datetime

    @property
    def words(self) -> str:
        """What the person reads: on which level they are on call, and who is paged."""
        level = LevelName(self.level).label.lower()
        return f"You are on call on {level} now, and PagerDuty pages {self.name}."


def paged_instead(
    *, engineer_id: int, rotation_ids: Iterable[int], now: dt.datetime
) -> list[PagedInstead]:
    """Where the person is on call now and PagerDuty pages another; one query where nothing is."""
    running = Drift.objects.filter(
        level__rotation__in=list(rotation_ids),
        gone_at__isnull=True,
        starts_at__lte=now,
        ends_at__gt=now,
    ).exclude(cause__in=[Drift.Cause.UPGRADED, Drift.Cause.ZONE])
    rows = list(running.select_related("level__rotation").order_by("starts_at", "pk"))
    if not rows:
        return []
    theirs = _ends_by_level(engineer_id, [row.level_id for row in rows], now)
    return [
        PagedInstead(
            level=row.level.name,
            rotation_name=row.level.rotation.name,
            slug=row.level.rotation.slug,
            zone=row.level.rotation.time_zone,
            name=drift_words.NOBODY if row.cause == Drift.Cause.DELETED else _shown(row),
            until=min(row.ends_at, theirs[row.level_id]),
            seen_at=row.seen_at,
        )
        for row in rows
        if row.level_id in theirs and row.engineer_id != engineer_id
    ]


def _shown(row: Drift) -> str:
    return drift_words.name_of(row.shown_ref, row.shown_name)


def _ends_by_level(
    engineer_id: int, level_ids: Iterable[int], now: dt.datetime
) -> dict[int, dt.datetime]:
    """The levels on which the person is on call now, with when that stint ends."""
    shifts = Shift.objects.filter(
        level__in=set(level_ids), starts_at__lte=now, ends_at__gt=now, cancelled_at__isnull=True
    )
    levels = dict(shifts.values_list("pk", "level_id"))
    found = {}
    for line in worked.worked_shifts(shifts=shifts):
        stint = line.stint_at(now)
        is_on_call = any(window.starts_at <= now < window.ends_at for window in line.windows)
        if stint is not None and stint.person == engineer_id and is_on_call:
            found[levels[line.shift_id]] = stint.period.ends_at
    return found


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
