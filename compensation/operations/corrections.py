"""Correcting who worked an ended week: one asks with evidence, another of finance approves.

The shift and its covers stay as they are; pricing takes the covers of the approved correction.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.periods import Period
from common.refusals import RefusedError
from compensation.domain import shifts
from compensation.models import Correction, CorrectionCover
from compensation.models import RequestState as State
from compensation.operations import correction_mails, deciding, recomputing
from compensation.queries import correction_facts
from compensation.queries.shifts import (
    payable_shift,
    supposed_shift,
    supposed_work,
    worked_by,
)
from rotation.domain.stints import CoverSpan
from rotation.operations import shifts as rotation_shifts
from rotation.queries import worked
from volunteers.queries import contacts, teams

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.queries.shifts import PayableShift

MOST_COVERS = 50


class CorrectionInvalidError(RefusedError):
    """Something in the request itself is not right; `fields` says what."""

    code = "CORRECTION_INVALID"


class ShiftNotEndedError(RefusedError):
    """The week is not over: who carries the rest of it is agreed as a cover."""

    code = "SHIFT_NOT_ENDED"
    status = 409


class NothingCorrectedError(RefusedError):
    """It says what counts already."""

    code = "NOTHING_CORRECTED"
    status = 409


class CorrectionWaitsError(RefusedError):
    """Another correction of this week waits for a decision."""

    code = "CORRECTION_WAITS"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WantedCorrection:
    """The full list of covers in the order in which they count, the later over the earlier.

    A cover's person None says that nobody had that time. Without covers the holder had all of it.
    """

    shift_id: int
    covers: tuple[CoverSpan, ...]
    reason: str
    evidence: str


def propose_correction(*, wanted: WantedCorrection, actor: Actor, now: dt.datetime) -> int:
    """Ask for a correction of an ended week; the id of the request. Finance gets a mail.

    Raises:
        CorrectionInvalidError: no reason or evidence, or covers that do not fit into the week.
        ShiftNotEndedError: the week is not over.
        NothingCorrectedError: that is what counts already.
        CorrectionWaitsError: another one waits.
        BeneficiaryError: a manager of the team asks for their own pay; it stays on record.
    """
    texts = _texts(wanted)
    return deciding.on_record(
        lambda: _propose(wanted, texts, actor=actor, now=now),
        attempt=f"correcting shift {wanted.shift_id} for oneself as a manager",
        actor=actor,
        now=now,
    )


def approve_correction(
    *, correction_id: int, note: str = "", actor: Actor, now: dt.datetime
) -> list[int]:
    """Let the correction count and pay the week anew; the numbers of the posted entries, in order.

    A week that is not completed yet is paid by it from the start, and nothing is posted now.

    Raises:
        OwnRequestError: the actor asked for it; the attempt stays on record.
        BeneficiaryError: the actor's own pay would change; the attempt stays on record.
        DecidedError: it is decided already.
        CannotPriceError: somebody in it has no rate; it waits on.
        KeyConflictError, PeriodMovedError: as of posting; nothing was written.
    """
    words = deciding.cleaned_note(note, required=False)
    return deciding.on_record(
        lambda: _approve(correction_id, words, actor=actor, now=now),
        attempt=f"approving correction {correction_id}",
        actor=actor,
        now=now,
    )


def decline_correction(*, correction_id: int, note: str, actor: Actor, now: dt.datetime) -> None:
    """Leave the week as it is paid; whoever asked gets the reason.

    Raises:
        OwnRequestError: the actor asked for it and takes it back instead; it stays on record.
        DecidedError: it is decided already.
        NoteInvalidError: no reason.
    """
    words = deciding.cleaned_note(note, required=True)
    deciding.on_record(
        lambda: _end(correction_id, State.DECLINED, words, actor=actor, now=now),
        attempt=f"declining correction {correction_id}",
        actor=actor,
        now=now,
    )


def withdraw_correction(*, correction_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take back what the actor asked for.

    Raises:
        NotProposerError: somebody else asked; the attempt stays on record.
        DecidedError: it is decided already.
    """
    deciding.on_record(
        lambda: _end(correction_id, State.WITHDRAWN, "", actor=actor, now=now),
        attempt=f"withdrawing correction {correction_id}",
        actor=actor,
        now=now,
    )


