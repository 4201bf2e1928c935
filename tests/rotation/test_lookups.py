from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from common.clocks import Clocks
from rotation import looking
from rotation.models import Level, Lookup, Rotation
from rotation.operations import adoption, lookups
from rotation.operations import syncing as operations
from rotation.queries import lookups as queries
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
LEVELS = ("primary", "escalation")


@dataclasses.dataclass
class Asking:
    """A published rotation, whose manager asks."""

    published: Published
    simulator: RunningSimulator

    @property
    def rotation(self) -> Rotation:
        return Rotation.objects.get(pk=self.published.rotation.pk)

    @property
    def anna(self) -> Actor:
        return Actor(name=self.published.anna.email, engineer_id=self.published.anna.pk)

    def answered(self, lookup: Lookup) -> Lookup:
        at = self.published.at
        looking.look_up(
            lookup_id=lookup.pk,
            gateway=self.published.gateway(self.simulator),
            clocks=Clocks(now=lambda: at, real_now=lambda: at),
            holder="worker",
        )
        lookup.refresh_from_db()
        return lookup

    def plan(self) -> Lookup:
        at = self.published.at
        return self.answered(
            lookups.ask_plan(rotation_id=self.rotation.pk, actor=self.anna, now=at)
        )

    def search(self, level: str, query: str) -> list[dict[str, Any]]:
        asked = lookups.ask_search(
            rotation_id=self.rotation.pk,
            level=level,
            query=query,
            actor=self.anna,
            now=self.published.at,
        )
        result: dict[str, Any] = self.answered(asked).result or {}
        found: list[dict[str, Any]] = result["found"]
        return found

    def adoption(self, level: str, ref: str) -> Lookup:
        return self.answered(
            lookups.ask_adoption(
                rotation_id=self.rotation.pk,
                level=level,
                ref=ref,
                actor=self.anna,
                now=self.published.at,
            )
        )

    def adopt(self, lookup: Lookup) -> None:
        adoption.adopt(lookup_id=lookup.pk, actor=self.anna, now=self.published.at)

    def writes(self) -> list[str]:
        return [
            f"{each['method']} {each['path']}"
            for each in self.simulator.requests()
            if each["method"] != "GET" and not each["path"].endswith("/preview")
        ]


@pytest.fixture
def asking(simulator: RunningSimulator) -> Asking:
    published = make_published(weeks=6)
    know_people(simulator, published.people)
    return Asking(published=published, simulator=simulator)


def _humans_schedule(asking: Asking, name: str = "Ops by hand", description: str = "") -> str:
    """A schedule as a human made it: every night Gil's, for ever, and an old layer."""
    user = {"user": {"id": f"P{asking.published.people[1].pk:06d}", "type": "user_reference"}}
    layer = {
        "name": "By hand",
        "start": "2026-11-25T11:00:00Z",
        "end": None,
        "rotation_virtual_start": "2026-11-02T12:00:00Z",
        "rotation_turn_length_seconds": 604800,
        "users": [user],
        "restrictions": [],
    }
    body = {
        "type": "schedule",
        "name": name,
        "description": description,
        "time_zone": "Europe/Dublin",
        "schedule_layers": [layer],
    }
    made = asking.simulator.call("POST", "/schedules", {"schedule": body})
    ref: str = made.body["schedule"]["id"]
    return ref


def _humans_policy(asking: Asking, **fields: Any) -> str:
    boss = {"id": f"P{asking.published.people[0].pk:06d}", "type": "user_reference"}
    body = {
        "type": "escalation_policy",
        "name": "Ops policy",
        "num_loops": 7,
        "escalation_rules": [{"escalation_delay_in_minutes": 30, "targets": [boss]}],
        **fields,
    }
    made = asking.simulator.call("POST", "/escalation_policies", {"escalation_policy": body})
    ref: str = made.body["escalation_policy"]["id"]
    return ref


def test_a_plan_is_kept_with_weeks_and_requests_and_writes_nothing(asking: Asking) -> None:
    lookup = asking.plan()

    page = queries.plan_page(lookup.result or {})
    assert (lookup.state, lookup.schedule_version) == (Lookup.State.DONE, 1)
    assert (page.create, page.change, page.remove, page.leave) == (5, 0, 0, 0)
    assert [len(level.changed) for level in page.levels] == [6, 6]
    assert page.levels[0].changed[0].before == ()
    assert (page.is_blocked, page.unmatched) == (False, ())
    assert asking.writes() == []


