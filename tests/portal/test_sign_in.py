from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal import demo
from tests import builders

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
WORDS = "correct horse battery staple"


@pytest.fixture
def _ben() -> None:
    builders.make_engineer(name="Ben", password=WORDS)


@pytest.mark.usefixtures("_ben")
def test_ben_signs_in_with_e_mail_and_password_and_comes_where_he_wanted(client: Client) -> None:
    answer = client.post(
        "/sign-in/?next=/settings/", {"login": "Ben@Example.com", "password": WORDS}
    )

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/settings/"
    assert client.get("/settings/").status_code == 200


@pytest.mark.usefixtures("_ben")
@pytest.mark.parametrize("login", ["ben@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_person_get_the_same_words(
    client: Client, login: str
) -> None:
    page = client.post("/sign-in/", {"login": login, "password": "wrong"}).content.decode()

    assert "That did not work. E-mail or password is wrong." in page
    assert f'value="{login}"' in page


@pytest.mark.usefixtures("_ben")
def test_after_five_tries_the_door_says_when_it_opens_again(client: Client) -> None:
    for _try in range(5):
        client.post("/sign-in/", {"login": "ben@example.com", "password": "wrong"})

    page = client.post("/sign-in/", {"login": "ben@example.com", "password": WORDS})

    assert "Too many tries. Try again in 15 minutes, at " in page.content.decode()
    assert client.get("/settings/").status_code == 302


def test_many_tries_from_one_place_meet_a_page_that_asks_to_wait(client: Client) -> None:
    for number in range(30):
        client.post("/sign-in/", {"login": f"n{number}@example.com", "password": "wrong"})

    answer = client.post("/sign-in/", {"login": "ben@example.com", "password": WORDS})

    assert answer.status_code == 429
    assert "Too many tries from here" in answer.content.decode()


@pytest.mark.usefixtures("_ben")
@pytest.mark.parametrize("away", ["//evil.example/", "https:evil.example", "/\\evil.example"])
def test_signing_in_stays_on_this_site(client: Client, away: str) -> None:
    answer = client.post("/sign-in/", {"login": "ben@example.com", "password": WORDS, "next": away})

    assert answer.headers["Location"] == "/"


def test_somebody_deactivated_stays_outside(client: Client) -> None:
    builders.make_engineer(name="Ben", password=WORDS, is_active=False)

    answer = client.post("/sign-in/", {"login": "ben@example.com", "password": WORDS}, follow=True)

    assert "This account is closed." in answer.content.decode()
    assert client.get("/settings/").status_code == 302


def test_an_empty_copy_says_how_to_make_accounts(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()

    assert "Sign-in is not set up" in page
    assert "create_admin" in page


@pytest.mark.usefixtures("_ben")
def test_no_demo_person_is_named_outside_the_demo(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()

    assert [person.name for person in demo.people() if person.name in page] == []
    assert "Demo company" not in page


def test_signing_out_asks_first_and_then_ends_the_session(client: Client) -> None:
    client.force_login(builders.make_ben())
    asked = client.get("/sign-out/").content.decode()

    answer = client.post("/sign-out/")

    assert "You stay on call where you are on call." in asked
    assert answer.headers["Location"] == "/sign-in/"
    assert client.get("/settings/").status_code == 302
