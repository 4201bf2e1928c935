"""How engineers were last known in PagerDuty, for telling who is who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.domain import pagerduty_people
from rotation.domain.pagerduty_people import Identity
from rotation.models import PagerDutyPerson
from volunteers.queries import serving

if TYPE_CHECKING:
    from collections.abc import Iterable

LOST = (pagerduty_people.DELETED, pagerduty_people.HANDED_ON)


def identities(*, engineer_ids: Iterable[int]) -> dict[int, Identity]:
    """Those who were looked up before, by engineer; one query."""
    rows = PagerDutyPerson.objects.filter(engineer_id__in=set(engineer_ids))
    return {row.engineer_id: identity_of(row) for row in rows.select_related("engineer")}


def identity_of(row: PagerDutyPerson) -> Identity:
    """What a kept row tells, with its engineer at hand."""
    return Identity(
        user_ref=row.user_ref,
        names=(row.user_name, row.engineer.name),
        lost=next((code for code in LOST if code in row.problems), ""),
    )


def taken_emails() -> frozenset[str]:
    """Everybody's e-mail here, as the directory compares them; one query."""
    return frozenset(pagerduty_people.key(email) for email in serving.all_emails())
