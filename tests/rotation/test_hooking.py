from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings

from audit.models import AuditEvent
from common import sealing
from outbox.models import Message
from rotation.models import Incident, Page, Rotation, WebhookCare, WebhookSubscription
from rotation.operations import hook_care
from rotation.operations.hook_care import NoSubscriptionError
from rotation.queries import hook_secrets, hook_state
from tests import builders
from tests.rotation import hooks
from tests.rotation.caring import DAY, HOUR, MORNING, Care
from tests.services.marks import REFERENCE
from tests.simulator.documents import ANNA, BEN, team_on_call, triggered

if TYPE_CHECKING:
    import pathlib

    from pytest_django import Settings

    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/hooks/pagerduty/"
Order = WebhookCare.Order
CHECKER = REFERENCE / "pagerduty" / "check_traffic.py"


@pytest.fixture
def care(gateway: HttpGateway, simulator: RunningSimulator, settings: Settings) -> Care:
    settings.ROTA_BASE_URL = "http://127.0.0.1:9"
    return Care(gateway, simulator)


def live() -> WebhookSubscription:
    return WebhookSubscription.objects.get(retired_at__isnull=True)


def test_rota_subscribes_once_and_keeps_the_secret_sealed(care: Care) -> None:
    assert care.is_due()

    assert care.look()

    there = care.there()
    assert [each["delivery_method"]["url"] for each in there] == [URL]
    assert there[0]["filter"]["type"] == "account_reference"
    assert set(there[0]["events"]) == {
        f"incident.{kind}"
        for kind in (
            *("triggered", "acknowledged", "escalated"),
            *("reassigned", "delegated", "resolved"),
        )
    }
    kept = care.simulator.state()["webhook_subscriptions"][0]["secret"]
    assert hook_secrets.secrets_in_force(now=care.now) == [kept]
    assert kept not in live().secret
    assert AuditEvent.objects.get(verb="subscribed").actor == "sweep:look_after_web_hooks"
    assert not care.is_due()


def test_before_anything_is_published_nothing_is_asked(care: Care) -> None:
    Rotation.objects.update(schedule_version=0)

    assert not care.is_due()


def test_it_is_looked_at_once_a_day_and_nothing_is_written(care: Care) -> None:
    care.look()
    care.now += DAY - HOUR
    assert not care.is_due()
    care.now += HOUR
    assert care.is_due()

    care.look()

    assert care.writes() == ["POST /webhook_subscriptions"]
    assert live().checked_at == care.now


def test_without_a_key_nothing_is_subscribed_and_the_reason_is_kept(
    care: Care, settings: Settings
) -> None:
    settings.ROTA_WEBHOOK_KEYS = []

    care.look()

    assert care.there() == []
    assert "ROTA_WEBHOOK_KEY is not set" in WebhookCare.objects.get().failure
    assert not care.is_due()


def test_one_whose_making_was_not_answered_is_removed_and_made_again(care: Care) -> None:
    care.simulator.faults(
        method="POST", path="/webhook_subscriptions", drop_after_write=True, count=1
    )
    care.look()
    assert len(care.there()) == 1
    assert not WebhookSubscription.objects.exists()
    assert not care.is_due()
    care.now += HOUR
    assert care.is_due()

    care.look()

    assert [each["id"] for each in care.there()] == [live().ref]


def test_one_that_a_human_deleted_is_made_again(care: Care) -> None:
    care.look()
    first = live()
    care.simulator.call("DELETE", f"/webhook_subscriptions/{first.ref}")
    care.now += DAY

    care.look()

    assert [each["id"] for each in care.there()] == [live().ref]
    assert live().ref != first.ref


def test_subscriptions_of_others_are_left_alone(care: Care) -> None:
    other = {
        "type": "webhook_subscription",
        "delivery_method": {"type": "http_delivery_method", "url": URL},
        "events": ["incident.triggered"],
        "filter": {"type": "account_reference"},
    }
    care.simulator.call("POST", "/webhook_subscriptions", {"webhook_subscription": other})

    care.look()
    care.now += DAY
    care.look()

    assert len(care.there()) == 2


def test_a_disabled_one_is_told_once_and_sends_again_on_order(care: Care) -> None:
    care.look()
    care.now += DAY
    care.disable()

    care.look()
    care.look()

    state = hook_state.hook_state(now=care.now)
    assert (state.is_on, state.disabled_at) == (False, care.now)
    told = Message.objects.filter(kind="web-hooks disabled")
    assert sorted(told.values_list("to", flat=True)) == sorted([care.ada.email, care.anna.email])
    assert care.writes() == ["POST /webhook_subscriptions"]

    hook_care.order(what=Order.ENABLE, actor=care.admin, now=care.now)
    assert hook_state.hook_state(now=care.now).order == "Send events again"
    care.look()

    state = hook_state.hook_state(now=care.now)
    assert (state.is_on, state.order) == (True, "")
    assert care.writes()[1].startswith("PUT /webhook_subscriptions/")
    assert not care.there()[0]["delivery_method"]["temporarily_disabled"]
    assert len(care.there()) == 1


def test_a_new_secret_on_order_leaves_the_old_one_good_for_what_is_on_its_way(care: Care) -> None:
    care.look()
    old = hook_secrets.secrets_in_force(now=care.now)
    hook_care.order(what=Order.ROTATE, actor=care.admin, now=care.now)
    care.now += HOUR

    care.look()

    both = hook_secrets.secrets_in_force(now=care.now)
    assert len(both) == 2
    assert both[1:] == old
    assert len(care.there()) == 1
    assert hook_secrets.secrets_in_force(now=care.now + 4 * DAY) == both[:1]
    assert AuditEvent.objects.get(verb="ordered").actor == care.ada.email


