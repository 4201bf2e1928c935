from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from common.periods import Period
from rotation.pagerduty.gateway import AuthenticationError, NotFoundError

if TYPE_CHECKING:
    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator

pytestmark = pytest.mark.real_parts

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
LAST_DAY = Period(starts_at=NOW - dt.timedelta(days=1), ends_at=NOW + dt.timedelta(hours=1))


def _made(simulator: RunningSimulator, name: str) -> str:
    simulator.move_to("2026-11-20T12:00:00Z")
    simulator.put_state(
        {
            "users": [{"id": "PBEN", "name": "Ben", "email": "ben@example.com"}],
            "schedules": [{"id": "PSCHED", "name": name, "time_zone": "Europe/Dublin"}],
        }
    )
    return "PSCHED"


def _rename(simulator: RunningSimulator, ref: str, name: str) -> None:
    schedule = simulator.call("GET", f"/schedules/{ref}").body["schedule"]
    simulator.call("PUT", f"/schedules/{ref}", {"schedule": {**schedule, "name": name}})


def test_who_changed_a_schedule_is_read_with_what_they_changed(
    simulator: RunningSimulator, gateway: HttpGateway
) -> None:
    ref = _made(simulator, "Nights")
    _rename(simulator, ref, "Evenings")

    [record] = gateway.audit_records(ref=ref, within=LAST_DAY)

    assert (record.at, record.fields, record.is_person) == (NOW, ("name",), False)
    assert record.by
    assert record.objects == {ref}


def test_many_records_are_read_page_by_page(
    simulator: RunningSimulator, gateway: HttpGateway
) -> None:
    ref = _made(simulator, "Name 0")
    for number in range(1, 106):
        _rename(simulator, ref, f"Name {number}")
    simulator.clear_requests()

    records = gateway.audit_records(ref=ref, within=LAST_DAY)

    assert len(records) == 105
    assert len(simulator.requests()) == 2


@pytest.mark.parametrize(
    ("status", "error"), [(402, AuthenticationError), (403, AuthenticationError)]
)
def test_an_account_without_audit_records_says_so(
    status: int,
    error: type[Exception],
    simulator: RunningSimulator,
    gateway: HttpGateway,
) -> None:
    ref = _made(simulator, "Nights")
    simulator.faults(method="GET", path=f"/schedules/{ref}/audit/records", status=status, count=1)

    with pytest.raises(error):
        gateway.audit_records(ref=ref, within=LAST_DAY)


def test_a_schedule_that_is_not_there_has_none(
    simulator: RunningSimulator, gateway: HttpGateway
) -> None:
    _made(simulator, "Nights")

    with pytest.raises(NotFoundError):
        gateway.audit_records(ref="PNONE", within=LAST_DAY)
