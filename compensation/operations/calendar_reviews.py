"""Ended weeks that a changed calendar would pay otherwise: kept as they are, or paid anew by two.

One of finance asks for it, another approves, and the sweep prices the weeks anew (`recalculating`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from compensation.models import CalendarReview, Recalculation
from compensation.operations import calendar_mails, deciding
from compensation.queries.shifts import payable_shifts
from volunteers.models import CalendarVersion

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from audit.operations import Actor

State = CalendarReview.State
_OPEN = (Recalculation.State.OFFERED, Recalculation.State.KEPT)


class NothingOfferedError(RefusedError):
    """No ended week waits for a decision about this change of the calendar."""

    code = "NOTHING_OFFERED"
    status = 409


class ReviewWaitsError(RefusedError):
    """Somebody has asked for it already."""

    code = "CALENDAR_REVIEW_WAITS"
    status = 409


class ReasonMissingError(RefusedError):
    """Whoever decides needs a reason, and it stays on record."""

    code = "REASON_MISSING"


def keep_weeks(*, version_id: int, actor: Actor, now: dt.datetime) -> int:
    """Leave the weeks that the change is offered for as they were paid; how many.

    They can still be asked for later.

    Raises:
        NothingOfferedError: none is offered.
        ReviewWaitsError: somebody has asked to pay them anew.
    """
    with transaction.atomic():
        version = _held(version_id)
        if _waiting(version).exists():
            raise ReviewWaitsError("Another of finance was asked to approve it: decide on that.")
        offered = _weeks(version).filter(state=Recalculation.State.OFFERED)
        kept = offered.update(state=Recalculation.State.KEPT)
        if not kept:
            raise NothingOfferedError("No week waits for a decision about this change.")
        _record(version, verb="kept the pay of weeks after", actor=actor, now=now, weeks=kept)
    return kept


def ask_to_recalculate(*, version_id: int, reason: str, actor: Actor, now: dt.datetime) -> int:
    """Ask that the weeks be paid by the changed calendar; the id of the request.

    Raises:
        ReasonMissingError: no reason, or one that is too long.
        NothingOfferedError: no week is offered or kept.
        ReviewWaitsError: it is asked for already, or was approved.
    """
    cleaner = Cleaner()
    why = cleaner.text("reason", reason, longest=deciding.LONGEST_TEXT)
    cleaner.raise_problems(ReasonMissingError)
    with transaction.atomic():
        version = _held(version_id)
        weeks = _weeks(version).filter(state__in=_OPEN).count()
        if not weeks:
            raise NothingOfferedError("No week would be paid otherwise by this change.")
        row = CalendarReview(
            version=version, reason=why, proposed_by_id=actor.person_id, proposed_at=now
        )
        _save_only_one(row)
        _record(version, verb="asked to pay weeks anew after", actor=actor, now=now, weeks=weeks)
        calendar_mails.tell_asked(row, weeks=weeks, now=now)
    return row.pk


def approve_review(*, review_id: int, note: str = "", actor: Actor, now: dt.datetime) -> int:
    """Let the changed calendar count for the weeks, as the second of two people; how many weeks.

    They wait from then on to be priced anew; those that have not ended are paid by it in the end.

    Raises:
        OwnRequestError: the actor asked for it; the attempt stays on record.
        BeneficiaryError: the actor has a part of one of the weeks; that stays on record too.
        DecidedError: somebody decided about it in the meantime.
    """
    words = deciding.cleaned_note(note, required=False)

    def write() -> int:
        row = _held_review(review_id)
        _refuse_own(row, actor)
        weeks = _weeks(row.version).filter(state__in=_OPEN)
        people = _people(list(weeks.values_list("shift_id", flat=True)))
        if actor.person_id in people:
            raise deciding.BeneficiaryError(
                "A week of yours is among them: another of finance decides about it."
            )
        _decide(row, State.APPROVED, words, actor=actor, now=now)
        count = weeks.update(state=Recalculation.State.WAITING, asked_at=now)
        verb = "approved paying weeks anew after"
        _record(row.version, verb=verb, actor=actor, now=now, weeks=count)
        calendar_mails.tell_decided(row, now=now)
        calendar_mails.tell_concerned(row, engineer_ids=people, now=now)
        return count

    attempt = f"approving calendar review {review_id}"
    return deciding.on_record(write, attempt=attempt, actor=actor, now=now)


def decline_review(*, review_id: int, note: str, actor: Actor, now: dt.datetime) -> None:
    """Leave the weeks as they were paid, and tell who asked why.

    Raises:
        OwnRequestError: the actor asked for it, and can only take it back.
        DecidedError: somebody decided about it in the meantime.
        NoteInvalidError: no reason.
    """
    words = deciding.cleaned_note(note, required=True)

    def write() -> None:
        row = _held_review(review_id)
        _refuse_own(row, actor)
        _decide(row, State.DECLINED, words, actor=actor, now=now)
        offered = _weeks(row.version).filter(state=Recalculation.State.OFFERED)
        kept = offered.update(state=Recalculation.State.KEPT)
        verb = "declined to pay weeks anew after"
        _record(row.version, verb=verb, actor=actor, now=now, weeks=kept)
        calendar_mails.tell_decided(row, now=now)

    attempt = f"declining calendar review {review_id}"
    deciding.on_record(write, attempt=attempt, actor=actor, now=now)


def withdraw_review(*, review_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take one's own request back; the weeks are offered as before.

    Raises:
        NotProposerError: somebody else asked for it.
        DecidedError: somebody decided about it in the meantime.
    """

    def write() -> None:
        row = _held_review(review_id)
        if row.proposed_by_id != actor.person_id:
            raise deciding.NotProposerError("Only who asked for it takes it back.")
        _decide(row, State.WITHDRAWN, "", actor=actor, now=now)
        verb = "took back paying weeks anew after"
        _record(row.version, verb=verb, actor=actor, now=now)

    attempt = f"taking back calendar review {review_id}"
    deciding.on_record(write, attempt=attempt, actor=actor, now=now)


