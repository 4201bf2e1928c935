from __future__ import annotations

import collections
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.operations import Actor
from rotation import sparing, syncing
from rotation.models import Cover, Shift, SyncRun, SyncStep
from rotation.operations import policies
from rotation.operations import syncing as operations
from tests import builders
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
SWITCHES: list[dict[str, str | int]] = [
    {},
    {"answer_times": "utc"},
    {"touching_entries": "separate"},
    {"answer_times": "utc", "touching_entries": "separate", "turns": "fixed_seconds"},
    {"past_layer_start": "kept", "past_override_start": "kept"},
]
# A level's 26 weeks are three windows, the first of which comes with the layers.
IN_LINE = {"GET users": 1, "GET schedules/{id}": 6, "GET escalation_policies/{id}": 1}


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published()
    know_people(simulator, published.people)
    return published


def _counted(simulator: RunningSimulator) -> tuple[dict[str, int], dict[str, int]]:
    """Writes by kind, and everything else by kind, since the last look."""
    writes: collections.Counter[str] = collections.Counter()
    reads: collections.Counter[str] = collections.Counter()
    for each in simulator.requests():
        kind = _kind(each)
        into = reads if each["method"] == "GET" or kind.endswith("preview") else writes
        into[kind] += 1
    simulator.clear_requests()
    return dict(writes), dict(reads)


def _kind(each: dict[str, Any]) -> str:
    parts = [part for part in each["path"].split("/") if part]
    what = parts[0] if len(parts) == 1 else f"{parts[0]}/{parts[2] if len(parts) > 2 else '{id}'}"
    return f"{each['method']} {'preview' if 'preview' in parts else what}"


def _again(published: Published, simulator: RunningSimulator) -> str:
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    return str(published.sync(simulator).state)


def _cover(published: Published, level: str, number: int) -> None:
    shift = Shift.objects.filter(level__name=level).order_by("week_date")[number]
    team = published.people[:2] if level == "escalation" else published.people[2:]
    taker = next(person for person in team if person.pk != shift.holder_id)
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=taker)


def test_from_nothing_it_takes_two_schedules_one_policy_and_a_batch_for_each_level(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)

    writes, reads = _counted(simulator)
    assert writes == {
        "POST schedules": 2,
        "POST schedules/overrides": 2,
        "POST escalation_policies": 1,
    }
    assert reads == {
        "GET users": 1,
        "GET schedules": 2,
        "POST preview": 6,
        "GET schedules/{id}": 6,
        "GET escalation_policies": 1,
        "GET escalation_policies/{id}": 1,
    }


