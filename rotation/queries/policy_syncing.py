"""The escalation policy that a rotation wants in PagerDuty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.domain.pagerduty_plan import Action
from rotation.domain.pagerduty_policy import WantedPolicy
from rotation.models import Level, LevelName, SyncStep

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import Rotation


def wanted_policy(
    *, rotation: Rotation, schedule_refs: dict[str, str], now: dt.datetime
) -> WantedPolicy:
    """The policy as the team's policy in force asks for it.

    `schedule_refs` gives PagerDuty's schedule by level, as far as there is one.
    """
    figures = rotation.policies.filter(effective_from__lte=now).latest("number")
    refs = [schedule_refs.get(name, "") for name in (LevelName.PRIMARY, LevelName.ESCALATION)]
    return WantedPolicy(
        name=rotation.name,
        marker=f"rota:{rotation.slug}:policy",
        delay_minutes=figures.escalation_delay_minutes,
        loops=figures.escalation_loops,
        # Level 2 alone would be called first, which is not its job.
        schedule_refs=tuple(ref for ref in refs if ref) if refs[0] else (),
        former_refs=_former_refs(rotation) - set(refs),
        is_adopted=rotation.pagerduty_policy_is_adopted,
        released=frozenset(rotation.pagerduty_released_refs),
    )


def schedule_refs(*, rotation: Rotation) -> dict[str, str]:
    """PagerDuty's schedule of each level that has one."""
    levels = Level.objects.filter(rotation=rotation).exclude(pagerduty_schedule_ref="")
    return dict(levels.values_list("name", "pagerduty_schedule_ref"))


def _former_refs(rotation: Rotation) -> frozenset[str]:
    """Every schedule that Rota has ever made or written for the rotation."""
    steps = SyncStep.objects.filter(level__rotation=rotation)
    made = steps.filter(action=Action.CREATE_SCHEDULE).values_list("answer", flat=True)
    paths = steps.filter(action=Action.UPDATE_SCHEDULE).values_list("path", flat=True).distinct()
    refs = {str(answer["schedule"]["id"]) for answer in made if answer and "schedule" in answer}
    return frozenset(refs | {path.removeprefix("/schedules/") for path in paths.order_by()})
