"""Every way to write that either engine and the ORM know, tried on the ledger: none changes it."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from compensation.models import (
    Adjustment,
    Correction,
    CorrectionCover,
    Entry,
    ExportLayout,
    ExportLayoutVersion,
    Rate,
    Reopening,
)
from compensation.operations import periods, weeks
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, make_money

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

pytestmark = pytest.mark.django_db
ENTRY = "compensation_entry"

CHANGES = {
    "postgresql": [
        "UPDATE #  SET amount_minor = 1 WHERE number = 1",
        "UPDATE ONLY # SET posted_at = now()",
        "UPDATE # SET seconds = p.id FROM compensation_payperiod p WHERE p.id = #.period_id",
        "WITH gone AS (DELETE FROM # RETURNING id) SELECT count(*) FROM gone",
        "WITH other AS (UPDATE # SET currency = 'GBP' RETURNING id) SELECT count(*) FROM other",
        "DELETE FROM # USING compensation_payperiod p WHERE p.id = period_id",
        "MERGE INTO # e USING # f ON f.id = e.id WHEN MATCHED THEN UPDATE SET amount_minor = 1",
        "MERGE INTO # e USING # f ON f.id = e.id WHEN MATCHED THEN DELETE",
        "INSERT INTO # SELECT * FROM # ON CONFLICT (number) DO UPDATE SET amount_minor = 1",
        "INSERT INTO # SELECT * FROM # ON CONFLICT (key) DO UPDATE SET engineer_id = 1",
        "DO $$ BEGIN UPDATE compensation_entry SET amount_minor = 1; END $$",
        "DO $$ BEGIN EXECUTE 'DELETE FROM compensation_entry'; END $$",
        "TRUNCATE #",
        "TRUNCATE # RESTART IDENTITY CASCADE",
        "TRUNCATE compensation_payperiod CASCADE",
        "TRUNCATE compensation_rate CASCADE",
        "TRUNCATE rotation_shift CASCADE",
        "TRUNCATE volunteers_engineer CASCADE",
    ],
    "sqlite": [
        "UPDATE # SET amount_minor = 1 WHERE number = 1",
        "UPDATE OR REPLACE # SET number = 1",
        "UPDATE OR IGNORE # SET amount_minor = 1",
        "UPDATE OR FAIL # SET amount_minor = 1",
        "UPDATE # SET seconds = p.id FROM compensation_payperiod p WHERE p.id = #.period_id",
        "DELETE FROM #",
        "DELETE FROM # WHERE number = 2",
        "REPLACE INTO # SELECT * FROM #",
        "INSERT OR REPLACE INTO # SELECT * FROM # WHERE number = 2",
        "INSERT INTO # SELECT * FROM # WHERE true ON CONFLICT DO UPDATE SET amount_minor = 1",
        "INSERT INTO # SELECT * FROM # WHERE true ON CONFLICT (number) DO UPDATE SET seconds = 1",
        "WITH one AS (SELECT 1 AS n) UPDATE # SET seconds = 1 WHERE number IN (SELECT n FROM one)",
        "DELETE FROM compensation_payperiod",
        "DELETE FROM rotation_shift",
    ],
}
KEPT = {
    "postgresql": ["UPDATE # SET id = id", "DELETE FROM #", "TRUNCATE # CASCADE"],
    "sqlite": ["UPDATE # SET id = id", "DELETE FROM #", "REPLACE INTO # SELECT * FROM #"],
}
ENGINE = settings.ROTA_TEST_DATABASE


@pytest.fixture(autouse=True)
def _ledger() -> None:
    """September is closed with a week in it, October stands open with two more."""
    make_money(weeks=[dt.date(2026, 9, 7), *OCTOBER[:2]])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-09", actor=FINN, now=AFTER_OCTOBER)


def rows_of(model: type[Model]) -> list[tuple[object, ...]]:
    return list(model._default_manager.order_by("pk").values_list())


def tried(sql: str, table: str = ENTRY) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What waits for the end of the transaction would refuse a TRUNCATE by itself.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql.replace("#", table))


@pytest.mark.parametrize("sql", CHANGES[ENGINE])
def test_no_statement_changes_an_entry(sql: str) -> None:
    before = rows_of(Entry)

    with pytest.raises(DatabaseError, match=r"never|closed period|foreign|FOREIGN|cannot"):
        tried(sql)

    assert rows_of(Entry) == before
    assert len(before) == 3


def test_an_insert_that_yields_to_what_is_there_changes_nothing_either() -> None:
    before = rows_of(Entry)
    ignoring = {
        "postgresql": "INSERT INTO # SELECT * FROM # ON CONFLICT DO NOTHING",
        "sqlite": "INSERT OR IGNORE INTO # SELECT * FROM #",
    }

    with contextlib.suppress(DatabaseError):
        tried(ignoring[ENGINE])

    assert rows_of(Entry) == before


def _saved(entry: Entry) -> None:
    entry.amount_minor = 1
    entry.save()


def _inserted_over(entry: Entry) -> None:
    entry.amount_minor = 1
    Entry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["amount_minor"]
    )


BY_THE_ORM: list[Callable[[Entry], object]] = [
    _saved,
    lambda entry: entry.save(update_fields=["posted_at"]),
    lambda entry: entry.delete(),
    lambda _entry: Entry.objects.all().delete(),
    lambda _entry: Entry.objects.all()._raw_delete("default"),
    lambda _entry: Entry.objects.update(currency="GBP"),
    lambda entry: Entry.objects.bulk_update([entry], ["amount_minor"]),
    lambda entry: Entry.objects.update_or_create(pk=entry.pk, defaults={"seconds": 1}),
    _inserted_over,
]


@pytest.mark.parametrize("number", range(len(BY_THE_ORM)))
def test_no_way_through_the_orm_changes_an_entry(number: int) -> None:
    before = rows_of(Entry)

    with pytest.raises(DatabaseError), transaction.atomic():
        BY_THE_ORM[number](Entry.objects.get(number=1))

    assert rows_of(Entry) == before


def _decided(model: type[Correction | Adjustment | Reopening], **values: object) -> Model:
    """A request of Finn's that Fay declined."""
    finn = builders.make_finance(name="Finn")
    fay = builders.make_finance(name="Fay")
    return model._default_manager.create(
        state="declined",
        reason="As it was.",
        proposed_by=finn,
        proposed_at=AFTER_OCTOBER,
        decided_by=fay,
        decided_at=AFTER_OCTOBER,
        **values,
    )


