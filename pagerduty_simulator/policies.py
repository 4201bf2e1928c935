"""The API's answers about escalation policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pagerduty_simulator import references, refusals, shapes
from pagerduty_simulator.exchange import Call, Reply, named, page

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

POLICY_NOT_FOUND = 5001

_MOST_TARGETS = 10
_MOST_LOOPS = 9
KINDS = {
    "user": "user",
    "user_reference": "user",
    "schedule": "schedule",
    "schedule_reference": "schedule",
}


def list_policies(account: Account, call: Call) -> Reply:
    """GET /escalation_policies."""
    answer = page(call).of(
        "escalation_policies", named(account.escalation_policies, call.text("query"))
    )
    answer["escalation_policies"] = [
        _shown(account, policy, call) for policy in answer["escalation_policies"]
    ]
    return Reply(status=200, body=answer)


def get_policy(account: Account, call: Call, policy_id: str) -> Reply:
    """GET /escalation_policies/{id}."""
    policy = _known(account, policy_id)
    return Reply(status=200, body={"escalation_policy": _shown(account, policy, call)})


def create_policy(account: Account, call: Call) -> Reply:
    """POST /escalation_policies."""
    policy = _candidate(account, call.document("escalation_policy"), None)
    policy["id"] = account.new_id()
    account.escalation_policies.put(policy)
    return Reply(status=201, body={"escalation_policy": _shown(account, policy, call)})


def update_policy(account: Account, call: Call, policy_id: str) -> Reply:
    """PUT /escalation_policies/{id}: fields that are left out stay."""
    old = _known(account, policy_id)
    policy = _candidate(account, call.document("escalation_policy"), old)
    account.escalation_policies.put(policy)
    return Reply(status=200, body={"escalation_policy": _shown(account, policy, call)})


def delete_policy(account: Account, _call: Call, policy_id: str) -> Reply:
    """DELETE /escalation_policies/{id}: refused while a service uses it."""
    _known(account, policy_id)
    if _services_of(account, policy_id):
        raise refusals.invalid("Escalation policy can't be deleted while services use it")
    account.escalation_policies.remove(policy_id)
    return Reply(status=204)


def _known(account: Account, policy_id: str) -> Json:
    policy = account.escalation_policies.get(policy_id)
    if policy is None:
        raise refusals.missing("Escalation Policy Not Found", code=POLICY_NOT_FOUND)
    return policy


def _candidate(account: Account, wanted: Json, old: Json | None) -> Json:
    base: Json = old or {
        "id": None,
        "name": None,
        "description": None,
        "num_loops": 0,
        "on_call_handoff_notifications": "if_has_services",
        "escalation_rules": [],
    }
    policy: Json = {name: wanted.get(name, base.get(name)) for name in base}
    policy["id"] = base["id"]
    problems = _problems(policy)
    if account.switches.text("policy_names") == "unique" and _taken(account, policy):
        problems.append("Name has already been taken")
    if "escalation_rules" in wanted or old is None:
        sent = wanted.get("escalation_rules")
        policy["escalation_rules"] = _rules(account, sent, problems)
    if problems:
        raise refusals.invalid(*problems)
    for rule in policy["escalation_rules"]:
        rule["id"] = rule["id"] or account.new_id()
    return policy


def _taken(account: Account, policy: Json) -> bool:
    return any(
        other["id"] != policy["id"] and other["name"].casefold() == str(policy["name"]).casefold()
        for other in account.escalation_policies
    )


def _problems(policy: Json) -> list[str]:
    found = []
    if not isinstance(policy["name"], str) or not policy["name"].strip():
        found.append("Name can't be blank")
    loops = policy["num_loops"]
    if not shapes.is_whole(loops) or not 0 <= loops <= _MOST_LOOPS:
        found.append(f"Num loops must be 0 to {_MOST_LOOPS}")
    if policy["on_call_handoff_notifications"] not in {"if_has_services", "always"}:
        found.append("On call handoff notifications must be if_has_services or always")
    return found


def _rules(account: Account, sent: object, problems: list[str]) -> list[Json]:
    if not isinstance(sent, list) or not sent:
        problems.append("Escalation rules can't be empty")
        return []
    return [_rule(account, raw, number, problems) for number, raw in enumerate(sent, start=1)]


def _rule(account: Account, raw: Any, number: int, problems: list[str]) -> Json:
    rule = raw if isinstance(raw, dict) else {}
    delay, targets = rule.get("escalation_delay_in_minutes"), rule.get("targets")
    if not shapes.is_whole(delay) or delay < 1:
        problems.append(f"Escalation rule {number}: the delay must be at least one minute")
    if not isinstance(targets, list) or not 1 <= len(targets) <= _MOST_TARGETS:
        problems.append(f"Escalation rule {number}: 1 to {_MOST_TARGETS} targets are needed")
    kept = []
    for target in targets if isinstance(targets, list) else []:
        kind = KINDS.get(str(target.get("type"))) if isinstance(target, dict) else None
        if kind is None or target.get("id") not in account.collection(f"{kind}s"):
            problems.append(f"Escalation rule {number}: a target is unknown")
        else:
            kept.append({"id": target["id"], "type": f"{kind}_reference"})
    rule_id = rule.get("id") if isinstance(rule.get("id"), str) else None
    return {"id": rule_id, "escalation_delay_in_minutes": delay, "targets": kept}


def _shown(account: Account, policy: Json, call: Call) -> Json:
    rules = [
        {
            "id": rule["id"],
            "escalation_delay_in_minutes": rule["escalation_delay_in_minutes"],
            "targets": [
                references.reference(account, KINDS[target["type"]], target["id"], call.base_url)
                for target in rule["targets"]
            ],
        }
        for rule in policy["escalation_rules"]
    ]
    services = [
        references.reference(account, "service", service_id, call.base_url)
        for service_id in _services_of(account, policy["id"])
    ]
    plain = ("name", "description", "num_loops", "on_call_handoff_notifications")
    return {
        **references.identity(policy, "escalation_policy", call.base_url),
        **{name: policy.get(name) for name in plain},
        "escalation_rules": rules,
        "services": services,
        "teams": [],
    }


def _services_of(account: Account, policy_id: str) -> list[str]:
    return [
        service["id"]
        for service in account.services
        if (service.get("escalation_policy") or {}).get("id") == policy_id
    ]
