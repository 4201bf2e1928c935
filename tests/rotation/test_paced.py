"""Turns at PagerDuty's account, on the database and the simulator."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any

import pytest

from common import clock
from rotation.domain.pagerduty_state import Request
from rotation.models import PagerDutyAccount
from rotation.operations import account
from rotation.pagerduty import paced
from rotation.pagerduty.gateway import BadAnswerError, GatewayError, NotNowError
from rotation.pagerduty.http import HttpGateway
from tests.compensation.test_at_once import at_once

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


def _gateway(
    simulator: RunningSimulator, *, holder: str = "one", patience: float = 0.1
) -> HttpGateway:
    line = paced.Line(
        url=simulator.base_url,
        holder=holder,
        account=account,
        real_now=clock.real_now,
        patience_seconds=patience,
    )
    return HttpGateway(url=simulator.base_url, token=lambda: simulator.token, turn=line.turn)


def _row(simulator: RunningSimulator) -> PagerDutyAccount:
    key = paced.key_of(url=simulator.base_url, token=simulator.token)
    return PagerDutyAccount.objects.get_or_create(key=key)[0]


def _leave(row: PagerDutyAccount, **columns: Any) -> None:
    PagerDutyAccount.objects.filter(pk=row.pk).update(**columns)


def test_a_call_leaves_the_account_free_and_the_key_tells_no_token(
    simulator: RunningSimulator,
) -> None:
    _gateway(simulator).users()

    row = _row(simulator)
    assert (row.leased_until, row.lease_holder, row.calls) == (None, "", 1)
    assert simulator.token not in row.key


def test_a_newcomer_at_a_busy_account_goes_away_without_a_call(
    simulator: RunningSimulator,
) -> None:
    later = clock.real_now() + dt.timedelta(minutes=1)
    _leave(_row(simulator), leased_until=later, lease_holder="another")

    with pytest.raises(NotNowError) as raised:
        _gateway(simulator).users()

    assert raised.value.wait_seconds == paced.BUSY_WAIT_SECONDS
    assert simulator.requests() == []


def test_who_has_begun_waits_longer_for_the_next_turn(simulator: RunningSimulator) -> None:
    gateway = _gateway(simulator)
    gateway.users()
    soon = clock.real_now() + dt.timedelta(seconds=0.5)
    _leave(_row(simulator), leased_until=soon, lease_holder="another")

    gateway.users()

    assert len(simulator.requests()) == 2


def test_while_the_account_rests_nobody_calls_and_all_hear_why(
    simulator: RunningSimulator,
) -> None:
    later = clock.real_now() + dt.timedelta(minutes=5)
    _leave(_row(simulator), paused_until=later, said="PagerDuty answered 503.")

    with pytest.raises(NotNowError, match="answered 503") as raised:
        _gateway(simulator).users()

    assert 290 < raised.value.wait_seconds <= 300
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("status", "path", "refused"),
    [
        (401, "/incidents", True),
        (402, "/webhook_subscriptions", False),
        (403, "/incidents/P1/log_entries", False),
        (403, "/schedules", True),
        (402, "/schedules", True),
    ],
)
def test_what_a_plan_or_a_tokens_rights_leave_out_is_not_the_token(
    simulator: RunningSimulator, status: int, path: str, *, refused: bool
) -> None:
    simulator.faults(method="*", path="/*", status=status)

    with pytest.raises(GatewayError):
        _gateway(simulator).send(Request(method="POST", path=path, body={}))

    assert (_row(simulator).refused_at is not None) is refused


@pytest.mark.parametrize("body", ["<html>Down</html>", "", '{"users": ['])
def test_what_is_no_answer_lets_the_account_rest(simulator: RunningSimulator, body: str) -> None:
    simulator.faults(status=200, body=body)

    with pytest.raises(BadAnswerError):
        _gateway(simulator).users()

    row = _row(simulator)
    assert row.unreachable_since is not None
    assert (row.failures, row.leased_until) == (1, None)


@pytest.mark.django_db(transaction=True)
def test_however_many_call_pagerduty_is_asked_one_after_the_other(
    simulator: RunningSimulator,
) -> None:
    simulator.faults(delay=0.05)

    def call(holder: str) -> None:
        gateway = _gateway(simulator, holder=holder, patience=20)
        for _time in range(4):
            gateway.users()

    raised = at_once(*(functools.partial(call, holder) for holder in ("one", "two", "three")))

    exchanges = simulator.requests()
    assert raised == []
    assert len(exchanges) == 12
    assert max(each["in_flight"] for each in exchanges) == 1
