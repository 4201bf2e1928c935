from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from knox.models import AuthToken

from audit.models import AuditEvent
from tests import builders
from volunteers.operations import tokens

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
WORDS = "correct horse battery staple"
OTHERS = "four other words together"


@pytest.fixture
def ben() -> Engineer:
    return builders.make_engineer(name="Ben", employee_id="00412", password=WORDS)


@pytest.fixture
def client(ben: Engineer) -> Client:
    client = Client()
    client.force_login(ben)
    return client


def _made(page: str) -> str:
    found = re.search(r'id="made" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_settings_show_what_rota_knows_of_the_person(client: Client, ben: Engineer) -> None:
    builders.make_posting(
        engineer=ben, office=builders.make_office(), team=builders.make_home_team()
    )

    page = client.get("/settings/").content.decode()

    for fact in ["ben<wbr>@example.com", "00412", "Dublin", "Europe/Dublin", "Payments", "CC-100"]:
        assert fact in page


def test_the_theme_is_kept_and_leads_back(client: Client, ben: Engineer) -> None:
    answer = client.post("/settings/theme/", {"theme": "dark", "next": "/how/"})

    ben.refresh_from_db()
    assert answer.headers["Location"] == "/how/"
    assert ben.theme == "dark"
    assert '<html lang="en" data-bs-theme="dark">' in client.get("/how/").content.decode()
    assert AuditEvent.objects.get().verb == "chose"


def test_auto_leaves_the_theme_to_the_system(client: Client) -> None:
    client.post("/settings/theme/", {"theme": "dark"})

    client.post("/settings/theme/", {"theme": "auto"})

    assert "data-bs-theme" not in client.get("/settings/").content.decode()


def test_an_unknown_theme_changes_nothing(client: Client, ben: Engineer) -> None:
    answer = client.post("/settings/theme/", {"theme": "pink"})

    ben.refresh_from_db()
    assert answer.status_code == 400
    assert ben.theme == "auto"


def test_the_theme_does_not_lead_to_another_site(client: Client) -> None:
    answer = client.post("/settings/theme/", {"theme": "dark", "next": "//evil.example"})

    assert answer.headers["Location"] == "/settings/"


def test_a_token_is_shown_once_and_stored_as_a_digest(client: Client) -> None:
    answer = client.post("/settings/tokens/")

    token = _made(answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    row = AuthToken.objects.get()
    assert token not in (row.digest, row.token_key)
    assert token not in client.get("/settings/").content.decode()
    assert token[:8] in client.get("/settings/").content.decode()
    event = AuditEvent.objects.get()
    assert (event.area, event.verb, event.subject) == ("access", "made", f"API token {token[:8]}")


def test_a_token_can_be_made_without_leaving_the_page(client: Client) -> None:
    answer = client.post("/settings/tokens/", headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert _made(page)
    assert page.lstrip().startswith('<section class="panel" id="tokens"')


def test_one_token_is_revoked_and_the_other_goes_on(client: Client, ben: Engineer) -> None:
    first = _made(client.post("/settings/tokens/").content.decode())
    second = _made(client.post("/settings/tokens/").content.decode())

    answer = client.post("/settings/tokens/revoke/", {"token": first[:15]}, follow=True)

    page = answer.content.decode()
    assert "The token is revoked." in page
    assert first[:8] not in page
    assert second[:8] in page
    assert AuthToken.objects.filter(user=ben).count() == 1
    assert AuditEvent.objects.filter(verb="revoked").count() == 1


def test_nobody_revokes_the_token_of_another(client: Client) -> None:
    carla = builders.make_carla()
    row, _text = AuthToken.objects.create(user=carla)

    answer = client.post("/settings/tokens/revoke/", {"token": row.token_key})

    assert answer.status_code == 404
    assert AuthToken.objects.filter(user=carla).exists()
    assert not AuditEvent.objects.exists()


def test_a_twenty_first_token_is_refused_in_words(client: Client, ben: Engineer) -> None:
    for _number in range(tokens.MOST_TOKENS):
        AuthToken.objects.create(user=ben)

    answer = client.post("/settings/tokens/")

    assert answer.status_code == 409
    assert "You have 20 tokens. Revoke one first." in answer.content.decode()
    assert AuthToken.objects.count() == tokens.MOST_TOKENS


def test_a_new_password_signs_other_browsers_out_and_keeps_this_one(
    client: Client, ben: Engineer
) -> None:
    elsewhere = Client()
    elsewhere.force_login(ben)

    answer = client.post(
        "/settings/password/", {"oldpassword": WORDS, "password1": OTHERS, "password2": OTHERS}
    )

    assert answer.headers["Location"] == "/settings/"
    page = client.get("/settings/")
    assert page.status_code == 200
    assert "Your password is changed." in page.content.decode()
    assert elsewhere.get("/settings/").status_code == 302


def test_a_new_password_needs_the_old_one(client: Client, ben: Engineer) -> None:
    page = client.post(
        "/settings/password/", {"oldpassword": "no", "password1": OTHERS, "password2": OTHERS}
    ).content.decode()

    ben.refresh_from_db()
    assert "This is not the password that you have now." in page
    assert ben.check_password(WORDS)


def test_somebody_without_a_password_has_no_page_to_change_it() -> None:
    client = Client()
    client.force_login(builders.make_carla())

    assert client.get("/settings/password/").status_code == 404
    assert "You have no password here" in client.get("/settings/").content.decode()


@pytest.mark.parametrize("address", ["theme", "tokens/revoke"])
def test_what_changes_something_is_not_done_by_a_link(client: Client, address: str) -> None:
    assert client.get(f"/settings/{address}/").status_code == 405


def test_opening_the_address_of_a_new_token_makes_none(client: Client) -> None:
    answer = client.get("/settings/tokens/")

    assert answer.headers["Location"] == "/settings/"
    assert not AuthToken.objects.exists()


def test_settings_are_for_those_signed_in() -> None:
    assert Client().get("/settings/").headers["Location"] == "/sign-in/?next=/settings/"
