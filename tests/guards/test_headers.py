from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from tests.guards.asking import (
    ADMIN,
    API,
    Outcome,
    Visitor,
    pages,
    path_of,
    routes_below,
    tried,
)
from tests.guards.production import outside_settings
from tests.guards.world import OPEN_MONTH

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from pytest_django import Settings

    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
handler400 = "config.api.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "config.api.not_found"
handler500 = "config.api.failed"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Asks them all for the pages that managers, finance and admins alone are shown.
SEEING = ("engineer", "manager", "finance", "admin", "nobody")
ROUTES = [*pages(), *routes_below(API), *routes_below(ADMIN)]


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"secret detail of {request.path}")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(request.path)


urlpatterns = [
    path("broken/", broken),
    path("api/broken/", broken),
    path("denied/", denied),
    path("", include("config.urls")),
]


def _missing(answer: HttpResponse) -> list[str]:
    """What the answer's headers lack."""
    policy = answer.headers.get("Content-Security-Policy", "")
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    lacking = [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
    if directives.get("default-src") != ["'none'"] or directives.get("base-uri") != ["'none'"]:
        lacking.append("a policy that begins with nothing")
    if directives.get("script-src") != ["'self'"] or directives.get("style-src") != ["'self'"]:
        lacking.append("scripts and styles from here alone")
    if directives.get("frame-ancestors") != ["'none'"] or "unsafe" in policy:
        lacking.append("nobody's frame")
    return lacking


@pytest.mark.parametrize("viewer", SEEING)
def test_every_answer_carries_the_headers(
    viewer: str, world: World, everybody: dict[str, Visitor]
) -> None:
    wrong = {}

    for route in ROUTES:
        answer = tried(partial(everybody[viewer].ask, "GET", path_of(route, world))).answer
        if lacking := _missing(answer):
            wrong[route.path] = lacking

    assert wrong == {}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing/", 404),
        ("/api/v1/nothing/", 404),
        ("/denied/", 403),
        ("/broken/", 500),
        ("/api/broken/", 500),
        ("/static/nothing.css", 404),
        ("/shifts/999999999999999999999999/", 404),
    ],
)
def test_refusals_and_faults_carry_them_too_and_tell_nothing(
    address: str, status: int, world: World, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "tests.guards.test_headers"
    browser = Client(raise_request_exception=False)
    browser.force_login(world.people["admin"])

    found: Any = browser.get(address)
    answer: HttpResponse = found

    assert answer.status_code == status
    assert _missing(answer) == []
    assert "secret detail" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_file_of_a_page_may_be_kept_and_nothing_else_is_read_into_it(world: World) -> None:
    del world

    answer = Client().get("/static/css/base.css")

    assert answer.status_code == 200
    assert answer.getvalue()  # which closes it
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# What programs ask for again and again: it may lie with them, if they ask each time.
ASKED_AGAIN = {"calendar-feed": "private, no-cache"}
SHOWN = ("text/html", "application/json", "application/vnd.oai.openapi+json")


def _is_file(answer: HttpResponse) -> bool:
    return not answer.headers.get("Content-Type", "").startswith(SHOWN)


def test_what_is_downloaded_is_saved_and_kept_nowhere_on_the_way(
    world: World, everybody: dict[str, Visitor]
) -> None:
    finance = everybody["finance"]
    found = []

    for route in [*pages(), *routes_below(API)]:
        done = tried(partial(finance.ask, "GET", path_of(route, world)))
        answer = done.answer
        if done.outcome is Outcome.OK and answer.status_code == 200 and _is_file(answer):
            found.append(route.name)
            assert answer.headers["Content-Disposition"].startswith("attachment; "), route.path
            kept = ASKED_AGAIN.get(route.name, "no-store")
            assert kept in answer.headers["Cache-Control"], route.path

    assert {"period-export", "calendar-feed"} <= set(found)


def test_test_mode_says_how_many_queries_an_answer_took(everybody: dict[str, Visitor]) -> None:
    engineer = everybody["engineer"]

    with CaptureQueriesContext(connection) as captured:
        answer = engineer.ask("GET", "/pay/")

    assert int(answer.headers["X-Query-Count"]) == len(captured) > 0
    assert everybody["nobody"].ask("GET", "/healthz").headers["X-Query-Count"] == "0"


@pytest.fixture
def production(settings: Settings, world: World) -> Client:
    """A browser at the product with production's settings, over TLS."""
    for name, value in outside_settings().items():
        setattr(settings, name, value)
    browser = Client(headers={"Host": "rota.example", "X-Forwarded-Proto": "https"})
    browser.force_login(world.people["finance"])
    return browser


@pytest.mark.parametrize("address", ["/pay/", "/nothing/", f"/finance/periods/{OPEN_MONTH}/"])
def test_production_asks_browsers_to_stay_on_tls(production: Client, address: str) -> None:
    answer = production.get(address)

    assert answer.headers["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )


def test_production_sends_plain_requests_to_tls_but_not_the_probes(production: Client) -> None:
    plain = {"X-Forwarded-Proto": "http"}

    assert production.get("/pay/", headers=plain).headers["Location"] == "https://rota.example/pay/"
    assert production.get("/healthz", headers=plain).status_code == 200
