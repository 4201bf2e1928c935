"""What becomes of a drift: it is adopted as a cover, put back, or left.

One override is decided as a whole, over all weeks that it touches; so are the edits of a level's
layers when they are put back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from audit.operations import Actor, Area, record
from common import wording
from common.periods import Period, intersection
from common.refusals import RefusedError
from rotation.models import Cover, Drift, DriftChoice, Rotation, Shift, SyncRun
from rotation.operations import covers, syncing
from rotation.operations.covers import WantedCover
from rotation.queries import drift_facts, patterns, worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.queries.worked import WorkedShift

POLICY = Actor.sweep("check_drift")
Choice = Drift.Choice
MADE = {
    Choice.NONE: "made no choice",
    Choice.ADOPT: "adopted it as a cover",
    Choice.RESTORE: "had it put back",
    Choice.LEAVE: "left it as it is",
}


class DriftDecidedError(RefusedError):
    """Somebody chose otherwise meanwhile."""

    code = "DRIFT_DECIDED"
    status = 409


class DriftGoneError(RefusedError):
    """PagerDuty shows what is published again, or the time has passed."""

    code = "DRIFT_GONE"
    status = 409


class DriftNotAdoptableError(RefusedError):
    """What differs cannot become a cover; the message says why."""

    code = "DRIFT_NOT_ADOPTABLE"
    status = 409


class DriftNotRestorableError(RefusedError):
    """A sync cannot put it back."""

    code = "DRIFT_NOT_RESTORABLE"
    status = 409


def adopt_drift(*, drift_id: int, seen: str, actor: Actor, now: dt.datetime) -> Drift:
    """Make covers of the override for whoever it shows, within its weeks, so that they are paid.

    The override stays as it is and counts as Rota's from now on. `seen` is the choice that the
    person who decides saw, empty for none.

    Raises:
        DriftGoneError: it is over.
        DriftDecidedError: somebody decided meanwhile.
        DriftNotAdoptableError: it is no override, nobody of ours, not published, or has begun.
        CoverInvalidError, CoverTakenError and the other refusals of `covers.enter_cover`.
    """
    with transaction.atomic():
        drift = _held(drift_id, seen, now)
        if drift.cause != Drift.Cause.OVERRIDE:
            raise DriftNotAdoptableError(
                "Only an override can become a cover: it names one person over one time. "
                "Put ours back, or leave it."
            )
        rows = _of_one_override(drift)
        for row in rows:
            row.cover = _cover(row, actor=actor, now=now)
        _choose(rows, Choice.ADOPT, actor=actor, now=now)
        # Even where there was nothing to cover, whoever failed on it tries once more.
        syncing.queue_sync(
            rotation_id=drift.level.rotation_id,
            cause=f"drift {drift.pk} was adopted",
            now=now,
            starts_at=drift.starts_at,
        )
    return drift


def restore_drift(*, drift_id: int, seen: str, actor: Actor, now: dt.datetime) -> Drift:
    """Queue a sync that shows what is published again; an override of a human is removed by it.

    Raises:
        DriftGoneError: it is over.
        DriftDecidedError: somebody decided meanwhile.
        DriftNotRestorableError: the schedule itself is gone or of another kind.
    """
    with transaction.atomic():
        drift = _held(drift_id, seen, now)
        if drift.cause in drift_facts.UNBOUND:
            raise DriftNotRestorableError(
                "A sync cannot bring back a schedule that was deleted or upgraded. A manager can "
                "order a new one on the PagerDuty page."
            )
        is_override = drift.cause == Drift.Cause.OVERRIDE
        rows = _of_one_override(drift) if is_override else _of_the_layers(drift)
        _choose(rows, Choice.RESTORE, actor=actor, now=now)
        syncing.queue_sync(
            rotation_id=drift.level.rotation_id,
            cause=f"drift {drift.pk} is put back",
            now=now,
            starts_at=min(row.starts_at for row in rows),
        )
    return drift


def leave_drift(*, drift_id: int, seen: str, actor: Actor, now: dt.datetime) -> Drift:
    """Let PagerDuty show what it shows; nobody is told again unless it changes.

    Raises:
        DriftGoneError: it is over.
        DriftDecidedError: somebody decided meanwhile.
    """
    with transaction.atomic():
        drift = _held(drift_id, seen, now)
        is_override = drift.cause == Drift.Cause.OVERRIDE
        _choose(
            _of_one_override(drift) if is_override else [drift],
            Choice.LEAVE,
            actor=actor,
            now=now,
        )
        _try_again(drift.level.rotation_id, drift, now)
    return drift


def choose_by_policy(*, rotation_id: int, now: dt.datetime) -> None:
    """Decide what nobody has, as the policy in force says; what it cannot do is left to people.

    Only what was noticed since that policy took effect counts.
    """
    policy = patterns.policy_in_force(rotation_id=rotation_id, now=now)
    if policy.drift_choice == DriftChoice.ASK:
        return
    choose = adopt_drift if policy.drift_choice == DriftChoice.ADOPT else restore_drift
    rows = Drift.objects.filter(
        level__rotation_id=rotation_id,
        gone_at__isnull=True,
        choice=Choice.NONE,
        told_at__isnull=True,
        seen_at__gte=policy.effective_from,
    )
    for drift_id in rows.order_by("starts_at", "pk").values_list("pk", flat=True):
        try:
            choose(drift_id=drift_id, seen="", actor=POLICY, now=now)
        except RefusedError:
            continue  # a manager is asked


def _held(drift_id: int, seen: str, now: dt.datetime) -> Drift:
    """The drift, locked after its rotation, if it is still as it was seen.

    Raises:
        DriftGoneError: it is over.
        DriftDecidedError: somebody decided meanwhile.
    """
    rotations = Rotation.objects.select_for_update(no_key=True)
    rotations.filter(levels__drifts=drift_id).values_list("pk", flat=True).first()
    rows = Drift.objects.select_for_update(of=("self",))
    drift = rows.select_related("level__rotation__team").get(pk=drift_id)
    if drift.gone_at is not None or drift.ends_at <= now:
        raise DriftGoneError("PagerDuty shows what is published again. Nothing changed.")
    if drift.choice != seen:
        raise DriftDecidedError(f"{_who(drift)} {MADE[Choice(drift.choice)]}. Nothing changed.")
    return drift


def _who(drift: Drift) -> str:
    if drift.choice == Choice.NONE or drift.chosen_at is None:
        return "Somebody"
    who = drift.chosen_by.name if drift.chosen_by else "The policy"
    zone = drift.level.rotation.time_zone
    return f"{who}, {wording.moment(drift.chosen_at, zone)},"


def _of_one_override(drift: Drift) -> list[Drift]:
    """The drift with those that the same override makes in other weeks or over other people."""
    same = Q(
        level=drift.level_id,
        cause=Drift.Cause.OVERRIDE,
        shown_ref=drift.shown_ref,
        override_starts_at=drift.override_starts_at,
        override_ends_at=drift.override_ends_at,
        choice=drift.choice,
    )
    return _rows(same)


def _of_the_layers(drift: Drift) -> list[Drift]:
    """The drift with whatever else one write of the level's layers and own overrides mends."""
    others = ~Q(cause__in=[Drift.Cause.OVERRIDE, *drift_facts.UNBOUND])
    return _rows(Q(others, level=drift.level_id, choice=drift.choice) | Q(pk=drift.pk))


