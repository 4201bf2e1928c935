"""A rotation's policy: every figure of how its team works, in versions that never change."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from rotation.models import PolicyVersion, Rotation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from audit.operations import Actor

LONGEST_REASON = 500
OBJECTIVES = (
    "gaps",
    "overload",
    "unfairness",
    "holidays",
    "changes",
    "preferences",
    "spread",
    "adjacency",
)
"""Everything that a schedule can be made good at, in the order that a team starts with."""


class PolicyInvalidError(RefusedError):
    """A figure is out of bounds, or nobody said why it changes."""

    code = "POLICY_INVALID"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Every figure of a policy; lengths in weeks, `None` for no limit, loads in hundredths."""

    term_weeks: int = 26
    cool_down_weeks: int = 0
    target_size: int = 7
    minimum_size: int = 6
    horizon_weeks: int = 26
    primary_rest_weeks: int = 3
    primary_shifts_per_term: int = 6
    escalation_rest_weeks: int = 1
    escalation_shifts_per_term: int | None = None
    spacing_weeks: int = 5
    holiday_load_hundredths: int = 50
    objectives: tuple[str, ...] = OBJECTIVES


_BOUNDS = {
    "term_weeks": (1, 104),
    "cool_down_weeks": (0, 104),
    "target_size": (1, 500),
    "minimum_size": (1, 500),
    "horizon_weeks": (1, 53),
    "primary_rest_weeks": (0, 52),
    "primary_shifts_per_term": (1, 104),
    "escalation_rest_weeks": (0, 52),
    "escalation_shifts_per_term": (1, 104),
    "spacing_weeks": (0, 52),
    "holiday_load_hundredths": (0, 1000),
}


def change_policy(
    *, rotation_id: int, figures: Figures, reason: str, actor: Actor, now: dt.datetime
) -> PolicyVersion:
    """Add the next version of a rotation's policy, in force from now; earlier ones stay.

    Raises:
        PolicyInvalidError: with a message for each figure, or for the reason.
    """
    columns = clean(figures, reason)
    with transaction.atomic():
        rotation = Rotation.objects.select_for_update(of=("self",)).get(pk=rotation_id)
        last = rotation.policies.latest("number")
        number = last.number + 1
        version = add_version(
            rotation=rotation, columns=columns, number=number, actor=actor, now=now
        )
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="changed policy",
            subject=f"rotation {rotation.name}",
            team=rotation.team.slug,
            before=_shown(last),
            after=_shown(version),
        )
    return version


def clean(figures: Figures, reason: str) -> dict[str, Any]:
    """The version's columns.

    Raises:
        PolicyInvalidError: with a message for each figure, or for the reason.
    """
    cleaner = Cleaner()
    columns = dataclasses.asdict(figures)
    for field, (least, most) in _BOUNDS.items():
        value = columns[field]
        if value is not None and not least <= value <= most:
            cleaner.refuse(field, f"A number from {least} to {most}.")
    if figures.minimum_size > figures.target_size:
        cleaner.refuse("minimum_size", "The minimum is not above the target.")
    chosen = figures.objectives
    if "gaps" not in chosen or len(set(chosen)) < len(chosen) or set(chosen) - set(OBJECTIVES):
        cleaner.refuse("objectives", f"gaps and others once each, from {', '.join(OBJECTIVES)}.")
    columns["objectives"] = list(chosen)
    columns["reason"] = cleaner.line("reason", reason, longest=LONGEST_REASON)
    cleaner.raise_problems(PolicyInvalidError)
    return columns


def add_version(
    *,
    rotation: Rotation,
    columns: Mapping[str, Any],
    number: int,
    actor: Actor,
    now: dt.datetime,
) -> PolicyVersion:
    """Write a version of cleaned columns into the caller's transaction, in force from now."""
    return PolicyVersion.objects.create(
        rotation=rotation,
        number=number,
        changed_by=actor.name,
        changed_at=now,
        effective_from=now,
        **columns,
    )


def _shown(policy: PolicyVersion) -> dict[str, Any]:
    figures = {field.name: getattr(policy, field.name) for field in dataclasses.fields(Figures)}
    return {"number": policy.number, **figures, "reason": policy.reason}
