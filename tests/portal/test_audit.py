from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from audit.operations import Actor, Area, record
from audit.queries import BATCH
from tests import builders
from tests.builders import NOW
from volunteers.models import RoleGrant
from volunteers.operations import absences

if TYPE_CHECKING:
    from volunteers.models import Engineer, OnCallTeam

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def team() -> OnCallTeam:
    return builders.make_team()


@pytest.fixture
def ben() -> Engineer:
    ben = builders.make_ben()
    builders.make_posting(engineer=ben, office=builders.make_office())
    return ben


def _client(person: Engineer) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _record(number: int, person: Engineer, **words: Any) -> None:
    record(
        actor=Actor(name=person.email),
        now=NOW + number * MINUTE,
        **{"area": Area.SCHEDULE, "verb": "changed", "subject": f"thing {number}", **words},
    )


def _page(person: Engineer, query: str = "") -> str:
    return _client(person).get(f"/audit/{query}").content.decode()


def test_the_log_says_when_who_for_whom_what_and_what_changed(ben: Engineer) -> None:
    _record(
        0,
        ben,
        on_behalf_of=builders.make_carla().email,
        before={"ends_on": "2026-12-07", "kind": "old"},
        after={"ends_on": None, "kind": "new", "at": "2026-12-07T12:00:00+00:00"},
    )

    page = _page(ben)

    assert "<bdi>Ben</bdi>" in page
    assert "for <bdi>Carla</bdi>" in page
    assert "Changed <bdi>thing 0</bdi>" in page
    assert "<del>Mon 7 Dec 2026</del>" in page
    assert "<del>old</del>" in page
    assert "<ins>new</ins>" in page
    assert "<ins>Mon 7 Dec 2026, 12:00 GMT</ins>" in page
    assert "Nobody can change or delete a line" in page


def test_nobody_reads_what_is_neither_theirs_nor_their_teams(
    ben: Engineer, team: OnCallTeam
) -> None:
    anna, carla = builders.make_anna(team=team), builders.make_carla()
    _record(1, ben, team=team.slug, subject="the draft")
    _record(2, ben, team=team.slug, area=Area.MONEY, subject="the week's entries")
    absences.add_absence(
        first_day=NOW.date() + dt.timedelta(days=30),
        last_day=NOW.date() + dt.timedelta(days=31),
        note="A wedding.",
        actor=Actor(name=ben.email, engineer_id=ben.pk),
        now=NOW,
    )
    finance = builders.make_engineer(name="Finn")
    builders.make_role(engineer=finance, role=RoleGrant.Role.FINANCE)
    admin = builders.make_engineer(name="Ada")
    builders.make_role(engineer=admin, role=RoleGrant.Role.ADMIN)

    seen = {
        name: [word for word in ("the draft", "entries", "absence ") if word in _page(person)]
        for name, person in {
            "Ben": ben,
            "Anna": anna,
            "Carla": carla,
            "Finn": finance,
            "Ada": admin,
        }.items()
    }

    assert seen == {
        "Ben": ["the draft", "entries", "absence "],
        "Anna": ["the draft"],
        "Carla": [],
        "Finn": ["entries"],
        "Ada": ["the draft", "entries", "absence "],
    }
    assert "A wedding." not in _page(admin)


def test_the_filter_finds_a_person_by_a_part_of_the_name_and_stands_in_the_address(
    ben: Engineer, team: OnCallTeam
) -> None:
    anna = builders.make_anna(team=team)
    _record(1, ben, team=team.slug)
    _record(2, anna, team=team.slug)

    page = _page(anna, "?who=BE&area=schedule")

    assert "thing 1" in page
    assert "thing 2" not in page
    assert 'href="/audit/file.csv?who=BE&amp;area=schedule"' in page


def test_days_are_those_of_the_reader_and_the_last_one_is_included(ben: Engineer) -> None:
    there = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    carla = builders.make_carla()
    builders.make_posting(engineer=carla, office=there)
    record(
        actor=Actor(name=ben.email),
        now=dt.datetime(2026, 7, 2, 3, tzinfo=dt.UTC),
        area=Area.SCHEDULE,
        verb="changed",
        subject="thing",
        concerned=[carla.email],
    )

    assert "Changed <bdi>thing" in _page(carla, "?since=2026-07-01&until=2026-07-01")
    assert "Nothing matches." in _page(ben, "?since=2026-07-01&until=2026-07-01")


def test_days_in_the_wrong_order_are_refused_beside_the_field(ben: Engineer) -> None:
    answer = _client(ben).get("/audit/?since=2026-07-02&until=2026-07-01")

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Wed 1 Jul 2026 is before Thu 2 Jul 2026: swap the two days." in page
    assert 'id="id_until"' in page
    assert 'aria-invalid="true"' in page


def test_a_log_without_lines_says_what_will_stand_there_and_a_filter_what_to_do(
    ben: Engineer,
) -> None:
    assert "Nothing yet" in _page(ben)
    assert "Widen the dates." in _page(ben, "?what=published")


def test_older_lines_follow_by_a_link_that_keeps_the_question(ben: Engineer) -> None:
    for number in range(51):
        _record(number, ben)

    page = _page(ben, "?what=thing")
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert "<bdi>thing 1</bdi>" in page
    assert "<bdi>thing 0</bdi>" not in page
    assert older.startswith("?what=thing&after=")
    assert "<bdi>thing 0</bdi>" in _page(ben, older)
    assert "<bdi>thing 50</bdi>" in _page(ben, "?after=nonsense")


def _file(person: Engineer, query: str = "") -> list[dict[str, str]]:
    answer: Any = _client(person).get(f"/audit/file.csv{query}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="rota-audit-')
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_has_every_line_that_was_asked_for_one_for_each_change(ben: Engineer) -> None:
    _record(0, ben, before={"a": 1, "b": 2}, after={"a": 3, "b": 2, "c": "x"})
    _record(1, ben, subject="other")

    rows = _file(ben, "?what=thing")

    assert [(row["object"], row["what"], row["before"], row["after"]) for row in rows] == [
        ("thing 0", "A", "1", "3"),
        ("thing 0", "C", "", "x"),
    ]
    assert rows[0]["at"] == NOW.isoformat()


def test_no_cell_of_the_file_is_a_formula(ben: Engineer) -> None:
    _record(0, ben, subject="=cmd|' /C calc'!A0", after={"reason": "@SUM(A1)", "+x": "-1"})

    cells = [cell for row in _file(ben) for cell in row.values()]

    assert "'=cmd|' /C calc'!A0" in cells
    assert "'@SUM(A1)" in cells
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}] == []


def test_the_file_goes_on_beyond_what_is_read_at_once(ben: Engineer) -> None:
    AuditEvent.objects.bulk_create(
        AuditEvent(at=NOW, actor=ben.email, area="schedule", verb="did", subject=f"thing {number}")
        for number in range(BATCH + 1)
    )
    admin = builders.make_engineer(name="Ada")
    builders.make_role(engineer=admin, role=RoleGrant.Role.ADMIN)

    assert len(_file(admin)) == BATCH + 1
