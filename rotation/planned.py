"""A rotation's whole plan before it is carried out: each level, its weeks, and the policy.

Everything is read and nothing is written, so that a person can look at it first. The same plan may
be asked about a schedule or an escalation policy that a rotation has not adopted yet.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation import fitting, reading
from rotation.domain import pagerduty_policy, pagerduty_preview, pagerduty_weeks
from rotation.domain.pagerduty_people import Directory
from rotation.domain.pagerduty_plan import Action
from rotation.models import LevelName
from rotation.pagerduty.gateway import NotFoundError, UpgradedScheduleError
from rotation.queries import policy_syncing, uncalled
from rotation.queries import syncing as queries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from common.periods import Period
    from rotation.domain.pagerduty_plan import Plan, Step
    from rotation.domain.pagerduty_policy import PolicyState, WantedPolicy
    from rotation.domain.pagerduty_state import ScheduleState
    from rotation.domain.pagerduty_weeks import WeekShown
    from rotation.models import Rotation
    from rotation.pagerduty.gateway import Gateway


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelPlan:
    """What would be written for one level, and what it shows before and after.

    `trouble` says why nothing can be written; then the rest is empty. `differs` are the weeks in
    which PagerDuty's preview is not as wanted: nothing would be written then either.
    """

    level: str
    held: ScheduleState | None = None
    plan: Plan | None = None
    unmatched: tuple[str, ...] = ()
    weeks: tuple[WeekShown, ...] = ()
    differs: tuple[dt.date, ...] = ()
    nobody: tuple[uncalled.NobodyCalled, ...] = ()
    trouble: str = ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The writes in their order."""
        return () if self.plan is None else self.plan.steps


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PolicyPlan:
    """What would be written of the escalation policy; `wanted` is None without a schedule."""

    wanted: WantedPolicy | None = None
    held: PolicyState | None = None
    steps: tuple[Step, ...] = ()
    trouble: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RotationPlan:
    """Both levels, primary first, and the policy; `names` are PagerDuty's users by id."""

    levels: tuple[LevelPlan, ...]
    policy: PolicyPlan
    names: Mapping[str, str]

    @property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        """Every write in the order in which a sync sends it, with its level; `""` is the policy."""
        levels = [(level.level, step) for level in self.levels for step in level.steps]
        return (*levels, *(("", step) for step in self.policy.steps))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Adopting:
    """What a rotation might adopt: a level's schedule, or with an empty level the policy."""

    level: str
    ref: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Who is asked, at which time, and who is told how far it is.

    `writes_over` is for a sync that somebody orders to write over edits of layers.
    """

    gateway: Gateway
    now: dt.datetime
    tell: Callable[[str], None] = lambda _said: None
    writes_over: bool = False


def plan_rotation(
    *, rotation: Rotation, asking: Asking, adopting: Adopting | None = None
) -> RotationPlan:
    """What a sync would write now, without writing.

    Raises:
        GatewayError: PagerDuty could not be read.
    """
    asking.tell("Reading PagerDuty’s users")
    directory = Directory.of(asking.gateway.users())
    levels = []
    for level in queries.levels_to_sync(
        rotation=rotation, now=asking.now, writes_over=asking.writes_over
    ):
        asking.tell(f"Comparing {LevelName(level.name).label.lower()}")
        asked = _with_adopted(level, adopting)
        levels.append(_level_plan(rotation, asked, directory, asking))
    asking.tell("Comparing the escalation policy")
    return RotationPlan(
        levels=tuple(levels),
        policy=_policy_plan(rotation, levels, asking, adopting),
        names=directory.names,
    )


def _with_adopted(level: queries.LevelToSync, adopting: Adopting | None) -> queries.LevelToSync:
    if adopting is None or adopting.level != level.name:
        return level
    return dataclasses.replace(level, schedule_ref=adopting.ref, is_adopted=True)


def _level_plan(
    rotation: Rotation, level: queries.LevelToSync, directory: Directory, asking: Asking
) -> LevelPlan:
    gateway, now = asking.gateway, asking.now
    users = level.users(directory)
    wanted = queries.wanted_level(rotation, level, users, now)
    try:
        held = reading.held_schedule(gateway, wanted, level, now)
    except (NotFoundError, UpgradedScheduleError) as error:
        return LevelPlan(level=level.name, trouble=str(error))
    fit = fitting.fitting_plan(
        gateway,
        wanted,
        lambda asked: reading.level_plan(gateway, asked, held, level, now),
        now,
    )
    if fit.refusal is not None:
        raise fit.refusal
    plan = fit.plan
    shown = [] if held is None else reading.final_entries(gateway, wanted, held.ref, now)
    after = pagerduty_preview.expected(wanted, plan, shown)
    return LevelPlan(
        level=level.name,
        held=held,
        plan=plan,
        unmatched=tuple(sorted(queries.unmatched_names(level, users))),
        weeks=tuple(pagerduty_weeks.weeks_shown(wanted, shown, after, now)),
        differs=tuple(pagerduty_preview.weeks_of(wanted, fit.differs)),
        nobody=tuple(uncalled.nobody_called(level, users, now)),
    )


def _policy_plan(
    rotation: Rotation, levels: list[LevelPlan], asking: Asking, adopting: Adopting | None
) -> PolicyPlan:
    refs = {level.level: _ref(level) for level in levels}
    wanted = policy_syncing.wanted_policy(rotation=rotation, schedule_refs=refs, now=asking.now)
    ref = rotation.pagerduty_policy_ref
    if adopting is not None and not adopting.level:
        ref, wanted = adopting.ref, dataclasses.replace(wanted, is_adopted=True)
    if not wanted.schedule_refs or any(level.trouble for level in levels):
        return PolicyPlan()
    try:
        held = reading.held_policy(asking.gateway, wanted, ref)
    except NotFoundError as error:
        return PolicyPlan(wanted=wanted, trouble=str(error))
    return PolicyPlan(wanted=wanted, held=held, steps=pagerduty_policy.plan_policy(wanted, held))


def _ref(level: LevelPlan) -> str:
    """The level's schedule; a word in its place while the plan makes it."""
    if level.held is not None:
        return level.held.ref
    makes = any(step.action is Action.CREATE_SCHEDULE for step in level.steps)
    return f"{{{level.level}}}" if makes else ""


