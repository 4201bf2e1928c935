from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from common.refusals import RefusedError
from outbox.models import Message
from rotation.models import Cover, Drift, SyncRun
from rotation.operations import covers, drift_choices
from rotation.operations.covers import WantedCover
from rotation.operations.drift_choices import (
    DriftDecidedError,
    DriftGoneError,
    DriftNotAdoptableError,
    DriftNotRestorableError,
)
from tests import builders
from tests.rotation.drifts import DAY, HOUR, Scene, make_scene, user_of

if TYPE_CHECKING:
    from rotation.models import Shift
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def scene(simulator: RunningSimulator) -> Scene:
    return make_scene(simulator)


def _swap_two_days(scene: Scene, number: int = 1) -> tuple[Shift, Engineer, Drift]:
    """Somebody takes two days of a week in PagerDuty, office hours and all; Rota noticed."""
    shift = scene.shift(number)
    taker = scene.other(shift)
    scene.override(user_of(taker), shift.starts_at + DAY, shift.starts_at + 3 * DAY)
    scene.check()
    [drift] = scene.open_drifts()
    scene.simulator.clear_requests()
    return shift, taker, drift


def _adopt(scene: Scene, drift: Drift, seen: str = "") -> Drift:
    return drift_choices.adopt_drift(drift_id=drift.pk, seen=seen, actor=scene.anna, now=scene.at)


def _restore(scene: Scene, drift: Drift, seen: str = "") -> Drift:
    return drift_choices.restore_drift(drift_id=drift.pk, seen=seen, actor=scene.anna, now=scene.at)


def _leave(scene: Scene, drift: Drift, seen: str = "") -> Drift:
    return drift_choices.leave_drift(drift_id=drift.pk, seen=seen, actor=scene.anna, now=scene.at)


def test_an_adopted_override_is_a_cover_and_pagerduty_is_not_written(scene: Scene) -> None:
    shift, taker, drift = _swap_two_days(scene)

    _adopt(scene, drift)
    run = scene.sync()
    again = scene.sync(queue=True)
    check = scene.check()

    cover = Cover.objects.get(drift=drift)
    assert (cover.state, cover.shift, cover.to_engineer) == ("accepted", shift, taker)
    assert cover.from_engineer == shift.holder
    assert (cover.starts_at, cover.ends_at) == (drift.starts_at, drift.ends_at)
    assert (run.state, again.state) == (SyncRun.State.DONE, SyncRun.State.DONE)
    assert (check.found, scene.open_drifts()) == (0, [])
    assert scene.writes() == []


def test_when_an_adopted_cover_is_undone_its_override_goes(scene: Scene) -> None:
    _, _, drift = _swap_two_days(scene)
    _adopt(scene, drift)
    scene.sync()

    covers.undo_cover(cover_id=Cover.objects.get().pk, actor=scene.anna, now=scene.at)
    run = scene.sync()

    assert run.state == SyncRun.State.DONE
    assert scene.writes() == ["DELETE overrides"]
    assert scene.check().found == 0


def test_an_override_over_the_handover_becomes_a_cover_of_each_week(scene: Scene) -> None:
    first, second = scene.shift(1), scene.shift(2)
    taker = scene.other(first, second)
    scene.override(user_of(taker), second.starts_at - DAY, second.starts_at + DAY)
    scene.check()
    drifts = scene.open_drifts()
    scene.simulator.clear_requests()

    _adopt(scene, drifts[1])
    run = scene.sync()

    assert [
        (each.shift, each.starts_at, each.ends_at) for each in Cover.objects.order_by("pk")
    ] == [
        (first, second.starts_at - DAY, second.starts_at),
        (second, second.starts_at, second.starts_at + DAY),
    ]
    assert (run.state, scene.writes()) == (SyncRun.State.DONE, [])
    assert scene.check().found == 0


def test_an_override_that_is_put_back_is_removed_once(scene: Scene) -> None:
    _, _, drift = _swap_two_days(scene)

    _restore(scene, drift)
    run = scene.sync()
    scene.check()

    assert run.state == SyncRun.State.DONE
    assert scene.writes() == ["DELETE overrides"]
    assert scene.open_drifts() == []
    assert scene.published.shown(scene.simulator, "primary") == scene.published.wanted("primary")


