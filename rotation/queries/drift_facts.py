"""What a drift check needs to know: which are due, what Rota wrote last, which drifts are open."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Subquery

from common.periods import Period
from rotation.domain.drift import Known
from rotation.domain.pagerduty_people import key
from rotation.domain.pagerduty_plan import Action
from rotation.models import Drift, DriftCheck, Level, PagerDutyPerson, Rotation, SyncRun, SyncStep
from volunteers.queries import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rotation.domain.pagerduty_state import PagerDutyUser

EVERY = dt.timedelta(minutes=5)
# A read that lags shows one of the writes before the last.
KEPT_ANSWERS = 4
# What only a person can mend, and what concerns a level's schedule as a whole.
UNBOUND = [Drift.Cause.DELETED, Drift.Cause.UPGRADED]
WHOLE = [*UNBOUND, Drift.Cause.ZONE]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """PagerDuty's answer to Rota's last write of a schedule, and when it came."""

    answer: Any
    at: dt.datetime | None


def due_rotation_ids(*, now: dt.datetime) -> list[int]:
    """Rotations with a schedule in PagerDuty and no check for five minutes; by id.

    One whose sync ended after its last check is due at once while a drift is open, or when the sync
    found one.
    """
    open_checks = DriftCheck.objects.filter(
        rotation=OuterRef("pk"), state__in=[DriftCheck.State.QUEUED, DriftCheck.State.RUNNING]
    )
    linked = Level.objects.filter(rotation=OuterRef("pk")).exclude(pagerduty_schedule_ref="")
    drifts = Drift.objects.filter(level__rotation=OuterRef("pk"), gone_at__isnull=True)
    rows = Rotation.objects.filter(~Exists(open_checks), Exists(linked), schedule_version__gt=0)
    last = DriftCheck.objects.filter(rotation=OuterRef("pk")).order_by("-queued_at", "-pk")
    rows = rows.annotate(last_at=Subquery(last.values("queued_at")[:1]))
    old = Q(last_at__isnull=True) | Q(last_at__lte=now - EVERY)
    newer = SyncRun.objects.filter(
        rotation=OuterRef("pk"),
        state=SyncRun.State.DONE,
        finished_at__gt=OuterRef("last_at"),
    )
    due = rows.filter(old | (Exists(drifts) & Exists(newer)) | Exists(newer.exclude(rests=[])))
    return list(due.order_by("pk").values_list("pk", flat=True))


def syncing_rotations() -> QuerySet[SyncRun, int]:
    """Rotations with a sync run that waits or runs."""
    moving = SyncRun.objects.filter(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING])
    return moving.values_list("rotation_id", flat=True)


def waiting_check_ids(*, real_now: dt.datetime) -> list[int]:
    """Checks that a worker may claim now, those that somebody asked for first, then the oldest."""
    states = Q(state=DriftCheck.State.QUEUED) | Q(state=DriftCheck.State.RUNNING)
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    rows = DriftCheck.objects.filter(states, free).exclude(rotation__in=syncing_rotations())
    found = rows.order_by("queued_at", "pk").values_list("pk", "asked_by_id")
    return [pk for pk, _asked in sorted(found, key=lambda row: row[1] is None)]


def next_check_id(*, real_now: dt.datetime) -> int | None:
    """The check that comes next; None when none waits, or while a worker is at one."""
    live = DriftCheck.objects.filter(state=DriftCheck.State.RUNNING, leased_until__gt=real_now)
    if live.exists():
        return None
    return next(iter(waiting_check_ids(real_now=real_now)), None)


def last_written(*, level_id: int) -> Written:
    """What PagerDuty answered when Rota last wrote the level's schedule."""
    step = (
        SyncStep.objects.filter(
            level_id=level_id,
            action__in=[Action.CREATE_SCHEDULE, Action.UPDATE_SCHEDULE],
            state=SyncStep.State.DONE,
        )
        .order_by("-pk")
        .first()
    )
    return Written(answer=step.answer if step else None, at=step.answered_at if step else None)


def written_answers(*, level_id: int) -> list[Any]:
    """PagerDuty's answers to Rota's last writes of the level's schedule, the newest first.

    Empty where the newest one was lost: then it is not known what Rota wrote last.
    """
    steps = SyncStep.objects.filter(
        level_id=level_id, action__in=[Action.CREATE_SCHEDULE, Action.UPDATE_SCHEDULE]
    )
    rows = list(steps.order_by("-pk").values_list("state", "answer")[:KEPT_ANSWERS])
    if rows and rows[0][0] != SyncStep.State.DONE:
        return []
    return [answer for state, answer in rows if state == SyncStep.State.DONE]


def removed_refs(*, level_id: int) -> set[str]:
    """Ids of overrides that Rota itself has removed, or tried to."""
    steps = SyncStep.objects.filter(level_id=level_id, action=Action.REMOVE_OVERRIDE)
    return {path.rsplit("/", 1)[-1] for path in steps.values_list("path", flat=True)}


def known_drifts(*, level_id: int) -> list[Known]:
    """The level's open drifts that have people and a span of their own, in order of time."""
    rows = Drift.objects.filter(level_id=level_id, gone_at__isnull=True)
    return [
        Known(
            number=row.pk,
            period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
            wanted=row.wanted_ref or None,
            shown=row.shown_ref or None,
        )
        for row in rows.exclude(cause__in=WHOLE).order_by("starts_at", "pk")
    ]


def engineers_of(users: Iterable[PagerDutyUser]) -> dict[str, int]:
    """Who of ours each of PagerDuty's users is, by their id: as looked up before, or by e-mail."""
    wanted = list(users)
    refs = [user.ref for user in wanted]
    rows = PagerDutyPerson.objects.filter(user_ref__in=refs)
    known = dict(rows.values_list("user_ref", "engineer_id"))
    by_email = contacts.ids_of(emails=[key(user.email) for user in wanted])
    found = {user.ref: by_email[key(user.email)] for user in wanted if key(user.email) in by_email}
    return {**found, **known}
