"""A manager's part of home: what needs them, and each of their rotations in short."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation import access
from rotation.domain import slots
from rotation.queries import attention, board, board_facts, coverage, patterns, sync_state

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import Rotation
    from rotation.queries.attention import Need
    from rotation.queries.board_facts import BoardFacts
    from rotation.queries.board_list import WeekLine
    from rotation.queries.coverage import Coverage, Duty, Size
    from rotation.queries.sync_state import SyncState
    from volunteers.access import Viewer

WEEKS_SHOWN = 4
CLASH = "clash"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RotationHome:
    """One rotation: on call now, covered, people, PagerDuty, and its next four weeks."""

    rotation: Rotation
    today: dt.date
    duties: tuple[Duty, ...]
    coverage: Coverage
    size: Size
    sync: SyncState
    weeks: tuple[WeekLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ManagerHome:
    """What needs the manager, failed syncs first and then by date, and their rotations by name.

    `next_handover_at` is when the next week starts anywhere in their rotations.
    """

    needs: tuple[Need, ...]
    rotations: tuple[RotationHome, ...]
    next_handover_at: dt.datetime | None
    zone: str


def manager_home(*, viewer: Viewer, now: dt.datetime) -> ManagerHome:
    """The part of somebody who manages a team; the queries grow with their teams, not with rows."""
    rows = access.managed_rotations(viewer=viewer).select_related("holiday_office")
    rotations = list(rows.order_by("name", "pk"))
    runs = sync_state.last_runs(rotation_ids=[rotation.pk for rotation in rotations])
    syncs = sync_state.sync_states(rotations=rotations, runs=runs)
    needs = attention.things_that_need(viewer, rotations, runs, now)
    homes = []
    nexts = []
    for rotation in rotations:
        pattern = patterns.pattern_of(rotation)
        first = slots.week_at(pattern, now).week_date
        facts = board_facts.board_facts(rotation=rotation, first=first, now=now)
        home = _rotation_home(facts, syncs[rotation.pk])
        needs += [*attention.gap_needs(rotation, home.coverage.gaps), *_clashes(facts)]
        homes.append(home)
        coming = slots.first_week_on_or_after(pattern, now)
        nexts.append((coming.period.starts_at, rotation.time_zone))
    next_at, zone = min(nexts, default=(None, "UTC"))
    return ManagerHome(
        needs=tuple(attention.in_order(needs)),
        rotations=tuple(homes),
        next_handover_at=next_at,
        zone=zone,
    )


def _rotation_home(facts: BoardFacts, sync: SyncState) -> RotationHome:
    policy = patterns.policy_in_force(rotation_id=facts.rotation.pk, now=facts.now)
    lines = [line for month in board.board(facts).lines for line in month.weeks]
    return RotationHome(
        rotation=facts.rotation,
        today=facts.today,
        duties=tuple(coverage.duties(facts)),
        coverage=coverage.coverage(facts),
        size=coverage.size(facts, minimum=policy.minimum_size),
        sync=sync,
        weeks=tuple(lines[:WEEKS_SHOWN]),
    )


def _clashes(facts: BoardFacts) -> list[Need]:
    """Published weeks whose people have entered days away since."""
    found = coverage.clashes(facts)
    if not found:
        return []
    need = attention.Need(
        on=found[0].week_date,
        kind=CLASH,
        what=coverage.clash_words(found).removesuffix("."),
        more=f"{facts.rotation.name}: a new draft gives it to somebody else",
        route="shift-detail",
        argument=str(found[0].shift_id),
        button="See the week",
    )
    return [need]
