"""A sync run's life: queued, running, done or failed, and the steps that it takes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Min, Q, Subquery
from django.db.models.functions import Coalesce

from audit.operations import Actor, Area, record
from rotation.models import Level, SyncRun, SyncStep
from rotation.operations import calendars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from rotation.domain.pagerduty_plan import Step

LEASE = dt.timedelta(seconds=60)
MOST_DEATHS = 10
MOST_LOOKS = 20
REST = dt.timedelta(minutes=10)
SYNC = Actor.sweep("sync_rotation")
UNANSWERED = "The worker ended before an answer came: it may have been done or not."
State = SyncRun.State


def queue_sync(
    *,
    rotation_id: int,
    cause: str,
    now: dt.datetime,
    starts_at: dt.datetime | None = None,
    writes_over: bool = False,
) -> None:
    """Leave a run that waits for a worker, in the caller's transaction.

    One run of a rotation waits at a time: it will see everything that is published when it starts.
    `starts_at` is the first instant that PagerDuty is to show differently, if that is known; what
    starts soon is written before the rest. A change that earlier runs did not bring there counts.
    What changes for PagerDuty changes for calendars too. `writes_over` orders that edits of layers
    that nobody decided on are written over.
    """
    calendars.note_changed(rotation_id=rotation_id, now=now)
    asked: dict[str, Any] = {
        "cause": cause[:200],
        "queued_at": now,
        "first_change_at": _first_change(rotation_id, starts_at),
    }
    if writes_over:
        asked["writes_over"] = True
    for _look in range(MOST_LOOKS):
        waiting = SyncRun.objects.filter(rotation_id=rotation_id, state=State.QUEUED)
        # The row stays locked until the caller commits: no worker begins without the change.
        if waiting.update(**asked, tries=0):
            return
        try:
            with transaction.atomic():
                SyncRun.objects.create(rotation_id=rotation_id, **asked)
        except IntegrityError:
            continue  # somebody else queued one between the look and the write
        return
    raise AssertionError("a run is queued or can be")


def _first_change(rotation_id: int, starts_at: dt.datetime | None) -> dt.datetime | None:
    """The earliest change that no run has brought to PagerDuty yet, this one included."""
    runs = SyncRun.objects.filter(rotation_id=rotation_id)
    done = runs.filter(state=State.DONE).order_by("-pk").values("pk")[:1]
    since = runs.filter(pk__gt=Coalesce(Subquery(done), 0)).exclude(state=State.DONE)
    waiting = since.aggregate(first=Min("first_change_at"))["first"]
    return min((at for at in (starts_at, waiting) if at is not None), default=None)


def carry_version(*, rotation_id: int, before: int, after: int) -> bool:
    """Note that PagerDuty shows a new version too, since nothing that it shows changed.

    False, and nothing noted, unless it was in line with the version before and no run waits or
    runs. In the caller's transaction, which holds the rotation.
    """
    moving = SyncRun.objects.filter(
        rotation_id=rotation_id, state__in=[State.QUEUED, State.RUNNING]
    )
    levels = Level.objects.filter(rotation_id=rotation_id).exclude(pagerduty_schedule_ref="")
    in_line = levels.filter(in_pagerduty_since__isnull=False, in_pagerduty_version=before)
    if moving.exists() or not in_line.exists() or in_line.count() != levels.count():
        return False
    in_line.update(in_pagerduty_version=after)
    return True


def claim_run(
    *, run_id: int, now: dt.datetime, real_now: dt.datetime, holder: str
) -> SyncRun | None:
    """Take a waiting run, or one whose worker died, for a minute; None when it is not to be had.

    Two runs of a rotation never run at once: the second waits until the first is over.
    """
    expired = Q(state=State.RUNNING, leased_until__lte=real_now)
    free = SyncRun.objects.filter(Q(state=State.QUEUED) | expired, pk=run_id)
    try:
        with transaction.atomic():
            taken = free.update(
                state=State.RUNNING,
                started_at=now,
                finished_at=None,
                tries=F("tries") + 1,
                failure="",
                next_try_at=None,
                leased_until=real_now + LEASE,
                lease_holder=holder,
                schedule_version=SyncRun.objects.filter(pk=run_id).values(
                    "rotation__schedule_version"
                )[:1],
            )
    except IntegrityError:
        return None
    if not taken:
        return None
    unanswered = SyncStep.objects.filter(run_id=run_id, state=SyncStep.State.PLANNED)
    unanswered.update(state=SyncStep.State.FAILED, failure=UNANSWERED)
    return SyncRun.objects.select_related("rotation__team").get(pk=run_id)


def renew_run(*, run_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the run for another minute; False when somebody else took it over."""
    return bool(_held(run_id, holder).update(leased_until=real_now + LEASE))


