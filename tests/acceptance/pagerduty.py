"""Rota's requests to PagerDuty, held against PagerDuty's description by somebody else's program.

`make acceptance` runs this; it is not among the tests, for it needs the npm registry.
"""

from __future__ import annotations

import collections
import datetime as dt
import json
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

import pytest

from common.periods import Period
from rotation.domain import subscriptions
from rotation.models import Level, Shift
from rotation.operations import syncing as operations
from rotation.pagerduty.http import HttpGateway
from tests import builders
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.acceptance.prism import RunningPrism
    from tests.simulator.running import Json, RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

AHEAD = Period(starts_at=NOW, ends_at=NOW + dt.timedelta(days=28))
_ID = re.compile(r"/[PQR][A-Z0-9]{6,}(?=/|$)")


def test_every_request_of_the_plan_is_one_that_pagerduty_describes(
    simulator: RunningSimulator, prism: RunningPrism, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = _work_of_half_a_year(simulator)

    refused = []
    kinds: collections.Counter[str] = collections.Counter()
    for exchange in asked:
        status, text = _again(prism, exchange)
        kind = f"{exchange['method']} {_ID.sub('/{id}', exchange['path'])}"
        kinds[kind] += 1
        if not 200 <= status < 300:
            refused.append(f"{kind}: {status} {text[:400]}")

    with capsys.disabled():
        _tell(kinds)
    assert refused == []
    assert {"POST /schedules", "PUT /schedules/{id}", "POST /schedules/{id}/overrides"} <= set(
        kinds
    )
    assert {"POST /schedules/preview", "POST /escalation_policies"} <= set(kinds)
    assert "DELETE /schedules/{id}/overrides/{id}" in kinds


def test_the_gateway_reads_what_pagerduty_describes(prism: RunningPrism) -> None:
    gateway = HttpGateway(url=prism.url, token=lambda: "any-token")
    ref = "PI7DH85"

    read: dict[str, Any] = {
        "users": gateway.users(),
        "users with contacts": gateway.users_with_contacts(),
        "schedules": gateway.find_schedules(query="Daily"),
        "schedule": gateway.schedule(ref=ref),
        "overrides": gateway.overrides(ref=ref, within=AHEAD),
        "policies": gateway.find_policies(query="Engineering"),
        "policy": gateway.policy(ref="PANZZEQ"),
        "audit records": gateway.audit_records(ref=ref, within=AHEAD),
        "final schedule": gateway.final_schedule(ref=ref, within=AHEAD),
    }
    for path in ("/incidents", "/log_entries", "/services", "/webhook_subscriptions"):
        read[path] = gateway.items(path=path, name=path[1:], params={})

    assert [name for name, found in read.items() if not found] == []


def _work_of_half_a_year(simulator: RunningSimulator) -> list[Json]:
    """From nothing, unchanged, a cover and its end, another plan, the policy put right."""
    published = make_published()
    know_people(simulator, published.people)
    published.sync(simulator)
    _sync_again(published, simulator)
    cover = _cover(published)
    _sync_again(published, simulator)
    type(cover).objects.filter(pk=cover.pk).update(state="undone", closed_at=NOW)
    _sync_again(published, simulator)
    builders.make_absence(
        engineer=published.people[2], starts_on=dt.date(2027, 1, 10), ends_on=dt.date(2027, 3, 10)
    )
    published.publish(weeks=20)
    published.sync(simulator)
    _change_policy_by_hand(simulator)
    _sync_again(published, simulator)
    _read_the_rest(published, simulator)
    return [each for each in simulator.requests() if _is_ours(each)]


def _change_policy_by_hand(simulator: RunningSimulator) -> None:
    [policy] = simulator.call("GET", "/escalation_policies").body["escalation_policies"]
    rules = policy["escalation_rules"][::-1]
    body = {"escalation_policy": {**policy, "escalation_rules": rules}}
    assert simulator.call("PUT", f"/escalation_policies/{policy['id']}", body).status == 200


def _read_the_rest(published: Published, simulator: RunningSimulator) -> None:
    """What is asked beside the plan: people, who changed what, web-hooks, incidents, their log."""
    gateway = published.gateway(simulator)
    gateway.users_with_contacts()
    for level in Level.objects.filter(rotation=published.rotation):
        gateway.audit_records(ref=level.pagerduty_schedule_ref, within=AHEAD)
    span = {"since": "2026-11-25T00:00:00Z", "until": "2026-12-25T00:00:00Z"}
    for path in ("/incidents", "/log_entries"):
        gateway.items(path=path, name=path[1:], params=span)
    made = gateway.send(subscriptions.creation("https://rota.example.org/hooks/pagerduty/"))
    ref, _ = subscriptions.secret_of(made)
    for path in ("/services", "/webhook_subscriptions"):
        gateway.items(path=path, name=path[1:], params={})
    gateway.send(subscriptions.enabling(ref))
    gateway.send(subscriptions.removal(ref))


def _cover(published: Published) -> Any:
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[3]
    taker = next(p for p in published.people[2:] if p.pk != shift.holder_id)
    return builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=taker,
        starts_at=shift.starts_at + dt.timedelta(days=2),
        ends_at=shift.starts_at + dt.timedelta(days=5),
    )


def _sync_again(published: Published, simulator: RunningSimulator) -> None:
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    run = published.sync(simulator)
    assert run.state == "done", run.failure


def _is_ours(exchange: Json) -> bool:
    return "pdpyras" in exchange["request_headers"].get("user-agent", "")


def _again(prism: RunningPrism, exchange: Json) -> tuple[int, str]:
    """The same request to Prism, with the headers that say something."""
    query = urllib.parse.urlencode(exchange["query"], doseq=True)
    body = exchange["request_body"]
    headers = {**exchange["request_headers"], "authorization": "Token token=any-token"}
    return prism.ask(
        exchange["method"],
        exchange["path"] + (f"?{query}" if query else ""),
        body=None if body is None else json.dumps(body).encode(),
        headers=headers,
    )


def _tell(kinds: collections.Counter[str]) -> None:
    lines = [f"{count:5} {kind}\n" for kind, count in sorted(kinds.items())]
    total = f"{sum(kinds.values())} requests of {len(kinds)} kinds went through Prism:\n"
    print("\n" + total + "".join(lines))  # noqa: T201 - the figures are what one runs it for
