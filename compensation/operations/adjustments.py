"""Amounts by hand: one asks with a document, another of finance approves, the payee neither."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from audit.operations import Area, record
from common import wording
from common.cleaning import Cleaner
from common.refusals import RefusedError
from compensation.domain import keys, money
from compensation.models import Adjustment, Entry
from compensation.models import RequestState as State
from compensation.operations import correction_mails, deciding
from compensation.operations.posting import NewEntry, Original, post_entries
from volunteers.queries import contacts, places, postings

if TYPE_CHECKING:
    from audit.operations import Actor

MOST_MINOR = 10**12
LONGEST_DOCUMENT = 300
EARLIEST = dt.date(2000, 1, 1)


class AdjustmentInvalidError(RefusedError):
    """Something in the request itself is not right; `fields` says what."""

    code = "ADJUSTMENT_INVALID"


class NoAdjustmentError(RefusedError):
    """Only the entry of an adjustment is taken back by hand; a week is corrected."""

    code = "NO_ADJUSTMENT"


class TakenBackError(RefusedError):
    """The entry is taken back already, or somebody has asked for that."""

    code = "TAKEN_BACK"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WantedAdjustment:
    """A signed amount in the currency of the person's office on that day, as people write it."""

    engineer_id: int
    amount: str
    earned_on: dt.date
    reason: str
    document: str


def propose_adjustment(*, wanted: WantedAdjustment, actor: Actor, now: dt.datetime) -> int:
    """Ask for an amount for somebody; the id of the request. Finance gets a mail.

    Raises:
        AdjustmentInvalidError: no such person or office, no amount, day, reason or document.
        BeneficiaryError: the actor asks for their own pay; the attempt stays on record.
    """
    return deciding.on_record(
        lambda: _propose(wanted, actor=actor, now=now),
        attempt=f"adjusting the pay of person {wanted.engineer_id}, who is oneself",
        actor=actor,
        now=now,
    )


def propose_taking_back(
    *, entry_number: int, reason: str, document: str, actor: Actor, now: dt.datetime
) -> int:
    """Ask that the entry of an adjustment be reversed; the id of the request.

    Raises:
        AdjustmentInvalidError: no reason or document.
        NoAdjustmentError: the entry is of a week, or a reversal itself.
        TakenBackError: it is taken back, or waits for that.
        BeneficiaryError: the actor asks about their own pay; the attempt stays on record.
    """
    return deciding.on_record(
        lambda: _propose_taking_back(entry_number, (reason, document), actor=actor, now=now),
        attempt=f"taking back entry {entry_number}, which is one’s own",
        actor=actor,
        now=now,
    )


def approve_adjustment(
    *, adjustment_id: int, note: str = "", actor: Actor, now: dt.datetime
) -> int:
    """Post the amount to the month in which it is earned, or the first open one; its number.

    Raises:
        OwnRequestError: the actor asked for it; the attempt stays on record.
        BeneficiaryError: it is the actor's own pay; the attempt stays on record.
        DecidedError: it is decided already.
        TakenBackError: what it takes back is taken back already.
    """
    words = deciding.cleaned_note(note, required=False)
    return deciding.on_record(
        lambda: _approve(adjustment_id, words, actor=actor, now=now),
        attempt=f"approving adjustment {adjustment_id}",
        actor=actor,
        now=now,
    )


def decline_adjustment(*, adjustment_id: int, note: str, actor: Actor, now: dt.datetime) -> None:
    """Post nothing; whoever asked gets the reason.

    Raises:
        OwnRequestError, BeneficiaryError: it is the actor's own; the attempt stays on record.
        DecidedError: it is decided already.
        NoteInvalidError: no reason.
    """
    words = deciding.cleaned_note(note, required=True)
    deciding.on_record(
        lambda: _end(adjustment_id, State.DECLINED, words, actor=actor, now=now),
        attempt=f"declining adjustment {adjustment_id}",
        actor=actor,
        now=now,
    )


