from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from common.clocks import Clocks
from outbox.models import Message
from rotation import drifting
from rotation.models import Drift, DriftCheck, Level
from rotation.operations import drift_checks
from rotation.operations import syncing as sync_operations
from rotation.queries import drift_facts, drift_words
from tests.rotation import humans
from tests.rotation.drifts import DAY, HOUR, Scene, make_scene, user_of

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def scene(simulator: RunningSimulator) -> Scene:
    return make_scene(simulator)


def test_in_line_takes_one_read_for_each_level_beside_the_users(scene: Scene) -> None:
    check = scene.check()

    assert (check.state, check.found, scene.open_drifts()) == ("done", 0, [])
    assert [each["path"] for each in scene.simulator.requests()] == [
        "/users",
        f"/schedules/{scene.ref('primary')}",
        f"/schedules/{scene.ref('escalation')}",
    ]


@pytest.mark.parametrize(
    "switches",
    [{"answer_times": "utc"}, {"touching_entries": "separate"}],
)
def test_how_pagerduty_writes_its_entries_is_no_drift(
    switches: dict[str, str], scene: Scene
) -> None:
    scene.simulator.set_switches(**switches)
    scene.move_to(scene.shift(0).starts_at + 2 * DAY + 9 * HOUR)

    check = scene.check()

    assert (check.state, check.found) == ("done", 0)


def test_an_override_of_a_human_is_a_drift_with_all_that_is_known_of_it(scene: Scene) -> None:
    shift = scene.shift(1)
    taker = scene.other(shift)
    ref = scene.override(user_of(taker), shift.starts_at + DAY, shift.starts_at + 2 * DAY)
    assert shift.holder is not None

    check = scene.check()

    [drift] = scene.open_drifts()
    assert (check.state, check.found) == ("done", 1)
    assert (drift.starts_at, drift.ends_at) == (
        shift.starts_at + DAY,
        shift.starts_at + 2 * DAY,
    )
    assert (drift.wanted_name, drift.written_name) == (shift.holder.name, shift.holder.name)
    assert (drift.shown_name, drift.engineer) == (taker.name, taker)
    assert (drift.cause, drift.override_ref, drift.choice) == ("override", ref, "")
    assert (drift.seen_at, drift.told_at) == (scene.at, scene.at)
    assert AuditEvent.objects.filter(verb="noticed drift").count() == 1


def test_who_added_the_override_is_told_where_pagerduty_records_it(scene: Scene) -> None:
    scene.simulator.set_switches(override_audit="recorded")
    shift = scene.shift(1)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 2 * DAY)

    scene.check()

    [drift] = scene.open_drifts()
    assert drift.by == "API key"
    assert drift.by_at is not None
    assert abs(drift.by_at - scene.at) < HOUR


@pytest.mark.parametrize("status", [402, 403, 404, 500])
def test_an_account_that_tells_no_history_leaves_it_open_who_did_it(
    status: int, scene: Scene
) -> None:
    shift = scene.shift(1)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 2 * DAY)
    path = f"/schedules/{scene.ref()}/audit/records"
    scene.simulator.faults(method="GET", path=path, status=status, count=9)

    check = scene.check()

    [drift] = scene.open_drifts()
    assert (check.state, drift.by, drift.cause) == ("done", "", "override")


def test_the_same_drift_seen_again_is_the_same_row_and_told_once(scene: Scene) -> None:
    shift = scene.shift(1)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 4 * DAY)
    scene.check()
    first = scene.open_drifts()

    for hours in (-1, 24 + 8, 24 * 2 + 15, 24 * 3 + 22):
        scene.move_to(shift.starts_at + hours * HOUR)
        scene.check()

    assert [each.pk for each in scene.open_drifts()] == [each.pk for each in first]
    assert Message.objects.filter(kind="drift_noticed").count() == 1


def test_a_drift_that_is_over_is_gone(scene: Scene) -> None:
    shift = scene.shift(1)
    ref = scene.override(
        user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 2 * DAY
    )
    scene.check()

    scene.simulator.call("DELETE", f"/schedules/{scene.ref()}/overrides/{ref}")
    scene.move_to(scene.at + HOUR)
    scene.check()

    assert scene.open_drifts() == []
    assert Drift.objects.get().gone_at == scene.at


def _swapped(schedule: Any) -> None:
    """The first two people of the top layer change places."""
    users = schedule["schedule_layers"][0]["users"]
    users[1], users[2] = users[2], users[1]


def _in_berlin(schedule: Any) -> None:
    schedule["time_zone"] = "Europe/Berlin"


@pytest.mark.parametrize(("change", "cause"), [(_swapped, "layer"), (_in_berlin, "zone")])
def test_an_edit_of_the_schedule_is_told_with_its_author(
    change: Any, cause: str, scene: Scene
) -> None:
    scene.move_to(scene.at + HOUR)

    scene.edit(change)
    scene.check()

    drifts = scene.open_drifts()
    assert drifts
    assert {each.cause for each in drifts} == {cause}
    assert {each.by for each in drifts} == {"API key"}
    assert {each.level.name for each in drifts} == {"primary"}
    assert len(drifts) <= 8


def test_an_override_of_ours_that_somebody_removed_is_told_as_such(scene: Scene) -> None:
    schedule = next(s for s in scene.simulator.state()["schedules"] if s["id"] == scene.ref())
    ours = schedule["overrides"][0]
    scene.simulator.call("DELETE", f"/schedules/{scene.ref()}/overrides/{ours['id']}")

    scene.check()

    [drift] = scene.open_drifts()
    assert (drift.cause, drift.shown_ref) == ("removed", "")
    assert drift.written_ref == ours["user"]


