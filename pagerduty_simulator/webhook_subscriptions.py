"""The API's answers about web-hook subscriptions.

Their refusals have no body: PagerDuty's description names none for them.
"""

from __future__ import annotations

import secrets
import urllib.parse
from typing import TYPE_CHECKING, Any

from pagerduty_simulator.events import KNOWN_EVENTS, is_disabled
from pagerduty_simulator.exchange import Call, Reply, page

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

_FILTERS = {"account_reference", "service_reference", "team_reference"}
_REFUSED = Reply(status=400)
_MISSING = Reply(status=404)


def list_subscriptions(account: Account, call: Call) -> Reply:
    """GET /webhook_subscriptions, narrowed by filter_type and filter_id."""
    kind, wanted = call.text("filter_type"), call.text("filter_id")
    found = [
        item
        for item in account.webhook_subscriptions
        if kind in {None, item["filter"]["type"].removesuffix("_reference")}
        and wanted in {None, item["filter"].get("id")}
    ]
    answer = page(call).of("webhook_subscriptions", found)
    answer["webhook_subscriptions"] = [
        shown(item, call.now) for item in answer["webhook_subscriptions"]
    ]
    return Reply(status=200, body=answer)


def get_subscription(account: Account, call: Call, subscription_id: str) -> Reply:
    """GET /webhook_subscriptions/{id}: without the secret."""
    found = account.webhook_subscriptions.get(subscription_id)
    return _MISSING if found is None else _answer(found, call)


def create_subscription(account: Account, call: Call) -> Reply:
    """POST /webhook_subscriptions: a 200, and the only answer with the secret."""
    wanted = call.body.get("webhook_subscription") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict) or not _is_whole(account, wanted):
        return _REFUSED
    made = kept(account, wanted)
    account.webhook_subscriptions.put(made)
    answer = shown(made, call.now)
    answer["delivery_method"]["secret"] = made["secret"]
    return Reply(status=200, body={"webhook_subscription": answer})


def update_subscription(account: Account, call: Call, subscription_id: str) -> Reply:
    """PUT /webhook_subscriptions/{id}: never the delivery method."""
    found = account.webhook_subscriptions.get(subscription_id)
    if found is None:
        return _MISSING
    wanted = call.body.get("webhook_subscription") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        return _REFUSED
    names = ("description", "events", "filter", "active")
    changed = {**found, **{name: wanted[name] for name in names if name in wanted}}
    if not _is_sound(account, changed):
        return _REFUSED
    account.webhook_subscriptions.put(changed)
    return _answer(changed, call)


def delete_subscription(account: Account, _call: Call, subscription_id: str) -> Reply:
    """DELETE /webhook_subscriptions/{id}: what waits for it goes too."""
    if subscription_id not in account.webhook_subscriptions:
        return _MISSING
    account.webhook_subscriptions.remove(subscription_id)
    forget_deliveries(account, subscription_id)
    return Reply(status=204)


def forget_deliveries(account: Account, subscription_id: str) -> None:
    """Empty the subscription's queue."""
    for delivery in [d for d in account.deliveries if d["subscription"] == subscription_id]:
        account.deliveries.remove(delivery["id"])


def kept(account: Account, wanted: Json) -> Json:
    """The subscription to keep, with ids and a secret where none is given."""
    method = wanted.get("delivery_method") or {}
    return {
        "id": wanted.get("id") or account.new_id(),
        "description": wanted.get("description"),
        "active": wanted.get("active", True),
        "url": method.get("url") or wanted.get("url"),
        "custom_headers": method.get("custom_headers") or wanted.get("custom_headers") or [],
        "method_id": method.get("id") or wanted.get("method_id") or account.new_id(),
        "secret": wanted.get("secret") or secrets.token_urlsafe(48),
        "events": list(wanted["events"]),
        "filter": dict(wanted["filter"]),
        "drops": wanted.get("drops", 0),
        "disabled_until": wanted.get("disabled_until"),
    }


def _is_whole(account: Account, wanted: Json) -> bool:
    method = wanted.get("delivery_method")
    return (
        wanted.get("type") == "webhook_subscription"
        and isinstance(method, dict)
        and method.get("type") == "http_delivery_method"
        and _is_address(method.get("url"))
        and _is_sound(account, wanted)
    )


def _is_sound(account: Account, wanted: Json) -> bool:
    events, chosen = wanted.get("events"), wanted.get("filter")
    return (
        isinstance(events, list)
        and bool(events)
        and set(map(str, events)) <= KNOWN_EVENTS
        and isinstance(chosen, dict)
        and chosen.get("type") in _FILTERS
        and _is_known(account, chosen)
        and isinstance(wanted.get("active", True), bool)
    )


def _is_known(account: Account, chosen: Json) -> bool:
    kinds = {"service_reference": account.services, "team_reference": account.teams}
    collection = kinds.get(chosen["type"])
    return collection is None or chosen.get("id") in collection


def _is_address(value: Any) -> bool:
    """Whether it is a web address; the real service takes https only."""
    if not isinstance(value, str):
        return False
    parts = urllib.parse.urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _answer(subscription: Json, call: Call) -> Reply:
    body = {"webhook_subscription": shown(subscription, call.now)}
    return Reply(status=200, body=body)


def shown(subscription: Json, now: int) -> Json:
    """A subscription as the API answers it: no secret, custom headers without their values."""
    return {
        "id": subscription["id"],
        "type": "webhook_subscription",
        "active": subscription["active"],
        "description": subscription["description"],
        "delivery_method": {
            "id": subscription["method_id"],
            "type": "http_delivery_method",
            "url": subscription["url"],
            "secret": None,
            "temporarily_disabled": is_disabled(subscription, now),
            "custom_headers": [
                {"name": header["name"], "value": "-- redacted --"}
                for header in subscription["custom_headers"]
            ],
        },
        "events": subscription["events"],
        "filter": subscription["filter"],
    }
