"""A few weeks more: an engineer asks for them, a manager of the team confirms or declines."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common import wording
from common.cleaning import is_blank
from common.refusals import RefusedError
from volunteers.models import MOST_EXTENSION_WEEKS, Term, TermExtension, TermLevel
from volunteers.operations import extension_mails, term_moves
from volunteers.operations.terms import TermInvalidError, TermOverlapError, end_of

if TYPE_CHECKING:
    from audit.operations import Actor

REASON_LENGTH = 500
WEEK = dt.timedelta(weeks=1)
State = TermExtension.State


class ExtensionAskedError(RefusedError):
    """Weeks of this term are asked for already."""

    code = "EXTENSION_ASKED"
    status = 409


class ExtensionDecidedError(RefusedError):
    """Somebody decided it, or it was withdrawn, in the meantime."""

    code = "EXTENSION_DECIDED"
    status = 409


class OwnExtensionError(RefusedError):
    """Nobody decides about themselves."""

    code = "EXTENSION_IS_OWN"
    status = 403


def ask_extension(
    *, term_id: int, weeks: int, actor: Actor, today: dt.date, now: dt.datetime
) -> TermExtension:
    """Ask for one to eight weeks beyond the planned end; the managers are told.

    What was said of rolling off as planned is taken back by it.

    Raises:
        TermInvalidError: not one to eight weeks, or no term that can be extended.
        term_moves.TermMovedOnError: the term is over.
        TermOverlapError: another term of the same person in the team begins in these weeks.
        ExtensionAskedError: some are asked for already.
    """
    with transaction.atomic():
        term = term_moves.hold_term(term_id)
        _check(term, weeks, today)
        extension = _made(term, weeks, actor=actor, now=now)
        Term.objects.filter(pk=term.pk).update(roll_off_confirmed_at=None)
        _record(extension, "asked for", actor=actor, now=now, on_behalf=True)
        extension_mails.tell_asked(extension=extension, now=now)
    return extension


def extend_term(
    *, term_id: int, weeks: int, actor: Actor, today: dt.date, now: dt.datetime
) -> TermExtension:
    """Give somebody one to eight weeks more as a manager; they are told.

    Raises:
        OwnExtensionError: it is the manager's own term.
        ExtensionAskedError: the engineer has asked for some; that is to be decided.
        TermInvalidError, term_moves.TermMovedOnError, TermOverlapError: as for `ask_extension`.
    """
    with transaction.atomic():
        term = term_moves.hold_term(term_id)
        _refuse_own(term, actor)
        _check(term, weeks, today)
        extension = _made(term, weeks, actor=actor, now=now)
        _confirm(extension, actor=actor, now=now)
    return extension


def confirm_extension(
    *, extension_id: int, actor: Actor, today: dt.date, now: dt.datetime
) -> TermExtension:
    """Let the term end as many weeks later as were asked for, and tell the engineer.

    Raises:
        OwnExtensionError: the decider asked for it.
        ExtensionDecidedError: it does not wait any more.
        term_moves.TermMovedOnError: the term has ended meanwhile.
        TermOverlapError: another term of the same person in the team begins in these weeks.
    """
    with transaction.atomic():
        extension = _held(extension_id)
        _refuse_own(extension.term, actor)
        _refuse_decided(extension)
        _check(extension.term, extension.weeks, today)
        _confirm(extension, actor=actor, now=now)
    return extension


def decline_extension(
    *, extension_id: int, reason: str, actor: Actor, now: dt.datetime
) -> TermExtension:
    """Say no, with a line that the engineer sees; the term ends as planned.

    Raises:
        TermInvalidError: no reason, or one of over 500 characters.
        OwnExtensionError: the decider asked for it; withdrawing is the way.
        ExtensionDecidedError: it does not wait any more.
    """
    words = unicodedata.normalize("NFC", reason).strip()
    message = ""
    if is_blank(words):
        message = "Say why in a line; the engineer sees it."
    elif len(words) > REASON_LENGTH:
        message = f"At most {REASON_LENGTH} characters; this has {len(words)}."
    if message:
        raise TermInvalidError(message, fields={"reason": message})
    with transaction.atomic():
        extension = _held(extension_id)
        _refuse_own(extension.term, actor)
        _refuse_decided(extension)
        extension.state, extension.decided_at = State.DECLINED, now
        extension.decided_by_id, extension.reason = actor.engineer_id, words
        extension.save(update_fields=["state", "decided_at", "decided_by", "reason"])
        _record(extension, "declined", actor=actor, now=now)
        extension_mails.tell_declined(extension=extension, actor=actor, now=now)
    return extension


def withdraw_extension(*, extension_id: int, actor: Actor, now: dt.datetime) -> TermExtension:
    """Take one's question back; the term ends as planned.

    Raises:
        ExtensionDecidedError: it does not wait any more.
    """
    with transaction.atomic():
        extension = _held(extension_id)
        _refuse_decided(extension)
        extension.state, extension.decided_at = State.WITHDRAWN, now
        extension.save(update_fields=["state", "decided_at"])
        _record(extension, "withdrew", actor=actor, now=now, on_behalf=True)
    return extension


def _held(extension_id: int) -> TermExtension:
    """The extension below its term, which is held first as by whoever leaves."""
    rows = TermExtension.objects.select_related("decided_by")
    term = term_moves.hold_term(rows.values_list("term_id", flat=True).get(pk=extension_id))
    extension = rows.get(pk=extension_id)
    extension.term = term
    return extension


def _made(term: Term, weeks: int, *, actor: Actor, now: dt.datetime) -> TermExtension:
    waiting = TermExtension.objects.filter(term=term, state=State.ASKED).first()
    if waiting is not None:
        raise ExtensionAskedError(
            f"{wording.counted(waiting.weeks, 'week')} more are asked for already and wait for a "
            "manager. Withdraw that first to ask for another number."
        )
    return TermExtension.objects.create(
        term=term, engineer_id=term.engineer_id, weeks=weeks, asked_by=actor.name, asked_at=now
    )


def _confirm(extension: TermExtension, *, actor: Actor, now: dt.datetime) -> None:
    term = extension.term
    before = term.ends_on
    extension.state, extension.decided_at = State.CONFIRMED, now
    extension.decided_by_id = actor.engineer_id
    extension.save(update_fields=["state", "decided_at", "decided_by"])
    term.ends_on = _new_end(term, extension.weeks)
    term.roll_off_confirmed_at = None
    try:
        with transaction.atomic():
            term.save(update_fields=["ends_on", "roll_off_confirmed_at"])
    except IntegrityError as error:
        raise TermOverlapError(
            f"{term.engineer.name} has agreed to another term in {term.team.name} in these weeks."
        ) from error
    _record(extension, "confirmed", actor=actor, now=now, before=before)
    extension_mails.tell_confirmed(extension=extension, actor=actor, now=now)


def _check(term: Term, weeks: int, today: dt.date) -> None:
    term_moves.refuse_over(term, today)
    message = ""
    if not 1 <= weeks <= MOST_EXTENSION_WEEKS:
        message = f"One to {MOST_EXTENSION_WEEKS} weeks; for longer, apply for another term."
    elif term.level != TermLevel.PRIMARY or term.ends_on is None:
        message = "Only a volunteer's term on primary is extended; level 2 can stay open."
    elif term.left_on is not None:
        message = (
            f"The term ends early, on {wording.day(term.left_on)}. Take that back first, and it "
            f"ends on {wording.day(term.ends_on)} again."
        )
    if message:
        raise TermInvalidError(message, fields={"weeks": message})
    _check_room(term, weeks)


def _check_room(term: Term, weeks: int) -> None:
    """Refuse by name what the database would refuse."""
    others = Term.objects.filter(team_id=term.team_id, engineer_id=term.engineer_id)
    for other in others.exclude(pk=term.pk).order_by("starts_on", "pk"):
        end = end_of(other)
        holds_days = end is None or end > other.starts_on
        if term.starts_on < other.starts_on < _new_end(term, weeks) and holds_days:
            raise TermOverlapError(
                f"{term.engineer.name} serves in {term.team.name} again from "
                f"{wording.day(other.starts_on)}, so this term can end then at the latest."
            )


def _new_end(term: Term, weeks: int) -> dt.date:
    if term.ends_on is None:
        raise TermInvalidError("A term without an end is not extended.")
    return term.ends_on + weeks * WEEK


def _refuse_own(term: Term, actor: Actor) -> None:
    if actor.engineer_id == term.engineer_id:
        raise OwnExtensionError(
            "It is your own term: another manager of the team decides about it."
        )


def _refuse_decided(extension: TermExtension) -> None:
    if extension.state == State.ASKED:
        return
    if extension.state == State.WITHDRAWN:
        raise ExtensionDecidedError("It was withdrawn. Nothing changed.")
    who = extension.decided_by.name if extension.decided_by else "Somebody"
    raise ExtensionDecidedError(f"{who} has {extension.state} it already. Nothing changed.")


def _record(
    extension: TermExtension,
    verb: str,
    *,
    actor: Actor,
    now: dt.datetime,
    on_behalf: bool = False,
    before: dt.date | None = None,
) -> None:
    """One event; only what the engineer could do themselves is done on their behalf."""
    term = extension.term
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb=verb,
        subject=f"{wording.counted(extension.weeks, 'week')} more of {term_moves.name_of(term)}",
        team=term.team.slug,
        concerned=[term.engineer.email],
        on_behalf_of=term_moves.on_behalf(term, actor) if on_behalf else "",
        before={"ends_on": str(before)} if before else None,
        after={"state": str(extension.state), "ends_on": str(term.ends_on)},
    )
