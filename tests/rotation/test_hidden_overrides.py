from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from common import wording
from rotation.models import Drift, SyncRun
from rotation.operations import drift_choices
from tests.rotation.drifts import DAY, HOUR, Scene, make_scene, user_of

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def scene(simulator: RunningSimulator) -> Scene:
    return make_scene(simulator)


def _restore(scene: Scene, drift: Drift, seen: str = "") -> Drift:
    return drift_choices.restore_drift(drift_id=drift.pk, seen=seen, actor=scene.anna, now=scene.at)


def test_a_running_override_whose_id_is_hidden_is_laid_over(scene: Scene) -> None:
    shift = scene.shift(0)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 3 * DAY)
    scene.move_to(shift.starts_at + DAY + 8 * HOUR)
    scene.check()
    [drift] = scene.open_drifts()
    scene.simulator.clear_requests()

    _restore(scene, drift)
    scene.sync()
    again = scene.sync(queue=True)

    assert drift.override_ref == ""
    assert scene.writes() == ["POST overrides"]
    # What cannot be laid over is the office hours, in which nobody is wanted.
    assert (again.state, again.failure, again.next_try_at) == (SyncRun.State.DONE, "", None)
    [rest] = again.rests
    until = shift.starts_at + 3 * DAY
    assert f"until {wording.moment(until, 'Europe/Dublin')}:" in rest["what"]
    assert "remove it from the schedule in PagerDuty" in rest["what"]


@pytest.mark.parametrize("start", ["now", "kept"])
def test_pagerdutys_clock_may_be_ahead_of_ours_when_an_override_begins_now(
    start: str, scene: Scene
) -> None:
    shift = scene.shift(0)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 3 * DAY)
    scene.move_to(shift.starts_at + DAY + 8 * HOUR)
    scene.check()
    [drift] = scene.open_drifts()
    scene.simulator.clear_requests()
    scene.simulator.set_switches(past_override_start=start)
    scene.simulator.move_to(f"{scene.at + dt.timedelta(seconds=20):%Y-%m-%dT%H:%M:%SZ}")

    _restore(scene, drift)
    scene.sync()
    scene.sync(queue=True)

    assert scene.writes() == ["POST overrides"]


def test_when_the_running_override_is_removed_by_hand_the_rest_is_gone(scene: Scene) -> None:
    shift = scene.shift(0)
    ref = scene.override(
        user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 3 * DAY
    )
    scene.move_to(shift.starts_at + DAY + 8 * HOUR)
    scene.check()
    _restore(scene, scene.open_drifts()[0])
    first = scene.sync()

    scene.simulator.call("DELETE", f"/schedules/{scene.ref()}/overrides/{ref}")
    second = scene.sync(queue=True)
    check = scene.check()

    assert (bool(first.rests), second.rests, check.found) == (True, [], 0)
