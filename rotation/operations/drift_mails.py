"""The mail that tells a team's managers, once, that PagerDuty shows somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from outbox.operations import queue_message
from rotation.models import Drift, Rotation
from rotation.queries import drift_words
from volunteers.queries import profiles, service, teams

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence


def tell_managers(*, rotation_id: int, now: dt.datetime) -> int:
    """One mail to each manager with every open drift that nobody was told of; how many drifts."""
    with transaction.atomic():
        rows = Drift.objects.select_for_update(of=("self",)).select_related("level", "chosen_by")
        untold = list(
            rows.filter(
                level__rotation_id=rotation_id, gone_at__isnull=True, told_at__isnull=True
            ).order_by("starts_at", "pk")
        )
        if not untold:
            return 0
        _mail(Rotation.objects.get(pk=rotation_id), untold, now)
        Drift.objects.filter(pk__in=[row.pk for row in untold]).update(told_at=now)
    return len(untold)


def _mail(rotation: Rotation, rows: Sequence[Drift], now: dt.datetime) -> None:
    managers = teams.managers_by_team(team_ids=[rotation.team_id], now=now)
    ids = [person.engineer_id for person in managers.get(rotation.team_id, [])]
    places = wording.counted(len(rows), "place")
    asked = any(not row.choice for row in rows)
    ending = (
        "Choose on the PagerDuty page of the rotation what becomes of it: put ours back, adopt an "
        "override as a cover, or leave it. Until then PagerDuty pages whom it shows."
        if asked
        else "The policy of the team chose; nothing is left to do."
    )
    for contact in service.contacts_of(engineer_ids=ids):
        zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
        told = "\n\n".join(drift_words.told(row, zone) for row in rows)
        queue_message(
            to=contact.email,
            kind="drift_noticed",
            subject=f"{rotation.name}: PagerDuty shows somebody else in {places}",
            body=(
                f"Hello {contact.name},\n\n"
                f"PagerDuty does not show what is published for {rotation.name}:\n\n{told}\n\n"
                f"{ending}\n"
            ),
            now=now,
        )