def test_a_secret_that_no_key_opens_any_more_is_replaced(care: Care) -> None:
    care.look()
    other = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb28="
    WebhookSubscription.objects.update(secret=sealing.seal("lost", [other]))
    care.now += DAY

    care.look()

    assert len(hook_secrets.secrets_in_force(now=care.now)) == 1
    assert len(care.there()) == 1


def test_another_address_moves_the_subscription(care: Care, settings: Settings) -> None:
    care.look()
    settings.ROTA_BASE_URL = "http://127.0.0.1:10"
    assert care.is_due()

    care.look()

    assert [each["delivery_method"]["url"] for each in care.there()] == [
        "http://127.0.0.1:10/hooks/pagerduty/"
    ]


def test_nothing_can_be_ordered_before_there_is_a_subscription(care: Care) -> None:
    with pytest.raises(NoSubscriptionError):
        hook_care.order(what=Order.ENABLE, actor=care.admin, now=care.now)


def _work(care: Care, ben: Engineer) -> dict[str, Any]:
    made = team_on_call(care.simulator)
    hooks.with_policy(care.rotation, made["policy"])
    hooks.know(ben, BEN)
    hooks.know(care.anna, ANNA)
    return made


def test_what_was_not_delivered_is_read_from_pagerdutys_log(care: Care) -> None:
    made = _work(care, builders.make_ben())
    care.look()
    care.now += HOUR
    care.simulator.move_to(f"{care.now:%Y-%m-%dT%H:%M:%SZ}")
    incident = triggered(care.simulator, made["service"])
    care.now += HOUR
    care.simulator.move_to(f"{care.now:%Y-%m-%dT%H:%M:%SZ}")
    done = {"status": "resolved", "by": ANNA}
    care.simulator.call("PUT", f"/_sim/incidents/{incident['id']}", done)
    assert not Incident.objects.exists()
    care.now += DAY

    care.look()

    found = Incident.objects.get()
    assert (found.ref, found.rotation) == (incident["id"], care.rotation)
    assert found.triggered_at == MORNING + HOUR
    assert found.resolved_at == MORNING + 2 * HOUR
    assert found.escalations == 1
    assert sorted(Page.objects.values_list("user_ref", flat=True)) == [ANNA, BEN]
    assert live().filled_until == care.now
    assert not care.is_due()


def test_incidents_of_other_policies_are_not_looked_up(care: Care) -> None:
    made = team_on_call(care.simulator)
    care.look()
    triggered(care.simulator, made["service"])
    care.now += DAY

    care.look()

    assert not Incident.objects.exists()
    assert not any("log_entries" in each["path"] for each in care.simulator.requests())


def test_an_incident_that_pagerduty_forgot_keeps_what_events_told(care: Care) -> None:
    hooks.with_policy(care.rotation)
    care.look()
    Incident.objects.create(
        ref="QGONE", title="Gone", rotation=care.rotation, triggered_at=care.now - HOUR
    )
    assert care.is_due()

    care.look()

    assert Incident.objects.get().filled_at == care.now
    assert not care.is_due()


def test_while_pagerduty_is_away_the_next_look_waits_longer_each_time(care: Care) -> None:
    care.simulator.faults(path="/webhook_subscriptions", status=503, count=2)
    waits = []

    for _time in range(2):
        care.look()
        row = WebhookCare.objects.get()
        assert row.next_look_at is not None
        waits.append((row.next_look_at - care.now).total_seconds())
        assert not care.is_due()
        care.now = row.next_look_at
        assert care.is_due()
    care.look()

    assert waits[0] < waits[1]
    assert WebhookCare.objects.get().failure == ""
    assert len(care.there()) == 1


def test_one_worker_looks_at_a_time(care: Care) -> None:
    assert hook_care.claim(holder="another", real_now=care.now) is not None

    assert not care.look()
    care.now += dt.timedelta(minutes=2)
    assert care.look()


def test_no_secret_stands_in_the_log_of_what_was_done(care: Care) -> None:
    care.look()

    secret = hook_secrets.secrets_in_force(now=care.now)[0]
    told = [repr(vars(row)) for row in [*AuditEvent.objects.all(), WebhookCare.objects.get()]]
    assert not [text for text in told if secret in text]
    assert django_settings.ROTA_WEBHOOK_KEYS[0] not in "".join(told)


@pytest.mark.reference
def test_what_is_asked_and_answered_is_as_pagerduty_describes_it(
    care: Care, exchanges: list[Any], tmp_path: pathlib.Path
) -> None:
    made = _work(care, builders.make_ben())
    care.look()
    incident = triggered(care.simulator, made["service"])
    care.simulator.call("PUT", f"/_sim/incidents/{incident['id']}", {"status": "resolved"})
    care.now += DAY
    care.disable()
    care.look()
    hook_care.order(what=Order.ENABLE, actor=care.admin, now=care.now)
    care.look()
    hook_care.order(what=Order.ROTATE, actor=care.admin, now=care.now)
    care.look()
    recorded = tmp_path / "traffic.jsonl"
    recorded.write_text("\n".join(map(json.dumps, exchanges)), encoding="utf-8")

    checked = subprocess.run(
        [sys.executable, str(CHECKER), "--strict", str(recorded)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
    assert {each["method"] for each in exchanges} == {"GET", "POST", "PUT", "DELETE"}