def as_json(plan: RotationPlan) -> dict[str, Any]:
    """The plan as plain JSON: people by name, instants in ISO format, UTC."""
    troubles = [level.trouble for level in plan.levels] + [plan.policy.trouble]
    return {
        "failure": " ".join(trouble for trouble in troubles if trouble),
        "unmatched": sorted({name for level in plan.levels for name in level.unmatched}),
        "steps": [_step(step, level or None) for level, step in plan.steps],
        "levels": [_level(level, plan.names) for level in plan.levels],
        "policy": _policy(plan.policy),
    }


def _step(step: Step, level: str | None) -> dict[str, Any]:
    return {
        "level": level,
        "action": step.action,
        "reason": step.reason,
        "method": step.request.method,
        "path": step.request.path,
        "body": step.request.body,
    }


def _level(level: LevelPlan, names: Mapping[str, str]) -> dict[str, Any]:
    left = () if level.plan is None else level.plan.unknown_overrides
    return {
        "level": level.level,
        "schedule_ref": level.held.ref if level.held else "",
        "schedule_name": level.held.name if level.held else "",
        "trouble": level.trouble,
        "writes": len(level.steps),
        "unmatched": list(level.unmatched),
        "differs": [week.isoformat() for week in level.differs],
        "left": [_turn(one.user_ref, one.period, names) for one in left],
        "nobody": [
            {"week": one.week_date.isoformat(), "seconds": one.seconds, "who": one.who}
            for one in level.nobody
        ],
        "weeks": [
            {
                "week": week.week_date.isoformat(),
                "starts_at": week.period.starts_at.isoformat(),
                "ends_at": week.period.ends_at.isoformat(),
                "changes": week.changes,
                "before": [_turn(one.user_ref, one.period, names) for one in week.before],
                "after": [_turn(one.user_ref, one.period, names) for one in week.after],
            }
            for week in level.weeks
        ],
    }


def _turn(user_ref: str | None, period: Period, names: Mapping[str, str]) -> dict[str, Any]:
    who = "" if user_ref is None else names.get(user_ref) or f"user {user_ref}"
    return {
        "who": who,
        "starts_at": period.starts_at.isoformat(),
        "ends_at": period.ends_at.isoformat(),
    }


def _policy(policy: PolicyPlan) -> dict[str, Any]:
    rules = 0 if policy.held is None else len(policy.held.rules)
    ours = 0 if policy.wanted is None else len(policy.wanted.schedule_refs)
    return {
        "policy_ref": policy.held.ref if policy.held else "",
        "policy_name": policy.held.name if policy.held else "",
        "trouble": policy.trouble,
        "writes": len(policy.steps),
        "further_rules": max(0, rules - ours),
        "services": list(policy.held.services) if policy.held else [],
    }
