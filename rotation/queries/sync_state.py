"""Whether PagerDuty shows what is published, for pages: the state, the runs and their steps."""

from __future__ import annotations

import collections
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q

from rotation.models import Drift, DriftCheck, Level, LevelName, SyncRun, SyncStep

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.models import Rotation

SHOWN_RUNS = 10
MOST_JSON = 4000

UNPUBLISHED = "unpublished"
IN_LINE = "in_line"
WAITING = "waiting"
RUNNING = "running"
FAILED = "failed"
DRIFT = "drift"
UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelState:
    """One level's schedule in PagerDuty, its id empty before the first write.

    `trouble` is "deleted", "upgraded" or empty; `drifts` are the places in which PagerDuty shows
    somebody else.
    """

    level: str
    schedule_ref: str
    since: dt.datetime | None
    checked_at: dt.datetime | None
    trouble: str = ""
    trouble_since: dt.datetime | None = None
    is_adopted: bool = False
    drifts: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SyncState:
    """PagerDuty against the published schedule.

    `kind` is unpublished, in_line, waiting, running, failed, drift (all is written, and PagerDuty
    shows somebody else in `drifts` places) or unknown (no run was ever asked for). `since` is since
    when both levels are in line; `next_try_at` is the machine's time. `rests` says what the last
    run, which wrote all that it could, left to a person or to time.
    """

    kind: str
    levels: tuple[LevelState, ...]
    since: dt.datetime | None
    checked_at: dt.datetime | None
    queued_at: dt.datetime | None
    failed_at: dt.datetime | None
    failure: str
    next_try_at: dt.datetime | None
    unmatched: tuple[str, ...]
    drifts: int = 0
    rests: tuple[str, ...] = ()

    @property
    def troubles(self) -> tuple[LevelState, ...]:
        """The levels whose schedule only a person can mend."""
        return tuple(level for level in self.levels if level.trouble)

    @property
    def is_moving(self) -> bool:
        """Whether a run waits or runs, so that the page changes by itself."""
        return self.kind in {WAITING, RUNNING}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StepLine:
    """One request of a run and what came of it; `asked` and `answered` are JSON to read."""

    position: int
    level: str
    action: str
    reason: str
    method: str
    path: str
    state: str
    failure: str
    sent_at: dt.datetime | None
    asked: str
    answered: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RunLine:
    """One attempt to bring PagerDuty in line."""

    run_id: int
    state: str
    cause: str
    queued_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    tries: int
    failure: str
    version: int | None


def sync_state(*, rotation: Rotation) -> SyncState:
    """The state as the last run, and the last look at PagerDuty, left it; three queries."""
    return sync_states(rotations=[rotation], runs=last_runs(rotation_ids=[rotation.pk]))[
        rotation.pk
    ]


def last_runs(*, rotation_ids: Iterable[int]) -> dict[int, SyncRun]:
    """The run that was left last, by rotation; one query."""
    runs = SyncRun.objects.filter(rotation__in=list(rotation_ids))
    newest = runs.order_by().values("rotation").annotate(last=Max("pk")).values("last")
    return {run.rotation_id: run for run in SyncRun.objects.filter(pk__in=newest).order_by("pk")}


def sync_states(
    *, rotations: Sequence[Rotation], runs: Mapping[int, SyncRun]
) -> dict[int, SyncState]:
    """The state of each, whose last runs these are; two queries however many there are."""
    ids = [rotation.pk for rotation in rotations]
    levels: dict[int, dict[str, Level]] = collections.defaultdict(dict)
    for level in Level.objects.filter(rotation__in=ids):
        levels[level.rotation_id][level.name] = level
    drifts = _drifts(ids)
    return {
        rotation.pk: _state(
            rotation, levels[rotation.pk], runs.get(rotation.pk), drifts.get(rotation.pk, [])
        )
        for rotation in rotations
    }


