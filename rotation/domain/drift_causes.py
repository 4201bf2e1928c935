"""What made a drift, whom Rota wrote there last, and who did it, as far as that can be known."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import slots

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from common.periods import Period
    from rotation.domain.drift import Divergence
    from rotation.domain.pagerduty_state import (
        AuditRecord,
        LayerState,
        OverrideState,
        ScheduleState,
    )
    from rotation.domain.slots import WeekPattern

OVERRIDE = "override"
REMOVED = "removed"
LAYER = "layer"
ZONE = "zone"
UNKNOWN = "unknown"
DELETE = "delete"
UPDATE = "update"
KIND_FIELD = "type"
LAYER_FIELDS = "schedule_layers"
ZONE_FIELD = "time_zone"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What PagerDuty holds beside what Rota wrote last.

    `written` is the schedule as PagerDuty answered the last write of it, None where no answer came;
    `asked` are Rota's overrides that have not ended, the last asked last, `removed` those of them
    that PagerDuty holds no more. `zone` and `pattern` are the rotation's; `kept` are edits that
    Rota's last write kept, so that they look written.
    """

    held: ScheduleState
    written: ScheduleState | None
    asked: tuple[OverrideState, ...]
    removed: tuple[OverrideState, ...]
    zone: str
    pattern: WeekPattern
    kept: tuple[Period, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who did it by PagerDuty's records, and when; empty where they do not tell."""

    name: str = ""
    at: dt.datetime | None = None


def cause_of(divergence: Divergence, evidence: Evidence, now: dt.datetime) -> str:
    """One of override, removed, zone, layer and unknown."""
    is_removed = any(
        one.user_ref == divergence.wanted and one.period.overlap(divergence.period)
        for one in evidence.removed
    )
    written, held = evidence.written, evidence.held
    reasons = (
        (OVERRIDE, divergence.override is not None),
        (REMOVED, is_removed),
        (ZONE, held.time_zone != evidence.zone),
        (LAYER, written is not None and layers_differ(written.layers, held.layers, now)),
        (LAYER, any(divergence.period.overlap(one) for one in evidence.kept)),
    )
    return next((cause for cause, holds in reasons if holds), UNKNOWN)


def layers_differ(
    written: Iterable[LayerState], held: Iterable[LayerState], now: dt.datetime
) -> bool:
    """Whether somebody edited, added or removed a layer that has not ended.

    Where a layer begins is not compared: PagerDuty moves a start that has passed.
    """
    return live_layers(written, now) != live_layers(held, now)


def live_layers(layers: Iterable[LayerState], now: dt.datetime) -> dict[str, LayerState]:
    """Those that have not ended, by id, in one form."""
    return {
        layer.ref: dataclasses.replace(
            layer,
            starts_at=layer.virtual_start,
            restrictions=tuple(sorted(layer.restrictions)),
        )
        for layer in layers
        if layer.ends_at is None or layer.ends_at > now
    }


def removed_overrides(
    asked: Iterable[OverrideState], held: Iterable[OverrideState], now: dt.datetime
) -> list[OverrideState]:
    """Those of Rota's overrides still to come that PagerDuty no longer holds.

    One that runs has lost its id and may be cut at now, so it is told by user and end.
    """
    shown = list(held)
    refs = {one.ref for one in shown}
    spans = {(one.user_ref, one.period.ends_at) for one in shown}
    return [
        one
        for one in asked
        if one.period.ends_at > now
        and one.ref not in refs
        and (one.user_ref, one.period.ends_at) not in spans
    ]


def written_for(divergence: Divergence, evidence: Evidence) -> str | None:
    """Whom Rota wrote last for the beginning of that time: an override of its own, or the layer.

    None is nobody, or not known.
    """
    at = divergence.period.starts_at
    own = [one.user_ref for one in evidence.asked if one.period.contains(at)]
    if own:
        return own[-1]
    layers = evidence.written.layers if evidence.written else ()
    return layered(layers, divergence.period, evidence.pattern)


def layered(layers: Sequence[LayerState], within: Period, pattern: WeekPattern) -> str | None:
    """Whom the layers show at the first on-call moment of that time, public holidays aside.

    `layers` have the lowest precedence first; None is nobody.
    """
    windows = slots.regular_windows(pattern, within)
    return user_at(layers, windows[0].starts_at) if windows else None


def user_at(layers: Sequence[LayerState], at: dt.datetime) -> str | None:
    """Whose turn it is at that instant, restrictions aside; `layers` as in `layered`."""
    turns = (_turn_at(layer, at) for layer in reversed(layers))
    return next((user_ref for user_ref in turns if user_ref is not None), None)


def author_of(
    divergence: Divergence,
    cause: str,
    records: Iterable[AuditRecord],
    written_at: dt.datetime | None,
) -> Author:
    """Who did it: by the override's own record, or the newest edit after Rota's last write.

    People are preferred to API keys, since Rota's own writes are an API key's.
    """
    after = [one for one in records if written_at is None or one.at > written_at]
    if cause == OVERRIDE:
        ref = divergence.override.ref if divergence.override else None
        fitting = [one for one in records if ref is not None and ref in one.objects]
    elif cause in {LAYER, ZONE}:
        field = LAYER_FIELDS if cause == LAYER else ZONE_FIELD
        fitting = [one for one in after if any(name.startswith(field) for name in one.fields)]
    else:
        fitting = []
    best = max(fitting, key=lambda one: (one.is_person, one.at), default=None)
    return Author(name=best.by, at=best.at) if best else Author()


def upgrade_of(ref: str, records: Iterable[AuditRecord]) -> AuditRecord | None:
    """The record of the upgrade of a schedule that is not found: its kind changed last."""
    last = _last_fate(ref, records)
    return last if last is not None and last.action == UPDATE else None


def deletion_of(ref: str, records: Iterable[AuditRecord]) -> AuditRecord | None:
    """The record of the deletion of a schedule that is not found."""
    last = _last_fate(ref, records)
    return last if last is not None and last.action == DELETE else None


def _last_fate(ref: str, records: Iterable[AuditRecord]) -> AuditRecord | None:
    """The last record of the schedule itself that may be why it is not found."""
    fates = [
        one
        for one in records
        if (one.action == DELETE and one.objects <= {ref})
        or (one.action == UPDATE and KIND_FIELD in one.fields)
    ]
    return max(fates, key=lambda one: one.at, default=None)


def _turn_at(layer: LayerState, at: dt.datetime) -> str | None:
    has_ended = layer.ends_at is not None and layer.ends_at <= at
    if at < layer.starts_at or has_ended or not layer.user_refs:
        return None
    turn = int((at - layer.virtual_start).total_seconds() // layer.turn_seconds)
    return layer.user_refs[turn % len(layer.user_refs)]
