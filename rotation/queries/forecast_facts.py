"""What a coverage forecast depends on, read as it is now, and its fingerprint."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from rotation.domain import planning, slots
from rotation.domain.staffing import Serving, Staffing, staffing
from rotation.models import LevelName, PolicyVersion, Rotation
from rotation.queries import patterns
from rotation.queries import planning as facts
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt

    from rotation.domain.planning import Plan

WEEKS = 52
# Another number makes every forecast be computed again: raise it when its meaning changes.
EDITION = 1


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ForecastFacts:
    """The coming year as a plan, the team's size, and a fingerprint of both and of the day.

    `shifts` is the limit of shifts in a term by level, left out where there is none.
    """

    plan: Plan
    staffing: Staffing
    today: dt.date
    term_weeks: int
    shifts: dict[str, int]
    digest: str


def forecast_facts(*, rotation: Rotation, now: dt.datetime) -> ForecastFacts:
    """The facts from the next handover on; a fixed number of queries."""
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    first = slots.first_week_on_or_after(patterns.pattern_of(rotation), now)
    plan = facts.plan_for(
        rotation=rotation, policy=policy, first_week_date=first.week_date, weeks=WEEKS
    )
    today = patterns.today_in(rotation, now)
    serving = [
        Serving(engineer_id=line.engineer_id, starts_on=line.starts_on, ends_on=line.ends_on)
        for line in service.services_of(team_id=rotation.team_id, from_date=today)
        if line.level == LevelName.PRIMARY
    ]
    size = staffing(
        serving,
        today=today,
        dates=[week.week_date for week in plan.weeks],
        minimum=policy.minimum_size,
    )
    limits = {
        LevelName.PRIMARY.value: policy.primary_shifts_per_term,
        LevelName.ESCALATION.value: policy.escalation_shifts_per_term,
    }
    return ForecastFacts(
        plan=plan,
        staffing=size,
        today=today,
        term_weeks=policy.term_weeks,
        shifts={level: limit for level, limit in limits.items() if limit is not None},
        digest=_digest(plan, size, today),
    )


def rotations_to_look_at(*, now: dt.datetime) -> list[Rotation]:
    """Every rotation with a policy in force, oldest first; one query."""
    policies = PolicyVersion.objects.filter(rotation=OuterRef("pk"), effective_from__lte=now)
    return list(Rotation.objects.filter(Exists(policies)).order_by("pk"))


def _digest(plan: Plan, size: Staffing, today: dt.date) -> str:
    """The day is part of it, so that each day has its own forecast; the plan names the policy."""
    text = json.dumps(
        [EDITION, planning.digest(plan), dataclasses.asdict(size), today], default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()
