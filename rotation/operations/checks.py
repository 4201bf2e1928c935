"""Asking for a sync by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common.refusals import RefusedError
from rotation.models import Rotation
from rotation.operations import account, syncing

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor


class NothingPublishedError(RefusedError):
    """There is no schedule that PagerDuty could show."""

    code = "NOTHING_PUBLISHED"
    status = 409


def request_sync(*, rotation_id: int, actor: Actor, now: dt.datetime) -> None:
    """Leave a run that compares PagerDuty with the published schedule and repairs it.

    One that waits already serves as well; one that failed is replaced by it. A token that PagerDuty
    refused is tried once more.

    Raises:
        NothingPublishedError: the rotation has published nothing yet.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
        if rotation.schedule_version == 0:
            raise NothingPublishedError(
                f"{rotation.name} has published nothing yet, so PagerDuty has nothing to show."
            )
        account.ask_again()
        syncing.queue_sync(rotation_id=rotation_id, cause=f"asked for by {actor.name}", now=now)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="asked for sync",
            subject=f"rotation {rotation.name}",
            team=rotation.team.slug,
        )
