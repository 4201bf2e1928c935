"""Opening a month again while it is sent, decided twice, or while the next one closes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from audit.operations import Actor
from compensation.models import Entry, Export, PayPeriod, Reopening
from compensation.operations import periods, posting, reopening, sending, weeks
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, SWEEP, Money, make_money
from tests.compensation.test_at_once import at_once, late_entry

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-10"
LATER = AFTER_OCTOBER + dt.timedelta(days=30)


def actor_of(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


class Case:
    """October is closed, and Finn has asked Fay to open it again."""

    def __init__(self) -> None:
        self.money: Money = make_money()
        self.finn = actor_of(builders.make_finance())
        self.fay = actor_of(builders.make_finance(name="Fay"))
        weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
        periods.close_period(month=MONTH, actor=self.finn, now=AFTER_OCTOBER)
        self.number = reopening.ask_reopening(
            month=MONTH, reason="A wrong cost centre.", actor=self.finn, now=LATER
        )

    def approve(self) -> None:
        reopening.approve_reopening(reopening_id=self.number, actor=self.fay, now=LATER)

    def decline(self) -> None:
        reopening.decline_reopening(reopening_id=self.number, actor=self.fay, now=LATER)

    def send(self) -> None:
        name = "rota-2026-10-summary-v1.csv"
        sending.mark_sent(month=MONTH, file_names=[name], actor=self.finn, now=LATER)

    def post(self) -> None:
        with transaction.atomic():
            entry = late_entry(self.money, 1)
            posting.post_entries([entry], earned=entry.earned_on, now=LATER)

    def close_november(self) -> None:
        periods.close_period(month="2026-11", actor=self.finn, now=LATER)


def test_a_month_is_opened_again_or_sent_to_payroll_and_never_both() -> None:
    case = Case()

    raised = at_once(case.approve, case.send)

    is_open = PayPeriod.objects.get(month=MONTH).state == "open"
    is_sent = Export.objects.filter(sent_at__isnull=False).exists()
    assert is_open != is_sent
    assert [type(error) for error in raised] == [
        sending.PeriodNotClosedError if is_open else reopening.PeriodSentError
    ]


def test_of_an_approval_and_a_refusal_at_once_one_counts() -> None:
    case = Case()

    raised = at_once(case.approve, case.decline)

    assert [type(error) for error in raised] == [reopening.ReopeningNotWaitingError]
    row = Reopening.objects.get()
    assert (row.state == "approved") == (PayPeriod.objects.get(month=MONTH).state == "open")


def test_the_next_month_does_not_close_over_one_that_is_opened_again() -> None:
    case = Case()

    raised = at_once(case.approve, case.close_november)

    assert [type(error) for error in raised] == [periods.CannotCloseError]
    assert PayPeriod.objects.get(month=MONTH).state == "open"
    assert not PayPeriod.objects.filter(month="2026-11", state="closed").exists()


@pytest.mark.parametrize("number", range(3))
def test_an_entry_goes_to_the_month_that_is_open_when_it_is_written(number: int) -> None:
    case = Case()
    assert number >= 0

    raised = at_once(case.approve, case.post)

    assert all(isinstance(error, posting.PeriodMovedError) for error in raised)
    late = Entry.objects.filter(key="late 1").select_related("period").first()
    assert late is None or late.period.month in {MONTH, "2026-11"}
    assert (late is None) == bool(raised)
    again = periods.close_period(month=MONTH, actor=case.finn, now=LATER)
    of_month = Entry.objects.filter(period__month=MONTH).count()
    assert again.entries == of_month
