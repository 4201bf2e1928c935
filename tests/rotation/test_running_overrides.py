from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import SyncRun, SyncStep
from rotation.operations import covers
from rotation.operations.covers import WantedCover
from tests.rotation.drifts import DAY, HOUR, Scene, make_scene

if TYPE_CHECKING:
    from rotation.models import Cover
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def scene(simulator: RunningSimulator) -> Scene:
    return make_scene(simulator)


def _covered(scene: Scene) -> Cover:
    """Somebody takes the night from Tuesday on, and PagerDuty has it."""
    shift = scene.shift(0)
    starts_at = shift.starts_at + DAY + 6 * HOUR
    cover = covers.enter_cover(
        wanted=WantedCover(
            shift_id=shift.pk,
            to_engineer_id=scene.other(shift).pk,
            starts_at=starts_at,
            ends_at=starts_at + 12 * HOUR,
        ),
        actor=scene.anna,
        now=scene.at,
    )
    assert scene.sync().state == SyncRun.State.DONE
    scene.simulator.clear_requests()
    return cover


def _removals(scene: Scene) -> list[int]:
    return [each["status"] for each in scene.simulator.requests() if each["method"] == "DELETE"]


def test_a_cover_that_is_cancelled_while_it_runs_is_cut_and_that_is_understood_as_done(
    scene: Scene,
) -> None:
    cover = _covered(scene)
    scene.move_to(cover.starts_at + 3 * HOUR)

    covers.undo_cover(cover_id=cover.pk, actor=scene.anna, now=scene.at)
    run = scene.sync()
    again = scene.sync(queue=True)

    step = SyncStep.objects.get(run=run, action="remove_override")
    assert _removals(scene) == [200]
    assert (step.state, step.failure) == ("done", "")
    assert (run.state, run.failure, run.next_try_at, run.rests) == ("done", "", None, [])
    assert (again.state, again.steps.count()) == ("done", 0)
    scene.move_to(scene.at + HOUR)
    assert scene.published.shown(scene.simulator, "primary") == scene.published.wanted("primary")


def test_what_ended_before_it_could_be_removed_is_left_alone_noted_and_not_tried_again(
    scene: Scene,
) -> None:
    cover = _covered(scene)
    ends_at = cover.ends_at
    scene.move_to(ends_at - dt.timedelta(seconds=10))
    covers.undo_cover(cover_id=cover.pk, actor=scene.anna, now=scene.at)
    # PagerDuty's clock is ahead of ours: for it the override is over.
    scene.simulator.move_to(f"{ends_at + dt.timedelta(seconds=5):%Y-%m-%dT%H:%M:%SZ}")

    run = scene.sync()
    scene.move_to(ends_at + HOUR)
    again = scene.sync(queue=True)

    assert _removals(scene) == [400]
    assert (run.state, run.failure, run.next_try_at) == ("done", "", None)
    assert (again.state, again.steps.count()) == ("done", 0)
    step = SyncStep.objects.get(run=run, action="remove_override")
    assert step.state == "done"
    assert "You cannot remove a past override" in step.failure
