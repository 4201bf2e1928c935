"""The API's answers about services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pagerduty_simulator import references, refusals
from pagerduty_simulator.exchange import Call, Reply, named, page

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

_SENT = ("name", "description", "auto_resolve_timeout", "acknowledgement_timeout", "status")


def list_services(account: Account, call: Call) -> Reply:
    """GET /services."""
    answer = page(call).of("services", named(account.services, call.text("query")))
    answer["services"] = [_shown(account, item, call) for item in answer["services"]]
    return Reply(status=200, body=answer)


def get_service(account: Account, call: Call, service_id: str) -> Reply:
    """GET /services/{id}."""
    return _answer(account, _known(account, service_id), call, status=200)


def create_service(account: Account, call: Call) -> Reply:
    """POST /services: a name and an escalation policy are needed."""
    wanted = call.document("service")
    service = _candidate(account, wanted, {"id": account.new_id(), "name": "", "description": None})
    account.services.put(service)
    return _answer(account, service, call, status=201)


def update_service(account: Account, call: Call, service_id: str) -> Reply:
    """PUT /services/{id}: fields that are left out stay; open incidents keep their policy."""
    service = _candidate(account, call.document("service"), _known(account, service_id))
    account.services.put(service)
    return _answer(account, service, call, status=200)


def _candidate(account: Account, wanted: Json, base: Json) -> Json:
    service = {**base, **{name: wanted[name] for name in _SENT if name in wanted}}
    policy = wanted.get("escalation_policy", base.get("escalation_policy")) or {}
    problems = []
    if not isinstance(service["name"], str) or not service["name"].strip():
        problems.append("Name can't be blank")
    elif _taken(account, service):
        problems.append("Name has already been taken")
    if not isinstance(policy, dict) or policy.get("id") not in account.escalation_policies:
        problems.append("Escalation policy can't be blank")
    if problems:
        raise refusals.invalid(*problems)
    return {**service, "escalation_policy": {"id": policy["id"]}}


def _taken(account: Account, service: Json) -> bool:
    return any(
        other["id"] != service["id"] and other["name"].casefold() == service["name"].casefold()
        for other in account.services
    )


def _known(account: Account, service_id: str) -> Json:
    service = account.services.get(service_id)
    if service is None:
        raise refusals.missing()
    return service


def _answer(account: Account, service: Json, call: Call, *, status: int) -> Reply:
    return Reply(status=status, body={"service": _shown(account, service, call)})


def _shown(account: Account, service: Json, call: Call) -> Json:
    policy_id = (service.get("escalation_policy") or {}).get("id", "")
    return {
        **references.identity(service, "service", call.base_url),
        "name": service["name"],
        "description": service["description"],
        "status": service.get("status", "active"),
        "auto_resolve_timeout": service.get("auto_resolve_timeout"),
        "acknowledgement_timeout": service.get("acknowledgement_timeout"),
        "escalation_policy": references.reference(
            account, "escalation_policy", policy_id, call.base_url
        ),
        "teams": [
            references.reference(account, "team", team["id"], call.base_url)
            for team in service.get("teams") or []
        ],
        "integrations": [],
    }
