from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from common import invariants
from common.periods import Period
from compensation.domain import chain, keys
from compensation.invariants import INVARIANTS
from compensation.models import Entry, Export, PayPeriod
from compensation.operations import periods, posting, weeks
from compensation.queries import ledger
from compensation.queries.ledger import verified_ledger
from rotation.models import Shift
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


def test_an_untouched_ledger_is_intact_and_says_what_stands_for_all_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("verify_ledger")

    files, last = Export.objects.count(), Entry.objects.get(number=3)
    assert capsys.readouterr().out == (
        f"3 entries and {files} stored files are intact.\nThe ledger ends with 3:{last.hash}.\n"
    )


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


SUPERUSERS = {
    "postgresql": [
        ["SET session_replication_role = replica", "#", "SET session_replication_role = origin"],
        [
            "ALTER TABLE compensation_entry DISABLE TRIGGER ALL",
            "#",
            "ALTER TABLE compensation_entry ENABLE TRIGGER ALL",
        ],
        [
            "DROP TRIGGER entry_is_kept_on_update ON compensation_entry",
            "DROP TRIGGER closed_period_takes_no_entry ON compensation_entry",
            "#",
        ],
    ],
    "sqlite": [
        [
            "DROP TRIGGER entry_is_kept_on_update",
            "DROP TRIGGER closed_period_takes_no_entry_on_update",
            "#",
        ]
    ],
}


@pytest.mark.parametrize("way", range(3))
def test_an_entry_that_a_superuser_altered_is_named(way: int) -> None:
    ways = SUPERUSERS[connection.vendor]
    change = "UPDATE compensation_entry SET amount_minor = 1 WHERE number = 2"

    with connection.cursor() as cursor:
        # What waits for the end of the test's transaction would refuse the change of the table.
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in ways[way % len(ways)]:
            cursor.execute(statement.replace("#", change))

    assert verified_ledger().fault == "Entry 2 was altered."
    assert verified_ledger().entries == 1


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


def rewritten(changes: dict[int, dict[str, Any]]) -> None:
    """What somebody does who owns the database and knows how fingerprints are made."""
    previous = chain.FIRST_HASH
    for entry in Entry.objects.order_by("number").select_related("period", "rate"):
        for name, value in changes.get(entry.number, {}).items():
            setattr(entry, name, value)
        fields = {
            name: getattr(entry, name) for name in chain.Sealed.__slots__ if hasattr(entry, name)
        }
        sealed = chain.Sealed(
            **{
                **fields,
                "period": entry.period.month,
                "rate_version": entry.rate.version if entry.rate else None,
                "reverses": None,
            }
        )
        entry.previous_hash = previous
        entry.hash = previous = chain.fingerprint(sealed, previous=previous)
        tamper(
            "UPDATE compensation_entry SET amount_minor = %s, previous_hash = %s, hash = %s "
            "WHERE id = %s",
            [entry.amount_minor, f"{entry.number:064}", "f" * 60 + f"{entry.number:04}", entry.pk],
        )
        tamper(
            "UPDATE compensation_entry SET previous_hash = %s, hash = %s WHERE id = %s",
            [entry.previous_hash, entry.hash, entry.pk],
        )
    tamper("UPDATE compensation_ledgerhead SET last_hash = %s", [previous])


def test_a_chain_that_was_written_anew_shows_in_the_files_of_its_closed_months() -> None:
    rewritten({2: {"amount_minor": 70000}})

    found = verified_ledger()

    assert found.entries == 3
    assert found.fault == "Entry 2 is not as rota-2026-10-detail-v1.csv has it."


def test_a_file_that_was_written_anew_with_its_fingerprint_is_not_the_one_on_record() -> None:
    content = b"period,employee_id,cost_centre,currency,entries,amount\r\n"
    fingerprint = hashlib.sha256(content).hexdigest()
    tamper(
        "UPDATE compensation_export SET content = %s, sha256 = %s WHERE layout = 'summary'",
        [content, fingerprint],
    )

    assert verified_ledger().fault == (
        "rota-2026-10-summary-v1.csv is not the file that the record of the close names."
    )


def test_whoever_noted_a_fingerprint_sees_a_chain_that_was_written_anew() -> None:
    noted = Entry.objects.get(number=3).hash
    call_command("verify_ledger", noted=[f"3:{noted}"])
    rewritten({1: {"amount_minor": 1}})

    with pytest.raises(CommandError, match="Entry 3 or one before it is not the one"):
        call_command("verify_ledger", noted=[f"3:{noted}"])


def test_what_was_noted_and_is_gone_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="Entry 4 was noted and is not there"):
        call_command("verify_ledger", noted=[f"4:{'a' * 64}"])
    with pytest.raises(CommandError, match="is not NUMBER:FINGERPRINT") as caught:
        call_command("verify_ledger", noted=["the last one"])
    assert caught.value.returncode == 2
    assert capsys.readouterr().out == ""


def test_an_entry_that_was_put_into_a_closed_month_is_noticed() -> None:
    money = Shift.objects.order_by("pk")[0]
    row = Entry.objects.get(number=3)
    entry = posting.NewEntry(
        engineer_id=row.engineer_id,
        shift_id=money.pk,
        kind=keys.BASE,
        segment=Period(starts_at=money.starts_at, ends_at=money.ends_at),
        seconds=0,
        rate_id=row.rate_id,
        rate_version="dublin-primary-v1",
        amount_minor=0,
        currency="EUR",
        earned_on=row.earned_on,
        key="late",
    )
    with invariants.lifted(connection, INVARIANTS):
        period = PayPeriod.objects.filter(month="2026-10")
        closed = period.values("closed_at", "closed_by").get()
        period.update(state="open", closed_at=None, closed_by="")
        with transaction.atomic():
            posting.post_entries([entry], earned=row.earned_on, now=AFTER_OCTOBER)
        period.update(state="closed", **closed)

    assert verified_ledger().fault == "2026-10 has 4 entries, its file 3."


def test_entries_are_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "AT_ONCE", 2)
    tamper("UPDATE compensation_entry SET seconds = 1 WHERE number = 3")

    found = verified_ledger()

    assert (found.entries, found.fault) == (2, "Entry 3 was altered.")
