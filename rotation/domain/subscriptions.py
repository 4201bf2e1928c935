"""Rota's subscription to PagerDuty's events: the requests, and what PagerDuty says of it.

Source: PagerDuty's REST API, webhook_subscriptions.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.domain.hook_bodies import INCIDENT_EVENTS
from rotation.domain.pagerduty_state import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "/webhook_subscriptions"
DESCRIPTION = "Rota: counts pages"
# The whole account: an alarm moves from one policy to another without a word to Rota, and what is
# none of ours is kept without a rotation.
FILTER = {"type": "account_reference"}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionState:
    """A subscription as PagerDuty lists it; `sends` is false while it is off or disabled."""

    ref: str
    url: str
    description: str
    sends: bool


def state_of(data: Mapping[str, Any]) -> SubscriptionState:
    """One of `webhook_subscriptions`."""
    method = data.get("delivery_method") or {}
    return SubscriptionState(
        ref=data["id"],
        url=method.get("url") or "",
        description=data.get("description") or "",
        sends=bool(data.get("active", True)) and not method.get("temporarily_disabled"),
    )


def secret_of(answer: Any) -> tuple[str, str]:
    """The id and the secret that PagerDuty gives once, when the subscription is made.

    Raises:
        KeyError, TypeError: the answer lacks one of them.
        ValueError: the secret is empty, so that anybody could sign.
    """
    made = answer["webhook_subscription"]
    secret = made["delivery_method"]["secret"]
    if not isinstance(secret, str) or not secret:
        raise ValueError("the secret is empty")
    return str(made["id"]), secret


def creation(url: str) -> Request:
    """The request that makes one."""
    return Request(
        method="POST",
        path=PATH,
        body={
            "webhook_subscription": {
                "type": "webhook_subscription",
                "delivery_method": {"type": "http_delivery_method", "url": url},
                "description": DESCRIPTION,
                "events": list(INCIDENT_EVENTS),
                "filter": FILTER,
            }
        },
    )


def enabling(ref: str) -> Request:
    """The request that makes PagerDuty send again."""
    wanted = {
        "description": DESCRIPTION,
        "events": list(INCIDENT_EVENTS),
        "filter": FILTER,
        "active": True,
    }
    return Request(method="PUT", path=f"{PATH}/{ref}", body={"webhook_subscription": wanted})


def removal(ref: str) -> Request:
    """The request that removes one."""
    return Request(method="DELETE", path=f"{PATH}/{ref}")


def is_left_over(state: SubscriptionState, *, url: str, ref: str) -> bool:
    """Whether it is ours by address and name, and not the one in use: its secret is unknown."""
    return state.url == url and state.description == DESCRIPTION and state.ref != ref
