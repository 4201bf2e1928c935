"""All kinds of exchanges, held against PagerDuty's own description of its API."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.simulator.documents import (
    ANNA,
    BEN,
    OUT_OF_HOURS,
    PEOPLE,
    created,
    layer,
    lines,
    override,
    rendered,
    schedule,
    subscribed,
    team_on_call,
    triggered,
)
from tests.simulator.running import ROOT

if TYPE_CHECKING:
    import pathlib

    from tests.simulator.running import Json, RunningSimulator

CHECKER = ROOT.parent / "shared" / "pagerduty" / "check_traffic.py"
YEAR = {"since": "2026-12-01T00:00:00Z", "until": "2027-12-01T00:00:00Z"}


@pytest.mark.reference
@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"touching_entries": "separate", "answer_times": "utc", "override_ids": "always"},
        {"overrides_status": 201, "turns": "fixed_seconds", "restrictions": "fixed_seconds"},
    ],
)
def test_the_exchanges_are_as_pagerduty_describes_them(
    simulator: RunningSimulator, tmp_path: pathlib.Path, switches: dict[str, str | int]
) -> None:
    simulator.set_switches(**switches)
    _read_what_is_there(simulator)
    made = created(simulator, layer(ANNA, BEN, restrictions=OUT_OF_HOURS))
    _use_a_policy(simulator, made)
    _change_the_schedule(simulator, made)
    _use_overrides(simulator, made)
    _be_refused(simulator, made)

    exchanges = simulator.requests()

    assert len(exchanges) >= 35
    assert _violations(exchanges, tmp_path) == f"{len(exchanges)} exchanges, 0 violations\n"


@pytest.mark.reference
def test_what_is_said_of_incidents_is_as_pagerduty_describes_it(
    simulator: RunningSimulator, tmp_path: pathlib.Path
) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    place, sender = f"/incidents/{incident['id']}", {"From": "ben@example.org"}
    simulator.move_to("2026-12-01T10:30:00Z")
    span = {"since": "2026-12-01T00:00:00Z", "until": "2026-12-02T00:00:00Z"}
    for path in (place, f"{place}/log_entries", "/log_entries", "/incidents", "/services"):
        simulator.call("GET", path)
    for path in ("/notifications", "/log_entries", "/incidents"):
        simulator.call("GET", path, query=span)
    for status in ("acknowledged", "resolved"):
        body = {"incident": {"type": "incident_reference", "status": status}}
        simulator.call("PUT", place, body, headers=sender)
    simulator.call("GET", f"/services/{made['service']}")
    _use_subscriptions(simulator)
    records = f"/schedules/{made['schedule']}/audit/records"
    for query in ({}, {"limit": "1"}, {"since": "2026-11-20T00:00:00Z"}, {"cursor": "x"}):
        simulator.call("GET", records, query=query)

    exchanges = simulator.requests()

    assert _violations(exchanges, tmp_path) == f"{len(exchanges)} exchanges, 0 violations\n"


@pytest.mark.reference
def test_no_name_of_an_acknowledgement_satisfies_the_description_of_log_entries(
    simulator: RunningSimulator, tmp_path: pathlib.Path
) -> None:
    made = team_on_call(simulator)
    incident = triggered(simulator, made["service"])
    simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "acknowledged"})
    simulator.clear_requests()
    simulator.call("GET", f"/incidents/{incident['id']}/log_entries")

    report = _violations(simulator.requests(), tmp_path)

    # There AcknowledgeLogEntry has two names at once: acknowledge_… and acknowledgement_log_entry.
    assert "acknowledge_log_entry' is not one of" in report
    assert report.endswith("1 exchanges, 1 violations\n")


@pytest.mark.reference
def test_only_the_refusal_of_a_past_override_is_not_described(
    simulator: RunningSimulator, tmp_path: pathlib.Path
) -> None:
    made = created(simulator, layer(ANNA))
    path = f"/schedules/{made['id']}/overrides"
    items = {"overrides": [override(BEN, "2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z")]}
    override_id = simulator.call("POST", path, items).body[0]["override"]["id"]
    simulator.move_to("2026-12-03T10:00:00Z")
    simulator.call("DELETE", f"{path}/{override_id}")

    report = _violations(simulator.requests(), tmp_path)

    assert "response: status 400 is not defined" in report
    assert report.endswith("3 exchanges, 1 violations\n")


@pytest.mark.reference
def test_an_out_of_hours_rota_over_the_end_of_summer_is_rendered_as_derived(
    simulator: RunningSimulator,
) -> None:
    fixture = CHECKER.with_name("fixtures") / "schedule_get_derived_rota.json"
    expected = json.loads(fixture.read_text(encoding="utf-8"))["schedule"]
    overrides = expected["overrides_subschedule"]["rendered_schedule_entries"]
    kept = {**expected, "layers": expected["schedule_layers"], "overrides": overrides}
    simulator.put_state({"users": PEOPLE, "schedules": [kept]})

    shown = rendered(simulator, expected["id"], "2026-10-12T00:00", "2026-11-09T00:00")

    parts = [(shown[name], expected[name]) for name in ("final_schedule", "overrides_subschedule")]
    parts.append((shown["schedule_layers"][0], expected["schedule_layers"][0]))
    for ours, theirs in parts:
        assert lines(ours) == lines(theirs)
        assert ours["rendered_coverage_percentage"] == theirs["rendered_coverage_percentage"]


def _read_what_is_there(simulator: RunningSimulator) -> None:
    included = {"include[]": ["contact_methods", "notification_rules", "teams"]}
    for path in ("/abilities", "/teams", "/users/me", "/services", "/oncalls", "/schedules"):
        simulator.call("GET", path)
    for query in ({}, included, {"query": "ben", "limit": "1", "total": "true"}):
        simulator.call("GET", "/users", query=query)
    for path in ("", "/contact_methods", "/notification_rules"):
        simulator.call("GET", f"/users/{ANNA}{path}")
    user = {"type": "user", "name": "Dan New", "email": "dan@example.org"}
    simulator.call("POST", "/users", {"user": user}, headers={"From": "anna@example.org"})


def _use_a_policy(simulator: RunningSimulator, made: Json) -> None:
    rules = [
        {"escalation_delay_in_minutes": 20, "targets": [{"id": target, "type": kind}]}
        for target, kind in ((made["id"], "schedule_reference"), (BEN, "user_reference"))
    ]
    policy = {"type": "escalation_policy", "name": "Virtual team", "escalation_rules": rules}
    body = {"escalation_policy": policy}
    kept = simulator.call("POST", "/escalation_policies", body).body["escalation_policy"]
    simulator.call("PUT", f"/escalation_policies/{kept['id']}", body)
    simulator.call("GET", f"/escalation_policies/{kept['id']}")
    simulator.call("GET", "/escalation_policies")
    simulator.call("GET", "/oncalls", query={"schedule_ids[]": made["id"], "until": "2026-12-30"})


def _change_the_schedule(simulator: RunningSimulator, made: Json) -> None:
    again = {**layer(ANNA, BEN, BEN, end="2027-02-01T12:00:00Z"), "id": _layer_id(made)}
    body = schedule(again, layer(BEN, start="2027-02-08T12:00:00Z"))
    simulator.call("POST", "/schedules/preview", body, query=YEAR)
    simulator.call("PUT", f"/schedules/{made['id']}", body)
    for query in ({}, YEAR, {**YEAR, "overflow": "true", "time_zone": "America/New_York"}):
        simulator.call("GET", f"/schedules/{made['id']}", query=query)
    simulator.call("GET", f"/schedules/{made['id']}/users", query=YEAR)
    listed = {**YEAR, "include[]": "schedule_layers", "time_zone": "Europe/London"}
    simulator.call("GET", "/schedules", query=listed)


def _use_overrides(simulator: RunningSimulator, made: Json) -> None:
    path = f"/schedules/{made['id']}/overrides"
    items = [
        override(BEN, "2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z"),
        override(ANNA, "2026-12-08T10:00:00Z", "2026-12-08T12:00:00Z"),
        override(ANNA, "2026-12-08T10:00:00Z", "2026-12-08T10:00:00Z"),
    ]
    answer = simulator.call("POST", path, {"overrides": items})
    simulator.call("GET", path, query=YEAR)
    simulator.call("GET", path, query={**YEAR, "editable": "true", "overflow": "1"})
    simulator.move_to("2026-12-01T11:00:00Z")
    statuses = [
        simulator.call("DELETE", f"{path}/{item['override']['id']}").status
        for item in answer.body[:2]
    ]
    assert statuses == [200, 204]


def _use_subscriptions(simulator: RunningSimulator) -> None:
    made = subscribed(simulator, "http://127.0.0.1:9/")
    place = f"/webhook_subscriptions/{made['id']}"
    simulator.call("GET", "/webhook_subscriptions", query={"filter_type": "account"})
    simulator.call("GET", place)
    simulator.call("PUT", place, {"webhook_subscription": {"events": ["incident.resolved"]}})
    simulator.call("PUT", place, {"webhook_subscription": {"events": ["incident.danced"]}})
    for _ in range(2):
        simulator.call("DELETE", place)


def _be_refused(simulator: RunningSimulator, made: Json) -> None:
    simulator.call("GET", "/schedules/PNONE")
    simulator.call("GET", "/users", query={"limit": "0"})
    simulator.call("GET", "/users", headers={"Authorization": ""})
    simulator.call("DELETE", f"/schedules/{made['id']}")
    simulator.call("DELETE", f"/schedules/{made['id']}/overrides/QNONE")
    simulator.call("POST", "/schedules", schedule(layer("PNOBODY")))
    simulator.faults(status=429, count=1)
    simulator.call("GET", "/schedules")
    other = created(simulator, layer(BEN), name="Unused")
    simulator.call("DELETE", f"/schedules/{other['id']}")


def _layer_id(made: Json) -> str:
    found: str = made["schedule_layers"][0]["id"]
    return found


def _violations(exchanges: list[Json], folder: pathlib.Path) -> str:
    traffic = folder / "traffic.jsonl"
    lines = [json.dumps(exchange) + "\n" for exchange in exchanges]
    traffic.write_text("".join(lines), encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, str(CHECKER), "--strict", str(traffic)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stderr == ""
    return checked.stdout
