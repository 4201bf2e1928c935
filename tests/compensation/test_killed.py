"""Processes that are killed in the middle of writing money: all of it is there, or nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection

from audit.models import AuditEvent
from common.fault_points import FOLDER
from compensation.exports import export_file
from compensation.models import Entry, Export, LedgerHead, PayPeriod
from compensation.operations import batches, periods, weeks
from compensation.queries.ledger import verified_ledger
from rotation.models import Shift
from tests.compensation.processes import environment, manage, wait_for
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, make_money

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)
MONDAYS = [dt.date(2026, 7, 6) + week * dt.timedelta(days=7) for week in range(12)]
COMPLETE = ("complete_weeks", "--now", AFTER_OCTOBER.isoformat())
CLOSE = (
    "import datetime as dt, django; django.setup()\n"
    "from audit.operations import Actor\n"
    "from compensation.operations import periods\n"
    "periods.close_period(month='2026-10', actor=Actor(name='finn@example.com'),"
    " now=dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC))\n"
)


def sweep() -> None:
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


@pytest.fixture
def fault_points() -> Iterator[pathlib.Path]:
    """The folder of the places where processes stop; empty again afterwards."""
    folder = pathlib.Path(settings.DATA_DIR) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for file in folder.iterdir():
        file.unlink()


def kill_at(point: pathlib.Path, process: subprocess.Popen[str]) -> None:
    """Kill the process once it stands there, and wait until the database has let go of it."""
    with process:
        wait_for(point.with_suffix(".reached").exists, seconds=120)
        process.kill()
    point.unlink()
    if connection.vendor == "postgresql":
        wait_for(lambda: not others())


def others() -> int:
    """How many other sessions the database still has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("name", ["weeks-priced", "weeks-posted"])
def test_a_sweep_killed_between_its_writes_leaves_nothing_of_the_batch(
    name: str, fault_points: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_money(weeks=MONDAYS)
    monkeypatch.setattr(batches, "SIZE", 3)
    weeks.complete_weeks(actor=SWEEP, now=dt.datetime(2026, 8, 18, tzinfo=dt.UTC))
    before = list(Entry.objects.order_by("number").values())
    head = LedgerHead.objects.values().get()
    (fault_points / name).touch()

    kill_at(fault_points / name, manage(*COMPLETE))

    assert list(Entry.objects.order_by("number").values()) == before
    assert len(before) == 6
    assert Shift.objects.filter(completed_at__isnull=False).count() == 6
    assert LedgerHead.objects.values().get() == head
    sweep()
    assert Entry.objects.count() == len(MONDAYS)
    assert verified_ledger().is_intact


def test_a_close_killed_while_it_stores_its_files_leaves_the_month_open(
    fault_points: pathlib.Path,
) -> None:
    make_money()
    sweep()
    (fault_points / "file-stored").touch()
    closing = subprocess.Popen(
        [sys.executable, "-c", CLOSE], cwd=settings.BASE_DIR, env=environment(), text=True
    )

    kill_at(fault_points / "file-stored", closing)

    assert PayPeriod.objects.get(month="2026-10").state == PayPeriod.State.OPEN
    assert not Export.objects.exists()
    assert not AuditEvent.objects.filter(verb="closed").exists()
    assert periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER).entries == 3
    file = export_file(month="2026-10", now=AFTER_OCTOBER)
    assert file.content.count(b"\r\n") == 4
    assert verified_ledger().is_intact


def test_ten_commands_at_once_two_of_them_killed_post_each_week_once() -> None:
    make_money(weeks=MONDAYS)

    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(manage(*COMPLETE)) for _ in range(10)]
        wait_for(lambda: any(one.poll() is not None for one in running) or _posted(), seconds=180)
        for process in running[3:5]:
            process.kill()
        said = [process.communicate(timeout=240)[0] for process in running]
    codes = [process.returncode for process in running]
    sweep()

    assert [code for place, code in enumerate(codes) if place not in {3, 4}] == [0] * 8, said
    assert set(codes[3:5]) <= {0, -9}
    assert Entry.objects.count() == len(MONDAYS) == Entry.objects.values("key").distinct().count()
    assert sum(Entry.objects.values_list("amount_minor", flat=True)) == 60000 * len(MONDAYS)
    assert verified_ledger().is_intact


def _posted() -> bool:
    return Entry.objects.exists()