def _correction() -> Model:
    shift = Entry.objects.get(number=1).shift
    return _decided(Correction, shift=shift, evidence="The log.")


def _cover() -> Model:
    correction = _correction()
    assert isinstance(correction, Correction)
    return CorrectionCover.objects.create(
        correction=correction,
        position=1,
        engineer=None,
        starts_at=correction.shift.starts_at,
        ends_at=correction.shift.ends_at,
    )


def _adjustment() -> Model:
    return _decided(
        Adjustment,
        engineer=Entry.objects.get(number=1).engineer,
        amount_minor=100,
        currency="EUR",
        earned_on=OCTOBER[0],
        document="HR-7",
    )


def _reopening() -> Model:
    return _decided(Reopening, period=Entry.objects.get(number=1).period)


def _layout() -> Model:
    layout = ExportLayout.objects.create(slug="ours", name="Ours")
    return ExportLayoutVersion.objects.create(
        layout=layout, number=1, content={}, made_by="shell", made_at=AFTER_OCTOBER
    )


@pytest.mark.parametrize("make", [_correction, _cover, _adjustment, _reopening, _layout])
def test_what_was_decided_or_written_once_is_neither_changed_nor_replaced(
    make: Callable[[], Model],
) -> None:
    row = make()
    model = type(row)
    before = rows_of(model)

    for statement in KEPT[ENGINE]:
        with pytest.raises(DatabaseError, match="never changed"):
            tried(statement, model._meta.db_table)

    assert rows_of(model) == before


def test_the_ledgers_head_does_not_go_back_and_a_rate_stays() -> None:
    before = rows_of(Rate)
    for sql in (
        "UPDATE compensation_ledgerhead SET last_number = last_number - 1",
        "DELETE FROM compensation_ledgerhead",
        "UPDATE compensation_rate SET weekly_minor = weekly_minor + 1",
        "DELETE FROM compensation_rate",
    ):
        with pytest.raises(DatabaseError, match=r"never changed|only grows"):
            tried(sql)

    assert rows_of(Rate) == before
