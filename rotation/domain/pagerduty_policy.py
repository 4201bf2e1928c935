"""The escalation policy that joins both levels: whom PagerDuty calls first, and who comes next.

Rota keeps two rules right, the schedule of primary and the one of level 2. What humans add to a
policy stays: further rules and targets, services, a name of their own. Of a policy that a rotation
has adopted, the order of the rules and the repetitions stay too.
Source: PagerDuty's REST API, escalation policies.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.domain.pagerduty_plan import LONGEST_DESCRIPTION, Action, Step, carries, sentence
from rotation.domain.pagerduty_state import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEDULE = "schedule_reference"
ROUND_ROBIN = "round_robin"
LEVELS = ("primary", "level 2")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Whom a rule calls; `kind` is PagerDuty's word, such as `schedule_reference`."""

    ref: str
    kind: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRule:
    """One step of a policy: its targets, and the minutes until the next rule has its turn.

    `strategy` is empty unless the rule calls one target after the other.
    """

    ref: str
    delay_minutes: int
    targets: tuple[Target, ...]
    strategy: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PolicyState:
    """An escalation policy as PagerDuty holds it; `services` are the names of those that use it."""

    ref: str
    name: str
    description: str
    loops: int
    handoff: str
    rules: tuple[PolicyRule, ...]
    team_refs: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WantedPolicy:
    """What PagerDuty should hold: the levels' schedules, primary first, as far as they exist.

    `former_refs` are schedules that the levels had before; nobody is called by them any more.
    `released` are policies that were given back and still carry the marker.
    """

    name: str
    marker: str
    delay_minutes: int
    loops: int
    schedule_refs: tuple[str, ...]
    former_refs: frozenset[str] = frozenset()
    is_adopted: bool = False
    released: frozenset[str] = frozenset()


def plan_policy(wanted: WantedPolicy, held: PolicyState | None) -> tuple[Step, ...]:
    """The write that joins the levels; none when PagerDuty holds it, or no level has a schedule."""
    if not wanted.schedule_refs:
        return ()
    if held is None:
        return (_creation(wanted),)
    changes = _changes(wanted, held)
    return (_update(wanted, held, changes),) if changes else ()


def wanted_rules(wanted: WantedPolicy, held: PolicyState | None) -> tuple[PolicyRule, ...]:
    """All rules in the order in which they come: Rota's two as they should be, others as held."""
    rules = [] if held is None else _without_former(held.rules, wanted.former_refs)
    if wanted.is_adopted:
        return tuple(_in_their_places(wanted, rules))
    ours, others = [], list(rules)
    for ref in wanted.schedule_refs:
        found = next((rule for rule in others if _calls(rule, ref)), None)
        if found is not None:
            others.remove(found)
        ours.append(_right(found, ref, wanted.delay_minutes))
    return (*ours, *others)


def _without_former(rules: Sequence[PolicyRule], former: frozenset[str]) -> list[PolicyRule]:
    kept = []
    for rule in rules:
        targets = tuple(target for target in rule.targets if target.ref not in former)
        if targets:
            kept.append(dataclasses.replace(rule, targets=targets))
    return kept


def _in_their_places(wanted: WantedPolicy, rules: list[PolicyRule]) -> list[PolicyRule]:
    """Rota's rules where humans put them, as long as level 2 comes after primary."""
    placed = list(rules)
    place = 0
    for ref in wanted.schedule_refs:
        later = range(place, len(placed))
        at = next((number for number in later if _calls(placed[number], ref)), None)
        if at is None:
            found = next((rule for rule in placed[:place] if _is_alone(rule, ref)), None)
            if found is not None:
                placed.remove(found)
                place -= 1
            at = place
            placed.insert(at, _right(found, ref, wanted.delay_minutes))
        else:
            placed[at] = _right(placed[at], ref, wanted.delay_minutes)
        place = at + 1
    return placed


def _calls(rule: PolicyRule, schedule_ref: str) -> bool:
    return any(target.ref == schedule_ref and target.kind == SCHEDULE for target in rule.targets)


def _is_alone(rule: PolicyRule, schedule_ref: str) -> bool:
    return len(rule.targets) == 1 and _calls(rule, schedule_ref)


def _right(rule: PolicyRule | None, schedule_ref: str, delay_minutes: int) -> PolicyRule:
    if rule is not None:
        return dataclasses.replace(rule, delay_minutes=delay_minutes)
    target = Target(ref=schedule_ref, kind=SCHEDULE)
    return PolicyRule(ref="", delay_minutes=delay_minutes, targets=(target,))


def _changes(wanted: WantedPolicy, held: PolicyState) -> list[str]:
    rules = wanted_rules(wanted, held)
    changes = []
    if [rule.targets for rule in rules] != [rule.targets for rule in held.rules]:
        names = " and then ".join(LEVELS[: len(wanted.schedule_refs)])
        changes.append(f"it calls {names}")
    elif rules != held.rules:
        changes.append(f"a page goes on after {_minutes(wanted.delay_minutes)}")
    if not wanted.is_adopted and held.loops != wanted.loops:
        changes.append(f"it starts again {wanted.loops} times")
    if not carries(wanted.marker, held.description):
        changes.append("Rota's marker is missing")
    return changes


def _creation(wanted: WantedPolicy) -> Step:
    body = _body(
        wanted,
        PolicyState(
            ref="",
            name=wanted.name,
            description=f"Kept by Rota ({wanted.marker}).",
            loops=wanted.loops,
            handoff="if_has_services",
            rules=(),
        ),
    )
    return Step(
        action=Action.CREATE_POLICY,
        reason="No escalation policy joins the levels in PagerDuty yet.",
        request=Request(method="POST", path="/escalation_policies", body=body),
    )


def _update(wanted: WantedPolicy, held: PolicyState, changes: Sequence[str]) -> Step:
    return Step(
        action=Action.UPDATE_POLICY,
        reason=sentence(changes),
        request=Request(
            method="PUT", path=f"/escalation_policies/{held.ref}", body=_body(wanted, held)
        ),
    )


def _body(wanted: WantedPolicy, held: PolicyState) -> dict[str, Any]:
    description = held.description
    if not carries(wanted.marker, description):
        room = LONGEST_DESCRIPTION - len(wanted.marker) - 3
        description = f"{description[:room]} ({wanted.marker})".strip()
    body: dict[str, Any] = {
        "type": "escalation_policy",
        "name": held.name,
        "description": description,
        "num_loops": held.loops if wanted.is_adopted else wanted.loops,
        "on_call_handoff_notifications": held.handoff,
        "escalation_rules": [_rule_body(rule) for rule in wanted_rules(wanted, held)],
    }
    if held.team_refs:
        body["teams"] = [{"id": ref, "type": "team_reference"} for ref in held.team_refs]
    return {"escalation_policy": body}


def _rule_body(rule: PolicyRule) -> dict[str, Any]:
    body: dict[str, Any] = {"id": rule.ref} if rule.ref else {}
    body |= {
        "escalation_delay_in_minutes": rule.delay_minutes,
        "targets": [{"id": target.ref, "type": target.kind} for target in rule.targets],
    }
    # Everybody at once is what a rule does without a word, and the word needs a right of its own.
    if rule.strategy:
        body["escalation_rule_assignment_strategy"] = {"type": rule.strategy}
    return body


def _minutes(number: int) -> str:
    return "1 minute" if number == 1 else f"{number} minutes"
