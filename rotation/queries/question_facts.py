"""What a question about a week depends on: a draft's facts and cells, or the schedule's."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import orders, slots
from rotation.models import DraftShift
from rotation.queries import patterns, planning

if TYPE_CHECKING:
    import datetime as dt

    from rotation.domain.planning import Plan, PlanLevel
    from rotation.models import Draft, Rotation


def draft_facts(draft: Draft) -> Plan:
    """The facts for a draft as they are now; their digest is its own while nothing changed."""
    return planning.plan_of_draft(draft)


def published_facts(*, rotation: Rotation, now: dt.datetime) -> Plan:
    """The facts from the next handover to the last published week, by the policy in force.

    A published schedule stays put: changes count next to gaps.
    """
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    first = slots.first_week_on_or_after(patterns.pattern_of(rotation), now).week_date
    return planning.plan_for(
        rotation=rotation,
        policy=policy,
        first_week_date=first,
        weeks=planning.horizon_weeks(rotation=rotation, first_week_date=first, wanted=1),
        objectives=orders.staying_put(policy.objectives),
    )


def as_drafted(plan: Plan, *, draft: Draft) -> Plan:
    """The plan with the draft's cells as if they were published; one query."""
    cells: dict[str, list[tuple[dt.date, int | None]]] = collections.defaultdict(list)
    rows = DraftShift.objects.filter(draft=draft).order_by("week_date", "level_id")
    for level, week_date, holder_id in rows.values_list("level__name", "week_date", "holder_id"):
        cells[level].append((week_date, holder_id))
    levels = tuple(
        dataclasses.replace(level, published=tuple(cells.get(level.level, ())))
        for level in plan.levels
    )
    return dataclasses.replace(plan, levels=levels)


def level_of(plan: Plan, name: str) -> PlanLevel | None:
    """The plan's level of that name."""
    return next((level for level in plan.levels if level.level == name), None)
