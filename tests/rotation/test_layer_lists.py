"""An account that takes no long lists, no user twice in a layer, or no overlapping restrictions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Level, SyncRun
from rotation.operations import syncing as operations
from rotation.planned import Asking, plan_rotation
from tests.rotation.syncs import know_people, make_published

if TYPE_CHECKING:
    from tests.rotation.syncs import Published
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
ONE_TO_A_LAYER: dict[str, str | int] = {
    "layer_users_limit": 1,
    "repeated_layer_users": "refused",
}


def _published(
    simulator: RunningSimulator, switches: dict[str, str | int], *, continuous: bool = False
) -> Published:
    published = make_published(continuous=continuous)
    know_people(simulator, published.people)
    simulator.set_switches(**switches)
    return published


def _again(published: Published, simulator: RunningSimulator) -> tuple[str, list[str]]:
    """How another run ends, and what it writes."""
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    state = published.sync(simulator).state
    asked = [(each["method"], each["path"]) for each in simulator.requests()]
    return str(state), [
        f"{method} {path}"
        for method, path in asked
        if method != "GET" and not path.endswith("/preview")
    ]


@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize(
    "switches",
    [
        {"layer_users_limit": 1},
        {"repeated_layer_users": "refused"},
        ONE_TO_A_LAYER | {"restrictions": "fixed_seconds"},
        ONE_TO_A_LAYER | {"turns": "fixed_seconds"},
    ],
    ids=lambda one: "-".join(map(str, one)) if isinstance(one, dict) else None,
)
def test_where_no_list_is_taken_each_week_is_a_layer_and_the_same_stints_stand_there(
    simulator: RunningSimulator, switches: dict[str, str | int], *, continuous: bool
) -> None:
    published = _published(simulator, switches, continuous=continuous)

    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    for level in ("primary", "escalation"):
        assert published.shown(simulator, level) == published.wanted(level)
    for schedule in simulator.state()["schedules"]:
        assert {len(layer["users"]) for layer in schedule["layers"]} == {1}
    assert _again(published, simulator) == ("done", [])


def test_where_no_list_is_taken_later_weeks_become_layers_too_and_the_first_ones_stay(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator, ONE_TO_A_LAYER)
    published.sync(simulator)
    before = {layer["id"] for each in simulator.state()["schedules"] for layer in each["layers"]}
    published.at += dt.timedelta(days=70)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")

    published.publish()
    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    assert published.shown(simulator, "primary") == published.wanted("primary")
    after = {layer["id"] for each in simulator.state()["schedules"] for layer in each["layers"]}
    assert before < after


@pytest.mark.parametrize("turns", ["wall_clock", "fixed_seconds"])
def test_where_restrictions_end_after_their_seconds_the_stints_stand_there_all_the_same(
    simulator: RunningSimulator, turns: str
) -> None:
    published = _published(simulator, {"restrictions": "fixed_seconds", "turns": turns})

    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    for level in ("primary", "escalation"):
        assert published.shown(simulator, level) == published.wanted(level)
    assert _again(published, simulator) == ("done", [])
    simulator.set_switches(restrictions="wall_clock")
    assert _again(published, simulator) == ("done", [])


def test_what_is_shown_before_it_is_written_is_in_the_form_that_will_be_written(
    simulator: RunningSimulator,
) -> None:
    switches: dict[str, str | int] = {"restrictions": "fixed_seconds"}
    published = _published(simulator, ONE_TO_A_LAYER | switches)
    asking = Asking(gateway=published.gateway(simulator), now=published.at)

    plan = plan_rotation(rotation=published.rotation, asking=asking)

    assert simulator.state()["schedules"] == []
    assert [level.differs for level in plan.levels] == [(), ()]
    first = plan.levels[0].steps[0].request.body
    run = published.sync(simulator)
    steps = [step.request for step in run.steps.order_by("position")]
    assert steps[0] == first
    assert len(steps) == len(plan.steps)


def test_layers_that_begin_to_be_shown_wrong_where_clocks_change_are_written_once(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator, {})
    published.sync(simulator)
    simulator.set_switches(restrictions="fixed_seconds")

    state, writes = _again(published, simulator)

    refs = Level.objects.filter(rotation=published.rotation).order_by("pk")
    assert (state, sorted(writes)) == (
        "done",
        sorted(f"PUT /schedules/{level.pagerduty_schedule_ref}" for level in refs),
    )
    assert published.shown(simulator, "primary") == published.wanted("primary")
    assert _again(published, simulator) == ("done", [])


def test_what_no_form_can_mend_is_told_in_pagerdutys_words_and_nothing_of_the_level_is_written(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator, {})
    simulator.faults(
        path="/schedules/preview",
        status=400,
        body='{"error": {"message": "Invalid Input Provided", "code": 2001, '
        '"errors": ["Schedule layer 1: no weeks on Mondays"]}}',
    )

    run = published.sync(simulator)

    assert run.state == SyncRun.State.FAILED
    assert "no weeks on Mondays" in run.failure
    assert simulator.state()["schedules"] == []