def _rows(wanted: Q) -> list[Drift]:
    rows = Drift.objects.filter(wanted, gone_at__isnull=True).order_by("starts_at", "pk")
    return list(rows.select_related("level__rotation__team", "engineer"))


def _cover(row: Drift, *, actor: Actor, now: dt.datetime) -> Cover | None:
    """The cover that the row becomes; None where nobody is on call in all its time."""
    if row.engineer_id is None:
        who = row.shown_name or "Whoever it shows"
        raise DriftNotAdoptableError(
            f"{who} is nobody in Rota, so there is nobody to carry and be paid for it. "
            "Put ours back, or leave it."
        )
    shift = _shift_of(row)
    span = Period(starts_at=row.starts_at, ends_at=row.ends_at)
    if not intersection(shift.windows, [span]):
        return None
    _refuse_begun(row, shift, now)
    wanted = WantedCover(
        shift_id=shift.shift_id,
        to_engineer_id=row.engineer_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    return covers.enter_cover(wanted=wanted, actor=actor, now=now)


def _shift_of(row: Drift) -> WorkedShift:
    found = Shift.objects.filter(
        level=row.level_id, starts_at__lte=row.starts_at, ends_at__gte=row.ends_at
    )
    shift_id = found.values_list("pk", flat=True).first()
    if shift_id is None:
        raise DriftNotAdoptableError(
            "Nothing is published for all of that time, so that it cannot be covered."
        )
    return worked.worked_shift(shift_id=shift_id)


def _refuse_begun(row: Drift, shift: WorkedShift, now: dt.datetime) -> None:
    """A cover cannot begin in the past, and pay must not silently leave out what was carried."""
    began = row.override_starts_at or row.starts_at
    if began >= now:
        return
    carried = intersection(shift.windows, [Period(starts_at=began, ends_at=now)])
    if carried:
        raise DriftNotAdoptableError(
            f"{row.engineer.name if row.engineer else row.shown_name} has been on call by this "
            f"override since {wording.moment(carried[0].starts_at, shift.zone)}, and a cover "
            "cannot begin in the past. Enter a cover from now on at the shift: the override then "
            "fits it, and finance can correct what was carried before."
        )


def _choose(rows: Sequence[Drift], choice: Drift.Choice, *, actor: Actor, now: dt.datetime) -> None:
    before = rows[0].choice
    for row in rows:
        row.choice, row.chosen_by_id, row.chosen_at = choice, actor.engineer_id, now
        row.save(update_fields=["choice", "chosen_by", "chosen_at", "cover"])
    first = rows[0]
    rotation = first.level.rotation
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb="decided drift",
        subject=f"drift {first.pk} of {rotation.name}, {first.level.name}",
        team=rotation.team.slug,
        concerned=[row.engineer.email for row in rows if row.engineer is not None],
        before={"choice": before},
        after={
            "choice": choice,
            "drifts": [row.pk for row in rows],
            "covers": [row.cover_id for row in rows if row.cover_id is not None],
        },
    )


def _try_again(rotation_id: int, drift: Drift, now: dt.datetime) -> None:
    """A run that failed on what is left now, or told of it, would have nothing to say."""
    last = SyncRun.objects.filter(rotation_id=rotation_id).order_by("-pk").first()
    if last is not None and (last.state == SyncRun.State.FAILED or last.rests):
        cause = f"drift {drift.pk} is left as it is"
        syncing.queue_sync(rotation_id=rotation_id, cause=cause, now=now)