def test_unchanged_it_takes_no_write_and_one_read_for_each_window(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _counted(simulator)

    state = _again(published, simulator)

    writes, reads = _counted(simulator)
    assert (state, writes) == ("done", {})
    assert reads == IN_LINE


def test_one_changed_level_takes_one_batch_and_the_other_none(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _cover(published, "primary", 9)
    _counted(simulator)

    _again(published, simulator)

    writes, reads = _counted(simulator)
    assert writes == {"POST schedules/overrides": 1}
    # One window has the cover and the holidays, asked twice since ids are hidden; all is read back.
    assert reads == {**IN_LINE, "GET schedules/{id}": 7, "GET schedules/overrides": 2}


def test_a_cover_that_was_taken_back_costs_nothing_more_once_it_is_gone(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _cover(published, "primary", 15)
    _again(published, simulator)
    Cover.objects.update(state="undone", closed_at=NOW)
    _counted(simulator)

    _again(published, simulator)
    writes, _reads = _counted(simulator)
    _again(published, simulator)

    assert set(writes) == {"DELETE schedules/overrides"}
    assert _counted(simulator) == ({}, IN_LINE)


def test_an_override_that_may_be_there_twice_is_looked_for_although_the_right_one_is_shown(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _cover(published, "primary", 9)
    simulator.faults(method="POST", path="/schedules/*/overrides", drop_after_write=True, count=1)
    _again(published, simulator)
    [lost] = SyncStep.objects.filter(failure__contains="reached")
    simulator.call("POST", lost.path, lost.request)
    _counted(simulator)

    _again(published, simulator)

    writes, reads = _counted(simulator)
    assert reads["GET schedules/overrides"] >= 1
    assert writes == {"DELETE schedules/overrides": len((lost.request or {})["overrides"])}


def test_layers_that_somebody_edited_are_read_again_before_they_are_written(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    ref = published.rotation.levels.get(name="primary").pagerduty_schedule_ref
    schedule = simulator.call("GET", f"/schedules/{ref}").body["schedule"]
    layers = schedule["schedule_layers"]
    layers[0]["users"] = layers[0]["users"][::-1]
    simulator.call("PUT", f"/schedules/{ref}", {"schedule": schedule})
    simulator.clear_requests()

    operations.queue_sync(
        rotation_id=published.rotation.pk, cause="by command", now=published.at, writes_over=True
    )
    published.sync(simulator)

    mine = [each for each in simulator.requests() if ref in each["path"]]
    put = next(at for at, each in enumerate(mine) if each["method"] == "PUT")
    plain = [each["query"] for each in mine[:put] if each["path"] == f"/schedules/{ref}"]
    assert plain[-1] == {}
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_an_override_of_somebody_else_is_read_and_named_where_it_shows_another(
    published: Published, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0)
    published.sync(simulator)
    ref = published.rotation.levels.get(name="primary").pagerduty_schedule_ref
    gil = f"P{published.people[1].pk:06d}"
    span = {"start": "2027-04-03T10:00:00Z", "end": "2027-04-03T12:00:00Z"}
    override = {**span, "user": {"id": gil, "type": "user_reference"}}
    simulator.call("POST", f"/schedules/{ref}/overrides", {"overrides": [override]})
    simulator.clear_requests()

    state = _again(published, simulator)

    run = SyncRun.objects.latest("pk")
    assert (state, run.failure) == ("done", "")
    assert "by an override that Rota did not make" in run.rests[0]["what"]
    assert _counted(simulator)[0] == {}


def test_of_many_runs_users_schedules_and_policies_are_listed_once(
    published: Published, simulator: RunningSimulator
) -> None:
    seen = sparing.Seen(many=True)
    published.sync(simulator, seen=seen)
    _writes, first = _counted(simulator)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    state = published.sync(simulator, seen=sparing.Seen(many=True)).state

    assert first["GET schedules"] == first["GET escalation_policies"] == first["GET users"] == 1
    writes, reads = _counted(simulator)
    assert (state, writes) == ("done", {})
    assert reads == {
        "GET users": 1,
        "GET schedules/{id}": 6,
        "GET escalation_policies": 1,
    }


def test_of_many_runs_users_are_kept_for_the_next_slice_and_for_one_run_never(
    published: Published, simulator: RunningSimulator
) -> None:
    gateway = published.gateway(simulator)
    listed = []
    for seen in (
        sparing.Seen(many=True, account="one"),
        sparing.Seen(many=True, account="one"),
        sparing.Seen(many=True, account="another"),
        sparing.Seen(account="one"),
    ):
        assert set(seen.people(gateway).names.values()) == {each.name for each in published.people}
        listed.append(_counted(simulator)[1].get("GET users", 0))

    assert listed == [1, 0, 1, 1]


def test_a_list_that_is_older_than_a_lost_answer_makes_nothing_twice(
    published: Published, simulator: RunningSimulator
) -> None:
    seen = sparing.Seen(many=True)
    seen.schedules(published.gateway(simulator))
    seen.policies(published.gateway(simulator))
    simulator.faults(method="POST", path="/schedules", drop_after_write=True, count=1)
    published.sync(simulator, seen=seen)
    simulator.faults(method="POST", path="/escalation_policies", drop_after_write=True, count=1)
    for _try in range(2):
        operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=NOW)
        published.sync(simulator, seen=seen)

    state = simulator.state()
    assert SyncRun.objects.latest("pk").state == "done"
    assert (len(state["schedules"]), len(state["escalation_policies"])) == (2, 1)


def test_a_policy_that_this_slice_wrote_is_not_judged_by_the_list_from_before(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    seen = sparing.Seen(many=True)
    before, shown = _delays(simulator), []
    for minutes in (before[0] + 5, before[0]):
        policies.change_policy(
            rotation_id=published.rotation.pk,
            figures=policies.Figures(escalation_delay_minutes=minutes),
            reason="Level 2 sleeps far away.",
            actor=Actor(name=published.anna.email, engineer_id=published.anna.pk),
            now=NOW,
        )
        published.sync(simulator, seen=seen)
        shown.append(_delays(simulator))

    assert shown == [[delay + 5 for delay in before], before]


def _delays(simulator: RunningSimulator) -> list[int]:
    [policy] = simulator.state()["escalation_policies"]
    return [rule["escalation_delay_in_minutes"] for rule in policy["escalation_rules"]]


def test_published_again_it_takes_one_write_a_changed_level_and_one_batch(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    for level in ("primary", "escalation"):
        first, second = Shift.objects.filter(level__name=level).order_by("week_date")[7:9]
        first.holder, second.holder = second.holder, first.holder
        first.save(update_fields=["holder"])
        second.save(update_fields=["holder"])
    _counted(simulator)

    _again(published, simulator)

    writes, _reads = _counted(simulator)
    assert writes.pop("PUT schedules/{id}") == 2
    assert set(writes) <= {"POST schedules/overrides", "DELETE schedules/overrides"}
    assert writes.get("POST schedules/overrides", 0) <= 2


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda one: "-".join(map(str, one)) or "usual")
def test_applied_read_and_applied_again_nothing_is_written_before_or_after_a_clock_change(
    simulator: RunningSimulator, switches: dict[str, str | int]
) -> None:
    published = make_published()
    know_people(simulator, published.people)
    simulator.set_switches(**switches)
    published.sync(simulator)
    _cover(published, "primary", 17)
    _again(published, simulator)
    found = []

    # The clocks change on 28 March 2027; the running week is cut at now each time.
    for days in (0, 40, 120, 124, 127):
        published.at = NOW.replace(hour=20) + dt.timedelta(days=days)
        simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
        _counted(simulator)
        state = _again(published, simulator)
        found.append((state, _counted(simulator)[0]))

    assert found == [("done", {})] * 5
