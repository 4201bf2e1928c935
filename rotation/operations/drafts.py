"""A draft's life before publication: asked for, solved, failed, cancelled, discarded."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max, Q

from audit.operations import Area, record
from common.refusals import RefusedError
from rotation.domain import orders, slots
from rotation.models import Draft, DraftRule, DraftShift, Level, Rotation
from rotation.operations import people_checks
from rotation.queries import patterns, planning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from audit.operations import Actor

LEASE = dt.timedelta(seconds=60)
MOST_TRIES = 3
MOST_WEEKS = 53
MOST_CAUSE = 300
WAITING = [Draft.State.QUEUED, Draft.State.SOLVING]
ANSWERED = [Draft.State.READY, Draft.State.FAILED, Draft.State.CANCELLED]


class DraftInvalidError(RefusedError):
    """The wanted weeks do not make a draft."""

    code = "DRAFT_INVALID"


class DraftInProgressError(RefusedError):
    """One is being made already."""

    code = "DRAFT_IN_PROGRESS"
    status = 409


class DraftMovedOnError(RefusedError):
    """The draft is in another state by now."""

    code = "DRAFT_MOVED_ON"
    status = 409


class NothingToRepairError(RefusedError):
    """No published week is to come."""

    code = "NOTHING_TO_REPAIR"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ProposedShift:
    """One cell of a solved draft, to be written as a row."""

    level: str
    week_date: dt.date
    holder_id: int | None
    load_hundredths: int
    holidays: tuple[str, ...]
    reasons: tuple[dict[str, Any], ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Solved:
    """What solving gave: the cells, whether they are proven best, and the figures to show."""

    shifts: Sequence[ProposedShift]
    proven: bool
    milliseconds: int
    figures: dict[str, Any]
    inputs_digest: str


def request_draft(
    *,
    rotation_id: int,
    weeks: int | None,
    kind: Draft.Kind = Draft.Kind.FULL,
    cause: str = "",
    actor: Actor,
    now: dt.datetime,
) -> Draft:
    """Leave a draft that waits for a worker: `weeks` from the next handover, both levels.

    Weeks that are published already are always part of it. None means the policy's horizon, and
    for a repair just those weeks; `cause` says in a sentence what made the repair necessary.

    Raises:
        DraftInvalidError: not 1 to 53 weeks.
        DraftInProgressError: one of this rotation waits or is being solved.
        NothingToRepairError: a repair, and no week that is to come is published.
    """
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
        message = f"Choose 1 to {MOST_WEEKS} weeks."
        raise DraftInvalidError(message, fields={"weeks": message})
    with transaction.atomic():
        rotation = _locked(rotation_id)
        draft = Draft(rotation=rotation, kind=kind, cause=cause[:MOST_CAUSE])
        _set_horizon(draft, weeks, now=now)
        _ask(draft, actor=actor, now=now)
        _record(draft, "asked for", actor=actor, now=now)
        # Whom of it PagerDuty cannot page is said before it is published.
        people_checks.request_if_old(cause="a draft", now=now)
    return draft


def _set_horizon(draft: Draft, weeks: int | None, *, now: dt.datetime) -> None:
    rotation = draft.rotation
    draft.policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    first = slots.first_week_on_or_after(patterns.pattern_of(rotation), now).week_date
    published = planning.horizon_weeks(rotation=rotation, first_week_date=first, wanted=0)
    usual = draft.policy.horizon_weeks
    if draft.kind == Draft.Kind.REPAIR:
        usual = published
    if not usual:
        raise NothingToRepairError(
            f"{rotation.name} has published no week that is to come. Make a draft instead."
        )
    draft.first_week_date = first
    draft.weeks = max(weeks or usual, published)


def solve_again(
    *, draft_id: int, cause: str | None = None, actor: Actor, now: dt.datetime
) -> Draft:
    """Leave a new draft of the same kind, weeks and cause, from the facts as they are now.

    A repair may have another cause by now.

    The rules by hand come along, those that were added since count now too. Weeks that have
    started since are left out. The old draft is put aside.

    Raises:
        DraftMovedOnError: it is neither solved nor failed nor cancelled.
        DraftInProgressError: another one of the rotation waits or is being solved.
        DraftInvalidError: all of its weeks have started.
    """
    with transaction.atomic():
        rotation = _locked(
            Draft.objects.filter(pk=draft_id).values_list("rotation_id", flat=True).get()
        )
        old = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id)
        if old.state not in ANSWERED:
            raise DraftMovedOnError(f"Draft {old.number} is {old.state} by now.")
        draft = _again(old, rotation, now=now)
        draft.cause = old.cause if cause is None else cause[:MOST_CAUSE]
        _ask(draft, actor=actor, now=now)
        _carry_rules(old, draft)
        if old.state != Draft.State.CANCELLED:
            _close(old.pk, ANSWERED, Draft.State.DISCARDED, verb="discarded", actor=actor, now=now)
        _record(draft, f"solved draft {old.number} again as", actor=actor, now=now)
    return draft


def _again(old: Draft, rotation: Rotation, *, now: dt.datetime) -> Draft:
    """The old draft's weeks that have not started, by the policy and schedule in force."""
    coming = slots.first_week_on_or_after(patterns.pattern_of(rotation), now).week_date
    first = max(old.first_week_date, coming)
    left = old.weeks - (first - old.first_week_date).days // slots.WEEK_DAYS
    if left < 1:
        raise DraftInvalidError(f"Every week of draft {old.number} has started. Make a new draft.")
    return Draft(
        rotation=rotation,
        kind=old.kind,
        solved_again_from=old,
        first_week_date=first,
        weeks=planning.horizon_weeks(rotation=rotation, first_week_date=first, wanted=left),
        policy=patterns.policy_in_force(rotation_id=rotation.pk, now=now),
    )


