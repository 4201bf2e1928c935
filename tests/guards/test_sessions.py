from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from tests import builders
from tests.guards.production import outside_settings
from volunteers.models import ManagerGrant, RoleGrant

if TYPE_CHECKING:
    from pytest_django import Settings

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
WORDS = {"login": "ben@example.com", "password": builders.CORRECT_HORSE}
SETTINGS = "/settings/"


@pytest.fixture
def ben() -> Engineer:
    return builders.make_engineer(name="Ben", password=builders.CORRECT_HORSE)


@pytest.fixture
def signed_in(ben: Engineer) -> Client:
    browser = Client()
    browser.force_login(ben)
    return browser


def _is_inside(browser: Client) -> bool:
    return browser.get(SETTINGS).status_code == 200


def _session(browser: Client) -> str:
    return browser.cookies["sessionid"].value


@pytest.mark.usefixtures("ben")
def test_a_session_that_somebody_else_chose_is_not_the_one_that_is_signed_in() -> None:
    browser = Client()
    browser.cookies["sessionid"] = "a" * 32
    browser.post("/sign-in/", WORDS)

    assert _is_inside(browser)
    assert _session(browser) != "a" * 32
    assert not _is_inside(Client(headers={"Cookie": f"sessionid={'a' * 32}"}))


def test_a_strangers_session_is_left_behind_at_the_door(ben: Engineer) -> None:
    browser = Client()
    session = browser.session
    session["seen"] = "before"
    session.save()
    before = _session(browser)

    browser.force_login(ben)

    assert _session(browser) != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_session_is_dead_once_its_owner_has_left(signed_in: Client) -> None:
    copied = _session(signed_in)
    elsewhere = Client(headers={"Cookie": f"sessionid={copied}"})
    assert _is_inside(elsewhere)

    signed_in.post("/sign-out/")

    assert not _is_inside(elsewhere)
    assert not Session.objects.filter(session_key=copied).exists()


def test_somebody_deactivated_is_out_at_the_next_request(ben: Engineer, signed_in: Client) -> None:
    assert _is_inside(signed_in)

    ben.is_active = False
    ben.save(update_fields=["is_active"])

    answer = signed_in.get(SETTINGS)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(
    ben: Engineer, signed_in: Client
) -> None:
    team = builders.make_team()
    rotation = builders.make_rotation(team=team)
    builders.make_manager(engineer=ben, team=team)
    builders.make_role(engineer=ben, role=RoleGrant.Role.FINANCE)
    builders.make_role(engineer=ben, role=RoleGrant.Role.ADMIN)
    draft = f"/rotations/{rotation.slug}/draft/"
    assert [signed_in.get(one).status_code for one in (draft, "/finance/rates/", "/admin/")] == [
        200,
        200,
        200,
    ]

    ManagerGrant.objects.filter(engineer=ben).update(until=builders.LONG_AGO)
    RoleGrant.objects.filter(engineer=ben).update(until=builders.LONG_AGO)

    assert signed_in.get(draft).status_code == 404
    assert signed_in.get("/finance/rates/").status_code == 403
    assert signed_in.get("/admin/").status_code == 404


@pytest.mark.usefixtures("ben")
def test_productions_cookies_travel_over_tls_alone_and_no_script_reads_them(
    settings: Settings,
) -> None:
    for name, value in outside_settings().items():
        setattr(settings, name, value)
    browser = Client(headers={"Host": "rota.example", "X-Forwarded-Proto": "https"})
    browser.get("/sign-in/")

    browser.post("/sign-in/", WORDS)

    assert set(browser.cookies) == {"sessionid", "csrftoken"}
    for cookie in browser.cookies.values():
        assert cookie["secure"], cookie.key
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie.key


@pytest.mark.usefixtures("ben")
def test_whoever_claims_another_address_each_time_is_throttled_all_the_same() -> None:
    browser = Client()
    for number in range(30):
        claimed = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-Ip": f"10.0.1.{number}"}
        wrong = {"login": f"n{number}@example.com", "password": "wrong"}
        browser.post("/sign-in/", wrong, headers=claimed)

    answer = browser.post("/sign-in/", WORDS, headers={"X-Forwarded-For": "10.0.0.99"})

    assert answer.status_code == 429


@pytest.mark.usefixtures("ben")
def test_an_account_opens_again_when_its_time_is_over() -> None:
    browser = Client()
    with time_machine.travel(builders.NOW, tick=False) as clock:
        for _try in range(6):
            browser.post("/sign-in/", WORDS | {"password": "wrong"})
        assert browser.post("/sign-in/", WORDS).status_code != 302

        clock.shift(dt.timedelta(minutes=16))

        assert browser.post("/sign-in/", WORDS).status_code == 302
