"""Many who complete weeks and close months at the same moment, on the engine of this run."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from common.periods import Period
from compensation.domain import keys
from compensation.exports import export_file
from compensation.models import BlockedShift, Entry, Rate
from compensation.operations import periods, posting, weeks
from compensation.queries.ledger import verified_ledger
from outbox.models import Message
from rotation.models import Shift
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, Money, make_money

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
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
        running = [stack.enter_context(sweep_in_a_process()) for _ in range(4)]
        said = [process.communicate(timeout=120)[0] for process in running]

    assert [process.returncode for process in running] == [0] * 4, said
    assert sum(int(text.split("posted ")[1].split()[0]) for text in said) == len(MONDAYS)
    assert Entry.objects.count() == len(MONDAYS)
    assert verified_ledger().is_intact


def test_a_sweep_killed_at_any_moment_leaves_no_half_week() -> None:
    make_money(weeks=MONDAYS)

    with sweep_in_a_process() as process:
        wait_for(Entry.objects.exists)
        process.kill()

    assert Entry.objects.count() == Shift.objects.filter(completed_at__isnull=False).count()
    sweep()
    assert Entry.objects.count() == len(MONDAYS)
    assert verified_ledger().is_intact


def sweep_in_a_process() -> subprocess.Popen[str]:
    """The command, started on the test's database."""
    environment = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "complete_weeks", "--now", AFTER_OCTOBER.isoformat()],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait up to half a minute until the condition holds."""
    pause = threading.Event()
    for _ in range(3000):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("not within half a minute")


def database_url() -> str:
    """The test database's address, as DATABASE_URL takes it."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    host = quote(str(values["HOST"]), safe="")
    return f"postgresql://{values['USER']}@{host}/{values['NAME']}"
