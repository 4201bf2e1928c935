"""Opening the last closed month again: one of finance asks, another approves, none alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.cleaning import Cleaner, is_blank
from common.refusals import RefusedError
from compensation.models import Export, PayPeriod, Reopening
from compensation.operations import reopening_mails, rights
from compensation.operations.posting import hold_ledger
from compensation.operations.sending import PeriodNotClosedError, held_closed_period, label
from compensation.queries.periods import last_closed_month

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor

LONGEST_TEXT = 1000
WHY = "Say what is wrong in the closed month: it stays on record."
State = Reopening.State


class NotLastClosedError(RefusedError):
    """A later month is closed: months open in the order in which they would close."""

    code = "NOT_LAST_CLOSED"
    status = 409


class PeriodSentError(RefusedError):
    """A file of the month went to payroll: it is final, and corrections go to the open month."""

    code = "PERIOD_SENT"
    status = 409


class ReopeningWaitsError(RefusedError):
    """Somebody has asked for it already."""

    code = "REOPENING_WAITS"
    status = 409


class ReopeningNotWaitingError(RefusedError):
    """Somebody has decided about the request in the meantime."""

    code = "REOPENING_NOT_WAITING"
    status = 409


class ReasonMissingError(RefusedError):
    """Whoever decides, and whoever reads it in a year, needs a reason."""

    code = "REASON_MISSING"


class OwnRequestError(RefusedError):
    """Nobody approves what they asked for."""

    code = "OWN_REQUEST"
    status = 403


def ask_reopening(*, month: str, reason: str, actor: Actor, now: dt.datetime) -> int:
    """Ask that the closed month be opened again; the id of the request, which another decides.

    Raises:
        ReasonMissingError: no reason, or one that cannot be kept.
        PeriodNotClosedError: the month is open.
        NotLastClosedError: a later month is closed.
        PeriodSentError: one of its files is marked as sent to payroll.
        ReopeningWaitsError: a request waits already.
    """
    why = _text(reason)
    with transaction.atomic():
        period = held_closed_period(month)
        _check_can_reopen(period)
        row = Reopening(period=period, reason=why, proposed_by_id=actor.person_id, proposed_at=now)
        _save_only_one(row)
        _record(row, verb="asked to reopen", actor=actor, now=now, after={"reason": why})
        reopening_mails.tell_asked(row, now=now)
    return row.pk


def approve_reopening(*, reopening_id: int, actor: Actor, now: dt.datetime) -> str:
    """Open the month again as the second of two people; the month.

    Its files stay as they are, and the next close makes the next version of each. Holds the locks
    that posting and closing take.

    Raises:
        OwnRequestError: the actor asked for it; the attempt stays on record.
        ReopeningNotWaitingError: it is decided.
        PeriodNotClosedError, NotLastClosedError, PeriodSentError: it cannot be opened any more.
    """
    _refuse_own(reopening_id, actor=actor, now=now)
    with transaction.atomic():
        period = _held_period(reopening_id)
        hold_ledger()
        row = _held_request(reopening_id)
        _check_can_reopen(period)
        _decide(row, State.APPROVED, actor=actor, now=now)
        period.state = PayPeriod.State.OPEN
        period.closed_at, period.closed_by = None, ""
        period.save(update_fields=["state", "closed_at", "closed_by"])
        _record(row, verb="reopened", actor=actor, now=now, after={"state": "open"})
        reopening_mails.tell_decided(row, now=now)
    return period.month


def decline_reopening(*, reopening_id: int, note: str = "", actor: Actor, now: dt.datetime) -> str:
    """Leave the month closed; the month. Whoever asked takes the request back by it.

    Raises:
        ReopeningNotWaitingError: it is decided.
        ReasonMissingError: the note cannot be kept.
    """
    words = _text(note, field="note", required=False)
    with transaction.atomic():
        row = _held_request(reopening_id)
        is_own = row.proposed_by_id == actor.person_id
        row.decision_note = words
        _decide(row, State.WITHDRAWN if is_own else State.DECLINED, actor=actor, now=now)
        verb = "took back the request to reopen" if is_own else "declined to reopen"
        _record(row, verb=verb, actor=actor, now=now, after={"note": words})
        reopening_mails.tell_decided(row, now=now)
    return row.period.month


def _text(text: str, *, field: str = "reason", required: bool = True) -> str:
    """The text as it can be kept, over several lines.

    Raises:
        ReasonMissingError: it is missing or too long, or holds what cannot be kept.
    """
    cleaner = Cleaner()
    words = cleaner.text(field, text, longest=LONGEST_TEXT, required=False)
    if required and not cleaner.problems and is_blank(words):
        cleaner.refuse(field, WHY)
    cleaner.raise_problems(ReasonMissingError)
    return words


def _refuse_own(reopening_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Let another pass; the attempt of whoever asked is recorded before it is refused.

    Raises:
        OwnRequestError: the actor asked for it.
    """
    row = Reopening.objects.select_related("period").get(pk=reopening_id)
    if row.state != State.PROPOSED or row.proposed_by_id != actor.person_id:
        return
    month = row.period.month
    attempt = f"approving one’s own request to reopen pay period {month}"
    rights.record_refusal(actor=actor, attempt=attempt, now=now)
    message = f"You asked to reopen {label(month)}: another of finance approves it."
    raise OwnRequestError(message)


def _held_period(reopening_id: int) -> PayPeriod:
    month = Reopening.objects.values_list("period__month", flat=True).get(pk=reopening_id)
    try:
        return held_closed_period(month)
    except PeriodNotClosedError as error:
        raise ReopeningNotWaitingError(f"{label(month)} is open already.") from error


def _held_request(reopening_id: int) -> Reopening:
    rows = Reopening.objects.select_for_update(of=("self",)).select_related("period", "proposed_by")
    row = rows.get(pk=reopening_id)
    if row.state != State.PROPOSED:
        raise ReopeningNotWaitingError("Somebody has decided about this request already.")
    return row


def _check_can_reopen(period: PayPeriod) -> None:
    last = last_closed_month()
    if last is not None and last != period.month:
        raise NotLastClosedError(
            f"{label(last)} is closed too: only the last closed month can be opened again."
        )
    if Export.objects.filter(period=period, sent_at__isnull=False).exists():
        raise PeriodSentError(
            f"A file of {label(period.month)} went to payroll, so the month is final. "
            "A correction is posted to the open month."
        )


def _save_only_one(row: Reopening) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        message = f"Somebody has asked to reopen {label(row.period.month)} already."
        raise ReopeningWaitsError(message) from error


def _decide(row: Reopening, state: str, *, actor: Actor, now: dt.datetime) -> None:
    row.state, row.decided_by_id, row.decided_at = state, actor.person_id, now
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _record(
    row: Reopening, *, verb: str, actor: Actor, now: dt.datetime, after: dict[str, str]
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"pay period {row.period.month}",
        concerned=[row.proposed_by.email],
        about=[row],
        after=after,
    )
