"""Telling managers, and the team's chat, that published weeks ahead have nobody.

8, 4, 2 and 1 weeks before, once each; after an outage the nearest of these alone.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from common import wording
from outbox import operations as outbox
from rotation.domain import reminders
from rotation.models import LevelName, Shift
from rotation.queries import cells, worked
from volunteers.queries import service, teams

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from outbox.models import Notice
    from rotation.queries.worked import WorkedShift


def tell_gaps(*, now: dt.datetime) -> int:
    """One mail to each manager for all gaps of a rotation that are news; how many mails."""
    shifts = Shift.objects.filter(
        ends_at__gt=now, starts_at__lte=now + reminders.LOOK_AHEAD, cancelled_at__isnull=True
    )
    by_rotation: dict[int, list[WorkedShift]] = collections.defaultdict(list)
    for shift in worked.worked_shifts(shifts=shifts):
        if cells.is_gap(shift):
            by_rotation[shift.rotation_id].append(shift)
    return sum(_tell(gaps, now) for gaps in by_rotation.values())


def _tell(gaps: Sequence[WorkedShift], now: dt.datetime) -> int:
    with transaction.atomic():
        news = [(shift, notice) for shift in gaps if (notice := _news(shift, now))]
        if not news:
            return 0
        shifts = [shift for shift, _notice in news]
        first = shifts[0]
        count = wording.counted(len(shifts), "week has", "weeks have")
        what = f"{first.rotation_name}: {count} nobody"
        lines = "\n".join(_line(shift, now) for shift in shifts)
        page = f"{settings.ROTA_BASE_URL}{reverse('rotation-detail', args=[first.rotation_slug])}"
        last = max(shift.period.ends_at for shift in shifts)
        managers = teams.managers_by_team(team_ids=[first.team_id], now=now)
        ids = [person.engineer_id for person in managers.get(first.team_id, [])]
        told = 0
        for contact in service.contacts_of(engineer_ids=ids):
            message = outbox.queue_message(
                to=contact.email,
                kind="gap_ahead",
                subject=what,
                body=(
                    f"Hello {contact.name},\n\n"
                    f"nobody is on call for all of these published weeks of {first.rotation_name}:"
                    f"\n\n{lines}\n\n"
                    "Enter a cover on the page of a week, or make a draft once somebody more can "
                    f"serve.\n\n{page}\n"
                ),
                now=now,
                good_until=last,
            )
            told += int(message is not None)
        outbox.queue_chat(
            team_id=first.team_id,
            kind="gap_ahead",
            text=f"{what}.\n{lines}\n{page}",
            now=now,
            good_until=last,
        )
    return told


def _news(shift: WorkedShift, now: dt.datetime) -> Notice | None:
    weeks = reminders.gap_weeks(shift.period.starts_at, now)
    return outbox.first_time(key=f"gap:{shift.shift_id}:{weeks}", now=now)


def _line(shift: WorkedShift, now: dt.datetime) -> str:
    today = wording.local(now, shift.zone).date()
    starts_on = wording.local(shift.period.starts_at, shift.zone).date()
    when = wording.week(shift.period.starts_at, shift.period.ends_at, shift.zone)
    ahead = wording.ahead(today, starts_on) if starts_on > today else "it runs"
    return f"- {LevelName(shift.level).label}, {when} ({ahead})"