def test_a_left_override_stays_and_keeps_no_sync_from_its_work(scene: Scene) -> None:
    shift, taker, drift = _swap_two_days(scene)
    before = scene.sync(queue=True)

    _leave(scene, drift)
    run = scene.sync()
    check = scene.check()

    assert (before.state, run.state) == (SyncRun.State.DONE, SyncRun.State.DONE)
    assert "by an override that Rota did not make" in before.rests[0]["what"]
    assert run.rests == []
    assert scene.writes() == []
    assert (check.found, [each.pk for each in scene.open_drifts()]) == (1, [drift.pk])
    assert Message.objects.filter(kind="drift_noticed").count() == 1
    assert taker != shift.holder


def test_a_left_drift_that_changes_is_a_new_one_and_told_again(scene: Scene) -> None:
    shift, _, drift = _swap_two_days(scene)
    _leave(scene, drift)
    third = scene.other(shift, shift)
    third = next(
        one
        for one in scene.published.people[2:]
        if one.pk not in {shift.holder_id, third.pk, drift.engineer_id}
    )

    scene.override(user_of(third), shift.starts_at + DAY, shift.starts_at + 3 * DAY)
    scene.check()

    [changed] = scene.open_drifts()
    assert (changed.shown_name, changed.choice) == (third.name, "")
    assert Message.objects.filter(kind="drift_noticed").count() == 2


def _swapped(schedule: Any) -> None:
    users = schedule["schedule_layers"][0]["users"]
    users[1], users[2] = users[2], users[1]


def test_a_left_edit_of_the_layers_outlives_a_sync_for_other_reasons(scene: Scene) -> None:
    scene.edit(_swapped)
    scene.check()
    drifts = scene.open_drifts()
    for drift in drifts:
        _leave(scene, drift)
    shown = scene.published.shown(scene.simulator, "primary")
    later = scene.shift(6)
    scene.simulator.clear_requests()

    covers.enter_cover(
        wanted=WantedCover(
            shift_id=later.pk,
            to_engineer_id=scene.other(later, scene.shift(5), scene.shift(7)).pk,
            starts_at=later.starts_at + DAY,
            ends_at=later.starts_at + 2 * DAY,
        ),
        actor=scene.anna,
        now=scene.at,
    )
    run = scene.sync()

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    assert scene.writes() == ["POST overrides"]
    assert scene.published.shown(scene.simulator, "primary") != shown
    assert scene.check().found == len(drifts)
    assert [each.pk for each in scene.open_drifts()] == [each.pk for each in drifts]


def test_a_left_edit_of_the_layers_outlives_a_publication_of_other_weeks(scene: Scene) -> None:
    scene.edit(_swapped)
    scene.check()
    drifts = scene.open_drifts()
    for drift in drifts:
        _leave(scene, drift)
    builders.make_absence(
        engineer=scene.published.people[2],
        starts_on=dt.date(2027, 2, 10),
        ends_on=dt.date(2027, 5, 10),
    )

    scene.published.publish(weeks=26)
    run = scene.sync()
    scene.check()

    unchanged = [each for each in drifts if each in scene.open_drifts()]
    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    assert unchanged


def test_an_edit_of_the_layers_is_put_back_as_a_whole(scene: Scene) -> None:
    scene.edit(_swapped)
    scene.check()
    drifts = scene.open_drifts()

    _restore(scene, drifts[0])
    run = scene.sync()
    scene.check()

    assert len(drifts) > 1
    assert {each.choice for each in Drift.objects.all()} == {"restore"}
    assert run.state == SyncRun.State.DONE
    assert scene.open_drifts() == []


def test_a_choice_leaves_one_audit_row_with_before_and_after(scene: Scene) -> None:
    _, taker, drift = _swap_two_days(scene)

    _leave(scene, drift)
    _restore(scene, drift, seen="leave")

    first, second = AuditEvent.objects.filter(verb="decided drift").order_by("pk")
    assert first.after is not None
    assert second.after is not None
    assert (first.before, first.after["choice"]) == ({"choice": ""}, "leave")
    assert (second.before, second.after["choice"]) == ({"choice": "leave"}, "restore")
    assert (second.actor, second.concerned) == (scene.anna.name, [taker.email])


def test_somebody_who_saw_an_older_choice_is_told_who_chose(scene: Scene) -> None:
    _, _, drift = _swap_two_days(scene)
    _leave(scene, drift)

    with pytest.raises(DriftDecidedError, match=r"Anna, .* left it as it is"):
        _restore(scene, drift)

    drift.refresh_from_db()
    assert drift.choice == "leave"