def _weeks(version: CalendarVersion) -> QuerySet[Recalculation]:
    return Recalculation.objects.filter(calendar=version)


def _waiting(version: CalendarVersion) -> QuerySet[CalendarReview]:
    return CalendarReview.objects.filter(version=version, state=State.PROPOSED)


def _held(version_id: int) -> CalendarVersion:
    """The change, about which nobody else decides until the transaction ends."""
    rows = CalendarVersion.objects.select_for_update(of=("self",)).select_related("office")
    return rows.get(pk=version_id)


def _held_review(review_id: int) -> CalendarReview:
    version_id = CalendarReview.objects.values_list("version_id", flat=True).get(pk=review_id)
    version = _held(version_id)
    row = CalendarReview.objects.select_for_update(of=("self",)).get(pk=review_id)
    if row.state != State.PROPOSED:
        raise deciding.DecidedError("Somebody has decided about these weeks already.")
    row.version = version
    return row


def _refuse_own(row: CalendarReview, actor: Actor) -> None:
    if row.proposed_by_id == actor.person_id:
        raise deciding.OwnRequestError("You asked for it: another of finance decides.")


def _people(shift_ids: list[int]) -> frozenset[int]:
    found = payable_shifts(shift_ids=shift_ids).values()
    return frozenset(person for payable in found for person in payable.people)


def _save_only_one(row: CalendarReview) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ReviewWaitsError("Somebody has asked for it already.") from error


def _decide(row: CalendarReview, state: str, note: str, *, actor: Actor, now: dt.datetime) -> None:
    row.state, row.decision_note = state, note
    row.decided_by_id, row.decided_at = actor.person_id, now
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])


def _record(
    version: CalendarVersion,
    *,
    verb: str,
    actor: Actor,
    now: dt.datetime,
    weeks: int | None = None,
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"calendar of {version.office.name}, version {version.number}",
        about=[version],
        after=None if weeks is None else {"weeks": weeks},
    )
