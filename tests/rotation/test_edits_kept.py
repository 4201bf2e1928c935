from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rotation.models import SyncRun
from rotation.operations import covers
from rotation.operations import syncing as sync_operations
from rotation.operations.covers import WantedCover
from tests import builders
from tests.rotation.drifts import DAY, Scene, make_scene

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import Shift
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def scene(simulator: RunningSimulator) -> Scene:
    return make_scene(simulator)


def _swapped(schedule: Any) -> None:
    users = schedule["schedule_layers"][0]["users"]
    users[1], users[2] = users[2], users[1]


def _holder(shift: Shift) -> Engineer:
    assert shift.holder is not None
    return shift.holder


def _email(engineer: Engineer | None) -> str:
    assert engineer is not None
    return engineer.email


def _outside(
    shown: list[tuple[str, dt.datetime, dt.datetime]], start: dt.datetime, end: dt.datetime
) -> list[tuple[str, dt.datetime, dt.datetime]]:
    return [each for each in shown if each[2] <= start or each[1] >= end]


def test_an_undecided_edit_of_the_layers_outlives_a_sync_and_is_named(scene: Scene) -> None:
    before = scene.published.shown(scene.simulator, "primary")
    scene.edit(_swapped)
    edited = scene.published.shown(scene.simulator, "primary")
    scene.simulator.clear_requests()

    unseen = scene.sync(queue=True)
    scene.check()
    seen = scene.sync(queue=True)

    assert edited != before
    assert (unseen.state, seen.state, scene.writes()) == ("done", "done", [])
    assert "because somebody edited the schedule in PagerDuty" in unseen.rests[0]["what"]
    assert "It stays until a manager decides" in seen.rests[0]["what"]
    assert scene.published.shown(scene.simulator, "primary") == edited
    assert {each.choice for each in scene.open_drifts()} == {""}


def test_a_cover_goes_out_into_a_week_that_was_edited_and_not_decided(scene: Scene) -> None:
    scene.edit(_swapped)
    scene.check()
    shift = scene.shift(1)
    taker = scene.other(scene.shift(0), scene.shift(1), scene.shift(2))
    scene.simulator.clear_requests()

    covers.enter_cover(
        wanted=WantedCover(
            shift_id=shift.pk,
            to_engineer_id=taker.pk,
            starts_at=shift.starts_at + DAY,
            ends_at=shift.starts_at + 2 * DAY,
        ),
        actor=scene.anna,
        now=scene.at,
    )
    run = scene.sync()

    assert (run.state, scene.writes()) == (SyncRun.State.DONE, ["POST overrides"])
    shown = scene.published.shown(scene.simulator, "primary")
    assert [
        who for who, starts_at, _ends in shown if starts_at.date() == shift.starts_at.date() + DAY
    ] == [taker.email]


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_publication_goes_out_around_a_week_that_was_edited_and_not_decided(
    *, is_seen: bool, scene: Scene
) -> None:
    scene.edit(_swapped)
    if is_seen:
        scene.check()
    edited = [scene.shift(1), scene.shift(2)]
    held = [each.holder for each in edited]
    later = scene.shift(9)
    builders.make_absence(
        engineer=_holder(later),
        starts_on=later.week_date,
        ends_on=later.week_date + 7 * DAY,
    )

    scene.published.publish(weeks=26)
    run = scene.sync()
    again = scene.sync(queue=True)

    assert [each.holder for each in (scene.shift(1), scene.shift(2))] == held
    assert scene.shift(9).holder != later.holder
    assert (run.state, run.failure, again.state) == (SyncRun.State.DONE, "", SyncRun.State.DONE)
    shown = scene.published.shown(scene.simulator, "primary")
    wanted = scene.published.wanted("primary")
    start, end = edited[0].starts_at, edited[1].ends_at
    assert _outside(shown, start, end) == _outside(wanted, start, end)
    assert next(who for who, begins, _ends in shown if start <= begins < end) == _email(held[1])
    assert "edited the schedule" in again.rests[0]["what"] if is_seen else run.rests


def test_a_publication_that_changes_the_edited_week_writes_over_it(scene: Scene) -> None:
    scene.edit(_swapped)
    scene.check()
    for shift in (scene.shift(1), scene.shift(2)):
        builders.make_absence(
            engineer=_holder(shift), starts_on=shift.week_date, ends_on=shift.week_date + 7 * DAY
        )

    scene.published.publish(weeks=26)
    run = scene.sync()

    assert (run.state, run.rests) == (SyncRun.State.DONE, [])
    assert scene.published.shown(scene.simulator, "primary") == scene.published.wanted("primary")


def test_who_orders_it_from_the_shell_writes_over_an_edit(scene: Scene) -> None:
    scene.edit(_swapped)
    sync_operations.queue_sync(
        rotation_id=scene.published.rotation.pk, cause="by command", now=scene.at, writes_over=True
    )

    run = scene.sync()

    assert (run.state, run.rests) == (SyncRun.State.DONE, [])
    assert scene.published.shown(scene.simulator, "primary") == scene.published.wanted("primary")


def test_a_read_that_lags_behind_our_own_write_is_no_edit_of_a_human(scene: Scene) -> None:
    later = scene.shift(9)
    builders.make_absence(
        engineer=_holder(later), starts_on=later.week_date, ends_on=later.week_date + 7 * DAY
    )
    scene.simulator.set_switches(stale_reads_seconds=2)

    scene.published.publish(weeks=26)
    scene.sync()
    scene.sync(queue=True)
    scene.simulator.set_switches(stale_reads_seconds=0)
    run = scene.sync(queue=True)

    assert (run.state, run.rests) == (SyncRun.State.DONE, [])
    assert scene.published.shown(scene.simulator, "primary") == scene.published.wanted("primary")
