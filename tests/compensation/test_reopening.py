"""Opening the last closed month again: who asks, who approves, and what it leaves as it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from compensation.models import Export, PayPeriod, Reopening
from compensation.operations import periods, reopening, sending, weeks
from outbox.models import Message
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
MONTH = "2026-10"
LATER = AFTER_OCTOBER + dt.timedelta(hours=1)
WHY = "Tom’s cost centre is last year’s."


def actor_of(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


@pytest.fixture
def finn() -> Actor:
    return actor_of(builders.make_finance())


@pytest.fixture
def fay() -> Actor:
    """The second person of finance."""
    return actor_of(builders.make_finance(name="Fay"))


@pytest.fixture
def closed(finn: Actor) -> Money:
    """October, with Ben's three weeks, closed by Finn."""
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month=MONTH, actor=finn, now=AFTER_OCTOBER)
    return money


def ask(by: Actor, *, month: str = MONTH, reason: str = WHY) -> int:
    return reopening.ask_reopening(month=month, reason=reason, actor=by, now=LATER)


def approve(number: int, by: Actor) -> str:
    return reopening.approve_reopening(reopening_id=number, actor=by, now=LATER)


def state() -> str:
    return PayPeriod.objects.get(month=MONTH).state


def files_of(version: int) -> list[str]:
    return [row.file_name for row in Export.objects.filter(version=version).order_by("file_name")]


@pytest.mark.usefixtures("closed")
def test_asking_alone_opens_nothing(finn: Actor) -> None:
    ask(finn)

    assert state() == "closed"
    assert Reopening.objects.get().reason == WHY


@pytest.mark.usefixtures("closed")
def test_a_second_person_opens_the_month_and_its_files_stay_as_they_are(
    finn: Actor, fay: Actor
) -> None:
    before = list(Export.objects.order_by("pk").values_list("file_name", "sha256", "content"))

    month = approve(ask(finn), fay)

    assert month == MONTH
    period = PayPeriod.objects.get(month=MONTH)
    assert (period.state, period.closed_at, period.closed_by) == ("open", None, "")
    assert list(Export.objects.order_by("pk").values_list("file_name", "sha256", "content")) == (
        before
    )
    row = Reopening.objects.get()
    assert (row.state, row.decided_by_id, row.decided_at) == ("approved", fay.person_id, LATER)


def test_what_comes_while_it_is_open_is_in_version_two_and_not_in_version_one(
    closed: Money, finn: Actor, fay: Actor
) -> None:
    approve(ask(finn), fay)
    closed.shift(dt.date(2026, 9, 28))
    weeks.complete_weeks(actor=SWEEP, now=LATER)

    again = periods.close_period(month=MONTH, actor=finn, now=LATER)

    assert again.entries == 4
    assert len(files_of(2)) == len(files_of(1))
    rows = dict(
        Export.objects.filter(layout="detail", format="csv").values_list("version", "row_count")
    )
    assert rows == {1: 3, 2: 4}


@pytest.mark.usefixtures("closed")
def test_who_asked_cannot_approve_and_the_attempt_stays_on_record(finn: Actor) -> None:
    number = ask(finn)

    with pytest.raises(reopening.OwnRequestError) as caught:
        approve(number, finn)

    assert caught.value.status == 403
    assert "another of finance" in caught.value.message
    assert state() == "closed"
    event = AuditEvent.objects.get(verb="was refused")
    assert event.subject == "approving one’s own request to reopen pay period 2026-10"


@pytest.mark.usefixtures("closed")
def test_the_database_too_refuses_the_approval_of_whoever_asked(finn: Actor) -> None:
    number = ask(finn)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reopening.objects.filter(pk=number).update(
            state="approved", decided_by_id=finn.person_id, decided_at=LATER
        )


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_request_says_why_in_words_that_fit(finn: Actor, reason: str) -> None:
    with pytest.raises(reopening.ReasonMissingError) as caught:
        ask(finn, reason=reason)

    assert list(caught.value.fields) == ["reason"]
    assert not Reopening.objects.exists()


@pytest.mark.usefixtures("closed")
def test_an_open_month_is_not_opened_again(finn: Actor) -> None:
    for month in ("2026-11", "2026-12"):
        with pytest.raises(sending.PeriodNotClosedError):
            ask(finn, month=month)


