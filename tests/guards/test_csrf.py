from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import resolve

from tests.guards.asking import (
    ADMIN,
    API,
    METHODS,
    SAFE,
    Tried,
    Visitor,
    pages,
    path_of,
    routes_below,
    tried,
    visitors,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from config.routes import Route
    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

UNSAFE = tuple(method for method in METHODS if method not in SAFE)
# No page's form: a signature opens it, and no session does.
SIGNED = "/hooks/pagerduty/"
FORMS = [
    route
    for route in [*pages(), *routes_below(ADMIN)]
    if set(UNSAFE) & set(route.methods) and route.path != SIGNED
]
REFUSED = "This form is too old to be sent"
ONE, OTHER = "a" * 32, "b" * 32


@pytest.fixture(scope="module")
def strict(world: World) -> Visitor:
    """An admin whose browser meets the check that forms pass."""
    return visitors(world, make_client=lambda: Client(enforce_csrf_checks=True))["admin"]


def _send(
    visitor: Visitor, route: Route, world: World, *, token: str = "", **headers: str
) -> Tried:
    """A form with that token, from a browser that holds `ONE`."""
    body = urlencode({"csrfmiddlewaretoken": token}) if token else ""
    cookie = {"Cookie": f"sessionid={visitor.session}; csrftoken={ONE}"}
    path = path_of(route, world)
    return tried(partial(visitor.ask, "POST", path, body, cookie | headers))


def _is_refused(done: Tried) -> bool:
    is_said = REFUSED in done.answer.content.decode()
    return done.answer.status_code == 403 and is_said and not done.changed


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        pytest.param("", {}, id="no token"),
        pytest.param(OTHER, {}, id="the token of somebody else"),
        pytest.param(ONE, {"Origin": "https://evil.example"}, id="another origin"),
        pytest.param(ONE, {"Origin": "null"}, id="no origin worth the name"),
    ],
)
def test_no_page_takes_a_form_that_is_not_its_own(
    token: str, headers: dict[str, str], world: World, strict: Visitor
) -> None:
    taken = [
        route.path
        for route in FORMS
        if not _is_refused(_send(strict, route, world, token=token, **headers))
    ]

    assert taken == []


def test_the_same_form_from_its_own_page_is_taken(world: World, strict: Visitor) -> None:
    refused = [
        route.path
        for route in FORMS
        if _is_refused(_send(strict, route, world, token=ONE, Origin="http://testserver"))
    ]

    assert refused == []


def test_only_the_api_and_what_is_signed_are_free_of_the_check(world: World) -> None:
    free = {
        route.path
        for route in [*pages(), *routes_below(ADMIN)]
        if getattr(resolve(path_of(route, world)).func, "csrf_exempt", False)
    }

    assert free == {SIGNED}


@pytest.mark.parametrize("token", ["", OTHER])
def test_a_session_alone_does_nothing_through_the_api(
    token: str, world: World, strict: Visitor
) -> None:
    taken = []

    for route in routes_below(API):
        for method in UNSAFE:
            done = tried(partial(_by_session, strict, method, path_of(route, world), token))
            if done.answer.status_code != 403 or done.changed:
                taken.append(f"{method} {route.path}: {done.answer.status_code}")

    assert taken == []


def _by_session(visitor: Visitor, method: str, path: str, token: str) -> HttpResponse:
    headers = {"Cookie": f"sessionid={visitor.session}; csrftoken={ONE}", "X-CSRFToken": token}
    answer: Any = visitor.machine.generic(
        method, path, "{}", content_type="application/json", headers=headers
    )
    found: HttpResponse = answer
    return found


def test_a_session_reads_through_the_api(world: World, strict: Visitor) -> None:
    headers = {"Cookie": f"sessionid={strict.session}"}

    answer = strict.machine.get("/api/v1/rotations/", headers=headers)

    assert answer.status_code == 200
    assert world.rotation.slug in answer.content.decode()
