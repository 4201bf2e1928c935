"""Why a rotation may not adopt a schedule or an escalation policy of PagerDuty."""

from __future__ import annotations

import re

from rotation.models import Level, Rotation

MARKER = re.compile(r"rota:[-\w]+:(?:primary|escalation|policy)", re.ASCII)


def refusal(*, rotation: Rotation, level: Level | None, ref: str, description: str) -> str:
    """The reason with what to do, empty when it may; without a level it is about the policy.

    Another rotation's is told by its id here, or by the mark in its description.
    """
    used = _used_policy(rotation, ref) if level is None else _used_schedule(level, ref)
    return used or _marked(rotation, level, description)


def _used_policy(rotation: Rotation, ref: str) -> str:
    if rotation.pagerduty_policy_ref == ref:
        return "It is this rotation’s escalation policy already."
    other = Rotation.objects.filter(pagerduty_policy_ref=ref).first()
    if other is None:
        return ""
    return f"It joins the levels of {other.name}. Let that rotation have another one first."


def _used_schedule(level: Level, ref: str) -> str:
    if level.pagerduty_schedule_ref == ref:
        return "It is this level’s schedule already."
    used = Level.objects.filter(pagerduty_schedule_ref=ref).select_related("rotation").first()
    if used is None:
        return ""
    return (
        f"It is the schedule of {used.rotation.name}, {used.get_name_display().lower()}. Let that "
        "level have another one first."
    )


def _marked(rotation: Rotation, level: Level | None, description: str) -> str:
    own = f"rota:{rotation.slug}:{'policy' if level is None else level.name}"
    foreign = [mark for mark in MARKER.findall(description) if mark != own]
    if not foreign:
        return ""
    return (
        f"Its description carries the mark {foreign[0]}, so another rotation writes it. If none "
        "does any more, take the mark out of the description in PagerDuty and search again."
    )
