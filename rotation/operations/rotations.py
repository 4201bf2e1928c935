"""A rotation's standing arrangement: hours, handover and levels."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from rotation.models import Draft, Level, LevelName, Rotation, Shift
from rotation.operations import policies
from volunteers.queries import places

if TYPE_CHECKING:
    from audit.operations import Actor

LAST_WEEKDAY = 6


class RotationInvalidError(RefusedError):
    """The zone, the handover or the office hours are not right."""

    code = "ROTATION_INVALID"


class RotationAlreadyThereError(RefusedError):
    """The on-call team has its rotation; there is one for each."""

    code = "ROTATION_ALREADY_THERE"
    status = 409


class SchedulePublishedError(RefusedError):
    """Weeks have been published by the hours as they are."""

    code = "SCHEDULE_PUBLISHED"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """When people hand over (0 is Monday) and when they are on call.

    Without office hours the rotation is on call at every hour; without a holiday office it knows
    no public holidays.
    """

    time_zone: str
    handover_weekday: int = 0
    handover_time: dt.time = dt.time(12, 0)
    business_start: dt.time | None = None
    business_end: dt.time | None = None
    holiday_office_id: int | None = None
    level2_paid: bool = False


def create_rotation(
    *,
    team_id: int,
    hours: Hours,
    figures: policies.Figures,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> Rotation:
    """Give an on-call team its rotation: two levels, and policy 1 in force from now.

    It takes the team's name and slug.

    Raises:
        RotationInvalidError: with a message for each field.
        policies.PolicyInvalidError: with a message for each figure, or for the reason.
        RotationAlreadyThereError: the team has one.
    """
    columns = _clean_hours(hours)
    first = policies.clean(figures, reason)
    with transaction.atomic():
        rotation = Rotation(team_id=team_id, **columns)
        rotation.slug = rotation.team.slug
        rotation.name = rotation.team.name
        _insert(rotation)
        Level.objects.bulk_create(Level(rotation=rotation, name=name) for name in LevelName.values)
        policies.add_version(rotation=rotation, columns=first, number=1, actor=actor, now=now)
        _record(rotation, "created", actor=actor, now=now, before=None, after=_shown(rotation))
    return rotation


def edit_hours(*, rotation_id: int, hours: Hours, actor: Actor, now: dt.datetime) -> Rotation:
    """Change a rotation's hours, handover and calendar before anything is published.

    Drafts that wait were made for the old hours: they are discarded or cancelled. Nothing is
    written or recorded when nothing changes.

    Raises:
        RotationInvalidError: with a message for each field.
        SchedulePublishedError: a week has been published by the hours as they are.
    """
    columns = _clean_hours(hours)
    with transaction.atomic():
        rotation = Rotation.objects.select_for_update().get(pk=rotation_id)
        before = _shown(rotation)
        for column, value in columns.items():
            setattr(rotation, column, value)
        if before == _shown(rotation):
            return rotation
        if Shift.objects.filter(level__rotation_id=rotation_id).exists():
            raise SchedulePublishedError(
                "Weeks have been published by these hours and people count on them. "
                "They can change only while nothing is published."
            )
        rotation.save(update_fields=list(columns))
        _close_drafts(rotation, actor, now)
        _record(rotation, "changed", actor=actor, now=now, before=before, after=_shown(rotation))
    return rotation


def _clean_hours(hours: Hours) -> dict[str, Any]:
    cleaner = Cleaner()
    columns = dataclasses.asdict(hours)
    columns["time_zone"] = cleaner.zone("time_zone", hours.time_zone)
    if not 0 <= hours.handover_weekday <= LAST_WEEKDAY:
        cleaner.refuse("handover_weekday", "Choose a day from Monday (0) to Sunday (6).")
    for field in ("handover_time", "business_start", "business_end"):
        time = columns[field]
        if time is not None and (time.second or time.microsecond or time.tzinfo):
            cleaner.refuse(field, "Write hours and minutes, as in 09:00.")
    _check_office_hours(cleaner, hours)
    if hours.holiday_office_id is not None and not places.office_line(
        office_id=hours.holiday_office_id
    ):
        cleaner.refuse("holiday_office", "There is no such office.")
    cleaner.raise_problems(RotationInvalidError)
    return columns


def _check_office_hours(cleaner: Cleaner, hours: Hours) -> None:
    if (hours.business_start is None) != (hours.business_end is None):
        missing = "business_start" if hours.business_start is None else "business_end"
        cleaner.refuse(missing, "Give both ends of the office hours, or neither.")
    elif (
        hours.business_start is not None
        and hours.business_end is not None
        and hours.business_end <= hours.business_start
    ):
        cleaner.refuse("business_end", "Office hours end after they start.")


def _insert(rotation: Rotation) -> None:
    try:
        with transaction.atomic():
            rotation.save(force_insert=True)
    except IntegrityError as error:
        message = f"{rotation.name} already has its rotation."
        raise RotationAlreadyThereError(message, fields={"team": message}) from error


def _close_drafts(rotation: Rotation, actor: Actor, now: dt.datetime) -> None:
    closing = {"closed_at": now, "closed_by_id": actor.engineer_id}
    running = rotation.drafts.filter(state__in=[Draft.State.QUEUED, Draft.State.SOLVING])
    running.update(state=Draft.State.CANCELLED, **closing)
    rotation.drafts.filter(state=Draft.State.READY).update(state=Draft.State.DISCARDED, **closing)


def _shown(rotation: Rotation) -> dict[str, Any]:
    hours = (rotation.business_start, rotation.business_end)
    return {
        "time_zone": rotation.time_zone,
        "handover_weekday": rotation.handover_weekday,
        "handover_time": f"{rotation.handover_time:%H:%M}",
        "office_hours": [f"{time:%H:%M}" for time in hours if time],
        "holiday_office": rotation.holiday_office.name if rotation.holiday_office else None,
        "level2_paid": rotation.level2_paid,
    }


def _record(
    rotation: Rotation,
    verb: str,
    *,
    actor: Actor,
    now: dt.datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"rotation {rotation.name}",
        team=rotation.team.slug,
        about=[rotation],
        before=before,
        after=after,
    )
