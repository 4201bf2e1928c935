"""A people check's life: asked for, claimed, kept, recorded or failed, and who is told of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from audit.operations import Area, record
from rotation.models import PagerDutyPerson, PeopleCheck
from rotation.operations import people_mails
from rotation.queries import people_facts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from audit.operations import Actor

LEASE = dt.timedelta(seconds=60)
MOST_DEATHS = 10
REST = dt.timedelta(minutes=10)
KEPT = dt.timedelta(days=90)
State = PeopleCheck.State


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What PagerDuty says of one engineer; the reference is empty when nobody there is them."""

    engineer_id: int
    user_ref: str
    user_name: str
    problems: tuple[str, ...]


def request_check(
    *, actor: Actor, now: dt.datetime, team: str = "", concerned: Sequence[str] = ()
) -> None:
    """Leave a check for somebody who asks; one that waits already serves as well.

    `team` is the slug of the on-call team that it is asked for, `concerned` the e-mails.
    """
    with transaction.atomic():
        queue_check(cause=f"asked for by {actor.name}", now=now)
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="asked for check",
            subject="whether PagerDuty reaches people",
            team=team,
            concerned=concerned,
        )


def request_if_old(*, cause: str, now: dt.datetime) -> None:
    """Leave a check unless PagerDuty was asked within a day; in the caller's transaction."""
    if people_facts.is_old(now=now):
        queue_check(cause=cause, now=now)


def request_if_due(*, now: dt.datetime) -> bool:
    """Leave the daily check, or one for somebody new; whether one was left."""
    if not people_facts.is_due(now=now):
        return False
    queue_check(cause="daily, or somebody new", now=now)
    PeopleCheck.objects.filter(
        state__in=[State.DONE, State.FAILED], queued_at__lt=now - KEPT, next_try_at__isnull=True
    ).delete()
    return True


def queue_check(*, cause: str, now: dt.datetime) -> None:
    """Leave a check that waits for a worker; one waits at a time, and a failed one is over."""
    waiting = PeopleCheck.objects.filter(state=State.QUEUED)
    if not waiting.update(cause=cause[:200], queued_at=now, next_try_at=None):
        try:
            with transaction.atomic():
                PeopleCheck.objects.create(cause=cause[:200], queued_at=now)
        except IntegrityError:
            return  # somebody else's serves as well
    PeopleCheck.objects.filter(state=State.FAILED).update(next_try_at=None)


def claim_check(
    *, check_id: int, now: dt.datetime, real_now: dt.datetime, holder: str
) -> PeopleCheck | None:
    """Take a waiting check, or one whose worker died, for a minute; None if it is not to be had."""
    expired = Q(state=State.RUNNING, leased_until__lte=real_now)
    free = PeopleCheck.objects.filter(Q(state=State.QUEUED) | expired, pk=check_id)
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
            )
    except IntegrityError:
        return None  # another one runs
    return PeopleCheck.objects.get(pk=check_id) if taken else None


def is_held(*, check_id: int, holder: str) -> bool:
    """Whether the check is still this worker's."""
    return _held(check_id, holder).exists()


def renew_check(*, check_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the check for another minute; False when it was taken over."""
    return bool(_held(check_id, holder).update(leased_until=real_now + LEASE))


def record_findings(
    *, check_id: int, holder: str, findings: Sequence[Finding], now: dt.datetime
) -> bool:
    """Keep what was found and tell those who cannot be paged since it turned bad, once.

    Managers are told when somebody of theirs who cannot be paged is on call within 14 days. False
    when the check was taken over.
    """
    with transaction.atomic():
        if not _held(check_id, holder).select_for_update().exists():
            return False
        _keep(findings, now)
        people_mails.tell(now=now)
        _held(check_id, holder).update(
            state=State.DONE,
            finished_at=now,
            people=len(findings),
            unreached=sum(1 for finding in findings if finding.problems),
            leased_until=None,
            lease_holder="",
        )
    return True


def put_back_check(*, check_id: int, holder: str, why: str, next_try_at: dt.datetime) -> None:
    """Let a check wait again until `next_try_at`: PagerDuty is not to be asked now."""
    back = {"failure": why[:500], "leased_until": None, "lease_holder": ""}
    try:
        with transaction.atomic():
            _held(check_id, holder).update(
                state=State.QUEUED, next_try_at=next_try_at, tries=F("tries") - 1, **back
            )
    except IntegrityError:
        _held(check_id, holder).update(state=State.FAILED, next_try_at=None, **back)


def fail_check(
    *, check_id: int, holder: str, failure: str, next_try_at: dt.datetime, now: dt.datetime
) -> None:
    """Note why PagerDuty could not be asked; it is tried again at `next_try_at`."""
    _held(check_id, holder).update(
        state=State.FAILED,
        finished_at=now,
        failure=failure[:500],
        next_try_at=next_try_at,
        leased_until=None,
        lease_holder="",
    )


def requeue_failed(*, real_now: dt.datetime) -> int:
    """Let failed checks whose time has come wait again; one whose workers die rests first."""
    PeopleCheck.objects.filter(
        state=State.RUNNING, leased_until__lte=real_now, tries__gte=MOST_DEATHS
    ).update(
        state=State.FAILED,
        failure=f"Tried {MOST_DEATHS} times or more, and the last worker ended in the middle.",
        next_try_at=real_now + REST,
        tries=0,
        leased_until=None,
        lease_holder="",
    )
    requeued = 0
    for check in PeopleCheck.objects.filter(state=State.FAILED, next_try_at__lte=real_now):
        again = PeopleCheck.objects.filter(pk=check.pk, state=State.FAILED)
        try:
            with transaction.atomic():
                requeued += again.update(state=State.QUEUED, next_try_at=None)
        except IntegrityError:
            again.update(next_try_at=None)  # a newer one waits
    return requeued


def _keep(findings: Sequence[Finding], now: dt.datetime) -> None:
    rows = {
        row.engineer_id: row
        for row in PagerDutyPerson.objects.select_for_update().order_by("pk")
        if row.engineer_id in {finding.engineer_id for finding in findings}
    }
    _let_go(findings, rows.values())
    for finding in findings:
        row = rows.get(finding.engineer_id) or PagerDutyPerson(engineer_id=finding.engineer_id)
        row.user_ref = finding.user_ref
        row.user_name = finding.user_name[:200] or row.user_name
        row.checked_at = now
        if not finding.problems:
            row.problems_since = row.told_at = row.managers_told_at = None
        elif not row.problems:
            row.problems_since = now
        row.problems = list(finding.problems)
        row.save()


def _let_go(findings: Sequence[Finding], rows: Collection[PagerDutyPerson]) -> None:
    """Take users from whoever has them no more, before others get them: each is one engineer's."""
    users = {finding.engineer_id: finding.user_ref for finding in findings}
    moved = [row.pk for row in rows if row.user_ref and row.user_ref != users[row.engineer_id]]
    kept = PagerDutyPerson.objects.filter(user_ref__in={ref for ref in users.values() if ref})
    others = kept.exclude(engineer_id__in=users)
    PagerDutyPerson.objects.filter(Q(pk__in=moved) | Q(pk__in=others.values("pk"))).update(
        user_ref=""
    )


def _held(check_id: int, holder: str) -> QuerySet[PeopleCheck]:
    return PeopleCheck.objects.filter(pk=check_id, state=State.RUNNING, lease_holder=holder)