def add_step(
    *, run_id: int, holder: str, level_id: int | None, step: Step, now: dt.datetime
) -> int | None:
    """Write a step down before it is sent, so that "maybe sent" is known; returns its id.

    A step without a level concerns the rotation's escalation policy. None when another worker took
    the run over: nothing may be sent any more.
    """
    with transaction.atomic():
        if _held(run_id, holder).select_for_update().first() is None:
            return None
        last = SyncStep.objects.filter(run_id=run_id).order_by("-position").first()
        row = SyncStep.objects.create(
            run_id=run_id,
            position=1 if last is None else last.position + 1,
            level_id=level_id,
            action=step.action,
            reason=step.reason[:300],
            method=step.request.method,
            path=step.request.path,
            request=step.request.body,
            sent_at=now,
        )
    return row.pk


def drop_step(*, step_id: int) -> None:
    """Forget a step of which nothing was sent; the next try writes it down again."""
    SyncStep.objects.filter(pk=step_id, state=SyncStep.State.PLANNED).delete()


def answer_step(
    *,
    step_id: int,
    answer: Any,
    refusals: Sequence[str],
    now: dt.datetime,
) -> None:
    """Record PagerDuty's answer; with refusals of single overrides the step has failed."""
    SyncStep.objects.filter(pk=step_id).update(
        state=SyncStep.State.FAILED if refusals else SyncStep.State.DONE,
        answer=answer,
        failure="; ".join(refusals)[:500],
        answered_at=now,
    )


def fail_step(*, step_id: int, failure: str, now: dt.datetime) -> None:
    """Record that the step was refused, or that no answer came."""
    SyncStep.objects.filter(pk=step_id).update(
        state=SyncStep.State.FAILED, failure=failure[:500], answered_at=now
    )


def excuse_step(*, step_id: int, note: str, now: dt.datetime) -> None:
    """Record that PagerDuty had nothing left to do, in its own words."""
    SyncStep.objects.filter(pk=step_id).update(
        state=SyncStep.State.DONE, failure=note[:500], answered_at=now
    )


def remember_schedule(*, level_id: int, before: str, ref: str, now: dt.datetime) -> bool:
    """Note which of PagerDuty's schedules is the level's.

    False, and nothing noted, when it is not the one `before` any more, or is another level's by
    now: what somebody chose while the run was under way stands.
    """
    with transaction.atomic():
        level = Level.objects.select_related("rotation__team").get(pk=level_id)
        unchanged = Level.objects.filter(pk=level_id, pagerduty_schedule_ref=before)
        try:
            with transaction.atomic():
                is_linked = unchanged.update(pagerduty_schedule_ref=ref)
        except IntegrityError:
            is_linked = 0
        if not is_linked:
            return False
        record(
            actor=SYNC,
            now=now,
            area=Area.SCHEDULE,
            verb="linked",
            subject=f"{level} of {level.rotation.name} to schedule {ref} in PagerDuty",
            team=level.rotation.team.slug,
            before={"schedule": before},
            after={"schedule": ref},
        )
    return True


def unlink_schedule(*, level_id: int, actor: Actor, now: dt.datetime) -> None:
    """Forget which of PagerDuty's schedules is the level's; the next run finds or makes one.

    For a schedule that a human deleted or upgraded there. One that carries Rota's marker is found
    again, so nothing is doubled.
    """
    with transaction.atomic():
        level = Level.objects.select_related("rotation__team").get(pk=level_id)
        Level.objects.filter(pk=level_id).update(
            pagerduty_schedule_ref="",
            schedule_is_adopted=False,
            schedule_trouble=Level.Trouble.NONE,
            schedule_trouble_since=None,
            in_pagerduty_since=None,
            in_pagerduty_version=None,
        )
        queue_sync(
            rotation_id=level.rotation_id, cause="a schedule was unlinked", now=now, starts_at=now
        )
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="unlinked",
            subject=f"{level} of {level.rotation.name} from its schedule in PagerDuty",
            team=level.rotation.team.slug,
            before={"schedule": level.pagerduty_schedule_ref},
            after={"schedule": ""},
        )


def level_in_line(*, level_id: int, ref: str, version: int | None, now: dt.datetime) -> None:
    """Note that PagerDuty was read and shows the level as published.

    Nothing is noted when the schedule `ref` that was read is the level's no more.
    """
    level = Level.objects.filter(pk=level_id, pagerduty_schedule_ref=ref)
    level.exclude(in_pagerduty_since__isnull=False, in_pagerduty_version=version).update(
        in_pagerduty_since=now, in_pagerduty_version=version
    )
    level.update(checked_at=now, schedule_trouble=Level.Trouble.NONE, schedule_trouble_since=None)


