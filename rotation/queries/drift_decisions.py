"""What managers, or the policy, decided on drifts, as a sync has to know it."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q

from common.periods import Period
from rotation.domain.pagerduty_kept import UndecidedSpan
from rotation.domain.pagerduty_left import LeftSpan
from rotation.domain.pagerduty_state import OverrideState
from rotation.models import Cover, Drift, DriftCheck, Level, SyncRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

Choice = Drift.Choice


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Decisions:
    """Of one level: adopted overrides while their covers stand, and what is left as it is.

    `undecided` is what edited layers show; with `restores` somebody wants the layers as published.
    """

    adopted: tuple[OverrideState, ...] = ()
    left: tuple[LeftSpan, ...] = ()
    undecided: tuple[UndecidedSpan, ...] = ()
    restores: bool = False


NONE = Decisions()


def decisions(*, rotation_id: int, now: dt.datetime) -> dict[int, Decisions]:
    """The decisions by level; one query."""
    rows = Drift.objects.filter(level__rotation_id=rotation_id, ends_at__gt=now)
    covered = Q(choice=Choice.ADOPT, cover__state=Cover.State.ACCEPTED)
    is_open = Q(gone_at__isnull=True)
    found: dict[int, list[Drift]] = collections.defaultdict(list)
    for row in rows.filter(covered | is_open).select_related("cover").order_by("starts_at", "pk"):
        found[row.level_id].append(row)
    unseen = edits_kept(rotation_id=rotation_id, only_unseen=True)
    return {
        level_id: _decisions(found[level_id], unseen.get(level_id, []))
        for level_id in {*found, *unseen}
    }


def edits_kept(*, rotation_id: int, only_unseen: bool = False) -> dict[int, list[UndecidedSpan]]:
    """What the last sync kept of edited layers, by level; two queries.

    With `only_unseen` nothing where a drift check has looked since: then there are drifts of it.
    """
    done = SyncRun.objects.filter(rotation_id=rotation_id, state=SyncRun.State.DONE)
    run = done.order_by("-pk").first()
    if run is None or not any(rest.get("edits") for rest in run.rests):
        return {}
    checks = DriftCheck.objects.filter(rotation_id=rotation_id, state=DriftCheck.State.DONE)
    if only_unseen and checks.filter(queued_at__gte=run.finished_at).exists():
        return {}
    levels = dict(Level.objects.filter(rotation_id=rotation_id).values_list("name", "pk"))
    return {
        levels[rest["level"]]: [_kept(*edit) for edit in rest.get("edits", [])]
        for rest in run.rests
    }


def _kept(starts_at: str, ends_at: str, wanted_ref: str) -> UndecidedSpan:
    period = Period(
        starts_at=dt.datetime.fromisoformat(starts_at), ends_at=dt.datetime.fromisoformat(ends_at)
    )
    return UndecidedSpan(period=period, wanted_ref=wanted_ref or None)


def _decisions(rows: Iterable[Drift], unseen: Iterable[UndecidedSpan]) -> Decisions:
    by_choice: dict[str, list[Drift]] = collections.defaultdict(list)
    for row in rows:
        by_choice[row.choice].append(row)
    return Decisions(
        adopted=tuple(
            one
            for row in by_choice[Choice.ADOPT]
            if row.cover is not None and row.cover.state == Cover.State.ACCEPTED
            for one in _adopted(row)
        ),
        left=tuple(_left(row) for row in by_choice[Choice.LEAVE]),
        undecided=(
            *unseen,
            *(_undecided(row) for row in by_choice[Choice.NONE] if _is_edit(row)),
        ),
        restores=any(_is_edit(row) for row in by_choice[Choice.RESTORE]),
    )


def _is_edit(row: Drift) -> bool:
    return row.cause in {Drift.Cause.LAYER, Drift.Cause.ZONE}


def _undecided(row: Drift) -> UndecidedSpan:
    return UndecidedSpan(
        period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
        wanted_ref=row.wanted_ref or None,
    )


def taken_over(*, level_id: int, now: dt.datetime) -> list[OverrideState]:
    """Overrides of humans that Rota adopted: they count as its own, in order of time."""
    return _overrides(_decided(level_id, now).filter(choice=Choice.ADOPT))


def ordered_out(*, level_id: int, now: dt.datetime) -> list[OverrideState]:
    """Overrides of humans that somebody wants gone, in order of time."""
    return _overrides(_decided(level_id, now).filter(choice=Choice.RESTORE))


def _decided(level_id: int, now: dt.datetime) -> QuerySet[Drift]:
    rows = Drift.objects.filter(level_id=level_id, override_ends_at__gt=now)
    return rows.order_by("override_starts_at", "pk")


def _overrides(rows: Iterable[Drift]) -> list[OverrideState]:
    return list(dict.fromkeys(state for row in rows for state in _override(row)))


def _override(row: Drift) -> list[OverrideState]:
    if row.override_starts_at is None or row.override_ends_at is None:
        return []
    period = Period(starts_at=row.override_starts_at, ends_at=row.override_ends_at)
    ref = row.override_ref or None
    return [OverrideState(ref=ref, user_ref=row.shown_ref, period=period)]


def _adopted(row: Drift) -> list[OverrideState]:
    """The override as far as the cover goes that it became."""
    cover = row.cover
    if cover is None:
        return []
    within = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    return [
        dataclasses.replace(one, period=shared)
        for one in _override(row)
        if (shared := one.period.overlap(within)) is not None
    ]


def _left(row: Drift) -> LeftSpan:
    """An override is left as a whole, with its time off call."""
    period = Period(starts_at=row.starts_at, ends_at=row.ends_at)
    is_layer = row.cause not in {Drift.Cause.OVERRIDE, Drift.Cause.REMOVED}
    return LeftSpan(period=period, is_layer=is_layer)
