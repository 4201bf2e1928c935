from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from rotation.domain.pagerduty_state import ContactMethod, NotificationRule

if TYPE_CHECKING:
    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator

pytestmark = pytest.mark.real_parts

CHECKER = pathlib.Path(__file__).resolve().parents[3] / "shared/pagerduty/check_traffic.py"

BEN: dict[str, Any] = {
    "id": "PBEN",
    "name": "Ben",
    "email": "ben@example.com",
    "invitation_sent": True,
    "contact_methods": [
        {"id": "C1", "type": "email_contact_method", "address": "ben@example.com"},
        {"id": "C2", "type": "phone_contact_method", "address": "1", "blacklisted": True},
        {"id": "C3", "type": "push_notification_contact_method", "enabled": False},
        {"id": "C4", "type": "sms_contact_method", "address": "2"},
    ],
    "notification_rules": [
        {"id": "R1", "contact_method": {"id": "C4"}, "start_delay_in_minutes": 5},
        {"id": "R2", "contact_method": {"id": "C1"}, "urgency": "low"},
    ],
}


@pytest.mark.parametrize("included", ["whole", "reference"])
def test_contacts_and_rules_come_with_the_list_of_users(
    included: str, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    simulator.put_state({"users": [BEN], "switches": {"included_types": included}})
    simulator.clear_requests()

    (ben,) = gateway.users_with_contacts()

    assert (ben.user.ref, ben.user.email, ben.is_invited) == ("PBEN", "ben@example.com", True)
    assert ben.contacts == (
        ContactMethod(ref="C1", kind="email_contact_method", is_blocked=False),
        ContactMethod(ref="C2", kind="phone_contact_method", is_blocked=True),
        ContactMethod(ref="C3", kind="push_notification_contact_method", is_blocked=True),
        ContactMethod(ref="C4", kind="sms_contact_method", is_blocked=False),
    )
    assert ben.rules == (
        NotificationRule(urgency="high", delay_minutes=5, contact_ref="C4"),
        NotificationRule(urgency="low", delay_minutes=0, contact_ref="C1"),
    )
    assert [each["path"] for each in simulator.requests()] == ["/users"]


def test_a_hundred_and_one_users_are_two_requests(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    users = [{"name": f"Eva {n}", "email": f"eva{n}@example.com"} for n in range(101)]
    simulator.put_state({"users": users})
    simulator.clear_requests()

    found = gateway.users_with_contacts()

    assert len({each.user.ref for each in found}) == 101
    assert all(len(each.contacts) == 2 for each in found)
    assert len(simulator.requests()) == 2


@pytest.mark.reference
def test_the_recorded_exchanges_are_what_pagerduty_describes(
    gateway: HttpGateway,
    exchanges: list[Any],
    simulator: RunningSimulator,
    tmp_path: pathlib.Path,
) -> None:
    simulator.put_state({"users": [BEN, {"name": "Eva", "email": "eva@example.com"}]})
    gateway.users_with_contacts()
    recorded = tmp_path / "exchanges.jsonl"
    recorded.write_text("".join(json.dumps(each) + "\n" for each in exchanges))

    verdict = subprocess.run(
        [sys.executable, str(CHECKER), "--strict", str(recorded)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