def test_what_is_over_is_not_decided(scene: Scene) -> None:
    _, _, drift = _swap_two_days(scene)
    Drift.objects.update(gone_at=scene.at)

    for choose in (_adopt, _restore, _leave):
        with pytest.raises(DriftGoneError):
            choose(scene, drift)


def test_an_override_of_nobody_of_ours_is_not_adopted(scene: Scene) -> None:
    state = scene.simulator.state()
    stranger = {"id": "PZOE", "name": "Zoe", "email": "zoe@elsewhere.example"}
    scene.simulator.put_state({**state, "users": [*state["users"], stranger]})
    shift = scene.shift(1)
    scene.override("PZOE", shift.starts_at + DAY, shift.starts_at + 2 * DAY)
    scene.check()
    [drift] = scene.open_drifts()

    with pytest.raises(DriftNotAdoptableError, match="Zoe is nobody in Rota"):
        _adopt(scene, drift)


def test_what_was_carried_already_is_not_adopted_and_the_way_is_named(scene: Scene) -> None:
    shift = scene.shift(0)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 3 * DAY)
    scene.move_to(shift.starts_at + DAY + 8 * HOUR)
    scene.check()
    [drift] = scene.open_drifts()

    with pytest.raises(DriftNotAdoptableError, match="Enter a cover from now on"):
        _adopt(scene, drift)


def test_an_override_that_began_in_office_hours_is_adopted_from_then_on(scene: Scene) -> None:
    shift = scene.shift(0)
    scene.override(user_of(scene.other(shift)), shift.starts_at + DAY, shift.starts_at + 2 * DAY)
    scene.move_to(shift.starts_at + DAY + HOUR)
    scene.check()
    [drift] = scene.open_drifts()

    _adopt(scene, drift)
    run = scene.sync()

    assert Cover.objects.get().starts_at == scene.at
    assert run.state == SyncRun.State.DONE
    assert scene.check().found == 0


def test_somebody_who_may_not_carry_it_is_refused_in_the_words_of_covers(scene: Scene) -> None:
    shift = scene.shift(1)
    taker = scene.other(shift)
    day = (shift.starts_at + DAY).date()
    builders.make_absence(engineer=taker, starts_on=day, ends_on=day + DAY)
    scene.override(user_of(taker), shift.starts_at + DAY, shift.starts_at + 2 * DAY)
    scene.check()
    [drift] = scene.open_drifts()

    with pytest.raises(RefusedError, match=taker.name):
        _adopt(scene, drift)

    assert not Cover.objects.exists()
    drift.refresh_from_db()
    assert drift.choice == ""


def test_only_an_override_is_adopted(scene: Scene) -> None:
    scene.edit(_swapped)
    scene.check()

    with pytest.raises(DriftNotAdoptableError, match="Only an override"):
        _adopt(scene, scene.open_drifts()[0])


def test_a_schedule_that_is_gone_is_not_put_back_by_a_sync(scene: Scene) -> None:
    scene.published.delete_schedule(scene.simulator, "primary")
    scene.check()

    with pytest.raises(DriftNotRestorableError):
        _restore(scene, scene.open_drifts()[0])


@pytest.mark.parametrize(
    ("choice", "becomes", "writes"),
    [("ask", "", []), ("adopt", "adopt", []), ("restore", "restore", ["DELETE overrides"])],
)
def test_the_policy_decides_on_what_is_noticed_from_then_on(
    choice: str, becomes: str, writes: list[str], scene: Scene
) -> None:
    scene.let_policy(choice)

    _, _, drift = _swap_two_days(scene)
    if becomes:
        scene.sync()

    drift.refresh_from_db()
    assert (drift.choice, drift.chosen_by) == (becomes, None)
    assert scene.writes() == writes
    actors = set(AuditEvent.objects.filter(verb="decided drift").values_list("actor", flat=True))
    assert actors == ({"sweep:check_drift"} if becomes else set())
    assert Message.objects.filter(kind="drift_noticed").count() == 1


def test_what_the_policy_cannot_do_is_asked(scene: Scene) -> None:
    scene.let_policy("adopt")

    scene.edit(_swapped)
    scene.check()

    assert {each.choice for each in scene.open_drifts()} == {""}


def test_a_policy_that_comes_later_decides_nothing_that_was_there(scene: Scene) -> None:
    _, _, drift = _swap_two_days(scene)
    scene.let_policy("restore")
    scene.move_to(scene.at + HOUR)

    scene.check()

    drift.refresh_from_db()
    assert drift.choice == ""
