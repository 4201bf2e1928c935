"""Incidents, their logs and the subscriptions, read through the gateway."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from common.periods import Period
from rotation.domain import incident_records, subscriptions
from rotation.pagerduty.gateway import BadAnswerError

if TYPE_CHECKING:
    from rotation.domain.subscriptions import SubscriptionState
    from rotation.pagerduty.gateway import Gateway

LAST_ITEM = 10_000
SHORTEST = dt.timedelta(minutes=2)


def incidents(gateway: Gateway, *, within: Period) -> list[Any]:
    """Incidents that began in the period, of at most six months, as JSON with an `id` each.

    PagerDuty turns no page past the 10,000th: a period with more is read in halves.
    """
    params = {
        "since": f"{within.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "until": f"{within.ends_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    found = gateway.items(path="/incidents", name="incidents", params=params)
    if not all(isinstance(each, dict) and each.get("id") for each in found):
        raise BadAnswerError("PagerDuty lists an incident without an id.")
    length = within.ends_at - within.starts_at
    if len(found) < LAST_ITEM or length < SHORTEST:
        return found
    middle = within.starts_at + dt.timedelta(seconds=length.total_seconds() // 2)
    halves = (
        Period(starts_at=within.starts_at, ends_at=middle),
        Period(starts_at=middle, ends_at=within.ends_at),
    )
    return [each for half in halves for each in incidents(gateway, within=half)]


def record(
    gateway: Gateway, *, ref: str, incident: Any | None, read_at: dt.datetime
) -> list[dict[str, Any]]:
    """An incident's log as it is kept, with the incident where it was read too."""
    entries = gateway.items(path=f"/incidents/{ref}/log_entries", name="log_entries", params={})
    try:
        return incident_records.kept(incident, entries, read_at=read_at)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadAnswerError("PagerDuty's log of an incident lacks what it should hold.") from error


def listed_subscriptions(gateway: Gateway) -> list[SubscriptionState]:
    """Every subscription that the token may see."""
    found = gateway.items(path=subscriptions.PATH, name="webhook_subscriptions", params={})
    try:
        return [subscriptions.state_of(each) for each in found]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadAnswerError("PagerDuty lists a subscription without an id.") from error


def created(answer: Any) -> tuple[str, str]:
    """The id and the secret of the subscription that was made.

    Raises:
        BadAnswerError: the answer lacks one of them.
    """
    try:
        return subscriptions.secret_of(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError("PagerDuty made a subscription and gave no secret.") from error