def withdraw_adjustment(*, adjustment_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take back what the actor asked for.

    Raises:
        NotProposerError: somebody else asked; the attempt stays on record.
        DecidedError: it is decided already.
    """
    deciding.on_record(
        lambda: _end(adjustment_id, State.WITHDRAWN, "", actor=actor, now=now),
        attempt=f"withdrawing adjustment {adjustment_id}",
        actor=actor,
        now=now,
    )


def _propose(wanted: WantedAdjustment, *, actor: Actor, now: dt.datetime) -> int:
    if wanted.engineer_id == actor.person_id:
        raise deciding.BeneficiaryError("Somebody else asks for what is added to your own pay.")
    cleaner = Cleaner()
    texts = _texts(cleaner, wanted.reason, wanted.document)
    if wanted.engineer_id not in contacts.contacts(engineer_ids=[wanted.engineer_id]):
        cleaner.refuse("engineer", "There is no such person.")
    currency = _currency(cleaner, wanted, now=now)
    minor = _minor(cleaner, wanted.amount, currency)
    cleaner.raise_problems(AdjustmentInvalidError)
    row = _asked(
        Adjustment(
            engineer_id=wanted.engineer_id,
            amount_minor=minor,
            currency=currency,
            earned_on=wanted.earned_on,
        ),
        texts,
        actor=actor,
        now=now,
    )
    return row.pk


def _propose_taking_back(
    entry_number: int, said: tuple[str, str], *, actor: Actor, now: dt.datetime
) -> int:
    entry = Entry.objects.get(number=entry_number)
    if entry.kind != keys.ADJUSTMENT or entry.reverses_id is not None:
        raise NoAdjustmentError("Only an adjustment is taken back here. A week is corrected.")
    if entry.engineer_id == actor.person_id:
        raise deciding.BeneficiaryError("Somebody else asks about what stands in your own pay.")
    cleaner = Cleaner()
    texts = _texts(cleaner, *said)
    cleaner.raise_problems(AdjustmentInvalidError)
    _refuse_taken_back(entry, waiting=True)
    row = Adjustment(
        engineer_id=entry.engineer_id,
        amount_minor=-entry.amount_minor,
        currency=entry.currency,
        earned_on=entry.earned_on,
        reverses=entry,
    )
    return _asked(row, texts, actor=actor, now=now).pk


def _refuse_taken_back(entry: Entry, *, waiting: bool) -> None:
    """Hold the adjustment of the entry, and refuse when it is taken back, or would be."""
    Adjustment.objects.select_for_update().filter(entry=entry).first()
    if Entry.objects.filter(reverses=entry).exists():
        raise TakenBackError(f"Entry {entry.number} is taken back already.")
    asked = Adjustment.objects.filter(reverses=entry, state=State.PROPOSED)
    if waiting and asked.exists():
        raise TakenBackError(f"Somebody has asked already that entry {entry.number} be taken back.")


def _texts(cleaner: Cleaner, reason: str, document: str) -> tuple[str, str]:
    return (
        cleaner.text("reason", reason, longest=deciding.LONGEST_TEXT),
        cleaner.line("document", document, longest=LONGEST_DOCUMENT),
    )


def _currency(cleaner: Cleaner, wanted: WantedAdjustment, *, now: dt.datetime) -> str:
    """That of the office to which the person belonged on the day; empty when there is none."""
    belonged = postings.postings_of(engineer_ids=[wanted.engineer_id])
    zone = zoneinfo.ZoneInfo(belonged.zone(wanted.engineer_id, wanted.earned_on))
    if not EARLIEST <= wanted.earned_on <= now.astimezone(zone).date():
        cleaner.refuse("earned_on", "The day is today or earlier: nothing is earned ahead.")
    place = belonged.place(wanted.engineer_id, wanted.earned_on)
    office = places.office_line(office_id=place.office_id) if place else None
    if office is None:
        day = wording.day(wanted.earned_on)
        cleaner.refuse(
            "earned_on", f"They belonged to no office on {day}, so no currency is known."
        )
        return ""
    return office.currency


def _minor(cleaner: Cleaner, amount: str, currency: str) -> int:
    if not currency:
        return 0
    try:
        minor = money.parse_amount(amount.strip(), currency)
    except (money.AmountError, money.UnknownCurrencyError) as error:
        cleaner.refuse("amount", f"{error}.")
        return 0
    if not 0 < abs(minor) <= MOST_MINOR:
        cleaner.refuse("amount", "The amount is not 0, and below any mistake in typing.")
    return minor


def _asked(
    row: Adjustment, texts: tuple[str, str], *, actor: Actor, now: dt.datetime
) -> Adjustment:
    row.reason, row.document = texts
    row.proposed_by_id, row.proposed_at = actor.person_id, now
    row.save(force_insert=True)
    _record(row, verb="asked for", actor=actor, now=now)
    correction_mails.tell_adjustment_asked(row, now=now)
    return row


def _held(adjustment_id: int) -> Adjustment:
    """The request, held until the transaction ends.

    Raises:
        DecidedError: it is decided already.
    """
    rows = Adjustment.objects.select_for_update(of=("self",))
    row = rows.select_related("engineer", "proposed_by", "reverses").get(pk=adjustment_id)
    if row.state != State.PROPOSED:
        raise deciding.DecidedError(f"This adjustment is {row.get_state_display().lower()}.")
    return row


def _refuse_own(row: Adjustment, *, actor: Actor) -> None:
    if row.proposed_by_id == actor.person_id:
        raise deciding.OwnRequestError("You asked for it: another of finance decides.")
    if row.engineer_id == actor.person_id:
        raise deciding.BeneficiaryError("It is your own pay: another of finance decides.")


def _approve(adjustment_id: int, note: str, *, actor: Actor, now: dt.datetime) -> int:
    row = _held(adjustment_id)
    _refuse_own(row, actor=actor)
    if row.reverses is not None:
        _refuse_taken_back(row.reverses, waiting=False)
    number = post_entries([_entry(row)], earned=row.earned_on, now=now)[0]
    row.entry = Entry.objects.get(number=number)
    _decide(row, State.APPROVED, note, actor=actor, now=now)
    _record(row, verb="approved", number=number, actor=actor, now=now)
    correction_mails.tell_adjustment_decided(row, now=now)
    return number


def _entry(row: Adjustment) -> NewEntry:
    key = keys.adjustment_key(adjustment=row.pk, person=str(row.engineer_id))
    original = None
    if row.reverses is not None:
        key = keys.reversal_key(row.reverses.key)
        original = Original(entry_id=row.reverses.pk, number=row.reverses.number)
    return NewEntry(
        engineer_id=row.engineer_id,
        kind=keys.ADJUSTMENT,
        seconds=0,
        amount_minor=row.amount_minor,
        currency=row.currency,
        earned_on=row.earned_on,
        key=key,
        original=original,
    )


def _end(adjustment_id: int, state: State, note: str, *, actor: Actor, now: dt.datetime) -> None:
    row = _held(adjustment_id)
    if state == State.DECLINED:
        _refuse_own(row, actor=actor)
    elif row.proposed_by_id != actor.person_id:
        raise deciding.NotProposerError("Only who asked for it takes it back.")
    _decide(row, state, note, actor=actor, now=now)
    _record(row, verb=state.value, actor=actor, now=now)
    correction_mails.tell_adjustment_decided(row, now=now)


def _decide(row: Adjustment, state: State, note: str, *, actor: Actor, now: dt.datetime) -> None:
    """One update: what is decided never changes again."""
    row.state, row.decision_note = state, note
    row.decided_by_id, row.decided_at = actor.person_id, now
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at", "entry"])


def _record(
    row: Adjustment, *, verb: str, actor: Actor, now: dt.datetime, number: int | None = None
) -> None:
    """Whose pay, why and by which paper; the amount stands in the request and the ledger alone."""
    person = contacts.contacts(engineer_ids=[row.engineer_id])[row.engineer_id]
    entry = {} if number is None else {"entry": number}
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"adjustment {row.pk} for {person.name}",
        concerned=[person.email],
        about=[row],
        after={"document": row.document, **entry},
    )