def test_after_the_sync_the_plan_leaves_every_week(asking: Asking) -> None:
    asking.published.sync(asking.simulator)

    page = queries.plan_page(asking.plan().result or {})

    assert (page.writes, page.leave) == (0, 12)


def test_one_plan_waits_at_a_time_and_each_question_is_on_record(asking: Asking) -> None:
    first, second = (
        lookups.ask_plan(rotation_id=asking.rotation.pk, actor=asking.anna, now=NOW)
        for _time in range(2)
    )

    assert first == second
    assert AuditEvent.objects.filter(verb="asked for a plan").count() == 2


def test_a_plan_that_cannot_be_read_says_why(asking: Asking) -> None:
    asking.simulator.faults(method="GET", path="/users", status=503, count=1)

    lookup = asking.plan()

    assert (lookup.state, lookup.result) == (Lookup.State.FAILED, None)
    assert "503" in lookup.failure


def test_a_question_whose_worker_died_is_taken_over(asking: Asking) -> None:
    lookup = lookups.ask_plan(rotation_id=asking.rotation.pk, actor=asking.anna, now=NOW)
    lookups.claim_lookup(lookup_id=lookup.pk, now=NOW, real_now=NOW, holder="dead")
    later = NOW + dt.timedelta(seconds=61)

    waits = [queries.waiting_lookup_ids(real_now=at) for at in (NOW, later)]

    assert waits == [[], [lookup.pk]]


def _layers(asking: Asking, ref: str) -> list[dict[str, Any]]:
    schedule = asking.simulator.call("GET", f"/schedules/{ref}").body["schedule"]
    layers: list[dict[str, Any]] = schedule["schedule_layers"]
    return layers


def test_a_schedule_is_found_by_name_with_what_would_be_overwritten(asking: Asking) -> None:
    asking.published.sync(asking.simulator)
    ref = _humans_schedule(asking)

    [found] = asking.search("primary", "by hand")
    lookup = asking.adoption("primary", found["ref"])

    result = lookup.result or {}
    page = queries.plan_page(result["plan"], level="primary")
    [layer] = queries.layers_of(result["object"])
    assert (found["ref"], found["refusal"], result["refusal"]) == (ref, "", "")
    assert (layer.name, layer.ends_at, layer.people) == ("By hand", None, ("Gil",))
    assert [turn.who for turn in page.levels[0].changed[0].before] == ["Gil"]
    assert page.steps[0].reason.startswith("Layer “By hand” ends now")
    assert [step.action for step in page.steps][-1] == "update_policy"


def test_the_layers_of_an_adopted_schedule_end_and_are_kept(asking: Asking) -> None:
    asking.published.sync(asking.simulator)
    ref = _humans_schedule(asking)
    [by_hand] = _layers(asking, ref)

    asking.adopt(asking.adoption("primary", ref))
    asking.simulator.move_to("2026-11-25T11:05:00Z")
    asking.published.at = NOW + dt.timedelta(minutes=65)
    run = asking.published.sync(asking.simulator)

    level = Level.objects.get(rotation=asking.rotation, name="primary")
    [old] = [layer for layer in _layers(asking, ref) if layer["id"] == by_hand["id"]]
    [policy] = asking.simulator.state()["escalation_policies"]
    assert (run.state, run.failure) == ("done", "")
    assert (level.pagerduty_schedule_ref, level.schedule_is_adopted) == (ref, True)
    assert dt.datetime.fromisoformat(old["end"]) == asking.published.at
    assert asking.published.shown(asking.simulator, "primary") == asking.published.wanted("primary")
    assert policy["escalation_rules"][0]["targets"][0]["id"] == ref
    assert AuditEvent.objects.filter(verb="adopted").count() == 1


def test_adopted_and_synced_again_nothing_is_written(asking: Asking) -> None:
    ref = _humans_schedule(asking)
    asking.adopt(asking.adoption("escalation", ref))
    asking.published.sync(asking.simulator)
    asking.simulator.clear_requests()

    operations.queue_sync(rotation_id=asking.rotation.pk, cause="again", now=NOW)
    run = asking.published.sync(asking.simulator)

    assert (run.state, asking.writes()) == ("done", [])
    assert len(asking.simulator.state()["schedules"]) == 2