@pytest.mark.usefixtures("closed")
def test_only_the_last_closed_month_is_opened_again(finn: Actor) -> None:
    periods.close_period(month="2026-11", actor=finn, now=AFTER_OCTOBER + dt.timedelta(days=40))

    with pytest.raises(reopening.NotLastClosedError) as caught:
        ask(finn)

    assert "November 2026 is closed too" in caught.value.message


@pytest.mark.usefixtures("closed")
def test_a_month_of_which_a_file_went_to_payroll_is_final(finn: Actor) -> None:
    name = files_of(1)[0]
    sending.mark_sent(month=MONTH, file_names=[name], actor=finn, now=AFTER_OCTOBER)

    with pytest.raises(reopening.PeriodSentError) as caught:
        ask(finn)

    assert "A correction is posted to the open month." in caught.value.message


@pytest.mark.usefixtures("closed")
def test_what_went_to_payroll_after_the_request_is_not_opened_by_the_approval(
    finn: Actor, fay: Actor
) -> None:
    number = ask(finn)
    sending.mark_sent(month=MONTH, file_names=files_of(1), actor=fay, now=LATER)

    with pytest.raises(reopening.PeriodSentError):
        approve(number, fay)

    assert state() == "closed"
    assert Reopening.objects.get().state == "proposed"


@pytest.mark.usefixtures("closed")
def test_one_request_waits_at_a_time(finn: Actor, fay: Actor) -> None:
    ask(finn)

    with pytest.raises(reopening.ReopeningWaitsError):
        ask(fay)

    assert Reopening.objects.count() == 1


@pytest.mark.usefixtures("closed")
def test_the_second_of_two_approvals_changes_nothing(finn: Actor, fay: Actor) -> None:
    number = ask(finn)
    approve(number, fay)

    with pytest.raises(reopening.ReopeningNotWaitingError):
        approve(number, fay)

    assert AuditEvent.objects.filter(verb="reopened").count() == 1


@pytest.mark.usefixtures("closed")
def test_another_declines_with_a_word_why_and_who_asked_is_told(finn: Actor, fay: Actor) -> None:
    number = ask(finn)

    reopening.decline_reopening(
        reopening_id=number, note="A correction does it.", actor=fay, now=LATER
    )

    row = Reopening.objects.get()
    assert (row.state, row.decision_note) == ("declined", "A correction does it.")
    assert state() == "closed"
    told = Message.objects.get(kind="reopening_decided")
    assert told.to == finn.name
    assert "it stays closed" in told.body
    assert "A correction does it." in told.body


@pytest.mark.usefixtures("closed")
def test_whoever_asked_takes_it_back_and_may_ask_again(finn: Actor) -> None:
    reopening.decline_reopening(reopening_id=ask(finn), actor=finn, now=LATER)

    assert Reopening.objects.get().state == "withdrawn"
    assert not Message.objects.filter(kind="reopening_decided").exists()
    assert ask(finn)


@pytest.mark.usefixtures("closed")
def test_the_others_of_finance_hear_of_a_request_with_its_reason_and_the_page(
    finn: Actor, fay: Actor
) -> None:
    number = ask(finn)

    mail = Message.objects.get(kind="reopening_asked")
    assert mail.to == fay.name
    assert WHY in mail.body
    assert "/finance/periods/2026-10/" in mail.body
    approve(number, fay)
    assert "is open again" in Message.objects.get(kind="reopening_decided").subject


@pytest.mark.usefixtures("closed")
def test_each_step_is_on_record_without_an_amount(finn: Actor, fay: Actor) -> None:
    approve(ask(finn), fay)

    events = AuditEvent.objects.filter(subject="pay period 2026-10").order_by("pk")
    assert [(event.verb, event.actor) for event in events] == [
        ("closed", finn.name),
        ("asked to reopen", finn.name),
        ("reopened", fay.name),
    ]
    assert "600" not in str([event.after for event in events[1:]])


def test_late_weeks_go_to_the_month_itself_once_it_is_open_again(
    closed: Money, finn: Actor, fay: Actor
) -> None:
    late = closed.shift(OCTOBER[0] - builders.WEEK)
    approve(ask(finn), fay)

    weeks.complete_weeks(actor=SWEEP, now=LATER)

    assert late.entries.get().period.month == MONTH
