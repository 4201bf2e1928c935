"""Sends web-hook events: signed, in order, again and again until they are taken or dropped.

Source: PagerDuty developer docs, webhooks/02-Behavior and 04-Signatures.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import http.client
import json
import ssl
import sys
import threading
import traceback
import urllib.parse
from typing import TYPE_CHECKING, NamedTuple

from pagerduty_simulator import incident_engine, times, webhook_subscriptions
from pagerduty_simulator.clock import ClockFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pagerduty_simulator.simulator import Simulator
    from pagerduty_simulator.state import Account, Json

ANSWER_SECONDS = 5.0

_PAUSE_SECONDS = 0.2
_RETRY_FOR = 2 * times.DAY
_FIRST_WAIT, _LONGEST_WAIT = 5, 900
# The older rule: five attempts over twenty minutes.
_FIVE_WAITS = (60, 180, 360, 600)
_DROPS_UNTIL_DISABLED = 3


class Outcome(NamedTuple):
    """What came of one attempt: the receiver's status, or why there was none."""

    status: int | None
    trouble: str | None

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    @property
    def worth_retrying(self) -> bool:
        """No answer, a server's fault, or too many requests."""
        return self.status is None or self.status >= 500 or self.status == 429  # noqa: PLR2004


class Sender(threading.Thread):
    """Moves incidents on and sends what waits, in the background, until the program ends."""

    def __init__(self, simulator: Simulator) -> None:
        """Serve this simulator; `start` begins."""
        super().__init__(name="sender", daemon=True)
        self._simulator = simulator
        self._wake = threading.Event()

    def run(self) -> None:
        """Never returns; the thread ends with the process."""
        while True:
            try:
                sent = self.step()
            except (OSError, ClockFileError):
                sent = False
            except Exception:  # noqa: BLE001 - one bad event must not end the thread
                sys.stderr.write(traceback.format_exc())
                sent = False
            if not sent:
                self._wake.wait(_PAUSE_SECONDS)

    def step(self) -> bool:
        """Send the first event that is due; whether there was one."""
        simulator = self._simulator
        with simulator.lock:
            account, now = simulator.account, simulator.clock.now()
            if incident_engine.advance(account, now):
                simulator.save()
            delivery = _next_due(account, now)
            if delivery is None:
                return False
            subscription = account.webhook_subscriptions.get(delivery["subscription"]) or {}
        body = json.dumps(delivery["event"]).encode()
        headers = {
            "x-webhook-id": delivery["id"],
            "x-webhook-subscription": subscription["id"],
            "x-pagerduty-signature": signature(subscription["secret"], body),
            **{item["name"]: item["value"] for item in subscription["custom_headers"]},
        }
        outcome = post(subscription["url"], body, headers)
        with simulator.lock:
            now = simulator.clock.now()
            _settle(simulator.account, delivery, outcome, now)
            simulator.attempts.append(attempt(delivery, outcome, now))
            simulator.save()
        return True


def signature(secret: str, body: bytes) -> str:
    """One element of X-PagerDuty-Signature: HMAC-SHA256 over the body as it is sent."""
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """One POST, never redirected, with five seconds for the answer."""
    parts = urllib.parse.urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {
        "content-type": "application/json",
        "accept": "application/json",
        "user-agent": "PagerDuty-Webhook/V3.0",
        **headers,
    }
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("POST", target, body=body, headers=sent)
            return Outcome(connection.getresponse().status, None)
        except (OSError, ssl.SSLError, http.client.HTTPException, ValueError) as error:
            return Outcome(None, f"{type(error).__name__}: {error}")


def attempt(delivery: Json, outcome: Outcome, now: int) -> Json:
    """One attempt as GET /_sim/webhooks tells it."""
    event = delivery["event"].get("event") if isinstance(delivery["event"], dict) else None
    return {
        "at": times.written_utc(now),
        "webhook_id": delivery["id"],
        "subscription": delivery["subscription"],
        "event_id": (event or {}).get("id"),
        "event_type": (event or {}).get("event_type"),
        "try": delivery["tries"] + 1,
        "status": outcome.status,
        "trouble": outcome.trouble,
    }


def _next_due(account: Account, now: int) -> Json | None:
    """The first event that is due; an incident's later events wait for its earlier ones."""
    written = times.written_utc(now)
    blocked: set[tuple[str, str]] = set()
    for delivery in list(account.deliveries):
        if delivery["subscription"] not in account.webhook_subscriptions:
            account.deliveries.remove(delivery["id"])
            continue
        queue = (delivery["subscription"], delivery["incident"])
        if queue not in blocked and delivery["next_at"] <= written:
            return delivery
        blocked.add(queue)
    return None


def _settle(account: Account, delivery: Json, outcome: Outcome, now: int) -> None:
    """Take it from the queue, or say when it is tried again."""
    subscription = account.webhook_subscriptions.get(delivery["subscription"])
    if delivery["id"] not in account.deliveries or subscription is None:
        return
    tries = delivery["tries"] + 1
    wait = _wait(account, delivery, tries, now)
    if outcome.worth_retrying and wait is not None:
        next_at = times.written_utc(now + wait)
        account.deliveries.put({**delivery, "tries": tries, "next_at": next_at})
        return
    account.deliveries.remove(delivery["id"])
    drops = 0 if outcome.taken else subscription["drops"] + 1
    changed = {**subscription, "drops": drops}
    if drops >= _DROPS_UNTIL_DISABLED:
        changed |= {"drops": 0, "disabled_until": times.written_utc(now + times.DAY)}
        webhook_subscriptions.forget_deliveries(account, subscription["id"])
    account.webhook_subscriptions.put(changed)


def _wait(account: Account, delivery: Json, tries: int, now: int) -> int | None:
    """How many seconds until the next attempt; None when it was the last."""
    if account.switches.text("webhook_retries") == "five_attempts":
        return _FIVE_WAITS[tries - 1] if tries <= len(_FIVE_WAITS) else None
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * int(2 ** min(tries - 1, 10)))
    first = times.instant(delivery["first_at"], zone=dt.UTC)
    return wait if now + wait - first <= _RETRY_FOR else None