def _state(
    rotation: Rotation,
    rows: Mapping[str, Level],
    run: SyncRun | None,
    counted: Iterable[tuple[int, int, dt.datetime | None]],
) -> SyncState:
    levels = [rows[name] for name in LevelName if name in rows]
    drifts = {level_id: number for level_id, number, _at in counted}
    gone_at = max((at for _id, _number, at in counted if at is not None), default=None)
    sinces = [level.in_pagerduty_since for level in levels if level.in_pagerduty_since]
    sinces += [gone_at] if sinces and gone_at else []
    checks = [level.checked_at for level in levels if level.checked_at]
    rests = _rests(run, is_open=any(drifts.values()))
    by_level = {
        level.pk: drifts.get(level.pk, 0) or sum(rest["level"] == level.name for rest in rests)
        for level in levels
    }
    kind = _kind(rotation, levels, run, sum(by_level.values()))
    return SyncState(
        kind=kind,
        levels=tuple(
            LevelState(
                level=level.name,
                schedule_ref=level.pagerduty_schedule_ref,
                since=level.in_pagerduty_since,
                checked_at=level.checked_at,
                trouble=level.schedule_trouble,
                trouble_since=level.schedule_trouble_since,
                is_adopted=level.schedule_is_adopted,
                drifts=by_level[level.pk],
            )
            for level in levels
        ),
        since=max(sinces, default=None) if kind == IN_LINE else None,
        checked_at=min(checks, default=None),
        queued_at=run.queued_at if run else None,
        failed_at=run.finished_at if run and kind == FAILED else None,
        failure=run.failure if run else "",
        next_try_at=run.next_try_at if run else None,
        unmatched=tuple(run.unmatched) if run else (),
        drifts=sum(by_level.values()),
        rests=tuple(rest["what"] for rest in rests),
    )


def _rests(run: SyncRun | None, *, is_open: bool) -> list[dict[str, Any]]:
    """What the last run left, until a look at PagerDuty finds that it is over."""
    if run is None or run.state != SyncRun.State.DONE or not run.rests:
        return []
    looks = DriftCheck.objects.filter(rotation=run.rotation_id, state=DriftCheck.State.DONE)
    is_over = not is_open and looks.filter(queued_at__gte=run.finished_at).exists()
    return [] if is_over else list(run.rests)


def _drifts(rotation_ids: Iterable[int]) -> dict[int, list[tuple[int, int, dt.datetime | None]]]:
    """By rotation, for each level how many are open and when the last of the others was over."""
    rows = Drift.objects.filter(level__rotation__in=list(rotation_ids)).order_by()
    counted = rows.values_list("level__rotation", "level").annotate(
        open=Count("pk", filter=Q(gone_at__isnull=True)), gone_at=Max("gone_at")
    )
    found = collections.defaultdict(list)
    for rotation_id, level_id, number, gone_at in counted:
        found[rotation_id].append((level_id, number, gone_at))
    return found


def run_lines(*, rotation: Rotation) -> list[RunLine]:
    """The last ten runs, newest first."""
    rows = SyncRun.objects.filter(rotation=rotation).order_by("-queued_at", "-pk")
    return [
        RunLine(
            run_id=row.pk,
            state=row.state,
            cause=row.cause,
            queued_at=row.queued_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            tries=row.tries,
            failure=row.failure,
            version=row.schedule_version,
        )
        for row in rows[:SHOWN_RUNS]
    ]


def step_lines(*, run_id: int) -> list[StepLine]:
    """The run's steps in the order in which they were sent."""
    rows = SyncStep.objects.filter(run_id=run_id).select_related("level")
    return [
        StepLine(
            position=row.position,
            level=row.level.name if row.level else "",
            action=row.action,
            reason=row.reason,
            method=row.method,
            path=row.path,
            state=row.state,
            failure=row.failure,
            sent_at=row.sent_at,
            asked=_pretty(row.request),
            answered=_pretty(row.answer),
        )
        for row in rows.order_by("position")
    ]


def _kind(rotation: Rotation, levels: list[Level], run: SyncRun | None, drifts: int) -> str:
    if rotation.schedule_version == 0 or run is None:
        return UNKNOWN if rotation.schedule_version else UNPUBLISHED
    is_done = run.state == SyncRun.State.DONE
    kinds = (
        (FAILED, run.state == SyncRun.State.FAILED),
        (DRIFT, is_done and drifts > 0),
        (IN_LINE, drifts == 0 and _is_in_line(rotation, levels)),
        (RUNNING, run.state == SyncRun.State.RUNNING),
    )
    return next((kind for kind, holds in kinds if holds), WAITING)


def _is_in_line(rotation: Rotation, levels: list[Level]) -> bool:
    """A level without a schedule of its own has nothing that PagerDuty could show."""
    written = [level for level in levels if level.pagerduty_schedule_ref]
    return bool(written) and all(
        level.in_pagerduty_since is not None
        and level.in_pagerduty_version == rotation.schedule_version
        for level in written
    )


def _pretty(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return text if len(text) <= MOST_JSON else f"{text[:MOST_JSON]}\n…"