def has_ended(payable: PayableShift, *, now: dt.datetime) -> bool:
    """Whether the week is over, so that it is corrected and no longer covered."""
    return shifts.is_completed(payable.shift, now=now)


def _spans_of(correction: Correction) -> list[CoverSpan]:
    """The covers of a correction in their order."""
    return [
        CoverSpan(
            person=cover.engineer_id,
            period=Period(starts_at=cover.starts_at, ends_at=cover.ends_at),
        )
        for cover in correction.covers.order_by("position")
    ]


def _texts(wanted: WantedCorrection) -> tuple[str, str]:
    cleaner = Cleaner()
    reason = cleaner.text("reason", wanted.reason, longest=deciding.LONGEST_TEXT)
    evidence = cleaner.text("evidence", wanted.evidence, longest=deciding.LONGEST_TEXT)
    if len(wanted.covers) > MOST_COVERS:
        cleaner.refuse("covers", f"At most {MOST_COVERS} covers.")
    cleaner.raise_problems(CorrectionInvalidError)
    return reason, evidence


def _propose(
    wanted: WantedCorrection, texts: tuple[str, str], *, actor: Actor, now: dt.datetime
) -> int:
    rotation_shifts.hold_completed_shift(shift_id=wanted.shift_id)
    before = payable_shift(shift_id=wanted.shift_id)
    _check_covers(wanted, before)
    if not has_ended(before, now=now):
        raise ShiftNotEndedError(
            "This week is not over. Who carries the rest of it is agreed as a cover."
        )
    after = supposed_shift(shift_id=wanted.shift_id, covers=wanted.covers)
    said = supposed_work(shift_id=wanted.shift_id, covers=wanted.covers)
    if said == worked_by(shift_id=wanted.shift_id):
        raise NothingCorrectedError("That is what counts already: nothing would change.")
    _refuse_managers_own(before, after, actor=actor, now=now)
    row = _saved(wanted, texts, actor=actor, now=now)
    _record(row, before, after, verb="asked for", actor=actor, now=now)
    correction_mails.tell_asked(row, before, now=now)
    return row.pk


def _check_covers(wanted: WantedCorrection, payable: PayableShift) -> None:
    cleaner = Cleaner()
    week = payable.shift.period
    people = {cover.person for cover in wanted.covers if cover.person is not None}
    if people - set(contacts.contacts(engineer_ids=people)):
        cleaner.refuse("covers", "There is no such person.")
    for cover in wanted.covers:
        if not (week.starts_at <= cover.period.starts_at and cover.period.ends_at <= week.ends_at):
            cleaner.refuse("covers", "Each part lies inside the week.")
        if cover.period.starts_at.microsecond or cover.period.ends_at.microsecond:
            cleaner.refuse("covers", "Times are whole seconds.")
    cleaner.raise_problems(CorrectionInvalidError)


def _refuse_managers_own(
    before: PayableShift, after: PayableShift, *, actor: Actor, now: dt.datetime
) -> None:
    """A manager records nothing for themselves: another manager or finance asks for it."""
    team_id = worked.worked_shift(shift_id=before.shift_id).team_id
    managers = teams.managers_by_team(team_ids=[team_id], now=now).get(team_id, [])
    if actor.person_id not in {manager.engineer_id for manager in managers}:
        return
    if actor.person_id in correction_facts.beneficiaries(before, after):
        raise deciding.BeneficiaryError(
            "You would be paid more by it. Another manager of the team or finance asks for it."
        )


def _saved(
    wanted: WantedCorrection, texts: tuple[str, str], *, actor: Actor, now: dt.datetime
) -> Correction:
    reason, evidence = texts
    try:
        with transaction.atomic():
            row = Correction.objects.create(
                shift_id=wanted.shift_id,
                reason=reason,
                evidence=evidence,
                proposed_by_id=actor.person_id,
                proposed_at=now,
            )
    except IntegrityError as error:  # one waits for each shift
        raise CorrectionWaitsError(
            "Another correction of this week waits. It is decided first."
        ) from error
    CorrectionCover.objects.bulk_create(
        CorrectionCover(
            correction=row,
            position=position,
            engineer_id=cover.person,
            starts_at=cover.period.starts_at,
            ends_at=cover.period.ends_at,
        )
        for position, cover in enumerate(wanted.covers)
    )
    return row


