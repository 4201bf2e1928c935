"""A weekend for which somebody asks Aoife and one more to step in, so that a newcomer sees it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from common.periods import Period
from rotation.domain import slots
from rotation.models import LevelName, Shift
from rotation.operations import cover_requests
from rotation.operations.cover_requests import Asking
from rotation.queries import cover_people, worked
from volunteers.models import Engineer

if TYPE_CHECKING:
    from config.seeding.story import Story

ASKED = "Aoife Brennan"
ASKED_BEFORE = dt.timedelta(hours=5)
NOT_BEFORE = dt.timedelta(days=6)
SATURDAY = dt.timedelta(days=5)
NOON = dt.time(12)
LINE = "Happy to take any of your weekends in February in return."


def tell(story: Story) -> None:
    """Ask for the first Saturday of somebody else's week on which Aoife can; else for none."""
    at = story.now - ASKED_BEFORE
    coming = Shift.objects.filter(
        level__rotation=story.rotation,
        level__name=LevelName.PRIMARY,
        starts_at__gt=story.now + NOT_BEFORE,
        holder__isnull=False,
    )
    aoife = story.people[ASKED]
    for shift in worked.worked_shifts(shifts=coming):
        holder_id = shift.holder_id or 0
        period = _weekend(story, shift.week_date)
        part = cover_people.part_of(shift=shift, rotation=story.rotation, period=period, now=at)
        found = cover_people.candidates(
            shift=shift,
            rotation=story.rotation,
            part=part,
            without={holder_id},
            now=at,
        )
        able = [each.engineer_id for each in found if each.can and each.is_of_level]
        if holder_id != aoife.pk and aoife.pk in able:
            others = [pk for pk in able if pk != aoife.pk]
            holder = Engineer.objects.get(pk=holder_id)
            asking = Asking(
                shift_id=shift.shift_id,
                asked_ids=(aoife.pk, *others[:1]),
                starts_at=period.starts_at,
                ends_at=period.ends_at,
                message=LINE,
            )
            cover_requests.request_cover(asking=asking, actor=story.actor(holder.name), now=at)
            return


def _weekend(story: Story, week_date: dt.date) -> Period:
    """Saturday noon to Sunday noon of the week."""
    first, last = (
        slots.local_instant(story.pattern.zone, week_date + SATURDAY + day, NOON)
        for day in (dt.timedelta(0), slots.DAY)
    )
    return Period(starts_at=first, ends_at=last)
