"""A rotation's policy and every version before it, as the page shows them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.forms.models import model_to_dict

from rotation.queries import policy_words
from volunteers.queries import contacts, places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from rotation.models import PolicyVersion, Rotation
    from rotation.queries.policy_words import Offices, Step, Topic


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One figure that a version changed, in words."""

    label: str
    was: str
    becomes: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One version: who made it, from when it holds, why, and what it changed."""

    number: int
    by: str
    effective_from: dt.datetime
    reason: str
    changes: tuple[Change, ...]
    is_first: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PolicyPage:
    """The policy in force in sentences and in its order, and all versions, the newest first."""

    policy: PolicyVersion
    topics: tuple[Topic, ...]
    steps: tuple[Step, ...]
    not_counted: tuple[str, ...]
    versions: tuple[Version, ...]


def policy_page(*, rotation: Rotation, now: dt.datetime) -> PolicyPage:
    """Everything about the rotation's policy at `now`; three queries.

    Raises:
        LookupError: no version has taken effect, which creating a rotation does not allow.
    """
    rows = list(rotation.policies.order_by("number"))
    policy = [row for row in rows if row.effective_from <= now][-1]
    offices = offices_of(rotation)
    names = contacts.names_of(emails={row.changed_by for row in rows})
    versions = [
        _version(before, row, names.get(row.changed_by, row.changed_by), offices)
        for before, row in zip([None, *rows], rows, strict=False)
    ]
    return PolicyPage(
        policy=policy,
        topics=tuple(policy_words.topics(policy, offices)),
        steps=tuple(policy_words.steps(policy)),
        not_counted=tuple(policy_words.not_counted(policy)),
        versions=tuple(reversed(versions)),
    )


def named_versions(versions: Iterable[PolicyVersion]) -> list[dict[str, Any]]:
    """Each version's columns, with the name of who changed it for their e-mail; one query."""
    rows = list(versions)
    names = contacts.names_of(emails={row.changed_by for row in rows})
    return [
        {**model_to_dict(row), "changed_by": names.get(row.changed_by, row.changed_by)}
        for row in rows
    ]


def offices_of(rotation: Rotation) -> Offices:
    """Every office's name, and which one's calendar the rotation follows; one query."""
    lines = places.office_lines()
    own = [line.slug for line in lines if line.office_id == rotation.holiday_office_id]
    return policy_words.Offices(
        names={line.slug: line.name for line in lines}, own=own[0] if own else ""
    )


def _version(
    before: PolicyVersion | None, row: PolicyVersion, by: str, offices: Offices
) -> Version:
    found = policy_words.changes(before, row, offices)
    return Version(
        number=row.number,
        by=by,
        effective_from=row.effective_from,
        reason=row.reason,
        changes=tuple(
            Change(label=label, was=was, becomes=becomes) for label, was, becomes in found
        ),
        is_first=before is None,
    )
