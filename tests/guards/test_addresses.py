from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests import builders
from tests.guards.asking import API, Outcome, Visitor, pages, path_of, routes_below, text_of, tried

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

AWAY = [
    "//evil.example",
    "//evil.example/%2f..",
    "///evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https://evil.example/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "%2f%2fevil.example",
    "javascript:alert(1)",
    "data:text/html,evil",
    "//evil.example\\@testserver/",
    "\x00//evil.example",
]
FORGED = {"Host": "evil.example"}


def _leads_away(answer: HttpResponse) -> bool:
    """Whether the answer's address, read as browsers do, is on another site or is no page."""
    where = answer.headers.get("Location", "").replace("\\", "/").replace("\t", "")
    parts = urlsplit(where)
    outside = parts.netloc not in {"", "testserver"} or where.startswith("//")
    return outside or parts.scheme not in {"", "http", "https"}


@pytest.mark.parametrize("away", AWAY)
@pytest.mark.parametrize(
    ("viewer", "method", "address", "form"),
    [
        ("nobody", "POST", "/sign-in/", {"login": "ben@example.com"}),
        ("engineer", "GET", "/sign-in/", {}),
        ("engineer", "POST", "/sign-out/", {}),
        ("engineer", "GET", "/sign-out/", {}),
        ("engineer", "POST", "/settings/theme/", {"theme": "dark"}),
    ],
)
@pytest.mark.usefixtures("world")
def test_nobody_is_led_to_another_site(
    *,
    viewer: str,
    method: str,
    address: str,
    form: dict[str, str],
    away: str,
    everybody: dict[str, Visitor],
) -> None:
    words = {"password": builders.CORRECT_HORSE} if "login" in form else {}
    body = urlencode(form | words | {"next": away}) if method == "POST" else ""
    path = f"{address}?next={quote(away, safe='')}"

    done = tried(partial(everybody[viewer].ask, method, path, body))

    assert done.answer.status_code in {200, 302, 400}
    assert not _leads_away(done.answer), done.answer.headers["Location"]


def test_every_route_refuses_a_host_that_is_not_ours(
    world: World, everybody: dict[str, Visitor]
) -> None:
    wrong = []

    for route in [*pages(), *routes_below(API)]:
        done = tried(partial(everybody["manager"].ask, "GET", path_of(route, world), "", FORGED))
        if done.answer.status_code != 400 or "evil" in done.answer.content.decode():
            wrong.append(f"{route.path}: {done.answer.status_code}")

    # The probes answer whoever can reach the process: they name no address.
    assert set(wrong) <= {"/healthz: 200", "/readyz: 503"}


def test_a_forwarded_host_stands_on_no_page(world: World, everybody: dict[str, Visitor]) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Host": "evil.example",
        "Forwarded": "host=evil",
    }
    wrong = []

    for route in [*pages(), *routes_below(API)]:
        done = tried(partial(everybody["manager"].ask, "GET", path_of(route, world), "", forged))
        if done.outcome is Outcome.BROKEN or "evil" in text_of(done.answer):
            wrong.append(route.path)

    assert set(wrong) <= {"/readyz"}


def test_a_list_of_the_api_leads_on_within_its_own_host(everybody: dict[str, Visitor]) -> None:
    admin = everybody["admin"]

    answer = admin.ask("GET", "/api/v1/people/?page_size=1", "", {"X-Forwarded-Host": "evil"})

    assert answer.json()["next"].startswith("http://testserver/api/v1/people/?")  # type: ignore[attr-defined]
