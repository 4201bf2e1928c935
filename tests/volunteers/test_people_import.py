from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from audit.operations import Actor
from tests import builders
from volunteers.models import Engineer, Posting, RoleGrant
from volunteers.operations import people_import as imports
from volunteers.queries import people_import
from volunteers.queries.people_import import ImportRow

pytestmark = pytest.mark.django_db

SHELL = Actor.shell()
NOW = builders.NOW


def row(
    *,
    line: int = 2,
    name: str = "Ben",
    email: str = "ben@example.com",
    office: str = "Dublin",
    employee_number: str | None = "0017",
) -> ImportRow:
    return ImportRow(
        line=line,
        name=name,
        email=email,
        office=office,
        team="",
        employee_number=employee_number,
        cost_centre="CC-1",
    )


CARLA = row(line=3, name="Carla", email="carla@example.com", employee_number="")


def run(*rows: ImportRow) -> people_import.ImportPlan:
    return imports.import_people(rows=rows, actor=SHELL, now=NOW)


def test_new_people_get_an_account_a_posting_from_today_and_no_right() -> None:
    builders.make_office(name="Sydney", time_zone="Australia/Sydney", country="AU", currency="AUD")
    late = dt.datetime(2026, 11, 25, 20, 0, tzinfo=dt.UTC)

    imports.import_people(rows=[row(office="sydney")], actor=SHELL, now=late)

    ben = Engineer.objects.get()
    posting = ben.postings.get()
    assert (ben.employee_id, posting.cost_centre) == ("0017", "CC-1")
    assert posting.starts_on == dt.date(2026, 11, 26)
    assert not ben.has_usable_password()
    assert not RoleGrant.objects.exists()


def test_again_changes_and_records_nothing() -> None:
    builders.make_office()
    run(row(), CARLA)
    before = AuditEvent.objects.count()

    plan = run(row(), CARLA)

    assert plan.count("unchanged") == 2
    assert AuditEvent.objects.count() == before
    assert Posting.objects.count() == 2


def test_the_preview_says_what_each_line_changes_and_writes_nothing() -> None:
    builders.make_office()
    builders.make_office(name="London")
    run(row(), CARLA)

    plan = people_import.plan_import(
        rows=[row(name="Ben B.", office="London"), CARLA, row(line=4, email="d@example.com")],
        now=NOW,
    )

    assert [line.outcome for line in plan.lines] == ["changed", "unchanged", "new"]
    assert plan.lines[0].changes == ("name Ben → Ben B.", "office Dublin → London")
    assert Engineer.objects.get(email="ben@example.com").name == "Ben"


def test_a_change_is_applied_from_today_and_the_past_stays() -> None:
    builders.make_office()
    london = builders.make_office(name="London")
    run(row())
    later = NOW + dt.timedelta(days=30)

    imports.import_people(rows=[row(office="London")], actor=SHELL, now=later)

    starts = Posting.objects.order_by("starts_on").values_list("starts_on", "office__name")
    assert list(starts) == [(NOW.date(), "Dublin"), (later.date(), london.name)]


def test_a_column_that_the_file_lacks_leaves_the_value() -> None:
    builders.make_office()
    run(row())

    plan = run(row(employee_number=None))

    assert plan.count("unchanged") == 1
    assert Engineer.objects.get().employee_id == "0017"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (row(line=3, email="BEN@example.com", employee_number=""), "E-mail: The same as in line 2"),
        (row(line=3, email="x@example.com"), "Employee number: The same as in line 2."),
        (row(line=3, email="nobody", employee_number=""), "E-mail: That is not an e-mail address."),
        (
            row(line=3, email="x@example.com", office="Atlantis", employee_number=""),
            "Office: There is no office called 'Atlantis'.",
        ),
        (row(line=3, name=" ", email="x@example.com", employee_number=""), "Name: This is needed."),
        (
            row(line=3, name="x" * 151, email="x@example.com", employee_number=""),
            "Name: At most 150 characters; this has 151.",
        ),
        (
            row(line=3, email="x@example.com", employee_number="99"),
            "Employee number: 99 is Dora's (dora@example.com).",
        ),
    ],
)
def test_one_line_that_cannot_be_used_stops_all_and_is_named(bad: ImportRow, said: str) -> None:
    builders.make_office()
    builders.make_engineer(name="Dora", employee_id="99")

    with pytest.raises(imports.ImportRefusedError) as refusal:
        run(row(), bad)

    assert list(refusal.value.fields) == ["line 3"]
    assert refusal.value.fields["line 3"].startswith(said)
    assert not Engineer.objects.filter(email="ben@example.com").exists()


def test_the_preview_asks_as_often_for_a_hundred_people_as_for_one() -> None:
    builders.make_office()
    run(row())

    def queries(rows: list[ImportRow]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            people_import.plan_import(rows=rows, now=NOW)
        return len(captured)

    many = [
        row(line=line, email=f"p{line}@example.com", employee_number=str(line))
        for line in range(2, 102)
    ]
    assert queries([row()]) == queries(many)
