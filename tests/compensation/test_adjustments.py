"""Amounts by hand: one asks with a document, another of finance approves, the payee neither."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from compensation.models import Adjustment, Entry
from compensation.operations import adjustments, deciding, periods, weeks
from compensation.queries.ledger import verified_ledger
from outbox.models import Message
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, Money, make_money

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 20)


def actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


class Case:
    """Ben of Dublin, Anna who manages, Grace and Fay of finance."""

    def __init__(self) -> None:
        self.money: Money = make_money()
        self.ben = self.money.ben
        self.anna = builders.make_engineer(name="Anna")
        self.grace = builders.make_finance(name="Grace")
        self.fay = builders.make_finance(name="Fay")

    def propose(self, by: Engineer, **changes: object) -> int:
        values = {
            "engineer_id": self.ben.pk,
            "amount": "150.00",
            "earned_on": DAY,
            "reason": "He trained the new ones.",
            "document": "HR-2026-17",
            **changes,
        }
        wanted = adjustments.WantedAdjustment(**values)  # type: ignore[arg-type]
        return adjustments.propose_adjustment(wanted=wanted, actor=actor(by), now=AFTER_OCTOBER)

    def approve(self, number: int, by: Engineer) -> int:
        return adjustments.approve_adjustment(
            adjustment_id=number, actor=actor(by), now=AFTER_OCTOBER
        )


@pytest.fixture
def case() -> Case:
    return Case()


def test_an_approved_adjustment_is_an_entry_of_its_own(case: Case) -> None:
    number = case.propose(case.anna)
    assert not Entry.objects.exists()

    posted = case.approve(number, case.grace)

    entry = Entry.objects.get()
    assert (entry.number, entry.kind, entry.amount_minor, entry.currency) == (
        *(posted, "ADJ", 15000),
        case.money.office.currency,
    )
    assert (entry.engineer, entry.shift, entry.rate, entry.seconds) == (case.ben, None, None, 0)
    assert entry.key == f"ADJ|{number}|{case.ben.pk}"
    assert (entry.earned_on, entry.period.month) == (DAY, "2026-10")
    assert Adjustment.objects.get(pk=number).entry == entry
    assert verified_ledger().is_intact


def test_an_adjustment_goes_down_too_and_to_the_first_open_month(case: Case) -> None:
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    case.approve(case.propose(case.anna, amount="-20.5"), case.grace)

    entry = Entry.objects.get(kind="ADJ")
    assert (entry.amount_minor, entry.period.month, entry.earned_on) == (-2050, "2026-11", DAY)


def test_nobody_asks_for_themselves_and_the_attempt_stays_on_record(case: Case) -> None:
    with pytest.raises(deciding.BeneficiaryError):
        case.propose(case.anna, engineer_id=case.anna.pk)

    assert not Adjustment.objects.exists()
    assert AuditEvent.objects.get(verb="was refused").actor == case.anna.email


def test_neither_who_asked_nor_who_is_paid_decides(case: Case) -> None:
    own = case.propose(case.grace)
    with pytest.raises(deciding.OwnRequestError):
        case.approve(own, case.grace)
    builders.make_posting(engineer=case.fay, office=case.money.office)
    for_fay = case.propose(case.grace, engineer_id=case.fay.pk)
    with pytest.raises(deciding.BeneficiaryError):
        case.approve(for_fay, case.fay)
    with pytest.raises(deciding.BeneficiaryError):
        adjustments.decline_adjustment(
            adjustment_id=for_fay, note="No.", actor=actor(case.fay), now=AFTER_OCTOBER
        )

    assert not Entry.objects.exists()
    assert AuditEvent.objects.filter(verb="was refused").count() == 3


def test_an_adjustment_is_posted_once(case: Case) -> None:
    number = case.propose(case.anna)
    case.approve(number, case.grace)

    with pytest.raises(deciding.DecidedError):
        case.approve(number, case.fay)

    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0.00"}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": "1,50"}, "amount"),
        ({"amount": "9" * 20}, "amount"),
        ({"reason": ""}, "reason"),
        ({"document": " "}, "document"),
        ({"earned_on": AFTER_OCTOBER.date() + dt.timedelta(days=1)}, "earned_on"),
        ({"earned_on": dt.date(1999, 12, 31)}, "earned_on"),
        ({"engineer_id": 10**9}, "engineer"),
    ],
)
def test_what_is_not_right_is_said_beside_its_field(
    case: Case, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(adjustments.AdjustmentInvalidError) as caught:
        case.propose(case.anna, **changes)

    assert field in caught.value.fields
    assert not Adjustment.objects.exists()


def test_somebody_of_no_office_has_no_currency(case: Case) -> None:
    with pytest.raises(adjustments.AdjustmentInvalidError) as caught:
        case.propose(case.grace, engineer_id=case.anna.pk)

    assert "no office" in caught.value.fields["earned_on"]


def test_an_adjustment_is_taken_back_by_its_exact_opposite_once(case: Case) -> None:
    posted = case.approve(case.propose(case.anna), case.grace)

    def ask() -> int:
        return adjustments.propose_taking_back(
            entry_number=posted,
            reason="Paid twice.",
            document="HR-2026-18",
            actor=actor(case.fay),
            now=AFTER_OCTOBER,
        )

    number = ask()
    with pytest.raises(adjustments.TakenBackError):
        ask()
    back = case.approve(number, case.grace)

    reversal = Entry.objects.get(number=back)
    assert reversal.reverses == Entry.objects.get(number=posted)
    assert (reversal.amount_minor, reversal.key) == (
        -15000,
        f"REV|ADJ|{Adjustment.objects.order_by('pk')[0].pk}|{case.ben.pk}",
    )
    with pytest.raises(adjustments.TakenBackError):
        ask()
    assert verified_ledger().is_intact


def test_a_declined_or_withdrawn_adjustment_pays_nothing(case: Case) -> None:
    declined = case.propose(case.anna)
    adjustments.decline_adjustment(
        adjustment_id=declined, note="Ask HR.", actor=actor(case.grace), now=AFTER_OCTOBER
    )
    withdrawn = case.propose(case.anna)
    with pytest.raises(deciding.NotProposerError):
        adjustments.withdraw_adjustment(
            adjustment_id=withdrawn, actor=actor(case.grace), now=AFTER_OCTOBER
        )
    adjustments.withdraw_adjustment(
        adjustment_id=withdrawn, actor=actor(case.anna), now=AFTER_OCTOBER
    )

    assert not Entry.objects.exists()
    states = Adjustment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["declined", "withdrawn"]


def test_finance_hears_of_it_and_the_payee_once_it_is_paid_without_the_amount(case: Case) -> None:
    number = case.propose(case.anna)
    asked = Message.objects.filter(kind="pay_change_asked")
    assert {message.to for message in asked} == {case.grace.email, case.fay.email}

    case.approve(number, case.grace)

    told = Message.objects.filter(kind="pay_change_decided")
    assert {message.to for message in told} == {case.anna.email, case.ben.email}
    assert not any("150" in message.body for message in told)


def test_the_record_never_says_the_amount(case: Case) -> None:
    case.approve(case.propose(case.anna), case.grace)

    events = AuditEvent.objects.filter(subject__startswith="adjustment ").order_by("pk")
    assert [event.verb for event in events] == ["asked for", "approved"]
    assert not any("150" in f"{event.before} {event.after} {event.subject}" for event in events)
