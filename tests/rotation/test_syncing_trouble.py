from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from rotation import planned, syncing
from rotation.models import Level, Shift, SyncRun, SyncStep
from rotation.operations import syncing as operations
from rotation.pagerduty.http import HttpGateway
from tests import builders
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

LEVELS = ("primary", "escalation")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published(weeks=10)
    know_people(simulator, published.people)
    return published


def _again(published: Published, simulator: RunningSimulator, cause: str = "again") -> SyncRun:
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause=cause, now=published.at)
    return published.sync(simulator)


def _writes(simulator: RunningSimulator) -> list[str]:
    return [each["method"] for each in simulator.requests() if each["method"] != "GET"]


def _ref(published: Published, level: str) -> str:
    return Level.objects.get(rotation=published.rotation, name=level).pagerduty_schedule_ref


SWITCHES: list[dict[str, str | int]] = [
    {"turns": "fixed_seconds"},
    {"touching_entries": "separate", "answer_times": "utc", "override_ids": "always"},
    {"past_layer_start": "kept", "past_override_start": "kept", "overrides_status": 201},
    {"overrides_window_days": 90, "schedule_window_days": 90},
    {"left_out_layers": "refused", "user_query": "name", "schedule_names": "unique"},
    {"virtual_start_offset": "shifted", "request_layer_order": "highest_first"},
]


@pytest.mark.parametrize("switches", SWITCHES, ids="-".join)
def test_however_pagerduty_answers_the_second_sync_writes_nothing(
    simulator: RunningSimulator, switches: dict[str, str | int]
) -> None:
    published = make_published()
    know_people(simulator, published.people)
    simulator.set_switches(**switches)

    first = published.sync(simulator)
    second = _again(published, simulator)

    writes = _writes(simulator)
    simulator.set_switches(schedule_window_days=0)
    shown = {level: published.shown(simulator, level) for level in LEVELS}
    assert (first.state, first.failure) == (SyncRun.State.DONE, "")
    assert shown == {level: published.wanted(level) for level in LEVELS}
    assert (second.state, writes) == (SyncRun.State.DONE, [])


@pytest.mark.parametrize("turns", ["wall_clock", "fixed_seconds"])
def test_a_rotation_without_office_hours_is_right_over_a_clock_change(
    simulator: RunningSimulator, turns: str
) -> None:
    published = make_published(continuous=True)
    know_people(simulator, published.people)
    simulator.set_switches(turns=turns)

    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    for level in LEVELS:
        assert published.shown(simulator, level) == published.wanted(level)
    layers = simulator.call("GET", f"/schedules/{_ref(published, 'primary')}").body
    assert len(layers["schedule"]["schedule_layers"]) == 2