def _carry_rules(old: Draft, draft: Draft) -> None:
    DraftRule.objects.bulk_create(
        DraftRule(
            draft=draft,
            level_id=rule.level_id,
            week_date=rule.week_date,
            engineer_id=rule.engineer_id,
            kind=rule.kind,
            added_by=rule.added_by,
            added_at=min(rule.added_at, draft.requested_at),
        )
        for rule in old.rules.filter(week_date__gte=draft.first_week_date).order_by("pk")
    )


def _locked(rotation_id: int) -> Rotation:
    """The rotation, held: no other draft of it is asked for, and none published, meanwhile."""
    rows = Rotation.objects.select_for_update(of=("self",)).select_related("team")
    return rows.get(pk=rotation_id)


def _ask(draft: Draft, *, actor: Actor, now: dt.datetime) -> None:
    """Write the draft under the rotation's lock, with the next number and its order."""
    rotation = draft.rotation
    running = Draft.objects.filter(rotation=rotation, state__in=WAITING).first()
    if running is not None:
        raise DraftInProgressError(f"Draft {running.number} is being made; wait or cancel it.")
    newest = rotation.drafts.aggregate(number=Max("number"))["number"] or 0
    order = tuple(draft.policy.objectives)
    draft.number = newest + 1
    draft.base_version = rotation.schedule_version
    draft.objectives = list(orders.staying_put(order) if draft.kind == "repair" else order)
    draft.requested_by_id = actor.engineer_id
    draft.requested_at = now
    draft.save(force_insert=True)


