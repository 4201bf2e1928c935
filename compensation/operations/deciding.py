"""What every request about money shares: one asks, another decides, and who benefits never does."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from common.cleaning import Cleaner
from common.refusals import RefusedError
from compensation.operations.posting import in_one_transaction
from compensation.operations.rights import record_refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from audit.operations import Actor

LONGEST_TEXT = 1000
ResultT = TypeVar("ResultT")


class OwnRequestError(RefusedError):
    """Nobody decides about what they asked for themselves."""

    code = "OWN_REQUEST"
    status = 403


class BeneficiaryError(RefusedError):
    """It is about the actor's own pay: another person has to do it."""

    code = "BENEFICIARY"
    status = 403


class NotProposerError(RefusedError):
    """Only who asked takes a request back."""

    code = "NOT_PROPOSER"
    status = 403


class DecidedError(RefusedError):
    """The request is decided already: a second click changes nothing."""

    code = "ALREADY_DECIDED"
    status = 409


class NoteInvalidError(RefusedError):
    """What is said with a decision is missing or too long."""

    code = "NOTE_INVALID"


def on_record(
    write: Callable[[], ResultT], *, attempt: str, actor: Actor, now: dt.datetime
) -> ResultT:
    """What `write` gives, in one transaction; what is not the actor's to do stays on record.

    `attempt` says what was tried, `approving correction 12`.
    """
    try:
        return in_one_transaction(write)
    except (OwnRequestError, BeneficiaryError, NotProposerError):
        record_refusal(actor=actor, attempt=attempt, now=now)
        raise


def cleaned_note(note: str, *, required: bool) -> str:
    """The words that go with a decision.

    Raises:
        NoteInvalidError: they are missing or too long.
    """
    cleaner = Cleaner()
    words = cleaner.text("note", note, longest=LONGEST_TEXT, required=False)
    if required and not words:
        cleaner.refuse("note", "Say why: whoever asked reads it.")
    cleaner.raise_problems(NoteInvalidError)
    return words
