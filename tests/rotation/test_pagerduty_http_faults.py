from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from common.periods import Period
from rotation.domain.pagerduty_state import Request
from rotation.pagerduty.gateway import (
    AuthenticationError,
    BadAnswerError,
    GatewayError,
    NotFoundError,
    RateLimitedError,
    RefusedRequestError,
    UnreachableError,
    UpgradedScheduleError,
)
from tests.simulator.documents import ANNA, created, layer

if TYPE_CHECKING:
    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator

UTC = dt.UTC
WINTER = Period(
    starts_at=dt.datetime(2026, 12, 1, 10, tzinfo=UTC), ends_at=dt.datetime(2027, 2, 1, tzinfo=UTC)
)
A_SCHEDULE = Request(method="POST", path="/schedules", body={"schedule": {"name": "x"}})


REFUSALS: list[tuple[dict[str, Any], type[GatewayError]]] = [
    ({"status": 401}, AuthenticationError),
    ({"status": 402}, AuthenticationError),
    ({"status": 403}, AuthenticationError),
    ({"status": 404}, NotFoundError),
    ({"status": 400}, RefusedRequestError),
    ({"status": 409}, RefusedRequestError),
    ({"status": 429}, RateLimitedError),
    ({"status": 500}, BadAnswerError),
    ({"status": 502, "body": "<html>Bad gateway</html>"}, BadAnswerError),
    ({"status": 503}, BadAnswerError),
    ({"status": 504}, BadAnswerError),
    ({"status": 200, "body": "<html>Welcome</html>"}, BadAnswerError),
    ({"status": 200, "body": '{"schedules": ['}, BadAnswerError),
    ({"status": 200, "body": "{}"}, BadAnswerError),
    ({"status": 200, "body": "[]"}, BadAnswerError),
    ({"status": 200, "body": ""}, BadAnswerError),
    ({"status": 200, "body": '{"schedules": [{"name": "no id"}]}'}, BadAnswerError),
    ({"drop_before_write": True}, UnreachableError),
    ({"drop_after_write": True}, UnreachableError),
    ({"delay": 2}, UnreachableError),
]


@pytest.mark.parametrize(("fault", "error"), REFUSALS)
def test_a_failed_read_is_sent_once_and_says_what_failed(
    gateway: HttpGateway,
    simulator: RunningSimulator,
    fault: dict[str, Any],
    error: type[GatewayError],
) -> None:
    simulator.faults(**fault)

    with pytest.raises(error) as raised:
        gateway.find_schedules(query="core")

    assert str(raised.value).startswith("PagerDuty")
    assert len(simulator.requests()) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failed_write_is_sent_once(
    gateway: HttpGateway, simulator: RunningSimulator, status: int
) -> None:
    simulator.faults(method="POST", status=status)

    with pytest.raises(GatewayError):
        gateway.send(A_SCHEDULE)

    assert len(simulator.requests()) == 1


def test_a_write_whose_answer_is_lost_is_sent_once(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    body = {"schedule": {"type": "schedule", "name": "Core", "time_zone": "Etc/UTC"}}
    simulator.faults(method="POST", drop_after_write=True)

    with pytest.raises(UnreachableError):
        gateway.send(Request(method="POST", path="/schedules", body=body))

    assert len(simulator.state()["schedules"]) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-reset": "17"}, 17.0),
        ({"ratelimit-reset": "17", "retry-after": "90"}, 17.0),
        ({"ratelimit-reset": None, "retry-after": "90"}, 90.0),
        ({"ratelimit-reset": "soon", "retry-after": "90"}, 90.0),
        ({"ratelimit-reset": "nan"}, None),
        ({"ratelimit-reset": "0"}, 0.0),
        ({"ratelimit-reset": None}, None),
        ({"ratelimit-reset": None, "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(
    gateway: HttpGateway,
    simulator: RunningSimulator,
    headers: dict[str, str | None],
    seconds: float | None,
) -> None:
    simulator.faults(status=429, headers=headers)

    with pytest.raises(RateLimitedError) as raised:
        gateway.users()

    assert raised.value.wait_seconds == seconds


def test_a_refusal_carries_pagerdutys_code_and_words(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    with pytest.raises(RefusedRequestError) as raised:
        gateway.send(A_SCHEDULE)

    assert (raised.value.status, raised.value.code) == (400, 2001)
    assert "Type must be schedule" in str(raised.value)
    assert len(simulator.requests()) == 1


@pytest.mark.parametrize("answer", [400, 200])
def test_an_upgraded_schedule_is_told_apart(
    gateway: HttpGateway, simulator: RunningSimulator, answer: int
) -> None:
    made = created(simulator, layer(ANNA))
    state = simulator.state()
    state["schedules"][0]["type"] = "schedule_v3"
    simulator.put_state(state)
    simulator.set_switches(upgraded_schedule=answer)

    with pytest.raises(UpgradedScheduleError, match=made["id"]):
        gateway.schedule(ref=made["id"])
