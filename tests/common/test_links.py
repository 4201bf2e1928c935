from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from common import links
from common.links import LinkBrokenError, LinkExpiredError, SignedFor

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

NOW = dt.datetime(2026, 12, 2, 9, 30, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(days=2)
ROUTE, ANOTHER = "yes", "no"


def _page(_request: HttpRequest, signed: str) -> HttpResponse:
    return HttpResponse(signed)


urlpatterns = [
    path("yes/<str:signed>/", _page, name=ROUTE),
    path("no/<str:signed>/", _page, name=ANOTHER),
]


@pytest.fixture(autouse=True)
def _two_routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def _signed() -> str:
    return links.signed_link(purpose=ROUTE, row=7, person=3, until=UNTIL).split("/")[-2]


def test_a_link_is_a_full_address_that_says_whom_and_what_it_is_for(
    settings: Settings,
) -> None:
    settings.ROTA_BASE_URL = "https://rota.example"

    link = links.signed_link(purpose=ROUTE, row=7, person=3, until=UNTIL)

    assert link.startswith("https://rota.example/yes/")
    found = links.read_signed(purpose=ROUTE, signed=link.split("/")[-2], now=NOW)
    assert found == SignedFor(row=7, person=3)


def test_a_link_has_no_character_at_which_a_mail_program_ends_it() -> None:
    assert set(":<>()[]\"' ") & set(_signed()) == set()


def test_a_link_ends_at_its_instant() -> None:
    almost = UNTIL - dt.timedelta(seconds=1)

    assert links.read_signed(purpose=ROUTE, signed=_signed(), now=almost).row == 7
    with pytest.raises(LinkExpiredError, match="Sign in"):
        links.read_signed(purpose=ROUTE, signed=_signed(), now=UNTIL)


def test_a_link_opens_no_other_address() -> None:
    with pytest.raises(LinkBrokenError):
        links.read_signed(purpose=ANOTHER, signed=_signed(), now=NOW)


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_link_with_one_character_changed_is_refused(at: int) -> None:
    signed = _signed()
    changed = signed[:at] + ("A" if signed[at] != "A" else "B") + signed[at + 1 :]

    with pytest.raises(LinkBrokenError):
        links.read_signed(purpose=ROUTE, signed=changed, now=NOW)


@pytest.mark.parametrize("text", ["", ".", "1", "a.b", "é.ü", "x" * 5000])
def test_what_was_never_signed_is_refused(text: str) -> None:
    with pytest.raises(LinkBrokenError):
        links.read_signed(purpose=ROUTE, signed=text, now=NOW)


def test_a_link_signed_before_the_key_was_replaced_still_opens(settings: Settings) -> None:
    signed = _signed()
    old = settings.SECRET_KEY
    settings.SECRET_KEY = old[::-1]
    settings.SECRET_KEY_FALLBACKS = [old]

    assert links.read_signed(purpose=ROUTE, signed=signed, now=NOW).person == 3
