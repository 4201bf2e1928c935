"""Whether a draft still fits: to the schedule, the policy, and what people have agreed to."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import planning
from rotation.queries import patterns
from volunteers.queries import changes

if TYPE_CHECKING:
    import datetime as dt

    from rotation.domain.planning import Plan
    from rotation.models import Draft


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """Why a draft no longer tells the truth; `is_blocked` when publishing would be refused."""

    sentences: tuple[str, ...]
    is_blocked: bool


def staleness(*, draft: Draft, plan: Plan, now: dt.datetime) -> Stale | None:
    """What has changed since the draft was made, None when nothing has.

    `plan` are the facts as they are now, gathered for the draft's weeks and its policy.
    """
    rotation = draft.rotation
    if rotation.schedule_version != draft.base_version:
        who = rotation.published_by.name if rotation.published_by else "Somebody"
        sentence = f"{who} published version {rotation.schedule_version} after this draft was made."
        return Stale(sentences=(sentence,), is_blocked=True)
    sentences = []
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    if policy.number != draft.policy.number:
        sentences.append(f"Policy version {policy.number} is in force since then.")
    if planning.digest(plan) != draft.inputs_digest:
        sentences += _changes(draft, plan)
    return Stale(sentences=tuple(sentences), is_blocked=False) if sentences else None


def _changes(draft: Draft, plan: Plan) -> list[str]:
    """Who has changed what since the draft's facts were read; at least one sentence."""
    since = draft.solving_at or draft.requested_at
    people = {person.engineer_id for level in plan.levels for person in level.people}
    joined = changes.newcomers_since(team_id=draft.rotation.team_id, since=since)
    away = changes.away_changed_since(engineer_ids=people, since=since)
    told = [f"{name} has a new term." for name in joined]
    told += [f"{name} has other days away." for name in away]
    return told or ["Terms, absences, covers or wishes are not as they were."]
