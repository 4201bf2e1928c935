from __future__ import annotations

import contextlib
import http.client
import re
import urllib.parse
from typing import TYPE_CHECKING

import pytest
from django.urls import resolve

from config.routes import routes
from tests.guards.asking import API, DOOR

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.one_engine

# What strangers may open. Everything else asks them to sign in.
OPEN = {"/healthz", "/readyz", "/how/", DOOR, "/sign-in/demo/", "/hooks/pagerduty/"}
# Open to whoever knows its secret, which "1" is not.
OPEN |= {"/calendar/1.ics"}
# What volunteering for a team means; "1" is no team.
OPEN |= {"/volunteer/1/"}
# Open to whoever holds a signed link; "1" is none.
BY_MAIL = {
    "/covers/by-mail/1/",
    "/covers/by-mail/1/swap/",
    "/swaps/by-mail/1/",
    "/terms/roll-off-by-mail/1/",
    "/terms/extend-by-mail/1/",
}
OPEN |= BY_MAIL
STATUSES = {
    **{address: {404} for address in BY_MAIL},
    "/calendar/1.ics": {404},
    "/volunteer/1/": {404},
    "/readyz": {200, 503},
    "/sign-in/demo/": {405},
    "/hooks/pagerduty/": {405},
}
ASKED = ("GET", "POST", "PUT", "DELETE")


def _addresses() -> list[str]:
    """Every route with something in the place of each argument; nobody is let in to look for it."""
    found = []
    for route in routes():
        path = route.path.replace("(?P<url>.*)$", "nothing/").replace("<month:", "2026-10<")
        path = re.sub(r"\(\?P<app_label>(\w+).*\$", r"\1/", path)
        path = path.replace("<report:", "people<")
        path = re.sub(r"(2026-10|people)?<[^>]+>", lambda name: name[1] or "1", path)
        found.append(path)
    return sorted(set(found))


ADDRESSES = _addresses()


class Stranger:
    """Asks over HTTP with neither cookie nor token, and follows nothing."""

    def __init__(self, address: str) -> None:
        self._host = urllib.parse.urlsplit(address).netloc

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, str]:
        """The status and where the answer sends one, on a connection of its own."""
        connection = http.client.HTTPConnection(self._host, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers | {"Connection": "close"})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")


@pytest.fixture
def stranger(live_server: LiveServer) -> Stranger:
    return Stranger(live_server.url)


def test_every_address_is_one_that_the_product_knows() -> None:
    for path in ADDRESSES:
        assert resolve(path).func is not None, path


def test_every_page_asks_strangers_to_sign_in_unless_it_is_listed(stranger: Stranger) -> None:
    wrong = []

    for path in [one for one in ADDRESSES if not one.startswith(API)]:
        status, where = stranger.ask("GET", path)
        is_open = path in OPEN and status in STATUSES.get(path, {200})
        if not is_open and not (status == 302 and where.partition("?")[0] == DOOR):
            wrong.append(f"GET {path}: {status} {where}")

    assert wrong == []


def test_what_is_listed_is_open(stranger: Stranger) -> None:
    for path in OPEN:
        assert stranger.ask("GET", path)[0] in STATUSES.get(path, {200}), path


def test_strangers_can_send_nothing_but_to_the_door(stranger: Stranger) -> None:
    wrong = []

    for path in [one for one in ADDRESSES if not one.startswith(API)]:
        # No token of a form: refused before anything else is asked.
        status, _where = stranger.ask("POST", path)
        if status not in {302, 403, 405}:
            wrong.append(f"POST {path}: {status}")

    assert wrong == []


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"Authorization": f"Token {'0' * 64}"}, id="a token that never was"),
        pytest.param({"Authorization": "Basic YW5uYTphbm5h"}, id="a password"),
        pytest.param({"Cookie": f"sessionid={'a' * 32}"}, id="a session that never was"),
    ],
)
def test_every_route_of_the_api_answers_401_without_a_token_that_holds(
    stranger: Stranger, headers: dict[str, str]
) -> None:
    wrong = []

    for path in [one for one in ADDRESSES if one.startswith(API)]:
        for method in ASKED:
            status, _where = stranger.ask(method, path, **headers)
            if status != 401:
                wrong.append(f"{method} {path}: {status}")

    assert wrong == []


def test_a_token_in_the_address_is_none(stranger: Stranger) -> None:
    assert stranger.ask("GET", f"/api/v1/people/?token={'0' * 64}")[0] == 401


def test_an_address_that_is_not_there_is_404_for_strangers_too(stranger: Stranger) -> None:
    assert stranger.ask("GET", "/nothing/")[0] == 404
    assert stranger.ask("GET", "/api/v1/nothing/")[0] == 404
