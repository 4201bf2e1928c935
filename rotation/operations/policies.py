"""A rotation's policy: every figure of how its team works, in versions that never change."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.cleaning import Cleaner
from common.refusals import RefusedError
from rotation.domain import policies as domain
from rotation.models import DriftChoice, PolicyVersion, Rotation
from rotation.operations import syncing
from volunteers.queries import contacts, places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from audit.operations import Actor

LONGEST_REASON = 500
OBJECTIVES = tuple(objective.name for objective in domain.OBJECTIVES)
"""Everything that a schedule can be made good at, in the order that a team starts with."""
MOST_WEIGHT = 1000
DRIFT_CHOICES = tuple(DriftChoice.values)


class PolicyInvalidError(RefusedError):
    """A figure is out of bounds, or nobody said why it changes."""

    code = "POLICY_INVALID"


class PolicyMovedOnError(RefusedError):
    """Somebody else made a version since this one was read."""

    code = "POLICY_MOVED_ON"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Every figure of a policy; lengths in weeks, `None` for no limit, loads in hundredths.

    `holiday_weights` gives the load of a public holiday by the office (slug) whose calendar counts;
    empty, the rotation's own calendar counts with `holiday_load_hundredths`. PagerDuty calls the
    next level after `escalation_delay_minutes` without an answer, and begins again
    `escalation_loops` times; `drift_choice` says what happens when it shows somebody else. With
    `deduplicates_pay`, time that another rotation pays already, at as much, is not paid twice.
    """

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
    holiday_weights: Mapping[str, int] = dataclasses.field(default_factory=dict)
    objectives: tuple[str, ...] = OBJECTIVES
    escalation_delay_minutes: int = 15
    escalation_loops: int = 2
    drift_choice: str = DriftChoice.ASK.value
    deduplicates_pay: bool = False


_FIGURES = tuple(field.name for field in dataclasses.fields(Figures))
_IN_PAGERDUTY = ("escalation_delay_minutes", "escalation_loops")
BOUNDS = {
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
    "escalation_delay_minutes": (1, 60),
    "escalation_loops": (0, 9),
}


def change_policy(
    *,
    rotation_id: int,
    figures: Figures,
    reason: str,
    seen: int | None = None,
    actor: Actor,
    now: dt.datetime,
) -> PolicyVersion:
    """Add the next version of a rotation's policy, in force from now; earlier ones stay.

    Queues a sync run when it changes how PagerDuty passes a page on.
    `seen` is the number of the version that the change was made from; None asks for no check.

    Raises:
        PolicyInvalidError: with a message for each figure, or for the reason; or nothing changes.
        PolicyMovedOnError: a later version than the one seen is there.
    """
    columns = clean(figures, reason)
    with transaction.atomic():
        rotation = Rotation.objects.select_for_update(of=("self",)).get(pk=rotation_id)
        last = rotation.policies.latest("number")
        if seen is not None and seen != last.number:
            raise PolicyMovedOnError(_moved_on(last))
        if all(columns[name] == getattr(last, name) for name in _FIGURES):
            raise PolicyInvalidError(f"Every figure is as in policy {last.number} already.")
        version = add_version(
            rotation=rotation, columns=columns, number=last.number + 1, actor=actor, now=now
        )
        if any(columns[name] != getattr(last, name) for name in _IN_PAGERDUTY):
            _queue_sync(rotation, version, now)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="changed policy",
            subject=f"rotation {rotation.name}",
            team=rotation.team.slug,
            about=[rotation],
            before=_shown(last),
            after=_shown(version),
        )
    return version


def _queue_sync(rotation: Rotation, version: PolicyVersion, now: dt.datetime) -> None:
    if rotation.schedule_version:
        syncing.queue_sync(rotation_id=rotation.pk, cause=f"policy {version.number}", now=now)


def clean(figures: Figures, reason: str) -> dict[str, Any]:
    """The version's columns.

    Raises:
        PolicyInvalidError: with a message for each figure, or for the reason.
    """
    cleaner = Cleaner()
    columns = {name: getattr(figures, name) for name in _FIGURES}
    for field, (least, most) in BOUNDS.items():
        value = columns[field]
        if value is not None and not least <= value <= most:
            cleaner.refuse(field, f"A number from {least} to {most}.")
    if not cleaner.problems:
        _check_together(cleaner, figures)
    chosen = figures.objectives
    if "gaps" not in chosen or len(set(chosen)) < len(chosen) or set(chosen) - set(OBJECTIVES):
        cleaner.refuse("objectives", f"gaps and others once each, from {', '.join(OBJECTIVES)}.")
    if figures.drift_choice not in DRIFT_CHOICES:
        cleaner.refuse("drift_choice", f"One of {', '.join(DRIFT_CHOICES)}.")
    _check_weights(cleaner, figures.holiday_weights)
    columns["objectives"] = list(chosen)
    columns["holiday_weights"] = dict(sorted(figures.holiday_weights.items()))
    columns["reason"] = cleaner.line("reason", reason, longest=LONGEST_REASON)
    cleaner.raise_problems(PolicyInvalidError)
    return columns


def _check_together(cleaner: Cleaner, figures: Figures) -> None:
    staffing = domain.Staffing(
        term_weeks=figures.term_weeks,
        minimum_size=figures.minimum_size,
        target_size=figures.target_size,
        rest_weeks=figures.primary_rest_weeks,
        shifts_per_term=figures.primary_shifts_per_term,
    )
    for field, said in domain.contradictions(staffing).items():
        cleaner.refuse(field, said)


def _check_weights(cleaner: Cleaner, weights: Mapping[str, int]) -> None:
    if not weights:
        return
    names = {office.slug: office.name for office in places.office_lines()}
    for slug, weight in weights.items():
        if slug not in names:
            cleaner.refuse("holiday_weights", f"There is no office called {slug}.")
        elif not 0 <= weight <= MOST_WEIGHT:
            most = wording.load(MOST_WEIGHT)
            cleaner.refuse("holiday_weights", f"{names[slug]}: a number from 0 to {most}.")


def _moved_on(last: PolicyVersion) -> str:
    names = contacts.names_of(emails=[last.changed_by])
    return (
        f"Policy {last.number} was made in the meantime by "
        f"{names.get(last.changed_by, last.changed_by)}: “{last.reason}” "
        "Look at it first; saving again replaces its figures by yours."
    )


def figures_of(policy: PolicyVersion) -> Figures:
    """The figures of a version, to make the next one from."""
    columns = {name: getattr(policy, name) for name in _FIGURES}
    return Figures(**columns | {"objectives": tuple(policy.objectives)})


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
    figures = {name: getattr(policy, name) for name in _FIGURES}
    return {"number": policy.number, **figures, "reason": policy.reason}
