"""What managers, or the policy, decided on drifts, as a sync has to know it."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from common.periods import Period
from rotation.domain.pagerduty_left import LeftSpan
from rotation.domain.pagerduty_state import OverrideState
from rotation.models import Cover, Drift

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

Choice = Drift.Choice


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Decisions:
    """Of one level: adopted overrides while their covers stand, and what is left as it is."""

    adopted: tuple[OverrideState, ...] = ()
    left: tuple[LeftSpan, ...] = ()


NONE = Decisions()


def decisions(*, rotation_id: int, now: dt.datetime) -> dict[int, Decisions]:
    """The decisions by level; one query."""
    adopted: dict[int, list[OverrideState]] = collections.defaultdict(list)
    left: dict[int, list[LeftSpan]] = collections.defaultdict(list)
    rows = Drift.objects.filter(level__rotation_id=rotation_id, ends_at__gt=now)
    kept = Q(choice=Choice.ADOPT, cover__state=Cover.State.ACCEPTED)
    for row in rows.filter(kept | Q(choice=Choice.LEAVE, gone_at__isnull=True)).select_related(
        "cover"
    ):
        if row.choice == Choice.ADOPT:
            adopted[row.level_id] += _adopted(row)
        else:
            left[row.level_id].append(_left(row))
    return {
        level_id: Decisions(adopted=tuple(adopted[level_id]), left=tuple(left[level_id]))
        for level_id in {*adopted, *left}
    }


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
