from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from tests import builders
from tests.guards.asking import (
    ADMIN,
    API,
    Outcome,
    outcome_of,
    pages,
    path_of,
    routes_below,
    visitors,
)
from tests.guards.crowd import grow_crowd, make_cast_and_crowd, world_of
from tests.guards.rights import rule_of

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from tests.guards.asking import Visitor
    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FEW, MANY = 10, 1000
# No page needs more, and none may have it without somebody saying so here.
MOST_QUERIES = 45
READERS = ("engineer", "manager", "finance", "admin")
READ = [
    route
    for route in [*pages(), *routes_below(API)]
    if "GET" in route.methods and route.name not in {"readyz", "healthz"}
]
LISTS = [route for route in routes_below(ADMIN) if route.name.endswith("_changelist")]
ASKED = [
    *((route, name) for route in READ for name in READERS),
    *((route, "admin") for route in LISTS),
]


class Counts:
    """How many queries each reader's answer takes, with few rows and with many."""

    def __init__(self) -> None:
        self.few: dict[tuple[str, str], int] = {}
        self.many: dict[tuple[str, str], int] = {}


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Counts:
    """Every list asked twice, in one world that grows between."""
    del django_db_setup
    found = Counts()
    with (
        django_db_blocker.unblock(),
        time_machine.travel(builders.NOW, tick=False),
        transaction.atomic(),
    ):
        cast = make_cast_and_crowd(FEW)
        world = world_of(cast)
        everybody = visitors(world)
        found.few = _measure(world, everybody)
        grow_crowd(cast, first=FEW, until=MANY)
        found.many = _measure(world, everybody)
        transaction.set_rollback(True)
    return found


def _measure(world: World, everybody: dict[str, Visitor]) -> dict[tuple[str, str], int]:
    found = {}
    for route, name in ASKED:
        rule = rule_of(route)
        if rule is None or name in rule.let_in["GET"]:
            cache.clear()
            reset_queries()  # the log holds 9000 of all pages together
            with CaptureQueriesContext(connection) as captured:
                answer = everybody[name].ask("GET", path_of(route, world))
            assert outcome_of(answer) in {Outcome.OK, Outcome.ABSENT}, route.path
            found[route.name, name] = len(captured)
    return found


@pytest.mark.parametrize("name", [route.name for route in [*READ, *LISTS]])
def test_a_page_asks_no_more_with_a_thousand_rows_than_with_ten(name: str, counts: Counts) -> None:
    few = {key: number for key, number in counts.few.items() if key[0] == name}
    many = {key: number for key, number in counts.many.items() if key[0] == name}

    assert many == few
    assert many
    assert max(many.values()) <= MOST_QUERIES
