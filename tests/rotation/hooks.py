"""Events as PagerDuty sends them, signed, and a subscription that knows the secret."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings

from common import sealing
from rotation.domain import hook_bodies
from rotation.models import PagerDutyPerson, Rotation, WebhookEvent, WebhookSubscription
from rotation.operations import hook_events, hooks_in
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse
    from django.test import Client

    from rotation.models import Shift
    from volunteers.models import Engineer

SECRET = "whsec-made-up"  # noqa: S105
POLICY = "PPOLICY"
PATH = "/hooks/pagerduty/"
# Tuesday night of the running week.
NIGHT = dt.datetime(2026, 11, 24, 22, 30, tzinfo=dt.UTC)


def make_subscription(*, secret: str = SECRET, **columns: Any) -> WebhookSubscription:
    """A live subscription with that secret."""
    given = {"ref": "PSUB1", "url": "https://rota.example/hooks/pagerduty/"}
    return WebhookSubscription.objects.create(
        secret=sealing.seal(secret, settings.ROTA_WEBHOOK_KEYS),
        created_at=builders.LONG_AGO,
        **(given | columns),
    )


def know(engineer: Engineer, ref: str) -> PagerDutyPerson:
    """PagerDuty's user is that engineer."""
    return PagerDutyPerson.objects.create(engineer=engineer, user_ref=ref, user_name=engineer.name)


def with_policy(rotation: Rotation, ref: str = POLICY) -> Rotation:
    """The rotation's escalation policy in PagerDuty."""
    Rotation.objects.filter(pk=rotation.pk).update(pagerduty_policy_ref=ref)
    rotation.refresh_from_db()
    return rotation


def user(ref: str, name: str = "") -> dict[str, Any]:
    """A reference to a user."""
    return {"id": ref, "type": "user_reference", "summary": name or ref}


def event(
    kind: str,
    *,
    at: dt.datetime = NIGHT,
    ref: str = "",
    incident: str = "QINC1",
    assignees: Sequence[str] = (),
    agent: str = "",
    **data: Any,
) -> dict[str, Any]:
    """The body of one event."""
    return {
        "event": {
            "id": ref or f"01-{incident}-{kind}-{at:%H%M%S}",
            "event_type": f"incident.{kind}",
            "resource_type": "incident",
            "occurred_at": at.isoformat().replace("+00:00", ".414Z"),
            "agent": user(agent) if agent else {"id": "PSVC1", "type": "service_reference"},
            "client": None,
            "data": {
                "id": incident,
                "type": "incident",
                "html_url": f"https://pagerduty.example/incidents/{incident}",
                "number": 37,
                "status": "triggered",
                "created_at": NIGHT.isoformat(),
                "title": "Queue stands still",
                "service": {"id": "PSVC1", "type": "service_reference", "summary": "Inbox"},
                "assignees": [user(each) for each in assignees],
                "escalation_policy": {"id": POLICY, "type": "escalation_policy_reference"},
                "teams": [],
                "urgency": "high",
                **data,
            },
        }
    }


def signature(body: bytes, secret: str = SECRET) -> str:
    """The header for that body."""
    return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def send(
    client: Client, document: Any, *, header: str | None = None, webhook_ref: str = ""
) -> HttpResponse:
    """Send a body, bytes as they are, signed unless a header is given."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {"X-PagerDuty-Signature": signature(body) if header is None else header}
    if webhook_ref:
        headers["X-Webhook-Id"] = webhook_ref
    answer: Any = client.generic(
        "POST", PATH, body, content_type="application/json", headers=headers
    )
    found: HttpResponse = answer
    return found


class Cast:
    """Ben carries the running week, Anna level 2; PagerDuty knows both."""

    def __init__(self) -> None:
        self.rotation = with_policy(builders.make_rotation())
        self.anna = builders.make_anna(team=self.rotation.team)
        self.ben = builders.make_ben()
        know(self.ben, "PBEN")
        know(self.anna, "PANNA")
        self.shift = self._shift(self.ben, "primary")
        self.level2 = self._shift(self.anna, "escalation")

    def _shift(self, holder: Engineer, level: str) -> Shift:
        return builders.make_shift(
            level=builders.level_of(self.rotation, level),
            holder=holder,
            week_date=builders.THIS_WEEK,
        )


def keep(document: Any) -> WebhookEvent:
    """An event as the receiver stores it."""
    received = hook_bodies.read(json.dumps(document).encode())
    hooks_in.store(received=received, webhook_ref="", now=builders.NOW)
    return WebhookEvent.objects.get(event_ref=received.event_ref)


def handle(*documents: Any) -> None:
    """Store and read them in that order."""
    for document in documents:
        event = keep(document)
        hook_events.handle(
            event_id=event.pk, holder="worker", now=builders.NOW, real_now=builders.NOW
        )