def test_a_schedule_that_was_deleted_is_one_drift(scene: Scene) -> None:
    scene.published.delete_schedule(scene.simulator, "primary")

    check = scene.check()
    again = scene.check()

    [drift] = scene.open_drifts()
    assert (check.state, again.state) == ("done", "done")
    assert (drift.cause, drift.level.name) == ("deleted", "primary")
    assert Level.objects.get(name="primary").schedule_trouble == "deleted"


@pytest.mark.parametrize("answer", [200, 400])
def test_a_schedule_of_the_new_kind_is_one_drift(answer: int, scene: Scene) -> None:
    state = scene.simulator.state()
    for schedule in state["schedules"]:
        if schedule["id"] == scene.ref():
            schedule["type"] = "schedule_v3"
    scene.simulator.put_state(state)
    scene.simulator.set_switches(upgraded_schedule=answer)

    scene.check()

    [drift] = scene.open_drifts()
    assert drift.cause == "upgraded"


def test_an_upgraded_schedule_that_is_not_found_is_told_from_a_deleted_one_by_its_records(
    scene: Scene,
) -> None:
    humans.act(scene.simulator, "upgrade", schedule=scene.ref())
    scene.simulator.set_switches(upgraded_schedule=404)

    scene.check()
    run = scene.sync(queue=True)

    [drift] = scene.open_drifts()
    assert drift.cause == "upgraded"
    assert "was upgraded in PagerDuty" in run.failure
    assert Level.objects.get(name="primary").schedule_trouble == "upgraded"


def test_a_deleted_schedule_has_its_author_where_the_records_are_kept(scene: Scene) -> None:
    scene.simulator.set_switches(audit_of_deleted="kept")
    scene.published.delete_schedule(scene.simulator, "primary")

    scene.check()
    run = scene.sync(queue=True)

    [drift] = scene.open_drifts()
    assert (drift.cause, drift.by) == ("deleted", "API key")
    assert "was deleted in PagerDuty. Nothing" in run.failure


def test_what_no_record_tells_is_not_said_to_be_sure(scene: Scene) -> None:
    scene.published.delete_schedule(scene.simulator, "primary")

    scene.check()
    run = scene.sync(queue=True)

    [drift] = scene.open_drifts()
    assert (drift.cause, drift.by) == ("deleted", "")
    assert "or upgraded without a record" in drift_words.cause_words(drift)
    assert "or upgraded to the new kind" in run.failure


def test_a_sync_that_leaves_a_rest_has_pagerduty_looked_at_at_once(scene: Scene) -> None:
    scene.check()
    shift = scene.shift(1)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 2 * DAY)
    scene.move_to(scene.at + dt.timedelta(minutes=1))
    before = drift_facts.due_rotation_ids(now=scene.at)

    scene.sync(queue=True)

    assert before == []
    assert drift_facts.due_rotation_ids(now=scene.at) == [scene.published.rotation.pk]


def test_nothing_is_compared_while_a_sync_waits(scene: Scene) -> None:
    sync_operations.queue_sync(rotation_id=scene.published.rotation.pk, cause="more", now=scene.at)

    check = scene.check()

    assert check.state == "queued"
    assert drift_facts.next_check_id(real_now=scene.at) is None


def test_a_sync_that_comes_between_makes_the_check_wait_again(scene: Scene) -> None:
    drift_checks.request_check(
        rotation_id=scene.published.rotation.pk, actor=scene.anna, now=scene.at
    )
    check = DriftCheck.objects.get()
    ticks = iter([scene.at])

    def now() -> dt.datetime:
        """Publishing happens while PagerDuty is asked."""
        first = next(ticks, None)
        if first is None:
            sync_operations.queue_sync(
                rotation_id=scene.published.rotation.pk, cause="more", now=scene.at
            )
        return scene.at

    kept = drifting.check_drift(
        check_id=check.pk,
        gateway=scene.published.gateway(scene.simulator),
        clocks=Clocks(now=now, real_now=lambda: scene.at),
        holder="worker",
    )

    check.refresh_from_db()
    assert (kept, check.state, check.tries) == (False, "queued", 0)


def test_pagerduty_that_cannot_be_asked_fails_the_check_and_changes_nothing(scene: Scene) -> None:
    scene.simulator.faults(method="GET", path="/schedules/*", status=503, count=9)

    check = scene.check()

    assert check.state == "failed"
    assert "503" in check.failure
    assert scene.open_drifts() == []


def test_a_check_is_due_five_minutes_after_the_last(scene: Scene) -> None:
    first = drift_checks.queue_due(now=scene.at)
    again = drift_checks.queue_due(now=scene.at + HOUR)
    DriftCheck.objects.update(state="done", finished_at=scene.at)
    soon = drift_checks.queue_due(now=scene.at + dt.timedelta(minutes=4))
    later = drift_checks.queue_due(now=scene.at + dt.timedelta(minutes=5))

    assert (first, again, soon, later) == (1, 0, 0, 1)


def test_checks_are_forgotten_after_a_day_but_for_the_last_good_one(scene: Scene) -> None:
    for _ in range(3):
        scene.check()
        scene.move_to(scene.at + 13 * HOUR)

    assert DriftCheck.objects.count() == 2


def test_a_worker_that_died_leaves_the_check_to_the_next(scene: Scene) -> None:
    drift_checks.queue_due(now=scene.at)
    check = DriftCheck.objects.get()
    drift_checks.claim_check(check_id=check.pk, real_now=scene.at, holder="dead", now=scene.at)

    busy = drift_facts.next_check_id(real_now=scene.at + dt.timedelta(seconds=59))
    free = drift_facts.next_check_id(real_now=scene.at + dt.timedelta(seconds=61))

    assert (busy, free) == (None, check.pk)
