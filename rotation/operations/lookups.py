"""Asking PagerDuty for a page: a plan, a search, what an adoption would do. A worker reads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from rotation.models import Level, Lookup, Rotation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from audit.operations import Actor

LEASE = dt.timedelta(seconds=60)
MOST_TRIES = 5
MOST_WAITING = 5
KEPT = dt.timedelta(days=7)
LONGEST_QUERY = 255
WAITING = [Lookup.State.QUEUED, Lookup.State.RUNNING]


class LookupInvalidError(RefusedError):
    """There is nothing to look for."""

    code = "LOOKUP_INVALID"


class LookupsWaitError(RefusedError):
    """Many questions of the rotation wait already."""

    code = "LOOKUPS_WAIT"
    status = 409


class NothingToPlanError(RefusedError):
    """Nothing is published, so there is nothing that PagerDuty could show."""

    code = "NOTHING_PUBLISHED"
    status = 409


def ask_plan(*, rotation_id: int, actor: Actor, now: dt.datetime) -> Lookup:
    """Ask what a sync would write now; one that waits already serves as well.

    Raises:
        NothingToPlanError: the rotation has published nothing yet.
    """
    with transaction.atomic():
        rotation = _published(rotation_id)
        waiting = Lookup.objects.filter(
            rotation=rotation, kind=Lookup.Kind.PLAN, state__in=WAITING
        ).first()
        lookup = waiting or _created(rotation, Lookup.Kind.PLAN, actor, now)
        _record(rotation, "asked for a plan", "", actor, now)
    return lookup


def ask_search(
    *, rotation_id: int, level: str, query: str, actor: Actor, now: dt.datetime
) -> Lookup:
    """Look for schedules by name or id; for escalation policies with an empty level.

    Raises:
        LookupInvalidError: no name.
        NothingToPlanError: nothing is published.
        LookupsWaitError: too many wait.
    """
    return _ask(rotation_id, Lookup.Kind.SEARCH, (level, query), actor, now)


def ask_adoption(
    *, rotation_id: int, level: str, ref: str, actor: Actor, now: dt.datetime
) -> Lookup:
    """Ask what would become of a schedule, or with an empty level of an escalation policy.

    Raises:
        LookupInvalidError: no id.
        NothingToPlanError: nothing is published.
        LookupsWaitError: too many wait.
    """
    return _ask(rotation_id, Lookup.Kind.ADOPTION, (level, ref), actor, now)


def _ask(
    rotation_id: int, kind: str, what: tuple[str, str], actor: Actor, now: dt.datetime
) -> Lookup:
    level, query = what
    cleaner = Cleaner()
    text = cleaner.line("query", query, longest=LONGEST_QUERY)
    cleaner.raise_problems(LookupInvalidError)
    with transaction.atomic():
        rotation = _published(rotation_id)
        if Lookup.objects.filter(rotation=rotation, state__in=WAITING).count() >= MOST_WAITING:
            raise LookupsWaitError("Several questions wait for PagerDuty already. Wait for those.")
        row = Level.objects.get(rotation=rotation, name=level) if level else None
        lookup = _created(rotation, kind, actor, now, level=row, query=text)
        _record(rotation, f"asked PagerDuty ({kind})", text, actor, now)
    return lookup


def _published(rotation_id: int) -> Rotation:
    rotation = Rotation.objects.select_for_update(of=("self",)).get(pk=rotation_id)
    if rotation.schedule_version == 0:
        raise NothingToPlanError(
            f"{rotation.name} has published nothing yet, so PagerDuty has nothing to show."
        )
    return rotation


def _created(
    rotation: Rotation,
    kind: str,
    actor: Actor,
    now: dt.datetime,
    *,
    level: Level | None = None,
    query: str = "",
) -> Lookup:
    return Lookup.objects.create(
        rotation=rotation,
        level=level,
        kind=kind,
        query=query,
        asked_by_id=actor.engineer_id,
        queued_at=now,
    )


def _record(rotation: Rotation, verb: str, what: str, actor: Actor, now: dt.datetime) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"rotation {rotation.name}",
        team=rotation.team.slug,
        after={"query": what} if what else None,
    )


def claim_lookup(
    *, lookup_id: int, now: dt.datetime, real_now: dt.datetime, holder: str
) -> Lookup | None:
    """Take a waiting question for a minute; None when another worker has it or it is over."""
    free = Lookup.objects.filter(pk=lookup_id, state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    if free.filter(tries__gte=MOST_TRIES).update(
        state=Lookup.State.FAILED,
        finished_at=now,
        leased_until=None,
        failure=f"Reading PagerDuty was interrupted {MOST_TRIES} times. Ask again.",
    ):
        return None
    if not free.update(
        state=Lookup.State.RUNNING,
        tries=F("tries") + 1,
        next_try_at=None,
        leased_until=real_now + LEASE,
        lease_holder=holder,
    ):
        return None
    return Lookup.objects.select_related("rotation__team", "level").get(pk=lookup_id)


def renew_lookup(*, lookup_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the question for another minute; False when somebody else took it over."""
    return bool(_held(lookup_id, holder).update(leased_until=real_now + LEASE))


def tell_progress(*, lookup_id: int, holder: str, said: str) -> None:
    """Say what is being read now."""
    _held(lookup_id, holder).update(progress=said[:200])


def put_back_lookup(*, lookup_id: int, holder: str, why: str, next_try_at: dt.datetime) -> None:
    """Let the question wait again: PagerDuty was not to be asked now."""
    _held(lookup_id, holder).update(
        state=Lookup.State.QUEUED,
        tries=F("tries") - 1,
        progress=why[:200],
        next_try_at=next_try_at,
        leased_until=None,
        lease_holder="",
    )


def finish_lookup(
    *, lookup_id: int, holder: str, result: dict[str, Any], version: int, now: dt.datetime
) -> bool:
    """Keep the answer, which is about this version of the schedule."""
    return bool(
        _held(lookup_id, holder).update(
            state=Lookup.State.DONE,
            result=result,
            schedule_version=version,
            finished_at=now,
            leased_until=None,
            lease_holder="",
        )
    )


def fail_lookup(*, lookup_id: int, holder: str, failure: str, now: dt.datetime) -> bool:
    """Note what stood in the way, in a manager's words."""
    return bool(
        _held(lookup_id, holder).update(
            state=Lookup.State.FAILED,
            failure=failure[:500],
            finished_at=now,
            leased_until=None,
            lease_holder="",
        )
    )


def forget_old_lookups(*, now: dt.datetime) -> int:
    """Drop answers that are a week old; what somebody adopted is kept in the audit."""
    old = Lookup.objects.filter(queued_at__lt=now - KEPT).exclude(state__in=WAITING)
    return old.delete()[0]


def _held(lookup_id: int, holder: str) -> QuerySet[Lookup]:
    return Lookup.objects.filter(pk=lookup_id, state=Lookup.State.RUNNING, lease_holder=holder)
