"""How each on-call team works, in figures that everybody may read; no person, no amount."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.models import PolicyVersion, Rotation
from rotation.queries import policy_words
from rotation.queries.patterns import pattern_of
from volunteers.queries import places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from rotation.domain.slots import WeekPattern


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The figures in force; a `None` for level 2 means no limit."""

    number: int
    effective_from: dt.datetime
    term_weeks: int
    cool_down_weeks: int
    target_size: int
    minimum_size: int
    primary_rest_weeks: int
    primary_shifts_per_term: int
    escalation_rest_weeks: int
    escalation_shifts_per_term: int | None
    spacing_weeks: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What one on-call team is for and how its rotation works; no policy before the first one.

    `criteria` are the lines of how its success is judged, in their order; `holiday_words` say what
    a public holiday adds to a week's load.
    """

    slug: str
    name: str
    problem: str
    criteria: tuple[str, ...]
    next_review_on: dt.date | None
    people_on_call_before: int | None
    pattern: WeekPattern
    holidays_of: str
    level2_paid: bool
    policy: Policy | None
    holiday_words: str


def statements(*, now: dt.datetime) -> list[Statement]:
    """One for each rotation, in order of name."""
    rotations = Rotation.objects.select_related("team", "holiday_office").order_by("name", "pk")
    in_force = PolicyVersion.objects.filter(effective_from__lte=now).order_by("number")
    policies = {policy.rotation_id: policy for policy in in_force}
    names = {line.slug: line.name for line in places.office_lines()}
    return [_statement(rotation, policies.get(rotation.pk), names) for rotation in rotations]


def _statement(
    rotation: Rotation, policy: PolicyVersion | None, names: Mapping[str, str]
) -> Statement:
    team = rotation.team
    own = rotation.holiday_office.slug if rotation.holiday_office else ""
    offices = policy_words.Offices(names=names, own=own)
    return Statement(
        slug=rotation.slug,
        name=rotation.name,
        problem=team.problem,
        criteria=tuple(line for line in team.success_criteria.splitlines() if line.strip()),
        next_review_on=team.next_review_on,
        people_on_call_before=team.people_on_call_before,
        pattern=pattern_of(rotation),
        holidays_of=rotation.holiday_office.name if rotation.holiday_office else "",
        level2_paid=rotation.level2_paid,
        policy=_figures(policy) if policy else None,
        holiday_words=policy_words.holiday_words(policy, offices) if policy else "",
    )


def _figures(policy: PolicyVersion) -> Policy:
    return Policy(
        **{field.name: getattr(policy, field.name) for field in dataclasses.fields(Policy)}
    )
