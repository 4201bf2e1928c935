"""Correcting who worked a week: one asks with evidence, another of finance approves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from common.periods import Period
from compensation.models import Correction, Entry
from compensation.operations import corrections, deciding, periods, recomputing, weeks
from compensation.queries.corrected import shift_ledger
from compensation.queries.ledger import verified_ledger
from outbox.models import Message
from rotation.domain.stints import CoverSpan
from rotation.models import Cover
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, Money, make_money

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 10, 6, 16, 30, tzinfo=dt.UTC)
WEDNESDAY = dt.datetime(2026, 10, 7, 16, 30, tzinfo=dt.UTC)
LATER = AFTER_OCTOBER + dt.timedelta(hours=1)


def actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


class Case:
    """Ben's paid week, Carla who had a night of it, Anna who manages, Grace and Finn of finance."""

    def __init__(self) -> None:
        self.money: Money = make_money(weeks=OCTOBER[:1])
        self.shift = self.money.shifts[0]
        self.ben = self.money.ben
        self.carla = builders.make_engineer(name="Carla", employee_id="00500")
        builders.make_posting(engineer=self.carla, office=self.money.office)
        self.grace = builders.make_finance(name="Grace")
        self.fay = builders.make_finance(name="Fay")
        self.anna = builders.make_engineer(name="Anna")
        builders.make_manager(engineer=self.anna, team=self.money.rotation.team)
        weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    def wanted(self, *covers: CoverSpan, **changes: str) -> corrections.WantedCorrection:
        said = {"reason": "Carla had Tuesday night.", "evidence": "incident 4711", **changes}
        return corrections.WantedCorrection(
            shift_id=self.shift.pk, covers=covers or (self.night(self.carla),), **said
        )

    @staticmethod
    def night(engineer: Engineer | None) -> CoverSpan:
        person = engineer.pk if engineer else None
        return CoverSpan(person=person, period=Period(starts_at=TUESDAY, ends_at=WEDNESDAY))

    def propose(self, by: Engineer, *covers: CoverSpan) -> int:
        return corrections.propose_correction(
            wanted=self.wanted(*covers), actor=actor(by), now=AFTER_OCTOBER
        )

    def approve(self, number: int, by: Engineer) -> list[int]:
        return corrections.approve_correction(correction_id=number, actor=actor(by), now=LATER)


@pytest.fixture
def case() -> Case:
    return Case()


def test_an_approved_correction_posts_reversals_and_new_entries_and_keeps_the_covers(
    case: Case,
) -> None:
    number = case.propose(case.anna)
    assert Entry.objects.count() == 1

    numbers = case.approve(number, case.grace)

    row = Correction.objects.get(pk=number)
    assert numbers == [2, 3, 4, 5]
    assert (row.state, row.posted_from, row.posted_to) == ("approved", 2, 5)
    assert row.decided_by == case.grace
    assert not Cover.objects.filter(shift=case.shift).exists()
    live = shift_ledger(shift_id=case.shift.pk).live
    assert [entry.person for entry in live] == [
        str(one.pk) for one in (case.ben, case.carla, case.ben)
    ]
    assert sum(entry.amount_minor for entry in live) == 60000
    assert verified_ledger().is_intact


def test_recomputing_after_a_correction_posts_nothing(case: Case) -> None:
    case.approve(case.propose(case.anna), case.grace)

    again = recomputing.recompute_shift(shift_id=case.shift.pk, actor=SWEEP, now=LATER)

    assert again == []


def test_a_correction_of_a_closed_month_is_posted_to_the_open_one(case: Case) -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    case.approve(case.propose(case.anna), case.grace)

    assert set(Entry.objects.filter(number__gt=1).values_list("period__month", flat=True)) == {
        "2026-11"
    }


def test_the_list_of_a_later_correction_is_complete_in_itself(case: Case) -> None:
    case.approve(case.propose(case.anna), case.grace)
    thursday = Period(
        starts_at=WEDNESDAY + dt.timedelta(days=1), ends_at=WEDNESDAY + dt.timedelta(days=2)
    )

    case.approve(
        case.propose(case.anna, CoverSpan(person=case.carla.pk, period=thursday)), case.grace
    )

    live = shift_ledger(shift_id=case.shift.pk).live
    carlas = [entry for entry in live if entry.person == str(case.carla.pk)]
    assert [entry.segment.starts_at for entry in carlas] == [thursday.starts_at]


def test_a_week_not_yet_processed_is_paid_by_the_correction_from_the_start() -> None:
    case = Case()
    later = case.money.shift(OCTOBER[1])
    wanted = corrections.WantedCorrection(
        shift_id=later.pk, covers=(), reason="Ben had it.", evidence="a message"
    )
    week = Period(starts_at=later.starts_at, ends_at=later.ends_at)
    builders.make_cover(
        shift=later,
        from_engineer=case.ben,
        to_engineer=case.carla,
        starts_at=week.starts_at,
        ends_at=week.ends_at,
    )
    number = corrections.propose_correction(
        wanted=wanted, actor=actor(case.anna), now=AFTER_OCTOBER
    )

    assert case.approve(number, case.grace) == []
    weeks.complete_weeks(actor=SWEEP, now=LATER)

    assert [entry.engineer for entry in Entry.objects.filter(shift=later)] == [case.ben]


def test_nobody_approves_what_they_asked_for_and_the_attempt_stays_on_record(case: Case) -> None:
    number = case.propose(case.grace)

    with pytest.raises(deciding.OwnRequestError):
        case.approve(number, case.grace)

    assert Entry.objects.count() == 1
    event = AuditEvent.objects.get(verb="was refused")
    assert (event.actor, event.subject) == (case.grace.email, f"approving correction {number}")


