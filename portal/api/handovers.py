"""Days that people send, as the handovers of a rotation that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import ValidationError

from rotation.domain import slots

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from rotation.domain.slots import WeekPattern
    from rotation.models import Rotation


def rotation_of(rotations: QuerySet[Rotation], slug: str) -> Rotation:
    """The rotation of the on-call team with that slug.

    Raises:
        ValidationError: there is no such team, or it has no rotation yet.
    """
    rotation = rotations.filter(team__slug=slug).first()
    if rotation is None:
        raise ValidationError({"team": "There is no such on-call team with a rotation."})
    return rotation


def on_handover(pattern: WeekPattern, day: dt.date, *, now: dt.datetime) -> dt.date:
    """The first handover on or after the day; a day that has passed stays, to be refused as such.

    Today's handover counts until its hour.
    """
    if day < slots.local_date(pattern.zone, now):
        return day
    coming = slots.first_week_on_or_after(pattern, now).week_date
    return max(coming, slots.first_week_on_or_after(pattern, day).week_date)
