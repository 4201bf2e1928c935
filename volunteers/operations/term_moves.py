"""How a term ends: as planned, earlier than planned, or after all not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from volunteers.models import Term, TermExtension, TermLevel
from volunteers.operations.terms import TermInvalidError, TermOverlapError, end_of

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor


class TermMovedOnError(RefusedError):
    """The term is over, or what is to be changed of it is not so any more."""

    code = "TERM_MOVED_ON"
    status = 409


def hold_term(term_id: int) -> Term:
    """The term with its engineer and team; nobody else moves it until the transaction ends."""
    rows = Term.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("engineer", "team").get(pk=term_id)


def cut_short(
    *,
    term_id: int,
    left_on: dt.date,
    earliest: dt.date,
    actor: Actor,
    today: dt.date,
    now: dt.datetime,
) -> Term:
    """End a term before its planned end, without a reason; weeks that were asked for go with it.

    `left_on` is a handover, `earliest` the next one; a day set before is replaced.

    Raises:
        TermMovedOnError: the term is over.
        TermInvalidError: the day lies before the next handover or the start, or not before the
            planned end.
        TermOverlapError: another term of the same person in the team was agreed meanwhile.
    """
    with transaction.atomic():
        term = hold_term(term_id)
        before = end_of(term)
        refuse_over(term, today)
        _check_day(term, left_on, max(earliest, term.starts_on))
        term.left_on, term.left_by_id = left_on, actor.engineer_id
        _save(term, "left_on", "left_by")
        withdraw_open(term, now)
        _record(term, "left", actor=actor, now=now, before=before)
    return term


def go_on(*, term_id: int, actor: Actor, now: dt.datetime) -> Term:
    """Take back that a term ends early; it ends as planned again.

    Until which hour that can be is the caller's to know.

    Raises:
        TermMovedOnError: it does not end early.
        TermOverlapError: another term of the same person in the team was agreed meanwhile.
    """
    with transaction.atomic():
        term = hold_term(term_id)
        before = end_of(term)
        if term.left_on is None:
            raise TermMovedOnError(f"{_whose(term)} does not end early: nothing to take back.")
        term.left_on = term.left_by = None
        _save(term, "left_on", "left_by")
        _record(term, "stayed", actor=actor, now=now, before=before)
    return term


def confirm_roll_off(*, term_id: int, actor: Actor, today: dt.date, now: dt.datetime) -> Term:
    """Say that a term ends as planned; weeks that were asked for are withdrawn.

    Saying it twice changes nothing.

    Raises:
        TermMovedOnError: the term is over.
        TermInvalidError: no end is planned.
    """
    with transaction.atomic():
        term = hold_term(term_id)
        refuse_over(term, today)
        if term.ends_on is None:
            raise TermInvalidError(f"{_whose(term)} has no planned end yet.")
        if term.roll_off_confirmed_at is not None:
            return term
        term.roll_off_confirmed_at = now
        term.save(update_fields=["roll_off_confirmed_at"])
        withdraw_open(term, now)
        _record(term, "confirmed the end of", actor=actor, now=now, before=end_of(term))
    return term


def withdraw_open(term: Term, now: dt.datetime) -> None:
    """Withdraw the weeks that are asked for beyond the held term's end, if any."""
    waiting = TermExtension.objects.filter(term=term, state=TermExtension.State.ASKED)
    waiting.update(state=TermExtension.State.WITHDRAWN, decided_at=now)


def refuse_over(term: Term, today: dt.date) -> None:
    """Refuse what changes a term that has ended.

    Raises:
        TermMovedOnError: it has.
    """
    end = end_of(term)
    if end is not None and end <= today:
        raise TermMovedOnError(f"{_whose(term)} ended on {wording.day(end)}. Nothing changed.")


def name_of(term: Term) -> str:
    """What the audit trail calls it."""
    level = "level 2 term" if term.level == TermLevel.ESCALATION else "term"
    return f"{level} {term.pk} of {term.engineer.name}"


def on_behalf(term: Term, actor: Actor) -> str:
    """The e-mail of whose term it is, when somebody else acts."""
    return "" if actor.engineer_id == term.engineer_id else term.engineer.email


def _whose(term: Term) -> str:
    return f"The term of {term.engineer.name} in {term.team.name}"


def _check_day(term: Term, left_on: dt.date, first: dt.date) -> None:
    message = ""
    if left_on < first:
        message = f"The first handover at which this term can end is {wording.day(first)}."
    elif term.ends_on is not None and left_on >= term.ends_on:
        message = (
            f"The term ends on {wording.day(term.ends_on)} as planned; choose a handover before."
        )
    if message:
        raise TermInvalidError(message, fields={"left_on": message})


def _save(term: Term, *fields: str) -> None:
    try:
        with transaction.atomic():
            term.save(update_fields=fields)
    except IntegrityError as error:
        raise TermOverlapError(
            f"{term.engineer.name} has agreed to another term in {term.team.name} in this time."
        ) from error


def _record(
    term: Term, verb: str, *, actor: Actor, now: dt.datetime, before: dt.date | None
) -> None:
    end = end_of(term)
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb=verb,
        subject=name_of(term),
        team=term.team.slug,
        concerned=[term.engineer.email],
        on_behalf_of=on_behalf(term, actor),
        before={"ends_on": str(before) if before else None},
        after={"ends_on": str(end) if end else None},
    )
