"""A sync run's life: queued, running, done or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from rotation.models import SyncRun

if TYPE_CHECKING:
    import datetime as dt


def queue_sync(*, rotation_id: int, cause: str, now: dt.datetime) -> None:
    """Leave a run that waits for a worker, in the caller's transaction.

    One run of a rotation waits at a time: it will see everything that is published when it starts.
    """
    if SyncRun.objects.filter(rotation_id=rotation_id, state=SyncRun.State.QUEUED).exists():
        return
    try:
        with transaction.atomic():
            SyncRun.objects.create(rotation_id=rotation_id, cause=cause[:200], queued_at=now)
    except IntegrityError:
        # Somebody else queued one between the look and the write: it serves us as well.
        return
