from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from common import invariants
from compensation.invariants import INVARIANTS
from compensation.models import Entry
from compensation.operations import periods, weeks
from compensation.queries.ledger import verified_ledger
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, make_money

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ledger() -> None:
    """Three entries of October, closed and stored."""
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)


def tamper(sql: str, parameters: Sequence[Any] = ()) -> None:
    """Do what somebody could who owns the database, its invariants lifted."""
    with invariants.lifted(connection, INVARIANTS), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_an_untouched_ledger_is_intact(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_ledger")

    assert capsys.readouterr().out == "3 entries and 2 stored files are intact.\n"


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 60001",
        "seconds = 1",
        "currency = 'GBP'",
        "earned_on = '2026-10-20'",
        "kind = 'HOL:2026-10-26'",
        "key = 'another'",
        "posted_at = '2026-11-04 00:00:00+00:00'",
    ],
)
def test_an_altered_entry_is_named(change: str) -> None:
    tamper(f"UPDATE compensation_entry SET {change} WHERE number = 2")  # noqa: S608 - ours

    found = verified_ledger()

    assert found.fault == "Entry 2 was altered."
    assert found.entries == 1
    with pytest.raises(CommandError, match=r"Entry 2 was altered\.") as caught:
        call_command("verify_ledger")
    assert caught.value.returncode == 1


def test_an_entry_that_was_altered_with_its_fingerprint_shows_at_the_next_one() -> None:
    tamper("UPDATE compensation_entry SET hash = %s WHERE number = 1", ["a" * 64])

    assert verified_ledger().fault == "Entry 1 was altered."


def test_an_entry_that_was_taken_out_is_named() -> None:
    tamper("DELETE FROM compensation_entry WHERE number = 2")

    assert verified_ledger().fault == "Entry 2 is missing."


def test_a_ledger_that_was_cut_short_is_noticed() -> None:
    tamper("DELETE FROM compensation_entry WHERE number = 3")

    assert verified_ledger().fault == "The ledger's head is at entry 3, its last entry is 2."


def test_an_entry_that_was_moved_to_another_person_is_named() -> None:
    other = Entry.objects.get(number=1).engineer
    other.pk, other.email, other.employee_id = None, "carla@example.com", "9"
    other.save(force_insert=True)
    tamper("UPDATE compensation_entry SET engineer_id = %s WHERE number = 3", [other.pk])

    assert verified_ledger().fault == "Entry 3 was altered."


def test_a_stored_file_that_was_altered_is_named() -> None:
    content = b"period,amount\r\n2026-10,9999.00\r\n"
    tamper("UPDATE compensation_export SET content = %s WHERE layout = 'summary'", [content])

    assert verified_ledger().fault == "rota-2026-10-summary-v1.csv was altered."
