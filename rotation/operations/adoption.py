"""Schedules and an escalation policy that are there already, instead of ones that Rota makes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.refusals import RefusedError
from rotation.models import Level, Lookup, Rotation
from rotation.operations import policy_syncing, syncing

if TYPE_CHECKING:
    from audit.operations import Actor

FRESH = dt.timedelta(hours=1)


class NotAdoptableError(RefusedError):
    """It cannot be adopted, or it is not known any more what would become of it."""

    code = "NOT_ADOPTABLE"
    status = 409


def adopt(*, lookup_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take the schedule, or the escalation policy, that the question was about; queues a sync run.

    Existing layers end with the next run and stay readable; of a policy only Rota's two rules are
    kept right. What the rotation used before stays in PagerDuty, unused.

    Raises:
        NotAdoptableError: with the reason, and nothing changes.
    """
    with transaction.atomic():
        lookup = Lookup.objects.select_for_update(of=("self",)).get(pk=lookup_id)
        rotation = Rotation.objects.select_for_update(of=("self",)).get(pk=lookup.rotation_id)
        _check(lookup, rotation, now)
        before = _taken(lookup, rotation)
        released = set(rotation.pagerduty_released_refs) - {lookup.query}
        Rotation.objects.filter(pk=rotation.pk).update(pagerduty_released_refs=sorted(released))
        Lookup.objects.filter(pk=lookup.pk).update(adopted_at=now)
        what = "its escalation policy" if lookup.level is None else str(lookup.level)
        syncing.queue_sync(
            rotation_id=rotation.pk, cause=f"{actor.name} adopted {lookup.query}", now=now
        )
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="adopted",
            subject=f"{lookup.query} in PagerDuty as {what} of {rotation.name}",
            team=rotation.team.slug,
            before={"pagerduty": before},
            after={"pagerduty": lookup.query},
        )


def release(*, rotation_id: int, level: str, actor: Actor, now: dt.datetime) -> None:
    """Let Rota find its own again, or make one; an empty level means the escalation policy.

    Nothing is deleted in PagerDuty: what was used so far stays there as it is, and is not found
    again by its mark.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_for_update(of=("self",)).get(pk=rotation_id)
        if level:
            row = Level.objects.get(rotation=rotation, name=level)
            _give_back(rotation, row.pagerduty_schedule_ref)
            syncing.unlink_schedule(level_id=row.pk, actor=actor, now=now)
        else:
            _give_back(rotation, rotation.pagerduty_policy_ref)
            policy_syncing.unlink_policy(rotation_id=rotation_id, actor=actor, now=now)


def _give_back(rotation: Rotation, ref: str) -> None:
    released = {*rotation.pagerduty_released_refs, ref} - {""}
    Rotation.objects.filter(pk=rotation.pk).update(pagerduty_released_refs=sorted(released))


def _check(lookup: Lookup, rotation: Rotation, now: dt.datetime) -> None:
    result: dict[str, Any] = lookup.result or {}
    if lookup.kind != Lookup.Kind.ADOPTION or lookup.state != Lookup.State.DONE:
        raise NotAdoptableError("Look first at what would become of it.")
    if result.get("refusal"):
        raise NotAdoptableError(result["refusal"])
    if lookup.adopted_at is not None:
        raise NotAdoptableError("It was adopted already.")
    is_old = lookup.finished_at is None or now - lookup.finished_at > FRESH
    if is_old or lookup.schedule_version != rotation.schedule_version:
        raise NotAdoptableError(
            "The schedule or PagerDuty may have changed since. Look again at what would become "
            "of it."
        )


def _taken(lookup: Lookup, rotation: Rotation) -> str:
    """Note the new one; returns the id of the one before."""
    if lookup.level is None:
        before = rotation.pagerduty_policy_ref
        try:
            with transaction.atomic():
                Rotation.objects.filter(pk=rotation.pk).update(
                    pagerduty_policy_ref=lookup.query,
                    pagerduty_policy_is_adopted=True,
                    pagerduty_policy_since=None,
                )
        except IntegrityError as error:
            raise NotAdoptableError(
                "Another rotation uses this escalation policy by now. Choose another one, or let "
                "Rota make one."
            ) from error
        return before
    before = lookup.level.pagerduty_schedule_ref
    try:
        with transaction.atomic():
            Level.objects.filter(pk=lookup.level.pk).update(
                pagerduty_schedule_ref=lookup.query,
                schedule_is_adopted=True,
                schedule_trouble=Level.Trouble.NONE,
                schedule_trouble_since=None,
                in_pagerduty_since=None,
                in_pagerduty_version=None,
            )
    except IntegrityError as error:
        raise NotAdoptableError(
            "Another level uses this schedule by now. Choose another one, or let Rota make one."
        ) from error
    return before
