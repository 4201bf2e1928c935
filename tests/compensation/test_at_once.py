"""Many who complete weeks and close months at the same moment, on the engine of this run."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connections, transaction

from audit.models import AuditEvent
from common.periods import Period
from compensation.domain import keys
from compensation.exports import export_file
from compensation.models import BlockedShift, Entry, PayPeriod, Rate
from compensation.operations import answers, periods, posting, weeks
from compensation.queries.ledger import verified_ledger
from outbox.models import Message
from rotation.models import Shift
from tests import builders
from tests.compensation.processes import manage, wait_for
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, Money, make_money

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
COMPLETE = ("complete_weeks", "--now", AFTER_OCTOBER.isoformat())
MONDAYS = [dt.date(2026, 7, 6) + week * dt.timedelta(days=7) for week in range(12)]


def at_once(*actions: Callable[[], object]) -> list[BaseException]:
    """Run the actions in threads that start together; what they raised."""
    barrier = threading.Barrier(len(actions))
    raised: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        barrier.wait(30)
        try:
            action()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever it is
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def sweep() -> None:
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def test_ten_sweeps_at_once_post_each_week_once() -> None:
    make_money(weeks=MONDAYS)

    raised = at_once(*[sweep] * 10)
    sweep()

    assert raised == []
    assert Entry.objects.count() == len(MONDAYS)
    assert not Shift.objects.filter(completed_at__isnull=True).exists()
    assert verified_ledger().is_intact


def test_ten_sweeps_at_once_tell_finance_of_a_blocked_week_once() -> None:
    make_money(with_rate="", weeks=OCTOBER[:1])
    builders.make_finance(name="Finn")

    raised = at_once(*[sweep] * 10)

    assert raised == []
    assert BlockedShift.objects.count() == 1
    assert Message.objects.count() == 1


def test_of_two_who_close_a_month_at_once_one_closes_it() -> None:
    make_money()
    sweep()

    def close() -> None:
        periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    raised = at_once(close, close)

    assert [type(error) for error in raised] == [periods.PeriodClosedError]
    assert export_file(month="2026-10", now=AFTER_OCTOBER).content.count(b"\r\n") == 4


def late_entry(money: Money, number: int) -> posting.NewEntry:
    """A line for October that comes after its weeks, as a correction will."""
    shift = money.shifts[0]
    rate = Rate.objects.get()
    return posting.NewEntry(
        engineer_id=money.ben.pk,
        shift_id=shift.pk,
        kind=keys.BASE,
        segment=Period(starts_at=shift.starts_at, ends_at=shift.ends_at),
        seconds=0,
        rate_id=rate.pk,
        rate_version=rate.version,
        amount_minor=0,
        currency="EUR",
        earned_on=OCTOBER[1],
        key=f"late {number}",
    )


@pytest.mark.parametrize("number", range(6))
def test_an_entry_is_in_the_closed_months_file_or_in_the_next_month(number: int) -> None:
    money = make_money()
    sweep()

    def post() -> None:
        with transaction.atomic():
            entry = late_entry(money, number)
            posting.post_entries([entry], earned=entry.earned_on, now=AFTER_OCTOBER)

    def close() -> None:
        periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    raised = at_once(post, close)

    assert all(isinstance(error, posting.PeriodMovedError) for error in raised)
    in_october = Entry.objects.filter(period__month="2026-10").count()
    assert export_file(month="2026-10", now=AFTER_OCTOBER).content.count(b"\r\n") == 1 + in_october
    assert Entry.objects.count() == 4 - len(raised)
    assert verified_ledger().is_intact


def test_sweeps_in_processes_of_their_own_post_each_week_once() -> None:
    make_money(weeks=MONDAYS)

    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(manage(*COMPLETE)) for _ in range(4)]
        said = [process.communicate(timeout=120)[0] for process in running]

    assert [process.returncode for process in running] == [0] * 4, said
    assert sum(int(text.split("posted ")[1].split()[0]) for text in said) == len(MONDAYS)
    assert Entry.objects.count() == len(MONDAYS)
    assert verified_ledger().is_intact


def test_a_sweep_killed_at_any_moment_leaves_no_half_week() -> None:
    make_money(weeks=MONDAYS)

    with manage(*COMPLETE) as process:
        wait_for(Entry.objects.exists)
        process.kill()

    assert Entry.objects.count() == Shift.objects.filter(completed_at__isnull=False).count()
    sweep()
    assert Entry.objects.count() == len(MONDAYS)
    assert verified_ledger().is_intact


@pytest.mark.parametrize("number", range(4))
def test_a_month_closed_beside_the_sweep_holds_every_week_or_stays_open(number: int) -> None:
    make_money(weeks=[*MONDAYS[10:], *OCTOBER])

    def close() -> None:
        for month in ("2026-09", "2026-10"):
            periods.close_period(month=month, actor=FINN, now=AFTER_OCTOBER)

    raised = at_once(*[close, sweep] if number % 2 else [sweep, close])
    sweep()

    assert all(isinstance(error, periods.CannotCloseError) for error in raised)
    assert Entry.objects.count() == 5
    assert not Shift.objects.filter(completed_at__isnull=True).exists()
    for closed in PayPeriod.objects.filter(state="closed"):
        of_month = Entry.objects.filter(period=closed).count()
        content = export_file(month=closed.month, now=AFTER_OCTOBER).content
        assert content.count(b"\r\n") == 1 + of_month
    assert verified_ledger().is_intact


def test_of_five_who_send_one_key_at_once_one_writes_and_all_get_its_answer() -> None:
    make_money()
    sweep()
    finn = builders.make_finance(name="Finn")
    asked = answers.Asked(engineer_id=finn.pk, key="k", content="a" * 64, rights="b" * 64)
    got: list[answers.Answer] = []

    def write() -> answers.Answer:
        done = periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)
        return answers.Answer(status=200, body=str(done.entries))

    def send() -> None:
        got.append(answers.answer_once(asked=asked, write=write, now=AFTER_OCTOBER))

    raised = at_once(*[send] * 5)

    assert raised == []
    assert {(answer.status, answer.body) for answer in got} == {(200, "3")}
    assert sorted(answer.is_repeated for answer in got) == [False, True, True, True, True]
    assert AuditEvent.objects.filter(verb="closed").count() == 1