def claim_draft(
    *, draft_id: int, real_now: dt.datetime, now: dt.datetime, holder: str
) -> Draft | None:
    """Take a waiting draft for a minute; None when another worker has it or it moved on.

    One that was claimed three times without an end is given up as failed.
    """
    free = Draft.objects.filter(pk=draft_id, state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    worn_out = free.filter(tries__gte=MOST_TRIES)
    if worn_out.update(
        state=Draft.State.FAILED,
        finished_at=now,
        leased_until=None,
        failure=f"Solving was interrupted {MOST_TRIES} times. Try again, or ask for fewer weeks.",
    ):
        return None
    if not free.update(
        state=Draft.State.SOLVING,
        solving_at=now,
        progress={},
        tries=F("tries") + 1,
        leased_until=real_now + LEASE,
        lease_holder=holder,
    ):
        return None
    return Draft.objects.select_related("rotation__team", "policy").get(pk=draft_id)


def renew_draft(*, draft_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the draft for another minute; False when it was cancelled or taken over."""
    return bool(_held(draft_id, holder).update(leased_until=real_now + LEASE))


def is_held(*, draft_id: int, holder: str) -> bool:
    """Whether the draft is still this worker's: neither cancelled nor taken over."""
    return _held(draft_id, holder).exists()


def record_progress(*, draft_id: int, holder: str, progress: dict[str, Any]) -> bool:
    """Note what the search has found so far; False when the draft was taken away."""
    return bool(_held(draft_id, holder).update(progress=progress))


def record_solution(*, draft_id: int, holder: str, solved: Solved, now: dt.datetime) -> bool:
    """Write the solved cells and make the draft ready; False when it was taken away meanwhile."""
    with transaction.atomic():
        if not _held(draft_id, holder).update(
            state=Draft.State.READY,
            finished_at=now,
            proven=solved.proven,
            solve_milliseconds=solved.milliseconds,
            figures=solved.figures,
            inputs_digest=solved.inputs_digest,
            leased_until=None,
        ):
            return False
        draft = Draft.objects.get(pk=draft_id)
        levels = {
            level.name: level.pk for level in Level.objects.filter(rotation_id=draft.rotation_id)
        }
        DraftShift.objects.filter(draft_id=draft_id).delete()
        DraftShift.objects.bulk_create(
            DraftShift(
                draft_id=draft_id,
                level_id=levels[shift.level],
                week_date=shift.week_date,
                holder_id=shift.holder_id,
                load_hundredths=shift.load_hundredths,
                holidays=list(shift.holidays),
                reasons=list(shift.reasons),
            )
            for shift in solved.shifts
        )
    return True


def record_failure(*, draft_id: int, holder: str, failure: str, now: dt.datetime) -> None:
    """Note that no schedule could be made, and why, in words for the manager."""
    _held(draft_id, holder).update(
        state=Draft.State.FAILED, finished_at=now, failure=failure[:500], leased_until=None
    )


def _held(draft_id: int, holder: str) -> QuerySet[Draft]:
    return Draft.objects.filter(pk=draft_id, state=Draft.State.SOLVING, lease_holder=holder)


def cancel_draft(*, draft_id: int, actor: Actor, now: dt.datetime) -> None:
    """Stop a draft that waits or is being solved.

    Raises:
        DraftMovedOnError: it has been solved, or is over, already.
    """
    _close(draft_id, WAITING, Draft.State.CANCELLED, verb="cancelled", actor=actor, now=now)


def discard_draft(*, draft_id: int, actor: Actor, now: dt.datetime) -> None:
    """Put a draft aside that nobody wants; the published schedule is unchanged.

    Raises:
        DraftMovedOnError: it is published, discarded, or not solved yet.
    """
    ended = [Draft.State.READY, Draft.State.FAILED]
    _close(draft_id, ended, Draft.State.DISCARDED, verb="discarded", actor=actor, now=now)


def _close(
    draft_id: int,
    from_states: Sequence[Draft.State],
    to_state: Draft.State,
    *,
    verb: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    with transaction.atomic():
        open_draft = Draft.objects.filter(pk=draft_id, state__in=from_states)
        moved = open_draft.update(
            state=to_state, closed_at=now, closed_by_id=actor.engineer_id, leased_until=None
        )
        draft = Draft.objects.select_related("rotation__team").get(pk=draft_id)
        if not moved:
            raise DraftMovedOnError(f"Draft {draft.number} is {draft.state} by now.")
        _record(draft, verb, actor=actor, now=now)


def _record(draft: Draft, verb: str, *, actor: Actor, now: dt.datetime) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=f"draft {draft.number} of {draft.rotation.name}",
        team=draft.rotation.team.slug,
        about=[draft, draft.rotation],
        after={
            "state": draft.state,
            "weeks": draft.weeks,
            "from": str(draft.first_week_date),
            **({"kind": draft.kind, "cause": draft.cause} if draft.kind == "repair" else {}),
        },
    )
