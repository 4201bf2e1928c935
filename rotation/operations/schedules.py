"""A level's schedule in PagerDuty that a human deleted there, made again on order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common.refusals import RefusedError
from rotation.models import Level
from rotation.operations import syncing

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor


class NotDeletedError(RefusedError):
    """The level's schedule is not known to be gone, so there is nothing to make again."""

    code = "SCHEDULE_NOT_DELETED"
    status = 409


def create_again(*, level_id: int, actor: Actor, now: dt.datetime) -> None:
    """Forget the schedule that was deleted and leave a run that makes a new one.

    Raises:
        NotDeletedError: nobody deleted it, or somebody has ordered a new one already.
    """
    with transaction.atomic():
        level = Level.objects.select_related("rotation__team").get(pk=level_id)
        deleted = Level.objects.filter(pk=level_id, schedule_trouble=Level.Trouble.DELETED)
        if not deleted.update(
            pagerduty_schedule_ref="",
            schedule_is_adopted=False,
            schedule_trouble=Level.Trouble.NONE,
            schedule_trouble_since=None,
            in_pagerduty_since=None,
            in_pagerduty_version=None,
        ):
            raise NotDeletedError(f"{level}’s schedule is not missing in PagerDuty any more.")
        syncing.queue_sync(
            rotation_id=level.rotation_id,
            cause=f"{actor.name} ordered a new schedule",
            now=now,
            starts_at=now,
        )
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="ordered a new schedule",
            subject=f"{level} of {level.rotation.name}, instead of the one deleted in PagerDuty",
            team=level.rotation.team.slug,
            before={"schedule": level.pagerduty_schedule_ref},
            after={"schedule": ""},
        )