@pytest.mark.parametrize("who", ["ben", "carla"])
def test_nobody_approves_what_changes_their_own_pay(case: Case, who: str) -> None:
    number = case.propose(case.anna)

    with pytest.raises(deciding.BeneficiaryError):
        case.approve(number, getattr(case, who))

    assert Correction.objects.get(pk=number).state == "proposed"
    assert AuditEvent.objects.filter(verb="was refused").count() == 1


def test_whoever_worked_asks_and_another_approves(case: Case) -> None:
    number = case.propose(case.carla)

    assert len(case.approve(number, case.grace)) == 4


def test_a_manager_does_not_ask_for_their_own_pay(case: Case) -> None:
    with pytest.raises(deciding.BeneficiaryError):
        case.propose(case.anna, case.night(case.anna))

    assert not Correction.objects.exists()
    assert AuditEvent.objects.filter(verb="was refused").count() == 1


def test_of_two_decisions_the_first_counts(case: Case) -> None:
    number = case.propose(case.anna)
    case.approve(number, case.grace)

    with pytest.raises(deciding.DecidedError):
        case.approve(number, case.fay)
    with pytest.raises(deciding.DecidedError):
        corrections.decline_correction(
            correction_id=number, note="No.", actor=actor(case.fay), now=LATER
        )

    assert Entry.objects.count() == 5


def test_a_declined_correction_changes_nothing_and_says_why(case: Case) -> None:
    number = case.propose(case.anna)

    corrections.decline_correction(
        correction_id=number, note="No incident then.", actor=actor(case.grace), now=LATER
    )

    assert Entry.objects.count() == 1
    told = Message.objects.get(kind="pay_change_decided")
    assert told.to == case.anna.email
    assert "No incident then." in told.body


def test_declining_needs_a_reason(case: Case) -> None:
    number = case.propose(case.anna)

    with pytest.raises(deciding.NoteInvalidError):
        corrections.decline_correction(
            correction_id=number, note=" ", actor=actor(case.grace), now=LATER
        )


def test_who_asked_takes_it_back_and_nobody_else(case: Case) -> None:
    number = case.propose(case.anna)

    with pytest.raises(deciding.NotProposerError):
        corrections.withdraw_correction(correction_id=number, actor=actor(case.grace), now=LATER)
    corrections.withdraw_correction(correction_id=number, actor=actor(case.anna), now=LATER)

    assert Correction.objects.get(pk=number).state == "withdrawn"
    assert case.propose(case.anna) != number


def test_one_correction_of_a_week_waits_at_a_time(case: Case) -> None:
    case.propose(case.anna)

    with pytest.raises(corrections.CorrectionWaitsError):
        case.propose(case.carla)


def test_what_counts_already_is_no_correction(case: Case) -> None:
    with pytest.raises(corrections.NothingCorrectedError):
        case.propose(case.anna, case.night(case.ben))


def test_a_running_week_is_covered_not_corrected(case: Case) -> None:
    with pytest.raises(corrections.ShiftNotEndedError):
        corrections.propose_correction(wanted=case.wanted(), actor=actor(case.anna), now=WEDNESDAY)


@pytest.mark.parametrize("field", ["reason", "evidence"])
def test_a_correction_needs_a_reason_and_evidence(case: Case, field: str) -> None:
    with pytest.raises(corrections.CorrectionInvalidError) as caught:
        corrections.propose_correction(
            wanted=case.wanted(**{field: "  "}), actor=actor(case.anna), now=AFTER_OCTOBER
        )

    assert list(caught.value.fields) == [field]


def test_a_part_lies_inside_the_week_and_names_somebody_who_is_there(case: Case) -> None:
    outside = Period(starts_at=TUESDAY, ends_at=TUESDAY + dt.timedelta(days=9))
    for person, period in ((case.carla.pk, outside), (10**9, case.night(None).period)):
        with pytest.raises(corrections.CorrectionInvalidError):
            case.propose(case.anna, CoverSpan(person=person, period=period))


def test_somebody_without_a_rate_keeps_it_waiting(case: Case) -> None:
    stranger = builders.make_engineer(name="Dora")
    number = case.propose(case.anna, case.night(stranger))

    with pytest.raises(recomputing.CannotPriceError):
        case.approve(number, case.grace)

    assert Correction.objects.get(pk=number).state == "proposed"
    assert Entry.objects.count() == 1


def test_finance_hears_of_it_and_everybody_concerned_of_the_decision(case: Case) -> None:
    number = case.propose(case.anna)
    asked = Message.objects.filter(kind="pay_change_asked")
    assert {message.to for message in asked} == {case.grace.email, case.fay.email}

    case.approve(number, case.grace)

    told = Message.objects.filter(kind="pay_change_decided")
    assert {message.to for message in told} == {
        one.email for one in (case.anna, case.ben, case.carla)
    }
    assert not any("600" in message.body for message in told)


def test_the_record_says_who_worked_before_and_after_and_which_entries(case: Case) -> None:
    number = case.propose(case.anna)
    case.approve(number, case.grace)

    event = AuditEvent.objects.get(verb="approved")
    assert event.subject.startswith(f"correction {number} of ")
    assert event.before is not None
    assert event.before["worked"].count("Ben") == 1
    assert event.after is not None
    assert "Carla, Tue 6 Oct, 17:30 to Wed 7 Oct 2026, 17:30 IST" in event.after["worked"]
    assert event.after["entries"] == [2, 3, 4, 5]
    assert event.concerned == sorted([case.ben.email, case.carla.email])


def test_a_decided_correction_is_never_changed_by_anybody(case: Case) -> None:
    number = case.propose(case.anna)
    case.approve(number, case.grace)

    for change in ({"evidence": "another"}, {"state": "proposed"}, {"posted_to": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Correction.objects.filter(pk=number).update(**change)
