from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.guards.asking import ADMIN, API, Outcome, Visitor, pages, path_of, routes_below, tried
from tests.guards.rights import rule_of
from tests.guards.rules import TEAM
from tests.guards.sending import good_posts, send

if TYPE_CHECKING:
    from collections.abc import Collection

    from config.routes import Route
    from tests.guards.posts import Post
    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

GOOD = [pytest.param(route, post, id=route.name) for route, post in good_posts()]
# Whose it is stands in what is sent, so an empty request is not refused by who sends it.
BY_WHAT_IS_SENT: dict[str, Collection[str]] = {"api-terms": TEAM, "settings-token-revoke": ()}
TRACE = {"audit_auditevent", "audit_mention"}
REFUSED = {Outcome.DOOR, Outcome.FORBIDDEN, Outcome.ABSENT}


def _let_in(route: Route, post: Post) -> set[str]:
    if route.path.startswith(ADMIN):
        return {"admin"}
    rule = rule_of(route)
    by_rule = rule.let_in["POST"] if rule else ()
    return {post.viewer, *BY_WHAT_IS_SENT.get(route.name, by_rule)}


@pytest.mark.parametrize(("route", "post"), GOOD)
def test_a_good_request_of_somebody_who_may_not_changes_nothing(
    route: Route, post: Post, world: World, everybody: dict[str, Visitor]
) -> None:
    prepared, fields = post.prepared(world), post.fields(world)
    let_in = _let_in(route, post)
    wrong = []

    for visitor in [one for one in everybody.values() if one.name not in let_in]:
        done = send(route, prepared, world=world, visitor=visitor, fields=fields).tried
        if done.outcome not in REFUSED or done.changed - TRACE:
            wrong.append(f"{visitor.name}: {done.answer.status_code} {sorted(done.changed)}")

    assert wrong == []


READ_ONLY = [
    route
    for route in [*pages(), *routes_below(API)]
    if not {"POST", "PUT", "PATCH", "DELETE"} & set(route.methods)
]


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "GET"])
def test_no_header_or_field_makes_another_method_of_post(
    method: str, world: World, everybody: dict[str, Visitor]
) -> None:
    headers = {"X-HTTP-Method-Override": method, "X-Method-Override": method}
    wrong = []

    for route in READ_ONLY:
        path = f"{path_of(route, world)}?_method={method}"
        body = "{}" if path.startswith(API) else f"_method={method}"
        done = tried(partial(everybody["admin"].ask, "POST", path, body, headers))
        if done.outcome is not Outcome.METHOD or done.changed:
            wrong.append(f"{path}: {done.answer.status_code}")

    assert wrong == []
