"""Every total of a report is the ledger's sum for the same question: added up a second time."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation.domain.cells import Amount
from compensation.domain.periods import months_between
from compensation.domain.reports import Report, Wanted
from compensation.models import Entry
from compensation.queries.reports import report_table
from tests.compensation.ledgers import CENTRES, CURRENCIES, make_ledger
from volunteers.models import Posting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compensation.domain.cells import Cell
    from compensation.domain.reports import Line
    from compensation.queries.report_tables import Table

pytestmark = pytest.mark.django_db
STARTS_IN = 4
# The ledger is only read, so that every example may share it.
BY_CHANCE = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MONTHS = months_between("2025-08", "2026-07")
BY_MONTHS = [
    Report.PERIODS,
    Report.PEOPLE,
    Report.COST_CENTRES,
    Report.OFFICES,
    Report.PAGE_COST,
    Report.ENTRIES,
    Report.CORRECTIONS,
]
QUESTIONS = st.builds(
    lambda months, **rest: Wanted(since=min(months), until=max(months), **rest),
    months=st.tuples(st.sampled_from(MONTHS), st.sampled_from(MONTHS)),
    currency=st.sampled_from(["", "", *CURRENCIES.values()]),
    office=st.sampled_from(["", "", "", "dublin", "tokyo", "kuwait"]),
    cost_centre=st.sampled_from(["", "", "", *CENTRES, "none"]),
    person=st.sampled_from(["", "", "", "001", "004", "999"]),
    rotation=st.sampled_from(["", "", "", "core", "west"]),
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """An entry beside what a question can ask of it."""

    row: Entry
    month: str
    currency: str
    office: str | None
    cost_centre: str | None
    person: str | None
    rotation: str | None


@pytest.fixture
def ledger() -> list[Known]:
    """Every entry with the place of its person when the week began, found one by one."""
    make_ledger(7)
    postings = list(Posting.objects.select_related("office"))
    rows = Entry.objects.select_related("period", "engineer", "shift__level__rotation")
    return [_known(row, postings) for row in rows.order_by("number")]


def _known(row: Entry, postings: Iterable[Posting]) -> Known:
    day = row.shift.week_date if row.shift else row.earned_on
    mine = [one for one in postings if one.engineer_id == row.engineer_id]
    begun = [one for one in mine if one.starts_on <= day]
    place = max(begun, key=lambda one: one.starts_on, default=None)
    return Known(
        row=row,
        month=row.period.month,
        currency=row.currency,
        office=place.office.slug if place else None,
        cost_centre=place.cost_centre if place else None,
        person=row.engineer.employee_id,
        rotation=row.shift.level.rotation.slug if row.shift else None,
    )


def counted(ledger: Iterable[Known], wanted: Wanted) -> list[Entry]:
    """The entries that the question means, picked one by one."""
    names = ("currency", "office", "cost_centre", "person", "rotation")
    return [
        one.row
        for one in ledger
        if wanted.since <= one.month <= wanted.until
        and all(getattr(wanted, name) in {"", getattr(one, name)} for name in names)
    ]


def _corrects(row: Entry) -> bool:
    return row.reverses_id is not None or row.kind == "ADJ" or not row.key.endswith("|r1")


def _by_currency(rows: Iterable[Entry]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
    return sums


def _amounts(table: Table, lines: Iterable[Line], name: str = "amount") -> dict[str, int]:
    place = [column.name for column in table.columns].index(name)
    sums: dict[str, int] = {}
    for line in lines:
        cell: Cell = line.cells[place]
        assert isinstance(cell, Amount)
        assert cell.currency == line.currency
        sums[line.currency] = sums.get(line.currency, 0) + cell.minor
    return sums


@BY_CHANCE
@given(wanted=QUESTIONS, report=st.sampled_from(BY_MONTHS))
def test_each_total_is_the_ledgers_sum_for_the_same_question(
    ledger: list[Known], wanted: Wanted, report: Report
) -> None:
    entries = counted(ledger, wanted)
    if report is Report.CORRECTIONS:
        entries = [row for row in entries if _corrects(row)]

    table = report_table(report, wanted, starts_in=STARTS_IN)

    assert _amounts(table, table.totals) == _by_currency(entries)
    assert _amounts(table, table.every()) == _by_currency(entries)


@BY_CHANCE
@given(wanted=QUESTIONS)
def test_base_holidays_and_adjustments_make_the_total_of_every_row(
    ledger: list[Known], wanted: Wanted
) -> None:
    assert ledger
    for report in (Report.PERIODS, Report.PEOPLE, Report.COST_CENTRES, Report.OFFICES):
        table = report_table(report, wanted, starts_in=STARTS_IN)
        parts = [_amounts(table, table.every(), name) for name in ("base", "holidays")]
        by_hand = _amounts(table, table.every(), "adjustments")

        for currency, minor in _amounts(table, table.every()).items():
            assert minor == sum(part[currency] for part in parts) + by_hand[currency]


@pytest.mark.parametrize(
    ("year", "since", "until"),
    [
        ("2025", "2025-01", "2025-12"),
        ("2026", "2026-01", "2026-06"),
        ("fy2025", "2025-04", "2026-03"),
    ],
)
def test_a_year_adds_up_to_the_ledgers_sum_of_its_months(
    ledger: list[Known], year: str, since: str, until: str
) -> None:
    wanted = Wanted(year=year, since=since, until=until)

    table = report_table(Report.YEAR, wanted, starts_in=STARTS_IN)

    wanted_sums = _by_currency(counted(ledger, dataclasses.replace(wanted, year="")))
    found = _amounts(table, table.totals)
    assert {currency: minor for currency, minor in found.items() if minor} == wanted_sums
    assert _amounts(table, table.totals, "to_date") == _amounts(table, table.totals)


def test_a_year_stands_beside_the_same_months_of_the_year_before(ledger: list[Known]) -> None:
    wanted = Wanted(year="2026", since="2026-01", until="2026-06")

    table = report_table(Report.YEAR, wanted, starts_in=STARTS_IN)

    before = _by_currency(counted(ledger, Wanted(since="2025-01", until="2025-06")))
    assert _amounts(table, table.totals, "before") == {
        **dict.fromkeys(CURRENCIES.values(), 0),
        **before,
    }


@BY_CHANCE
@given(wanted=QUESTIONS)
def test_a_row_leads_to_entries_that_add_up_to_it(ledger: list[Known], wanted: Wanted) -> None:
    assert ledger
    for report in (Report.PERIODS, Report.PEOPLE, Report.COST_CENTRES, Report.OFFICES):
        table = report_table(report, wanted, starts_in=STARTS_IN)
        place = [column.name for column in table.columns].index("amount")

        for line in table.every():
            if line.drill:
                asked = {**wanted.as_texts(), **dict(line.drill)}
                rows = report_table(Report.ENTRIES, Wanted.from_texts(asked), starts_in=STARTS_IN)
                assert _amounts(rows, rows.totals) == {line.currency: line.cells[place].minor}  # type: ignore[union-attr]


def test_what_was_asked_is_the_same_after_it_was_written_down() -> None:
    wanted = Wanted(since="2026-01", until="2026-02", cost_centre="ENG-110", person="007")

    assert Wanted.from_texts(wanted.as_texts()) == wanted