def level_out_of_line(*, level_id: int, ref: str, trouble: str, now: dt.datetime) -> None:
    """Note that PagerDuty was read and shows something else.

    `trouble` is what is the matter with the schedule itself; it is kept from when it was first
    seen, and empty when the schedule could be read. Nothing is noted of a schedule `ref` that is
    the level's no more.
    """
    level = Level.objects.filter(pk=level_id, pagerduty_schedule_ref=ref)
    level.update(in_pagerduty_since=None, checked_at=now)
    level.exclude(schedule_trouble=trouble).update(
        schedule_trouble=trouble, schedule_trouble_since=now if trouble else None
    )


def finish_run(
    *,
    run_id: int,
    holder: str,
    unmatched: Sequence[str],
    now: dt.datetime,
    rests: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """All that could be written is; `unmatched` names people whom PagerDuty does not know.

    `rests` is what it shows otherwise all the same, as `SyncRun` says.

    A run that wrote something leaves an audit event, one that only looked does not.
    """
    with transaction.atomic():
        finished = _held(run_id, holder).update(
            state=State.DONE,
            finished_at=now,
            unmatched=list(unmatched),
            rests=list(rests),
            leased_until=None,
            lease_holder="",
        )
        writes = SyncStep.objects.filter(run_id=run_id, state=SyncStep.State.DONE).count()
        if finished and writes:
            _record_sync(run_id, writes, now)
    return bool(finished)


def _record_sync(run_id: int, writes: int, now: dt.datetime) -> None:
    run = SyncRun.objects.select_related("rotation__team").get(pk=run_id)
    record(
        actor=SYNC,
        now=now,
        area=Area.SCHEDULE,
        verb="synced",
        subject=f"{run.rotation.name} to PagerDuty",
        team=run.rotation.team.slug,
        after={"version": run.schedule_version, "writes": writes},
    )


def fail_run(
    *,
    run_id: int,
    holder: str,
    failure: str,
    unmatched: Sequence[str],
    next_try_at: dt.datetime | None,
    now: dt.datetime,
) -> bool:
    """Note what stands in the way, in a manager's words; tried again at `next_try_at` if given."""
    return bool(
        _held(run_id, holder).update(
            state=State.FAILED,
            finished_at=now,
            failure=failure[:500],
            unmatched=list(unmatched),
            next_try_at=next_try_at,
            leased_until=None,
            lease_holder="",
        )
    )


def put_back_run(*, run_id: int, holder: str, why: str, next_try_at: dt.datetime) -> None:
    """Let a run wait again until `next_try_at`: PagerDuty is not to be asked now.

    One that a newer run of its rotation has overtaken meanwhile has failed instead.
    """
    back = {"failure": why[:500], "leased_until": None, "lease_holder": ""}
    tried = F("tries") - 1
    try:
        with transaction.atomic():
            _held(run_id, holder).update(
                state=State.QUEUED, next_try_at=next_try_at, tries=tried, **back
            )
    except IntegrityError:
        _held(run_id, holder).update(state=State.FAILED, next_try_at=None, **back)


def requeue_failed(*, real_now: dt.datetime) -> int:
    """Let failed runs whose time has come wait again; returns how many.

    A run that a later one of its rotation has replaced is not tried again. One whose workers die
    again and again rests in between, so that it does not hold up the others.
    """
    _rest_dying(real_now)
    due = SyncRun.objects.filter(state=State.FAILED, next_try_at__lte=real_now)
    requeued = 0
    for run in due.order_by("pk"):
        if SyncRun.objects.filter(rotation_id=run.rotation_id, pk__gt=run.pk).exists():
            SyncRun.objects.filter(pk=run.pk).update(next_try_at=None)
            continue
        again = SyncRun.objects.filter(pk=run.pk, state=State.FAILED)
        try:
            with transaction.atomic():
                requeued += again.update(state=State.QUEUED, next_try_at=None)
        except IntegrityError:
            continue  # a newer one was queued just now
    return requeued


def _rest_dying(real_now: dt.datetime) -> None:
    dying = SyncRun.objects.filter(
        state=State.RUNNING, leased_until__lte=real_now, tries__gte=MOST_DEATHS
    )
    dying.update(
        state=State.FAILED,
        failure=f"Tried {MOST_DEATHS} times or more, and the last worker ended in the middle.",
        next_try_at=real_now + REST,
        leased_until=None,
        lease_holder="",
    )


def _held(run_id: int, holder: str) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(pk=run_id, state=State.RUNNING, lease_holder=holder)
