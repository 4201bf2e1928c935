"""A rate that begins on a past day: one of finance proposes it, another approves, and weeks follow.

Ended weeks are priced anew by a sweep (`recalculating`), the corrections posted to the open month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from compensation.models import RateProposal, Recalculation
from compensation.operations import deciding, rate_mails
from compensation.operations.rates import (
    FURTHEST,
    NewRate,
    RateInvalidError,
    checked_office,
    insert_rate,
    refuse_repeated,
    versions_of,
)
from compensation.queries.rate_requests import in_question
from compensation.queries.retroactive import concerned_people, shifts_to_price
from volunteers.queries import places

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.models import Rate
    from compensation.queries.retroactive import RateInQuestion
    from volunteers.queries.places import OfficeLine

State = RateProposal.State


class NotRetroactiveError(RefusedError):
    """It begins today or later, and needs no second person."""

    code = "RATE_NOT_RETROACTIVE"


class ProposalWaitsError(RefusedError):
    """The very same rate waits for approval already: a second click proposes nothing."""

    code = "RATE_PROPOSAL_WAITS"
    status = 409


def propose_rate(*, rate: NewRate, reason: str, actor: Actor, now: dt.datetime) -> int:
    """Ask for a rate that begins on a past day; the id of the proposal, which another decides.

    Raises:
        RateInvalidError: the rate or the reason is not right.
        NotRetroactiveError: it begins today or later.
        RateKnownError: it is what counts from that day anyway.
        ProposalWaitsError: it is proposed already.
    """
    office = check_proposal(rate=rate, now=now)
    why = _reason(reason)
    with transaction.atomic():
        _refuse_waiting(rate)
        row = RateProposal.objects.create(
            office_id=office.office_id,
            level=rate.level,
            effective_from=rate.effective_from,
            weekly_minor=rate.weekly_minor,
            holiday_minor=rate.holiday_minor,
            currency=office.currency,
            reason=why,
            proposed_by_id=actor.person_id,
            proposed_at=now,
        )
        _record(row, verb="proposed", actor=actor, now=now)
        rate_mails.tell_proposed(row, now=now)
    return row.pk


def check_proposal(*, rate: NewRate, now: dt.datetime) -> OfficeLine:
    """Refuse what `propose_rate` would refuse of the rate, write nothing, and return its office.

    Raises:
        RateInvalidError: an unknown office or level, an amount that cannot be, or too old a day.
        NotRetroactiveError: it begins today or later.
        RateKnownError: it is what counts from that day anyway.
    """
    office, today = checked_office(rate=rate, now=now)
    if rate.effective_from >= today:
        message = "It starts today or later and needs nobody’s approval: take the tick away."
        raise NotRetroactiveError(message, fields={"retroactive": message})
    if rate.effective_from < today - FURTHEST:
        message = "A rate reaches back ten years at most."
        raise RateInvalidError(message, fields={"effective_from": message})
    refuse_repeated(rate, versions_of(rate))
    return office


def approve_rate(*, proposal_id: int, note: str = "", actor: Actor, now: dt.datetime) -> str:
    """Put the rate in force as the second of two people; the name of the version.

    Every ended week that it changes waits from then on to be priced anew.

    Raises:
        OwnRequestError: the actor proposed it; the attempt stays on record.
        BeneficiaryError: it changes what the actor was paid; the attempt stays on record.
        DecidedError: somebody decided about it in the meantime.
        RateKnownError: it is what counts from that day by now.
    """
    words = deciding.cleaned_note(note, required=False)
    return deciding.on_record(
        lambda: _approve(proposal_id, words, actor=actor, now=now),
        attempt=f"approving rate proposal {proposal_id}",
        actor=actor,
        now=now,
    )


def decline_rate(*, proposal_id: int, note: str, actor: Actor, now: dt.datetime) -> None:
    """Leave the rates as they are, and tell who proposed it why.

    Raises:
        OwnRequestError: the actor proposed it, and can only take it back.
        DecidedError: somebody decided about it in the meantime.
        NoteInvalidError: no reason.
    """
    words = deciding.cleaned_note(note, required=True)

    def write() -> None:
        row = _held(proposal_id)
        _refuse_own(row, actor)
        _decide(row, State.DECLINED, words, actor=actor, now=now)
        _record(row, verb="declined", actor=actor, now=now)
        rate_mails.tell_decided(row, now=now)

    attempt = f"declining rate proposal {proposal_id}"
    deciding.on_record(write, attempt=attempt, actor=actor, now=now)


def withdraw_rate(*, proposal_id: int, actor: Actor, now: dt.datetime) -> None:
    """Take one's own proposal back.

    Raises:
        NotProposerError: somebody else proposed it.
        DecidedError: somebody decided about it in the meantime.
    """

    def write() -> None:
        row = _held(proposal_id)
        if row.proposed_by_id != actor.person_id:
            raise deciding.NotProposerError("Only who proposed it takes it back.")
        _decide(row, State.WITHDRAWN, "", actor=actor, now=now)
        _record(row, verb="took back", actor=actor, now=now)

    attempt = f"taking back rate proposal {proposal_id}"
    deciding.on_record(write, attempt=attempt, actor=actor, now=now)


def _approve(proposal_id: int, note: str, *, actor: Actor, now: dt.datetime) -> str:
    row = _held(proposal_id)
    _refuse_own(row, actor)
    asked = in_question(row)
    people = concerned_people(rate=asked)
    if actor.person_id in people:
        raise deciding.BeneficiaryError(
            "It changes what you were paid: another of finance decides about it."
        )
    rate = _in_force(row, actor=actor, now=now)
    row.rate = rate
    _decide(row, State.APPROVED, note, actor=actor, now=now)
    weeks = queue_recalculations(rate=in_question(row), now=now)
    _record(row, verb="approved", actor=actor, now=now, weeks=weeks)
    rate_mails.tell_decided(row, now=now)
    rate_mails.tell_concerned(row, engineer_ids=people, now=now)
    return rate.version


def queue_recalculations(*, rate: RateInQuestion, now: dt.datetime) -> int:
    """Let every ended week that the rate changes wait to be priced anew; returns how many are new.

    Weeks that were completed by the old rates while it was approved are found by a later call.
    """
    if rate.rate_id is None:
        raise ValueError("only a rate in force changes weeks")
    known = set(
        Recalculation.objects.filter(rate_id=rate.rate_id).values_list("shift_id", flat=True)
    )
    rows = [
        Recalculation(
            rate_id=rate.rate_id, shift_id=one.shift_id, earned_on=one.earned_on, asked_at=now
        )
        for one in shifts_to_price(rate=rate)
        if one.shift_id not in known
    ]
    # Another sweep may have found the same week just now: it waits once.
    Recalculation.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _in_force(row: RateProposal, *, actor: Actor, now: dt.datetime) -> Rate:
    office = places.office_line(office_id=row.office_id)
    if office is None:
        raise LookupError(row.office_id)
    if office.currency != row.currency:
        raise RateInvalidError(f"{office.name} pays in {office.currency} by now: propose it anew.")
    rate = NewRate(
        office_id=row.office_id,
        level=row.level,
        effective_from=row.effective_from,
        weekly_minor=row.weekly_minor,
        holiday_minor=row.holiday_minor,
    )
    return insert_rate(
        rate=rate, office=office, actor=actor, now=now, retroactive_of=row.proposed_by.email
    )


def _held(proposal_id: int) -> RateProposal:
    rows = RateProposal.objects.select_for_update(of=("self",))
    row = rows.select_related("office", "proposed_by").get(pk=proposal_id)
    if row.state != State.PROPOSED:
        raise deciding.DecidedError("Somebody has decided about this rate already.")
    return row


def _refuse_own(row: RateProposal, actor: Actor) -> None:
    if row.proposed_by_id == actor.person_id:
        raise deciding.OwnRequestError("You proposed this rate: another of finance decides.")


def _refuse_waiting(rate: NewRate) -> None:
    same = RateProposal.objects.filter(
        state=State.PROPOSED,
        office_id=rate.office_id,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
    )
    if same.exists():
        raise ProposalWaitsError("This rate is proposed already and waits for another of finance.")


def _reason(reason: str) -> str:
    cleaner = Cleaner()
    words = cleaner.text("reason", reason, longest=deciding.LONGEST_TEXT)
    cleaner.raise_problems(RateInvalidError)
    return words


def _decide(row: RateProposal, state: str, note: str, *, actor: Actor, now: dt.datetime) -> None:
    row.state, row.decision_note = state, note
    row.decided_by_id, row.decided_at = actor.person_id, now
    row.save(update_fields=["state", "decision_note", "decided_by", "decided_at", "rate"])


def _record(
    row: RateProposal, *, verb: str, actor: Actor, now: dt.datetime, weeks: int | None = None
) -> None:
    after: dict[str, str | int] = {"effective_from": row.effective_from.isoformat()}
    if row.rate is not None:
        after["version"] = row.rate.version
    if weeks is not None:
        after["weeks"] = weeks
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"retroactive rate of {row.office.name}, {row.level}",
        concerned=[row.proposed_by.email],
        about=[row],
        after=after,
    )
