from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import (
    BEN,
    subscribed,
    team_on_call,
    triggered,
)
from tests.simulator.receiving import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulator.running import Json, RunningSimulator


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.stop()


def _types(received: list[Any]) -> list[str]:
    return [item.event["event_type"] for item in received]


def _disabled(simulator: RunningSimulator, made: Json) -> bool:
    answer = simulator.call("GET", f"/webhook_subscriptions/{made['id']}")
    found: bool = answer.body["webhook_subscription"]["delivery_method"]["temporarily_disabled"]
    return found


def test_an_incidents_events_come_signed_and_in_order(
    simulator: RunningSimulator, receiver: Receiver
) -> None:
    made = team_on_call(simulator)
    subscription = subscribed(simulator, receiver.url)

    incident = triggered(simulator, made["service"])
    simulator.move_to("2026-12-01T10:25:00Z")
    receiver.wait_for(2)
    simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "acknowledged"})
    simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "resolved"})
    received = receiver.wait_for(4)

    assert _types(received) == [
        "incident.triggered",
        "incident.escalated",
        "incident.acknowledged",
        "incident.resolved",
    ]
    secret = subscription["delivery_method"]["secret"]
    assert all(item.is_signed_with(secret) for item in received)
    first, second, _, last = [item.event for item in received]
    assert first["data"]["assignees"][0]["id"] == BEN
    assert second["occurred_at"].startswith("2026-12-01T10:20:")
    assert last["data"]["assignees"] == []
    assert len({item.headers["x-webhook-id"] for item in received}) == 4
    assert len({item.event["id"] for item in received}) == 4


def test_the_secret_is_told_once(simulator: RunningSimulator, receiver: Receiver) -> None:
    made = subscribed(simulator, receiver.url)

    place = f"/webhook_subscriptions/{made['id']}"
    change = {"webhook_subscription": {"description": "Rota", "events": ["incident.triggered"]}}
    put = simulator.call("PUT", place, change)
    listed = simulator.call("GET", "/webhook_subscriptions")
    deleted = simulator.call("DELETE", place)

    assert len(made["delivery_method"]["secret"]) >= 32
    assert put.body["webhook_subscription"]["events"] == ["incident.triggered"]
    assert put.body["webhook_subscription"]["delivery_method"]["secret"] is None
    assert listed.body["webhook_subscriptions"][0]["delivery_method"]["secret"] is None
    assert (deleted.status, simulator.call("GET", place).status) == (204, 404)


def _known(simulator: RunningSimulator) -> set[str]:
    """The subscriptions of this test: attempts of earlier ones are still told."""
    return {item["id"] for item in simulator.state()["webhook_subscriptions"]}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_for_now_is_tried_again_with_the_same_webhook_id(
    simulator: RunningSimulator, receiver: Receiver, status: int
) -> None:
    made = team_on_call(simulator)
    subscribed(simulator, receiver.url)
    receiver.statuses = [status, 202]

    incident = triggered(simulator, made["service"])
    simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "resolved"})
    receiver.wait_for(1)
    simulator.move_to("2026-12-01T10:00:30Z")
    received = receiver.wait_for(3)

    assert _types(received) == ["incident.triggered", "incident.triggered", "incident.resolved"]
    assert received[0].headers["x-webhook-id"] == received[1].headers["x-webhook-id"]


def test_three_drops_in_a_row_disable_for_a_day(
    simulator: RunningSimulator, receiver: Receiver
) -> None:
    made = team_on_call(simulator)
    subscription = subscribed(simulator, receiver.url)
    receiver.statuses = [403, 202, 404, 410, 403]

    for count in range(1, 6):
        assert not _disabled(simulator, subscription)
        triggered(simulator, made["service"])
        receiver.wait_for(count)
        _settled(simulator, count)
    while_disabled = _disabled(simulator, subscription)
    triggered(simulator, made["service"])
    queued = simulator.call("GET", "/_sim/webhooks").body["waiting"]
    simulator.move_to("2026-12-02T11:00:00Z")
    afterwards = _disabled(simulator, subscription)

    assert while_disabled
    assert queued == []
    assert not afterwards
    assert len(receiver.received) == 5


def _settled(simulator: RunningSimulator, count: int) -> None:
    """Wait until the outcome of so many attempts is written down."""
    for _ in range(400):
        attempts = simulator.call("GET", "/_sim/webhooks").body["attempts"]
        if len([item for item in attempts if item["subscription"] in _known(simulator)]) >= count:
            return
    raise AssertionError("the attempt was not written down")


def test_the_older_rule_gives_up_after_five_attempts(
    simulator: RunningSimulator, receiver: Receiver
) -> None:
    simulator.set_switches(webhook_retries="five_attempts")
    made = team_on_call(simulator)
    subscribed(simulator, receiver.url)
    receiver.statuses = [500]
    triggered(simulator, made["service"])

    for count, minute in enumerate(("01", "04", "10", "20"), start=1):
        receiver.wait_for(count)
        _settled(simulator, count)
        simulator.move_to(f"2026-12-01T10:{minute}:05Z")
    receiver.wait_for(5)
    _settled(simulator, 5)

    waiting = simulator.call("GET", "/_sim/webhooks").body["waiting"]
    assert [item["event"]["event"]["event_type"] for item in waiting] == ["incident.escalated"]


