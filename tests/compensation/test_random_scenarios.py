"""Random scenarios, by the operations and by the walk minute by minute."""

from __future__ import annotations

import collections
import contextlib
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compensation.models import Entry
from compensation.operations import weeks
from compensation.queries.ledger import verified_ledger
from compensation.queries.shifts import payable_shift
from tests.compensation.minute_walk import Walk
from tests.compensation.random_scenarios import random_scenarios
from tests.compensation.replay import SWEEP, World, agree, as_expected, sha256
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, make_money
from tests.compensation.scenarios import Played

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.compensation.scenarios import Scenario

on_the_database = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class UndoneError(Exception):
    """Takes the rows of an example back."""


def undone(example: Callable[[], None]) -> None:
    """Run the example and take its rows back."""
    with contextlib.suppress(UndoneError), transaction.atomic():
        example()
        raise UndoneError


@settings(max_examples=10, deadline=None)
@given(random_scenarios())
def test_the_pure_rules_agree_with_the_walk(scenario: Scenario) -> None:
    scenario["events"] = [event for event in scenario["events"] if event["do"] != "correct"]
    expected = Walk(scenario).expected()
    played = Played(scenario=scenario)

    played.play()

    assert played.results == expected["events"]
    assert played.as_rows() == expected["ledger"]


@pytest.mark.django_db
@on_the_database
@given(random_scenarios())
def test_the_operations_agree_with_the_walk_correction_after_correction(
    scenario: Scenario,
) -> None:
    def example() -> None:
        expected = Walk(scenario).expected()
        world = World(scenario)

        results = world.play()

        pairs = list(zip(expected["events"], results, strict=True))
        assert [pair for pair in pairs if not agree(*pair)] == []
        ledger = world.ledger()
        assert len(ledger) == len(expected["ledger"])
        wanted = zip(ledger, expected["ledger"], strict=True)
        assert [as_expected(*pair) for pair in wanted] == expected["ledger"]
        assert sha256(world.summary()) == expected["summary"]["sha256"]
        check_live_seconds(world)
        assert verified_ledger().is_intact

    undone(example)


def check_live_seconds(world: World) -> None:
    """What counts of a week never has more seconds than somebody had; the rest is a gap."""
    live: collections.Counter[int] = collections.Counter()
    for entry in Entry.objects.filter(kind="BASE"):
        live[entry.shift_id or 0] += entry.seconds
    for shift in world.shifts.values():
        payable = payable_shift(shift_id=shift.pk)
        had = sum(
            stint.period.seconds for stint in payable.shift.stints if stint.person is not None
        )
        assert 0 <= live[shift.pk] <= had


@pytest.mark.django_db
@on_the_database
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_any_order_and_number_of_runs_gives_the_same_entries(
    source: random.Random, runs: int
) -> None:
    found: list[set[tuple[str, str, int]]] = []

    def punctual() -> None:
        make_money(weeks=OCTOBER)
        weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
        found.append(posted())

    def in_any_order() -> None:
        money = make_money(weeks=OCTOBER)
        for _ in range(runs):
            shift = source.choice(money.shifts)
            at = AFTER_OCTOBER if source.random() > 0.5 else shift.ends_at
            weeks.complete_shift(shift_id=shift.pk, actor=SWEEP, now=at)
        for _ in range(source.randint(1, 3)):
            weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
        found.append(posted())
        assert verified_ledger().is_intact

    undone(punctual)
    undone(in_any_order)

    assert found[0] == found[1]
    assert len(found[0]) == len(OCTOBER)


def posted() -> set[tuple[str, str, int]]:
    """What stands in the ledger, without the ids of this example's rows."""
    rows = Entry.objects.values_list("key", "period__month", "amount_minor")
    return {(key.split("|", 2)[2], month, minor) for key, month, minor in rows}