def test_a_week_that_is_first_synced_while_it_runs_is_right_from_then_on(
    published: Published, simulator: RunningSimulator
) -> None:
    published.at = NOW + dt.timedelta(days=9)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")

    first = published.sync(simulator)
    published.at += 5 * MINUTE
    second = _again(published, simulator)

    assert (first.state, first.failure) == (SyncRun.State.DONE, "")
    assert (second.state, _writes(simulator)) == (SyncRun.State.DONE, [])
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_a_cancelled_week_is_nobodys_from_then_on(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    running, coming = Shift.objects.filter(level__name="primary").order_by("week_date")[:2]
    published.at = running.starts_at + dt.timedelta(days=2)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
    cut = published.at + dt.timedelta(days=1)
    Shift.objects.filter(pk=running.pk).update(cancelled_at=cut)
    Shift.objects.filter(pk=coming.pk).update(cancelled_at=cut)

    run = _again(published, simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    shown = published.shown(simulator, "primary")
    assert shown == published.wanted("primary")
    assert all(ends <= cut or starts >= coming.ends_at for _who, starts, ends in shown)


def test_a_level_whose_schedule_is_gone_does_not_hold_up_the_other(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    published.delete_schedule(simulator, "primary")
    shift = Shift.objects.filter(level__name="escalation").order_by("week_date")[2]
    other = next(p for p in published.people[:2] if p.pk != shift.holder_id)
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=other)

    run = _again(published, simulator)

    assert run.state == SyncRun.State.FAILED
    assert "“Core: primary” was deleted in PagerDuty" in run.failure
    assert run.next_try_at is None
    assert published.shown(simulator, "escalation") == published.wanted("escalation")
    states = {level.name: level.in_pagerduty_since for level in Level.objects.all()}
    assert states["primary"] is None
    assert states["escalation"] is not None


@pytest.mark.parametrize("answer", [400, 200, 404])
def test_an_upgraded_schedule_is_named_and_neither_written_nor_made_again(
    published: Published, simulator: RunningSimulator, answer: int
) -> None:
    published.sync(simulator)
    state = simulator.state()
    ref = _ref(published, "primary")
    for schedule in state["schedules"]:
        if schedule["id"] == ref:
            schedule["type"] = "schedule_v3"
    simulator.put_state(state)
    simulator.set_switches(upgraded_schedule=answer)

    run = _again(published, simulator)

    assert run.state == SyncRun.State.FAILED
    assert re.search("press “(Create it again|Choose or make one)”", run.failure)
    assert run.next_try_at is None
    assert _writes(simulator) == []


def test_an_override_of_a_human_is_left_alone_and_told(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[1]
    stranger = next(person for person in published.people if person.pk != shift.holder_id)
    item = {
        "start": f"{shift.starts_at + dt.timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{shift.starts_at + dt.timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}",
        "user": {"id": f"P{stranger.pk:06d}", "type": "user_reference"},
    }
    path = f"/schedules/{_ref(published, 'primary')}/overrides"
    simulator.call("POST", path, {"overrides": [item]})

    run = _again(published, simulator)

    assert (run.state, run.failure, run.next_try_at) == (SyncRun.State.DONE, "", None)
    [rest] = run.rests
    assert f"shows {stranger.name} instead of" in rest["what"]
    assert "by an override that Rota did not make" in rest["what"]
    assert "It stays until a manager decides" in rest["what"]
    assert re.search(r" from \w{3} \d{1,2} \w{3} 20\d\d, \d\d:\d\d (GMT|IST), ", rest["what"])
    assert _writes(simulator) == []


def test_two_accounts_with_one_address_are_nobody(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = next(person for person in published.people if person.name == "Ben")
    state = simulator.state()
    twin = {"name": "Ben Again", "email": ben.email.upper()}
    simulator.put_state({"users": [*state["users"], twin]})

    run = published.sync(simulator)

    assert (run.state, run.unmatched) == (SyncRun.State.DONE, ["Ben"])
    assert {who for who, _from, _to in published.shown(simulator, "primary")}.isdisjoint(
        {ben.email}
    )


def test_a_stakeholder_is_named_and_the_others_go_on(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = next(person for person in published.people if person.name == "Ben")
    state = simulator.state()
    for user in state["users"]:
        if user["name"] == "Ben":
            user["role"] = "read_only_user"
    simulator.put_state(state)

    run = published.sync(simulator)

    assert (run.state, run.unmatched) == (SyncRun.State.DONE, ["Ben"])
    without_ben = [piece for piece in published.wanted("primary") if piece[0] != ben.email]
    assert published.shown(simulator, "primary") == without_ben


def test_a_single_refused_override_is_told_and_the_rest_stands(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="POST", path="/schedules/*/overrides", partial=[0], count=1)

    failed = published.sync(simulator)
    told = failed.failure
    operations.requeue_failed(real_now=NOW + 5 * MINUTE)
    again = published.sync(simulator)

    assert "PagerDuty refused the override from" in told
    assert again.state == SyncRun.State.DONE
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_a_rate_limit_waits_as_long_as_pagerduty_says(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(status=429, headers={"ratelimit-reset": "40"}, count=1)

    run = published.sync(simulator)

    assert run.state == SyncRun.State.FAILED
    assert run.next_try_at is not None
    wait = (run.next_try_at - NOW).total_seconds()
    assert 40 <= wait <= 42


def test_while_pagerduty_is_away_it_is_asked_less_and_less(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(drop_before_write=True)

    for _sweep in range(20):  # five minutes of sweeps
        operations.requeue_failed(real_now=published.at)
        run = SyncRun.objects.get(rotation=published.rotation)
        if run.state == SyncRun.State.QUEUED:
            published.sync(simulator)
        published.at += dt.timedelta(seconds=15)

    run = SyncRun.objects.get(rotation=published.rotation)
    assert run.failure == "PagerDuty cannot be reached."
    assert 3 <= len(simulator.requests()) <= 6


def test_a_worker_that_lost_its_lease_stops_before_the_next_request(
    published: Published, simulator: RunningSimulator
) -> None:
    run = SyncRun.objects.get(rotation=published.rotation)

    def taken_over(exchange: Any) -> None:
        if exchange["path"] == "/users":
            later = NOW + 2 * MINUTE
            operations.claim_run(run_id=run.pk, now=later, real_now=later, holder="another")

    slow = HttpGateway(url=simulator.base_url, token=lambda: simulator.token, recorder=taken_over)
    done = syncing.sync_rotation(
        run_id=run.pk, gateway=slow, clocks=published.clocks(), holder="slow"
    )

    run.refresh_from_db()
    assert done is False
    assert len(simulator.requests()) == 1
    assert (run.state, run.lease_holder) == (SyncRun.State.RUNNING, "another")


def test_a_step_without_an_answer_says_so_after_the_takeover(
    published: Published, simulator: RunningSimulator
) -> None:
    run = SyncRun.objects.get(rotation=published.rotation)
    operations.claim_run(run_id=run.pk, now=NOW, real_now=NOW, holder="dead")
    level = Level.objects.get(rotation=published.rotation, name="primary")
    SyncStep.objects.create(
        run=run,
        position=1,
        level=level,
        action="create_schedule",
        reason="x",
        method="POST",
        path="/schedules",
        sent_at=NOW,
    )

    published.at = NOW + 2 * MINUTE
    published.sync(simulator)

    first = SyncStep.objects.get(run=run, position=1)
    assert first.state == SyncStep.State.FAILED
    assert "it may have been done or not" in first.failure


def test_of_two_runs_of_a_rotation_one_runs_and_the_other_waits(published: Published) -> None:
    first = SyncRun.objects.get(rotation=published.rotation)
    operations.claim_run(run_id=first.pk, now=NOW, real_now=NOW, holder="one")
    for _twice in range(2):
        operations.queue_sync(rotation_id=published.rotation.pk, cause="more", now=NOW)
    [second] = SyncRun.objects.filter(rotation=published.rotation, state="queued")

    refused = operations.claim_run(run_id=second.pk, now=NOW, real_now=NOW, holder="two")
    operations.finish_run(run_id=first.pk, holder="one", unmatched=[], now=NOW)
    taken = operations.claim_run(run_id=second.pk, now=NOW, real_now=NOW, holder="two")

    assert refused is None
    assert taken is not None


def test_a_run_whose_workers_always_die_rests_in_between(published: Published) -> None:
    run = SyncRun.objects.get(rotation=published.rotation)
    at = NOW
    for _death in range(operations.MOST_DEATHS):
        operations.claim_run(run_id=run.pk, now=at, real_now=at, holder="dies")
        at += 2 * MINUTE

    requeued = operations.requeue_failed(real_now=at)

    run.refresh_from_db()
    assert (requeued, run.state) == (0, SyncRun.State.FAILED)
    assert operations.requeue_failed(real_now=at + operations.REST) == 1


def test_a_failed_run_that_a_later_one_replaced_is_not_tried_again(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(status=500, count=1)
    failed = published.sync(simulator)
    _again(published, simulator)

    requeued = operations.requeue_failed(real_now=NOW + 30 * MINUTE)

    failed.refresh_from_db()
    assert requeued == 0
    assert failed.next_try_at is None


def test_writing_to_pagerduty_is_on_record_and_looking_is_not(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _again(published, simulator)

    events = AuditEvent.objects.filter(actor="sweep:sync_rotation").order_by("pk")
    assert [event.verb for event in events] == ["linked", "linked", "linked", "synced"]
    assert events[3].after == {"version": 1, "writes": 5}
    assert {event.team for event in events} == {published.rotation.team.slug}


def test_no_weeks_published_is_no_work(simulator: RunningSimulator) -> None:
    rotation = builders.make_rotation(team=builders.make_team())
    operations.queue_sync(rotation_id=rotation.pk, cause="by hand", now=NOW)
    nobody = Published(rotation=rotation, people=[], anna=builders.make_engineer(name="Anna"))

    run = nobody.sync(simulator)

    assert run.state == SyncRun.State.DONE
    assert _writes(simulator) == []
    assert {level.in_pagerduty_since for level in Level.objects.all()} == {None}


def test_a_plan_that_is_only_looked_at_writes_nothing(
    published: Published, simulator: RunningSimulator
) -> None:
    planned_now = planned.plan_rotation(
        rotation=published.rotation,
        asking=planned.Asking(gateway=published.gateway(simulator), now=NOW),
    )

    levels = planned_now.levels
    assert [plan.level for plan in levels] == list(LEVELS)
    assert [step.action for step in levels[0].steps] == ["create_schedule", "create_overrides"]
    assert [step.action for step in planned_now.policy.steps] == ["create_policy"]
    assert {each["path"] for each in simulator.requests() if each["method"] == "POST"} == {
        "/schedules/preview"
    }
    assert levels[0].unmatched == ()