def test_an_adopted_policy_keeps_its_rules_and_repetitions(asking: Asking) -> None:
    ref = _humans_policy(asking)

    [found] = asking.search("", "ops")
    lookup = asking.adoption("", found["ref"])
    asking.adopt(lookup)
    run = asking.published.sync(asking.simulator)

    [policy] = asking.simulator.state()["escalation_policies"]
    assert (run.state, policy["id"], policy["num_loops"]) == ("done", ref, 7)
    assert [len(rule["targets"]) for rule in policy["escalation_rules"]] == [1, 1, 1]
    assert policy["escalation_rules"][2]["targets"][0]["type"] == "user_reference"
    assert asking.rotation.pagerduty_policy_is_adopted


def test_another_rotations_schedule_is_refused_with_its_name(asking: Asking) -> None:
    asking.published.sync(asking.simulator)
    own = Level.objects.get(rotation=asking.rotation, name="escalation").pagerduty_schedule_ref
    marked = _humans_schedule(asking, description="Nights (rota:nights:primary)")

    of_level_2 = asking.adoption("primary", own)
    of_others = asking.adoption("primary", marked)

    assert "It is the schedule of Core, level 2." in (of_level_2.result or {})["refusal"]
    assert "rota:nights:primary" in (of_others.result or {})["refusal"]
    for lookup in (of_level_2, of_others):
        with pytest.raises(adoption.NotAdoptableError):
            asking.adopt(lookup)


@pytest.mark.parametrize("answer", [400, 200])
def test_a_schedule_of_the_new_kind_is_refused_with_what_to_do(asking: Asking, answer: int) -> None:
    ref = _humans_schedule(asking)
    state = asking.simulator.state()
    state["schedules"][0]["type"] = "schedule_v3"
    asking.simulator.put_state(state)
    asking.simulator.set_switches(upgraded_schedule=answer)

    by_name = asking.search("primary", "by hand")
    [by_id] = asking.search("primary", ref)
    lookup = asking.adoption("primary", ref)

    assert by_name == []
    assert "shift-based" in by_id["refusal"]
    assert "Make a layer-based schedule" in (lookup.result or {})["refusal"]
    with pytest.raises(adoption.NotAdoptableError, match="shift-based"):
        asking.adopt(lookup)


def test_what_is_not_there_is_refused(asking: Asking) -> None:
    lookup = asking.adoption("primary", "PNOTHING")

    assert (lookup.result or {})["refusal"] == looking.MISSING


def test_an_adoption_is_confirmed_while_it_is_fresh_and_once(asking: Asking) -> None:
    lookup = asking.adoption("primary", _humans_schedule(asking))
    asking.published.at = NOW + dt.timedelta(minutes=61)
    with pytest.raises(adoption.NotAdoptableError, match="may have changed"):
        asking.adopt(lookup)
    asking.published.at = NOW

    asking.adopt(lookup)

    with pytest.raises(adoption.NotAdoptableError, match="already"):
        asking.adopt(lookup)


def test_a_level_goes_back_to_a_schedule_of_rotas_own(asking: Asking) -> None:
    adopted = _humans_schedule(asking)
    asking.adopt(asking.adoption("primary", adopted))
    asking.published.sync(asking.simulator)
    adoption.release(rotation_id=asking.rotation.pk, level="primary", actor=asking.anna, now=NOW)
    run = asking.published.sync(asking.simulator)

    level = Level.objects.get(rotation=asking.rotation, name="primary")
    assert run.state == "done"
    assert level.pagerduty_schedule_ref not in {"", adopted}
    assert not level.schedule_is_adopted


def test_a_policy_that_was_given_back_is_not_found_again_by_its_mark(asking: Asking) -> None:
    adopted = _humans_policy(asking, name="Core")
    asking.adopt(asking.adoption("", adopted))
    asking.published.sync(asking.simulator)

    adoption.release(rotation_id=asking.rotation.pk, level="", actor=asking.anna, now=NOW)
    asking.published.rotation.refresh_from_db()
    run = asking.published.sync(asking.simulator)

    rotation = asking.rotation
    assert run.state == "done"
    assert rotation.pagerduty_policy_ref not in {"", adopted}
    assert rotation.pagerduty_released_refs == [adopted]
    asking.adopt(asking.adoption("", adopted))
    assert asking.rotation.pagerduty_released_refs == []


def test_old_answers_are_forgotten(asking: Asking) -> None:
    asking.plan()

    assert lookups.forget_old_lookups(now=NOW + dt.timedelta(days=8)) == 1


def test_before_anything_is_published_there_is_nothing_to_ask(asking: Asking) -> None:
    Rotation.objects.update(schedule_version=0)

    with pytest.raises(lookups.NothingToPlanError):
        asking.plan()
    with pytest.raises(lookups.NothingToPlanError):
        asking.search("primary", "ops")
