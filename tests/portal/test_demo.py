from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from common import clock
from portal import demo
from tests import builders
from tests.builders import NOW
from volunteers.models import Engineer, RoleGrant

if TYPE_CHECKING:
    import pathlib

    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
ACTOR = Actor(name="ada@example.com", engineer_id=1)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _demo(settings: Settings, tmp_path: pathlib.Path) -> None:
    settings.ROTA_MODE = "demo"
    settings.ROTA_CLOCK_FILE = str(tmp_path / "clock")


def _demo_person() -> Engineer:
    person = demo.people()[0]
    return builders.make_engineer(name=person.name, email=person.email)


def test_the_demo_has_two_of_each_office_and_five_engineers() -> None:
    people = demo.people()

    roles = [person.role for person in people]
    assert {role: roles.count(role) for role in roles} == {
        "Managers": 2,
        "Engineers": 5,
        "Finance": 2,
        "Admins": 2,
    }
    assert len({person.email for person in people}) == len(people)
    assert all(person.email.endswith("@rota.example") and person.can_try for person in people)


def test_the_sign_in_page_lists_the_people_with_what_they_can_try(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()

    assert [person for person in demo.people() if person.name not in page] == []
    assert page.count('name="email"') == len(demo.people())


def test_one_click_signs_a_demo_person_in_and_leads_where_they_wanted(client: Client) -> None:
    engineer = _demo_person()

    answer = client.post("/sign-in/demo/", {"email": engineer.email, "next": "/settings/"})

    assert answer.headers["Location"] == "/settings/"
    assert engineer.name in client.get("/settings/").content.decode()


def test_one_click_stays_on_this_site(client: Client) -> None:
    engineer = _demo_person()

    answer = client.post("/sign-in/demo/", {"email": engineer.email, "next": "//evil.example/"})

    assert answer.headers["Location"] == "/"


def test_one_click_takes_nobody_but_the_listed(client: Client) -> None:
    builders.make_ben()

    assert client.post("/sign-in/demo/", {"email": "ben@example.com"}).status_code == 404
    assert client.post("/sign-in/demo/", {}).status_code == 404
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize("mode", ["production", "test"])
def test_one_click_does_not_exist_outside_the_demo(
    client: Client, settings: Settings, mode: str
) -> None:
    settings.ROTA_MODE = mode
    engineer = _demo_person()

    answer = client.post("/sign-in/demo/", {"email": engineer.email})

    assert answer.status_code == 404
    assert client.get("/settings/").status_code == 302


def test_the_banner_says_what_each_step_does() -> None:
    builders.make_rotation()

    banner = demo.banner(now=NOW)

    assert banner.time == "Wed 25 Nov 2026, 10:00 GMT"
    assert [(step.word, step.becomes) for step in banner.steps] == [
        ("By a day", "Thu 26 Nov 2026, 10:00 GMT"),
        ("To the next handover", "Mon 30 Nov 2026, 12:00 GMT"),
        ("To the end of the month", "Tue 1 Dec 2026, 00:00 GMT"),
    ]
    assert banner.steps[2].effect == "November 2026 is over: finance can close it."


def test_a_month_ends_when_it_has_ended_in_every_zone() -> None:
    builders.make_rotation()
    builders.make_rotation(team=builders.make_team(name="West"), time_zone="America/Los_Angeles")

    month = demo.banner(now=NOW).steps[2]

    assert month.to == dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)


def test_at_a_handover_the_next_step_leads_to_the_one_after() -> None:
    builders.make_rotation()
    handover = dt.datetime(2026, 11, 30, 12, 0, tzinfo=dt.UTC)

    step = demo.banner(now=handover).steps[1]

    assert step.to == handover + 7 * DAY


def test_an_admin_moves_the_time_and_the_trail_says_so(client: Client) -> None:
    ada = builders.make_admin()
    client.force_login(ada)
    to = clock.now() + 5 * DAY

    answer = client.post("/demo/clock/", {"to": to.isoformat(), "next": "/settings/"})

    assert answer.headers["Location"] == "/settings/"
    assert to <= clock.now() < to + dt.timedelta(minutes=1)
    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.subject) == (ada.email, "moved", "the demo’s time")


def test_a_second_click_on_the_same_step_moves_nothing(client: Client) -> None:
    client.force_login(builders.make_admin())
    to = clock.now() + DAY
    client.post("/demo/clock/", {"to": to.isoformat()})

    answer = client.post("/demo/clock/", {"to": to.isoformat()})

    assert answer.status_code == 409
    assert clock.now() < to + dt.timedelta(minutes=1)
    assert AuditEvent.objects.count() == 1


def test_time_does_not_move_by_more_than_a_month_at_once() -> None:
    with pytest.raises(demo.ClockStepError):
        demo.move_clock(to=NOW + 41 * DAY, actor=ACTOR, now=NOW)

    assert AuditEvent.objects.count() == 0


def test_only_an_admin_moves_the_time(client: Client) -> None:
    builders.make_rotation()
    finn = builders.make_finance()
    client.force_login(finn)

    answer = client.post("/demo/clock/", {"to": (clock.now() + DAY).isoformat()})

    assert answer.status_code == 403
    assert "Only an admin of the demo company can move its time." in answer.content.decode()
    assert "Move the time" not in client.get("/settings/").content.decode()


@pytest.mark.parametrize("to", ["", "tomorrow", "2026-12-01T00:00:00"])
def test_what_our_form_does_not_send_is_not_there(client: Client, to: str) -> None:
    client.force_login(builders.make_admin())

    assert client.post("/demo/clock/", {"to": to}).status_code == 404


@pytest.mark.parametrize("mode", ["production", "test"])
def test_there_is_no_clock_to_move_outside_the_demo(
    client: Client, settings: Settings, mode: str
) -> None:
    settings.ROTA_MODE = mode
    client.force_login(builders.make_admin())

    answer = client.post("/demo/clock/", {"to": (clock.now() + DAY).isoformat()})

    assert answer.status_code == 404
    assert "Demo company" not in client.get("/settings/").content.decode()


def test_an_admin_sees_the_three_steps_on_every_page(client: Client) -> None:
    builders.make_rotation()
    ada = builders.make_engineer(name="Ada")
    builders.make_role(engineer=ada, role=RoleGrant.Role.ADMIN)
    client.force_login(ada)

    page = client.get("/settings/").content.decode()

    assert page.count('name="to"') == 3
    assert "The running week ends, is paid, and the next person is on call." in page
