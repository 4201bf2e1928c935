"""What raw SQL may not do to money, on the engine of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from common import invariants
from compensation.invariants import INVARIANTS
from compensation.models import Entry, Export, PayPeriod
from compensation.operations import periods, weeks
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, make_money

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db
COLUMNS = (
    *("number", "period_id", "engineer_id", "shift_id", "kind", "segment_start", "segment_end"),
    *("seconds", "rate_id", "amount_minor", "currency", "earned_on", "key", "reverses_id"),
    *("posted_at", "previous_hash", "hash"),
)
Statement = tuple[str, "Sequence[Any]"]


@pytest.fixture(autouse=True)
def _money() -> None:
    """September is closed and stored, October is open with one entry."""
    make_money(weeks=OCTOBER[:1])
    periods.close_period(month="2026-09", actor=FINN, now=AFTER_OCTOBER)
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def execute(sql: str, parameters: Sequence[Any] = ()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def refused(sql: str, parameters: Sequence[Any] = ()) -> str:
    with pytest.raises(DatabaseError) as caught:
        execute(sql, parameters)
    return str(caught.value)


def copied(entry: Entry, changes: dict[str, object]) -> Statement:
    values = [changes.get(column, getattr(entry, column)) for column in COLUMNS]
    names, marks = ", ".join(COLUMNS), ", ".join(["%s"] * len(COLUMNS))
    return f"INSERT INTO compensation_entry ({names}) VALUES ({marks})", values  # noqa: S608 - ours


def following(entry: Entry, **changes: object) -> Statement:
    chained = {"number": entry.number + 1, "previous_hash": entry.hash, "hash": "a" * 64}
    return copied(entry, {**chained, "key": "another", **changes})


def reversal(entry: Entry, **changes: object) -> Statement:
    opposite = {"reverses_id": entry.pk, "amount_minor": -entry.amount_minor}
    return following(entry, **{**opposite, "key": f"REV|{entry.key}", **changes})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE compensation_entry SET amount_minor = amount_minor + 1",
        "UPDATE compensation_entry SET posted_at = posted_at",
        "UPDATE compensation_rate SET weekly_minor = 1",
        "UPDATE compensation_export SET content = NULL",
        "UPDATE compensation_export SET row_count = row_count + 1",
        "UPDATE compensation_payperiod SET month = '2026-08' WHERE month = '2026-09'",
        "UPDATE compensation_ledgerhead SET last_number = 0",
    ],
)
def test_what_is_written_is_never_changed(sql: str) -> None:
    message = refused(sql)

    assert "never" in message or "only grows" in message


EMPTYING = {
    # What waits for the end of the transaction would refuse a TRUNCATE before the invariant does.
    "postgresql": ["DELETE FROM #", "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE # CASCADE"],
    "sqlite": [
        "DELETE FROM #",
        "INSERT OR REPLACE INTO # SELECT * FROM #",
        "REPLACE INTO # SELECT * FROM #",
    ],
}


@pytest.mark.parametrize("table", ["rate", "entry", "export", "payperiod", "ledgerhead"])
def test_no_row_of_money_is_deleted_emptied_or_replaced(table: str) -> None:
    statements = [sql.replace("#", f"compensation_{table}") for sql in EMPTYING[connection.vendor]]

    messages = [refused(sql) for sql in statements]

    assert all("never" in message or "only grows" in message for message in messages)


def test_an_entry_that_follows_the_last_one_is_taken() -> None:
    execute(*following(Entry.objects.get()))

    assert Entry.objects.count() == 2


def test_a_closed_period_takes_no_entry() -> None:
    closed = PayPeriod.objects.get(month="2026-09")

    message = refused(*following(Entry.objects.get(), period_id=closed.pk))

    assert "a closed period takes no entry" in message


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 3},
        {"previous_hash": "b" * 64},
        {"number": 1, "previous_hash": "0" * 64},
        {"key": None},
        {"key": ""},
        {"kind": "BONUS"},
        {"currency": "eur"},
        {"amount_minor": -1},
        {"seconds": -1},
        {"shift_id": None},
        {"rate_id": None},
        {"hash": "A" * 64},
    ],
)
def test_an_entry_that_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    refused(*following(Entry.objects.get(), **changes))

    assert Entry.objects.count() == 1


def test_a_key_stands_once_in_the_ledger() -> None:
    entry = Entry.objects.get()

    refused(*following(entry, key=entry.key))


def test_an_exact_reversal_is_taken_once_and_is_not_reversed_itself() -> None:
    entry = Entry.objects.get()
    execute(*reversal(entry))
    second = Entry.objects.get(number=2)
    third = {"number": 3, "previous_hash": second.hash, "hash": "c" * 64}

    refused(*reversal(entry, **third, key="another"))
    refused(*reversal(second, **third))

    assert sum(entry.amount_minor for entry in Entry.objects.all()) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": -59999},
        {"amount_minor": 60000},
        {"currency": "GBP"},
        {"kind": "HOL:2026-10-26"},
        {"key": "REV|something else"},
    ],
)
def test_a_reversal_that_is_not_the_exact_opposite_is_refused(changes: dict[str, object]) -> None:
    assert "exact opposite" in refused(*reversal(Entry.objects.get(), **changes))


@pytest.mark.parametrize(
    ("month", "state", "closed_by"), [("2026-08", "open", ""), ("2026-12", "closed", "Finn")]
)
def test_periods_close_in_order_whoever_writes_them(month: str, state: str, closed_by: str) -> None:
    message = refused(
        "INSERT INTO compensation_payperiod (month, state, closed_at, closed_by) "
        "VALUES (%s, %s, %s, %s)",
        [month, state, AFTER_OCTOBER if closed_by else None, closed_by],
    )

    assert "pay periods close in order" in message


def test_only_the_last_closed_period_can_open_again() -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)
    reopen = "UPDATE compensation_payperiod SET state = 'open', closed_at = NULL, closed_by = '' "

    assert "in order" in refused(f"{reopen} WHERE month = '2026-09'")
    execute(f"{reopen} WHERE month = '2026-10'")


def test_an_open_period_has_no_stored_export() -> None:
    export = Export.objects.filter(layout="detail", format="csv").get()
    export.pk, export.period = None, PayPeriod.objects.get(month="2026-10")

    with pytest.raises(DatabaseError, match="only a closed period"), transaction.atomic():
        export.save(force_insert=True)


def test_an_export_is_marked_as_sent_once() -> None:
    detail = Export.objects.filter(layout="detail", format="csv")

    assert detail.update(sent_at=AFTER_OCTOBER, sent_by="Finn") == 1

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        detail.update(sent_at=None, sent_by="")


def test_every_invariant_stands_in_the_engines_catalogue() -> None:
    assert invariants.missing(connection, INVARIANTS) == []
