from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import include, path

from common.refusals import RefusedError
from tests import builders

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
WORDS = "correct horse battery staple"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.failed"


class OtherPublishedError(RefusedError):
    code = "OTHER_PUBLISHED"
    status = 409


def only_finance(request: HttpRequest) -> HttpResponse:
    del request
    raise PermissionDenied("Only finance can close a period.")


def changed(request: HttpRequest) -> HttpResponse:
    del request
    raise OtherPublishedError("Anna published version 8.", fields={"base": "Yours is version 7."})


def broken(request: HttpRequest) -> HttpResponse:
    del request
    raise RuntimeError("secret detail")


urlpatterns = [
    path("only-finance/", only_finance),
    path("changed/", changed),
    path("broken/", broken),
    path("", include("config.urls")),
]


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.ROOT_URLCONF = "tests.portal.test_errors"
    client = Client(raise_request_exception=False)
    client.force_login(builders.make_ben())
    return client


def test_a_page_that_is_not_there_and_one_that_is_not_yours_look_the_same(client: Client) -> None:
    answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert "This page does not exist, or is not yours to see" in answer.content.decode()


def test_a_function_of_another_role_names_who_can(client: Client) -> None:
    answer = client.get("/only-finance/")

    assert answer.status_code == 403
    assert "<h1>Only finance can close a period.</h1>" in answer.content.decode()
    assert "Ben" in answer.content.decode()


def test_a_refusal_says_what_changed_and_leads_back(client: Client) -> None:
    answer = client.get("/changed/", headers={"Referer": "http://testserver/settings/"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<h1>Anna published version 8.</h1>" in page
    assert "Yours is version 7." in page
    assert "Nothing was changed." in page
    assert 'href="http://testserver/settings/"' in page


def test_a_refusal_does_not_lead_to_another_site(client: Client) -> None:
    answer = client.get("/changed/", headers={"Referer": "http://evil.example/"})

    assert "evil.example" not in answer.content.decode()


def test_a_fault_shows_a_number_to_quote_and_nothing_of_itself(client: Client) -> None:
    answer = client.get("/broken/", headers={"X-Request-Id": "abcdef-123456"})

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "abcdef-123456" in page
    assert "Paging is not affected" in page
    assert "secret detail" not in page


def test_a_form_from_elsewhere_is_refused_in_words(settings: Settings) -> None:
    settings.ROOT_URLCONF = "config.urls"
    client = Client(enforce_csrf_checks=True)
    builders.make_engineer(name="Ben", password=WORDS)

    answer = client.post("/sign-in/", {"login": "ben@example.com", "password": WORDS})

    assert answer.status_code == 403
    assert "This form is too old to be sent" in answer.content.decode()


@pytest.mark.parametrize("address", ["/no-such-page/", "/only-finance/", "/changed/", "/broken/"])
def test_error_pages_have_one_heading_that_takes_the_focus(client: Client, address: str) -> None:
    page = client.get(address).content.decode()

    assert page.count("<h1>") == 1
    assert 'tabindex="-1" autofocus' in page


def test_error_pages_carry_the_security_headers(client: Client) -> None:
    for address in ["/no-such-page/", "/only-finance/", "/broken/"]:
        headers = client.get(address).headers

        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
