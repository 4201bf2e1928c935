"""A drift check's life: asked for or due, claimed, kept, put back, failed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from audit.operations import Area, record
from rotation.models import DriftCheck, Rotation, SyncRun
from rotation.operations import account
from rotation.operations.checks import NothingPublishedError
from rotation.queries import drift_facts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from audit.operations import Actor

LEASE = dt.timedelta(seconds=60)
KEPT = dt.timedelta(days=1)
MOST_DEATHS = 10
State = DriftCheck.State
WAITING = [State.QUEUED, State.RUNNING]


def request_check(*, rotation_id: int, actor: Actor, now: dt.datetime) -> None:
    """Leave a check for somebody who asks; one that waits or runs already serves as well.

    A token that PagerDuty refused is tried once more.

    Raises:
        NothingPublishedError: the rotation has published nothing yet.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
        if rotation.schedule_version == 0:
            raise NothingPublishedError(
                f"{rotation.name} has published nothing yet, so there is nothing to compare."
            )
        account.ask_again()
        waiting = DriftCheck.objects.filter(rotation_id=rotation_id, state__in=WAITING)
        waiting.filter(state=State.QUEUED).update(leased_until=None)
        if not waiting.exists():
            _queue(rotation_id, now=now, asked_by_id=actor.engineer_id)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="asked for drift check",
            subject=f"rotation {rotation.name}",
            team=rotation.team.slug,
        )


def queue_due(*, now: dt.datetime) -> int:
    """Leave a check for each rotation that nobody looked at for five minutes; how many."""
    rotation_ids = drift_facts.due_rotation_ids(now=now)
    for rotation_id in rotation_ids:
        _queue(rotation_id, now=now)
    return len(rotation_ids)


def claim_check(
    *, check_id: int, real_now: dt.datetime, holder: str, now: dt.datetime
) -> DriftCheck | None:
    """Take a waiting check, or one whose worker died, for a minute; None if it is not to be had.

    Nothing is compared while a sync run of the rotation waits or runs: what is not written yet is
    no drift.
    """
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING, leased_until__lte=real_now)
    rows = DriftCheck.objects.filter(free, pk=check_id).exclude(
        rotation__in=drift_facts.syncing_rotations()
    )
    taken = rows.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)).update(
        state=State.RUNNING,
        tries=F("tries") + 1,
        failure="",
        finished_at=None,
        leased_until=real_now + LEASE,
        lease_holder=holder,
    )
    if not taken:
        return None
    check = DriftCheck.objects.select_related("rotation__team").get(pk=check_id)
    if check.tries > MOST_DEATHS:
        fail_check(
            check_id=check_id,
            holder=holder,
            failure=f"Tried {MOST_DEATHS} times, and the last worker ended in the middle.",
            now=now,
        )
        return None
    return check


def is_held(*, check_id: int, holder: str) -> bool:
    """Whether the check is still this worker's."""
    return held_check(check_id=check_id, holder=holder).exists()


def renew_check(*, check_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the check for another minute; False when it was taken over."""
    held = held_check(check_id=check_id, holder=holder)
    return bool(held.update(leased_until=real_now + LEASE))


def held_check(*, check_id: int, holder: str) -> QuerySet[DriftCheck]:
    """The check's row while it is this worker's."""
    return DriftCheck.objects.filter(pk=check_id, state=State.RUNNING, lease_holder=holder)


def put_back_check(*, check_id: int, holder: str, why: str, next_try_at: dt.datetime) -> None:
    """Let a check wait again until `next_try_at`: PagerDuty is not to be asked now."""
    held_check(check_id=check_id, holder=holder).update(
        state=State.QUEUED,
        tries=F("tries") - 1,
        failure=why[:500],
        leased_until=next_try_at,
        lease_holder="",
    )


def fail_check(*, check_id: int, holder: str, failure: str, now: dt.datetime) -> None:
    """Note why nothing could be compared; the next one is due five minutes after this one."""
    held_check(check_id=check_id, holder=holder).update(
        state=State.FAILED,
        finished_at=now,
        failure=failure[:500],
        leased_until=None,
        lease_holder="",
    )


def forget_old_checks(*, rotation_id: int, now: dt.datetime) -> None:
    """Drop checks that ended more than a day ago; the last good one stays."""
    over = DriftCheck.objects.filter(rotation_id=rotation_id, queued_at__lt=now - KEPT)
    last = DriftCheck.objects.filter(rotation_id=rotation_id, state=State.DONE).order_by("-pk")
    over.exclude(state__in=WAITING).exclude(pk__in=last.values("pk")[:1]).delete()


def was_overtaken(*, rotation_id: int, since: dt.datetime) -> bool:
    """Whether a sync run waits, runs, or came to an end since then: what was read is old."""
    moved = Q(queued_at__gt=since) | Q(finished_at__gt=since)
    open_ones = Q(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING])
    return SyncRun.objects.filter(moved | open_ones, rotation_id=rotation_id).exists()


def _queue(rotation_id: int, *, now: dt.datetime, asked_by_id: int | None = None) -> None:
    try:
        with transaction.atomic():
            DriftCheck.objects.create(
                rotation_id=rotation_id, asked_by_id=asked_by_id, queued_at=now
            )
    except IntegrityError:
        return  # somebody else's serves as well