@pytest.mark.parametrize("chosen", ["service_reference", "team_reference", "account_reference"])
def test_a_filter_decides_what_is_sent(
    simulator: RunningSimulator, receiver: Receiver, chosen: str
) -> None:
    state = simulator.state()
    simulator.put_state({**state, "teams": [{"id": "PTEAM01", "name": "Payments"}]})
    made = team_on_call(simulator)
    other = simulator.call(
        "POST",
        "/services",
        {"service": {"type": "service", "name": "Other", "escalation_policy": _ref(made)}},
    ).body["service"]["id"]
    state = simulator.state()
    state["services"][1]["teams"] = [{"id": "PTEAM01"}]
    simulator.put_state(state)
    wanted = {"service_reference": other, "team_reference": "PTEAM01"}.get(chosen)
    subscribed(simulator, receiver.url, filter={"type": chosen, "id": wanted})

    triggered(simulator, made["service"])
    triggered(simulator, other)

    count = 2 if chosen == "account_reference" else 1
    services = {item.event["data"]["service"]["id"] for item in receiver.wait_for(count)}
    _settled(simulator, count)
    assert services == ({made["service"], other} if count == 2 else {other})
    assert simulator.call("GET", "/_sim/webhooks").body["waiting"] == []


def _ref(made: Json) -> Json:
    return {"id": made["policy"], "type": "escalation_policy_reference"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": []},
        {"events": ["incident.exploded"]},
        {"filter": {"type": "planet_reference"}},
        {"filter": {"type": "service_reference", "id": "PNONE"}},
        {"delivery_method": {"type": "http_delivery_method", "url": "ftp://example.org"}},
        {"type": "something"},
    ],
)
def test_a_subscription_must_be_whole(simulator: RunningSimulator, wrong: Json) -> None:
    wanted = {
        "type": "webhook_subscription",
        "delivery_method": {"type": "http_delivery_method", "url": "http://127.0.0.1:1/"},
        "events": ["incident.triggered"],
        "filter": {"type": "account_reference"},
        **wrong,
    }

    answer = simulator.call("POST", "/webhook_subscriptions", {"webhook_subscription": wanted})

    assert (answer.status, answer.raw) == (400, b"")


@pytest.mark.parametrize(
    ("sign", "count", "right"),
    [
        ("good", 1, True),
        ("two", 2, True),
        ("bad", 1, False),
        ("other_version", 1, False),
        ("uppercase", 1, False),
        ("reserialised", 1, False),
        ("none", 0, False),
    ],
)
def test_a_hook_sends_signatures_of_every_kind(
    simulator: RunningSimulator, receiver: Receiver, sign: str, count: int, *, right: bool
) -> None:
    made = subscribed(simulator, receiver.url)

    answer = simulator.call("POST", "/_sim/webhook", {"sign": sign})

    received = receiver.wait_for(1)[0]
    header = received.headers.get("x-pagerduty-signature", "")
    assert answer.body["sent"][0]["status"] == 202
    assert received.event["event_type"] == "pagey.ping"
    assert len([part for part in header.split(",") if part]) == count
    assert received.is_signed_with(made["delivery_method"]["secret"]) is right


def test_a_hook_repeats_and_reverses_an_incidents_events(
    simulator: RunningSimulator, receiver: Receiver
) -> None:
    made = team_on_call(simulator)
    subscribed(simulator, receiver.url)
    incident = triggered(simulator, made["service"])
    simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "resolved"})
    first = receiver.wait_for(2)

    answer = simulator.call(
        "POST",
        "/_sim/webhook",
        {"incident": incident["id"], "repeat": 2, "order": "reversed"},
    )

    again = receiver.wait_for(6)[2:]
    assert [item["status"] for item in answer.body["sent"]] == [202] * 4
    assert [item.event["id"] for item in again] == [item.event["id"] for item in first[::-1]] * 2
    assert len({item.headers["x-webhook-id"] for item in again}) == 2


def test_a_hook_sends_whatever_it_is_given(simulator: RunningSimulator, receiver: Receiver) -> None:
    unknown = {"event": {"id": "01X", "event_type": "incident.danced", "data": {"id": "Q1"}}}

    known = simulator.call(
        "POST", "/_sim/webhook", {"url": receiver.url, "secret": "s", "events": [unknown]}
    )
    garbage = simulator.call(
        "POST", "/_sim/webhook", {"url": receiver.url, "secret": "s", "body": "{" * 300_000}
    )
    nobody = simulator.call("POST", "/_sim/webhook", {"url": "http://127.0.0.1:9/"})

    received = receiver.wait_for(2)
    assert known.body["sent"][0]["event_type"] == "incident.danced"
    assert len(received[1].raw) == 300_000
    assert all(item.is_signed_with("s") for item in received)
    assert garbage.body["sent"][0]["status"] == 202
    assert nobody.body["sent"][0]["status"] is None


@pytest.mark.parametrize(
    "wrong", [{}, {"sign": "green"}, {"order": "random"}, {"repeat": 0}, {"incident": "QNONE"}]
)
def test_a_hook_says_what_it_does_not_know(simulator: RunningSimulator, wrong: Json) -> None:
    body = {"url": "http://127.0.0.1:9/", **wrong} if wrong else {}

    assert simulator.call("POST", "/_sim/webhook", body).status == 400
