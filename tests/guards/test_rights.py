from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.guards.asking import (
    ADMIN,
    API,
    METHODS,
    SAFE,
    Outcome,
    Tried,
    Visitor,
    pages,
    path_of,
    routes_below,
    tried,
)
from tests.guards.rights import API_ROUTES, PAGES, rule_of
from tests.guards.rules import OUTSIDE

if TYPE_CHECKING:
    from config.routes import Route
    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

# `readyz` answers 503 without its parts; tests/config asks it with them.
OWN_ANSWER = {"readyz"}
OURS = [
    pytest.param(route, id=route.name or route.path)
    for route in [*pages(), *routes_below(API)]
    if route.name not in OWN_ANSWER
]
ADMINS = [pytest.param(route, id=route.path) for route in routes_below(ADMIN)]
# One check stands before every method there, so most viewers need not try them all.
AT_LENGTH = {"nobody", "admin"}
SHORTLY = ("GET", "POST")
# Who is refused may leave a trace of the attempt, and nothing else.
TRACE = {"audit_auditevent", "audit_mention"}
# Whoever leaves is refused nothing, though they too end at the door.
LEAVES = {
    "account_logout": {"django_session"},
    # What is refused there is counted, and admins are told of the first.
    "hook-pagerduty": {"rotation_webhookrefusal", "outbox_message"},
}


def test_every_route_has_its_rule_and_every_rule_its_route() -> None:
    named = {route.name for route in [*pages(), *routes_below(API)]} - OWN_ANSWER

    assert named - (set(PAGES) | set(API_ROUTES)) == set(), "no rule says who may ask these"
    assert (set(PAGES) | set(API_ROUTES)) - named == set(), "rules for routes that are gone"


@pytest.mark.parametrize("route", OURS)
def test_everybody_gets_what_the_table_of_rights_says(
    route: Route, world: World, everybody: dict[str, Visitor]
) -> None:
    rule = rule_of(route)
    assert rule is not None, f"no rule says who may ask {route.name or route.path}"
    path, harmless = path_of(route, world), TRACE | LEAVES.get(route.name, set())
    wrong = []

    for visitor in everybody.values():
        for method in METHODS:
            wanted = rule.outcome(visitor.name, method, route)
            done = tried(partial(visitor.ask, method, path))
            if done.outcome != wanted:
                wrong.append(f"{visitor.name}, {method}: {_told(done)}, not {wanted}")
            if done.changed - harmless and (method in SAFE or wanted is not Outcome.OK):
                wrong.append(f"{visitor.name}, {method}: changed {sorted(done.changed)}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", ADMINS)
def test_djangos_admin_is_there_for_admins_alone(
    route: Route, world: World, everybody: dict[str, Visitor]
) -> None:
    path = path_of(route, world)
    wrong = []

    for visitor in everybody.values():
        for method in METHODS if visitor.name in AT_LENGTH else SHORTLY:
            done = tried(partial(visitor.ask, method, path))
            is_admin = visitor.name == "admin"
            if done.outcome not in _in_the_admin(visitor, route):
                wrong.append(f"{visitor.name}, {method}: {_told(done)}")
            if done.changed and (method in SAFE or not is_admin):
                wrong.append(f"{visitor.name}, {method}: changed {sorted(done.changed)}")

    assert not wrong, "\n".join(wrong)


def _in_the_admin(visitor: Visitor, route: Route) -> set[Outcome]:
    if visitor.name in OUTSIDE:
        return {Outcome.DOOR}
    if visitor.name != "admin":
        return {Outcome.ABSENT}
    leaves = {Outcome.DOOR} if route.name == "admin:logout" else set()
    return leaves | {Outcome.OK, Outcome.ABSENT, Outcome.FORBIDDEN, Outcome.METHOD}


def _told(done: Tried) -> str:
    return f"{done.outcome} ({done.answer.status_code})"