def _held(correction_id: int) -> Correction:
    """The request and, before it, its shift, held until the transaction ends.

    Raises:
        DecidedError: it is decided already.
    """
    shift_id = Correction.objects.values_list("shift_id", flat=True).get(pk=correction_id)
    rotation_shifts.hold_completed_shift(shift_id=shift_id)
    rows = Correction.objects.select_for_update(of=("self",)).select_related("proposed_by")
    row = rows.get(pk=correction_id)
    if row.state != State.PROPOSED:
        raise deciding.DecidedError(f"This correction is {row.get_state_display().lower()}.")
    return row


def _approve(correction_id: int, note: str, *, actor: Actor, now: dt.datetime) -> list[int]:
    row = _held(correction_id)
    if row.proposed_by_id == actor.person_id:
        raise deciding.OwnRequestError("You asked for it: another of finance approves it.")
    before = payable_shift(shift_id=row.shift_id)
    covers = _spans_of(row)
    after = supposed_shift(shift_id=row.shift_id, covers=covers)
    concerned = correction_facts.concerned(before, after)
    if actor.person_id in concerned | {cover.person for cover in covers}:
        raise deciding.BeneficiaryError("It is about your own pay: another of finance approves it.")
    numbers: list[int] = []
    if before.is_completed:
        numbers = recomputing.post_changes(recomputing.recomputed(after), actor=actor, now=now)
    row.posted_from, row.posted_to = (numbers[0], numbers[-1]) if numbers else (None, None)
    _decide(row, State.APPROVED, note, actor=actor, now=now)
    recomputing.recompute_dependents(shift_id=row.shift_id, actor=actor, now=now)
    _record(row, before, after, verb="approved", numbers=numbers, actor=actor, now=now)
    correction_mails.tell_decided(row, after, concerned=concerned, now=now)
    return numbers


def _end(correction_id: int, state: State, note: str, *, actor: Actor, now: dt.datetime) -> None:
    row = _held(correction_id)
    is_own = row.proposed_by_id == actor.person_id
    if state == State.DECLINED and is_own:
        raise deciding.OwnRequestError("You asked for it: take it back instead.")
    if state == State.WITHDRAWN and not is_own:
        raise deciding.NotProposerError("Only who asked for it takes it back.")
    before = payable_shift(shift_id=row.shift_id)
    after = supposed_shift(shift_id=row.shift_id, covers=_spans_of(row))
    _decide(row, state, note, actor=actor, now=now)
    _record(row, before, after, verb=state.value, actor=actor, now=now)
    correction_mails.tell_decided(row, before, concerned=(), now=now)


def _decide(row: Correction, state: State, note: str, *, actor: Actor, now: dt.datetime) -> None:
    """One update: what is decided never changes again."""
    row.state, row.decision_note = state, note
    row.decided_by_id, row.decided_at = actor.person_id, now
    row.save(
        update_fields=[
            *("state", "decision_note", "decided_by", "decided_at", "posted_from", "posted_to")
        ]
    )


def _record(  # noqa: PLR0913 - what an event is made of
    row: Correction,
    before: PayableShift,
    after: PayableShift,
    *,
    verb: str,
    actor: Actor,
    now: dt.datetime,
    numbers: list[int] | None = None,
) -> None:
    """Who was said to have worked and who is now; amounts stand in the ledger alone."""
    concerned = correction_facts.concerned(before, after)
    named = contacts.contacts(engineer_ids={*concerned, *before.people, *after.people})
    posted = {} if numbers is None else {"entries": numbers}
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"correction {row.pk} of {before.title}",
        team=before.team,
        concerned=[named[person].email for person in concerned],
        about=[row, row.shift],
        before={"worked": correction_facts.worked_text(before, named)},
        after={"worked": correction_facts.worked_text(after, named), **posted},
    )
