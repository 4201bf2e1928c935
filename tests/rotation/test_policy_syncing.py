from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from rotation.models import Level, Rotation, SyncRun
from rotation.operations import policies, policy_syncing
from rotation.operations import syncing as operations
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
ANNA = Actor(name="anna@example.com", engineer_id=None)


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published(weeks=4)
    know_people(simulator, published.people)
    return published


def _policies(simulator: RunningSimulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = simulator.state()["escalation_policies"]
    return found


def _again(published: Published, simulator: RunningSimulator) -> tuple[SyncRun, list[str]]:
    """A run of its own, and what it wrote."""
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    run = published.sync(simulator)
    published.rotation.refresh_from_db()
    return run, [
        f"{each['method']} {each['path']}"
        for each in simulator.requests()
        if each["method"] != "GET" and not each["path"].endswith("/preview")
    ]


def _refs(published: Published) -> list[str]:
    levels = Level.objects.filter(rotation=published.rotation)
    return [levels.get(name=name).pagerduty_schedule_ref for name in ("primary", "escalation")]


def _called(policy: dict[str, Any]) -> list[str]:
    return [target["id"] for rule in policy["escalation_rules"] for target in rule["targets"]]


def test_one_policy_joins_the_levels_and_is_read_back(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)

    [policy] = _policies(simulator)
    published.rotation.refresh_from_db()
    assert _called(policy) == _refs(published)
    assert [rule["escalation_delay_in_minutes"] for rule in policy["escalation_rules"]] == [15, 15]
    assert (policy["name"], policy["num_loops"]) == ("Core", 2)
    assert published.rotation.pagerduty_policy_ref == policy["id"]
    assert published.rotation.pagerduty_policy_since == NOW
    assert AuditEvent.objects.filter(subject__contains="escalation policy", verb="linked").exists()


def test_the_teams_policy_reaches_pagerduty_with_one_write(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    simulator.clear_requests()

    policies.change_policy(
        rotation_id=published.rotation.pk,
        figures=policies.Figures(escalation_delay_minutes=20, escalation_loops=5),
        reason="Level 2 sleeps far away.",
        actor=ANNA,
        now=NOW,
    )
    run = SyncRun.objects.latest("pk")
    published.sync(simulator, run)

    [policy] = _policies(simulator)
    assert (run.cause, run.state) == ("policy 2", SyncRun.State.DONE)
    assert [rule["escalation_delay_in_minutes"] for rule in policy["escalation_rules"]] == [20, 20]
    assert policy["num_loops"] == 5
    assert [each["method"] for each in simulator.requests() if each["method"] != "GET"] == ["PUT"]


def test_another_figure_of_the_policy_asks_for_no_run(published: Published) -> None:
    SyncRun.objects.all().delete()

    policies.change_policy(
        rotation_id=published.rotation.pk,
        figures=policies.Figures(target_size=8),
        reason="One more.",
        actor=ANNA,
        now=NOW,
    )

    assert not SyncRun.objects.exists()


def test_a_lost_answer_makes_no_second_policy(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="POST", path="/escalation_policies", drop_after_write=True, count=1)

    failed = published.sync(simulator)
    first = failed.state
    operations.requeue_failed(real_now=NOW + dt.timedelta(minutes=5))
    again = published.sync(simulator)

    published.rotation.refresh_from_db()
    assert (first, again.state) == ("failed", "done")
    assert [policy["id"] for policy in _policies(simulator)] == [
        published.rotation.pagerduty_policy_ref
    ]


def test_what_humans_add_to_the_policy_stays_and_what_they_break_is_mended(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    [policy] = _policies(simulator)
    boss = {"id": simulator.state()["users"][0]["id"], "type": "user_reference"}
    broken = {
        "name": "Renamed",
        "escalation_rules": [
            {"escalation_delay_in_minutes": 5, "targets": [boss]},
            policy["escalation_rules"][0],
        ],
    }
    simulator.call(
        "PUT", f"/escalation_policies/{policy['id']}", body={"escalation_policy": broken}
    )

    run, writes = _again(published, simulator)
    unchanged, no_writes = _again(published, simulator)

    [mended] = _policies(simulator)
    assert (run.state, writes) == ("done", [f"PUT /escalation_policies/{policy['id']}"])
    assert (unchanged.state, no_writes) == ("done", [])
    assert _called(mended) == [*_refs(published), boss["id"]]
    assert mended["name"] == "Renamed"


def test_a_deleted_policy_is_explained_and_made_again_only_on_order(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    [policy] = _policies(simulator)
    simulator.call("DELETE", f"/escalation_policies/{policy['id']}")

    run, writes = _again(published, simulator)
    since = published.rotation.pagerduty_policy_since
    trouble = Rotation.objects.get().pagerduty_policy_trouble
    policy_syncing.create_policy_again(rotation_id=published.rotation.pk, actor=ANNA, now=NOW)
    again = published.sync(simulator)

    assert (run.state, run.next_try_at, writes, since) == ("failed", None, [], None)
    assert "was deleted in PagerDuty" in run.failure
    assert (trouble, again.state) == ("deleted", "done")
    assert Rotation.objects.get().pagerduty_policy_trouble == ""
    assert len(_policies(simulator)) == 1


def test_a_level_with_a_new_schedule_takes_the_place_of_the_old_one(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    level = Level.objects.get(rotation=published.rotation, name="primary")
    old = level.pagerduty_schedule_ref
    state = simulator.state()
    for schedule in state["schedules"]:
        if schedule["id"] == old:
            schedule["type"] = "schedule_v3"
    simulator.put_state(state)

    operations.unlink_schedule(level_id=level.pk, actor=ANNA, now=NOW)
    run = published.sync(simulator)

    [policy] = _policies(simulator)
    assert run.state == "done"
    assert old not in _called(policy)
    assert _called(policy) == _refs(published)
