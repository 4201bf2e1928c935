from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from rotation.domain.pagerduty_plan import Action
from rotation.domain.pagerduty_policy import (
    PolicyRule,
    PolicyState,
    Target,
    WantedPolicy,
    plan_policy,
)

WANTED = WantedPolicy(
    name="Core",
    marker="rota:core:policy",
    delay_minutes=15,
    loops=2,
    schedule_refs=("PRIMARY", "LEVEL2"),
)
ADOPTED = dataclasses.replace(WANTED, is_adopted=True)


def _schedule(ref: str, *, delay: int = 15, more: tuple[Target, ...] = ()) -> PolicyRule:
    target = Target(ref=ref, kind="schedule_reference")
    return PolicyRule(ref=f"R{ref}", delay_minutes=delay, targets=(target, *more))


def _user(ref: str, *, delay: int = 30, strategy: str = "") -> PolicyRule:
    target = Target(ref=ref, kind="user_reference")
    return PolicyRule(ref=f"R{ref}", delay_minutes=delay, targets=(target,), strategy=strategy)


def _held(*rules: PolicyRule, **others: Any) -> PolicyState:
    state = PolicyState(
        ref="PPOLICY",
        name="Called by humans",
        description="Ask Anna. (rota:core:policy)",
        loops=2,
        handoff="always",
        rules=rules or (_schedule("PRIMARY"), _schedule("LEVEL2")),
    )
    return dataclasses.replace(state, **others)


def _sent(wanted: WantedPolicy, held: PolicyState | None) -> dict[str, Any]:
    [step] = plan_policy(wanted, held)
    body: dict[str, Any] = (step.request.body or {})["escalation_policy"]
    return body


def _targets(body: dict[str, Any]) -> list[list[str]]:
    return [[target["id"] for target in rule["targets"]] for rule in body["escalation_rules"]]


def test_a_policy_calls_primary_and_then_level_2() -> None:
    [step] = plan_policy(WANTED, None)

    assert (step.action, step.request.method) == (Action.CREATE_POLICY, "POST")
    assert step.request.path == "/escalation_policies"
    assert step.request.body == {
        "escalation_policy": {
            "type": "escalation_policy",
            "name": "Core",
            "description": "Kept by Rota (rota:core:policy).",
            "num_loops": 2,
            "on_call_handoff_notifications": "if_has_services",
            "escalation_rules": [
                {
                    "escalation_delay_in_minutes": 15,
                    "targets": [{"id": ref, "type": "schedule_reference"}],
                }
                for ref in ("PRIMARY", "LEVEL2")
            ],
        }
    }


@pytest.mark.parametrize("wanted", [WANTED, ADOPTED])
def test_what_is_right_already_is_left_alone(wanted: WantedPolicy) -> None:
    assert plan_policy(wanted, _held()) == ()


def test_without_a_schedule_there_is_nothing_to_join() -> None:
    assert plan_policy(dataclasses.replace(WANTED, schedule_refs=()), None) == ()


def test_rules_and_services_that_humans_added_stay_behind_rotas_two() -> None:
    further = _user("PBOSS", strategy="round_robin")
    held = _held(further, _schedule("LEVEL2", delay=5), team_refs=("PTEAM",), services=("Web",))

    body = _sent(WANTED, held)

    assert _targets(body) == [["PRIMARY"], ["LEVEL2"], ["PBOSS"]]
    assert body["escalation_rules"][1]["id"] == "RLEVEL2"
    assert body["escalation_rules"][1]["escalation_delay_in_minutes"] == 15
    assert body["escalation_rules"][2] == {
        "id": "RPBOSS",
        "escalation_delay_in_minutes": 30,
        "targets": [{"id": "PBOSS", "type": "user_reference"}],
        "escalation_rule_assignment_strategy": {"type": "round_robin"},
    }
    assert (body["name"], body["on_call_handoff_notifications"]) == ("Called by humans", "always")
    assert body["teams"] == [{"id": "PTEAM", "type": "team_reference"}]
    assert "services" not in body


def test_somebody_whom_a_human_added_to_a_rule_of_rota_stays_in_it() -> None:
    boss = Target(ref="PBOSS", kind="user_reference")
    held = _held(_schedule("PRIMARY", more=(boss,)), _schedule("LEVEL2"))

    assert plan_policy(WANTED, held) == ()


def test_delay_and_repetitions_follow_the_teams_policy() -> None:
    wanted = dataclasses.replace(WANTED, delay_minutes=20, loops=3)

    [step] = plan_policy(wanted, _held())

    assert step.reason == "A page goes on after 20 minutes; it starts again 3 times."


def test_of_an_adopted_policy_only_rotas_two_rules_are_kept_right() -> None:
    held = _held(
        _user("PFIRST"),
        _schedule("PRIMARY", delay=40),
        _user("PBETWEEN"),
        _schedule("LEVEL2"),
        _user("PLAST"),
        loops=7,
    )

    body = _sent(ADOPTED, held)

    assert _targets(body) == [["PFIRST"], ["PRIMARY"], ["PBETWEEN"], ["LEVEL2"], ["PLAST"]]
    delays = [rule["escalation_delay_in_minutes"] for rule in body["escalation_rules"]]
    assert delays == [30, 15, 30, 15, 30]
    assert body["num_loops"] == 7


def test_an_adopted_policy_without_rotas_rules_gets_them_first() -> None:
    body = _sent(ADOPTED, _held(_user("PBOSS")))

    assert _targets(body) == [["PRIMARY"], ["LEVEL2"], ["PBOSS"]]


def test_in_an_adopted_policy_level_2_comes_after_primary() -> None:
    body = _sent(ADOPTED, _held(_schedule("LEVEL2"), _schedule("PRIMARY"), _user("PBOSS")))

    assert _targets(body) == [["PRIMARY"], ["LEVEL2"], ["PBOSS"]]


def test_a_schedule_that_a_level_had_before_calls_nobody_any_more() -> None:
    wanted = dataclasses.replace(WANTED, former_refs=frozenset({"POLD"}))
    held = _held(_schedule("POLD"), _schedule("LEVEL2"))

    assert _targets(_sent(wanted, held)) == [["PRIMARY"], ["LEVEL2"]]


def test_level_2_without_a_schedule_is_added_once_it_has_one() -> None:
    alone = dataclasses.replace(WANTED, schedule_refs=("PRIMARY",))

    before = plan_policy(alone, _held(_schedule("PRIMARY")))
    after = _sent(WANTED, _held(_schedule("PRIMARY")))

    assert before == ()
    assert _targets(after) == [["PRIMARY"], ["LEVEL2"]]


def test_a_lost_marker_is_written_again_behind_what_humans_wrote() -> None:
    body = _sent(WANTED, _held(description="x" * 1024))

    assert body["description"].endswith("x (rota:core:policy)")
    assert len(body["description"]) == 1024
