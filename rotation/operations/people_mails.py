"""Mails about people whom PagerDuty cannot page: to themselves, and to managers when it is near."""

from __future__ import annotations

import collections
import datetime as dt
from typing import TYPE_CHECKING

from outbox.operations import queue_message
from rotation.domain import readiness
from rotation.models import PagerDutyPerson, Rotation, Shift
from rotation.operations import reader_times
from rotation.queries import worked
from volunteers.queries import profiles, service, teams

if TYPE_CHECKING:
    from collections.abc import Mapping

NEAR = dt.timedelta(days=14)


def tell(*, now: dt.datetime) -> None:
    """Write to each who cannot be paged and was not told, and to managers of a shift that is near.

    In the caller's transaction. Each is told once until it is mended.
    """
    bad = {
        row.engineer_id: row
        for row in PagerDutyPerson.objects.filter(
            problems_since__isnull=False, engineer__is_active=True, checked_at=now
        ).select_related("engineer")
    }
    for row in bad.values():
        if row.told_at is None:
            _tell_person(row, now)
            row.told_at = now
            row.save(update_fields=["told_at"])
    untold = {key: row for key, row in bad.items() if row.managers_told_at is None}
    if untold:
        _tell_managers(untold, now)


def _tell_person(row: PagerDutyPerson, now: dt.datetime) -> None:
    lines = "\n".join(
        f"- {words.own} {words.to_do}" for words in map(readiness.words_of, row.problems)
    )
    queue_message(
        to=row.engineer.email,
        kind="cannot_be_paged",
        subject="PagerDuty cannot reach you",
        body=(
            f"Hello {row.engineer.name},\n\n"
            f"when you are on call, a page would not reach you in time:\n\n{lines}\n\n"
            "Rota looks again each day, and at once when you press “Check again” on its home "
            "page. You hear of this again only if it is mended and comes back.\n"
        ),
        now=now,
    )


def _tell_managers(untold: Mapping[int, PagerDutyPerson], now: dt.datetime) -> None:
    """One mail for each rotation to each of its managers, with everybody whose shift is near."""
    nearest = _nearest(untold, now)
    rotations = Rotation.objects.filter(pk__in=nearest).order_by("name", "pk")
    managers = teams.managers_by_team(team_ids=[each.team_id for each in rotations], now=now)
    for rotation in rotations:
        lines = [
            f"- {untold[engineer_id].engineer.name} "
            f"{readiness.sentence(untold[engineer_id].problems)}; on call from "
            f"{reader_times.moment(at)}."
            for engineer_id, at in sorted(nearest[rotation.pk].items(), key=lambda it: it[1])
        ]
        ids = [person.engineer_id for person in managers.get(rotation.team_id, [])]
        for contact in service.contacts_of(engineer_ids=ids):
            zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
            queue_message(
                to=contact.email,
                kind="team_cannot_be_paged",
                subject=f"{rotation.name}: PagerDuty cannot reach somebody who is on call soon",
                body=(
                    f"Hello {contact.name},\n\n"
                    "within 14 days these are on call, and a page would not reach them in time:"
                    "\n\n" + reader_times.in_zone("\n".join(lines), zone) + "\n\n"
                    "They were told what to do. The rotation's page in Rota lists everybody, and "
                    "lets you look again at once.\n"
                ),
                now=now,
            )
    told = {engineer_id for found in nearest.values() for engineer_id in found}
    PagerDutyPerson.objects.filter(engineer_id__in=told).update(managers_told_at=now)


def _nearest(
    untold: Mapping[int, PagerDutyPerson], now: dt.datetime
) -> dict[int, dict[int, dt.datetime]]:
    """When each of them is on call first within 14 days, by rotation and person."""
    shifts = Shift.objects.filter(
        ends_at__gt=now, starts_at__lt=now + NEAR, cancelled_at__isnull=True
    )
    found: dict[int, dict[int, dt.datetime]] = collections.defaultdict(dict)
    for line in worked.worked_shifts(shifts=shifts):
        for stint in line.stints:
            who, starts_at = stint.person, max(stint.period.starts_at, now)
            if who in untold and who is not None and starts_at < stint.period.ends_at:
                first = found[line.rotation_id].get(who, starts_at)
                found[line.rotation_id][who] = min(first, starts_at)
    return found
