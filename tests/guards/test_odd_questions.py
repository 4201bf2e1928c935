from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from tests.guards.asking import (
    ADMIN,
    API,
    Outcome,
    Tried,
    Visitor,
    pages,
    path_of,
    routes_below,
    tried,
)
from tests.guards.rights import rule_of

if TYPE_CHECKING:
    from config.routes import Route
    from tests.guards.world import World

pytestmark = pytest.mark.django_db

DAYS = ("from", "until", "not_before", "effective_from")
NUMBERS = ("page", "decided", "run", "version", "office", "level")
WORDS = ("q", "team", "layout", "show", "bom", "next", "month", "state", "scope", "format")
# What lists elsewhere are ordered, searched and cut by; here they mean nothing.
UNOFFERED = ("ordering", "search", "fields", "include", "expand", "order_by")
ODD = [
    "'\")) OR 1=1 --",
    "engineer__password__startswith",
    "-1",
    "0",
    "9" * 400,
    "NaN",
    "１２",  # noqa: RUF001 - digits that are no ASCII
    "\x00",
    "a\r\nSet-Cookie: a=b",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "x" * 10_000,
    "<script>",
]
RAW = ["%", "%ff&%ed%a0%80=%ed%a0%80", "page[]=1&page=1&page=2&=", "%00=1"]
ODD_PARTS = {
    "int": ["0", str(2**31), str(2**63), "9" * 30],
    "slug": ["x" * 300, "-", "core2"],
    "month": ["0001-01", "9999-12", "0000-00", "2026-13"],
    "path": ["_00", "9" * 30, "%00", "x" * 300],
}
# A month long ago is one, though nobody was paid in it.
REAL = {"0001-01", "9999-12"}
LISTS = [
    pytest.param(route, id=route.name) for route in routes_below(API) if "GET" in route.methods
]
READ = [
    pytest.param(route, id=route.name or route.path)
    for route in [*pages(), *routes_below(API)]
    if "GET" in route.methods and route.name not in {"readyz", "healthz"}
]
COLUMNS = [pytest.param(route, id=route.path) for route in routes_below(ADMIN)]


def _reader(route: Route, everybody: dict[str, Visitor]) -> Visitor:
    """Somebody whom the route lets in."""
    rule = rule_of(route)
    let_in = rule.let_in["GET"] if rule else ()
    return next(
        visitor for name, visitor in everybody.items() if name in let_in and name != "nobody"
    )


def _asked(visitor: Visitor, path: str, query: str) -> Tried:
    return tried(partial(visitor.ask, "GET", f"{path}?{query}"))


def _questions(route: Route) -> list[str]:
    """Each odd text for every name at once; an API's cursor and page size apart from the rest."""
    rest = (*DAYS, *NUMBERS, *WORDS, *UNOFFERED)
    groups = [rest, ("cursor",), ("page_size",)] if route.path.startswith(API) else [rest]
    asked = [urlencode(dict.fromkeys(group, odd)) for group in groups for odd in ODD]
    return [*asked, *RAW]


@pytest.mark.parametrize("route", READ)
def test_no_question_breaks_a_route_or_is_echoed_as_markup(
    route: Route, world: World, everybody: dict[str, Visitor]
) -> None:
    visitor, path = _reader(route, everybody), path_of(route, world)
    wrong = []

    for query in _questions(route):
        done = _asked(visitor, path, query)
        text = done.answer.getvalue()
        if done.outcome is Outcome.BROKEN or done.answer.has_header("Set-Cookie: a"):
            wrong.append(f"{query[:80]}: {done.answer.status_code}")
        if b"<script>" in text and done.answer.headers["Content-Type"].startswith("text/html"):
            wrong.append(f"{query[:80]}: echoed")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", LISTS)
def test_no_list_is_ordered_searched_or_widened_by_what_it_does_not_offer(
    route: Route, world: World, everybody: dict[str, Visitor]
) -> None:
    visitor, path = _reader(route, everybody), path_of(route, world)
    plain = _asked(visitor, path, "").answer.getvalue()

    for odd in ("person__password", "-password", "*", "password"):
        asked = _asked(visitor, path, urlencode(dict.fromkeys(UNOFFERED, odd)))

        # A cursor's address repeats the question, and a page names its own.
        assert asked.answer.status_code == 200
        assert _without_addresses(asked.answer.getvalue()) == _without_addresses(plain)


def _without_addresses(body: bytes) -> bytes:
    return re.sub(rb'"next": ?"[^"]*"', b"", body)


@pytest.mark.parametrize("route", READ)
def test_an_address_that_names_nothing_is_404(
    route: Route, world: World, everybody: dict[str, Visitor]
) -> None:
    visitor = _reader(route, everybody)
    wrong = []

    for kind, odd_parts in ODD_PARTS.items():
        for odd in odd_parts:
            path = _with_odd(route.path, kind, odd)
            if path is None:
                continue
            done = tried(partial(visitor.ask, "GET", _filled(path, world)))
            if not _names_nothing(done) and odd not in REAL:
                wrong.append(f"{path[:100]}: {done.answer.status_code}")

    assert not wrong, "\n".join(wrong)


def _names_nothing(done: Tried) -> bool:
    """Not there, not theirs, or said to be malformed."""
    return done.outcome in {Outcome.ABSENT, Outcome.DOOR} or done.answer.status_code == 400


def _with_odd(path: str, kind: str, odd: str) -> str | None:
    """The path with the odd part in the place of its first argument of that kind, if it has one."""
    found = re.search(rf"<{kind}:\w+>", path)
    return path.replace(found[0], quote(odd, safe="%")) if found else None


def _filled(path: str, world: World) -> str:
    return re.sub(r"<\w+:(\w+)>", lambda name: str(world.arguments[name[1]]), path)


@pytest.mark.parametrize("route", COLUMNS)
def test_no_question_breaks_a_page_of_the_admin(
    route: Route, world: World, everybody: dict[str, Visitor]
) -> None:
    path = path_of(route, world)
    names = ("q", "o", "p", "all", "e", "_popup", "_to_field", "id__exact", "name__regex")
    broken = [
        odd
        for odd in ("'", "\x00", "-1", "9" * 400, "(")
        if _asked(everybody["admin"], path, urlencode(dict.fromkeys(names, odd))).outcome
        is Outcome.BROKEN
    ]

    assert broken == []
