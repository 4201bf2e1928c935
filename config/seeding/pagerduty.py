"""Accounts for the demo's people in the PagerDuty simulator."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from volunteers.models import Engineer

PAGE = 100
TIMEOUT_SECONDS = 10


class NotThereError(Exception):
    """No simulator answers, or it refuses."""


def make_accounts(
    people: Iterable[Engineer], *, url: str, only_by_email: Collection[str] = ()
) -> int:
    """Create an account for everybody who has none yet; returns how many.

    In an empty simulator those named `only_by_email` get no phone.

    Raises:
        NotThereError: the simulator does not answer as expected.
    """
    known = _emails(url)
    users = [
        {
            "type": "user",
            "name": person.name,
            "email": person.email,
            **(_by_email(person.email) if person.name in only_by_email else {}),
        }
        for person in people
        if person.email not in known
    ]
    if users and not known:
        # Somebody with an account has to vouch for a new one, so the first ones are put there.
        _call(url, "PUT", "/_sim/state", {"users": users})
    else:
        for user in users:
            _call(url, "POST", "/users", {"user": user}, vouching=min(known))
    return len(users)


def _by_email(email: str) -> dict[str, Any]:
    return {"contact_methods": [{"type": "email_contact_method", "address": email}]}


def _emails(url: str) -> set[str]:
    emails: set[str] = set()
    more, offset = True, 0
    while more:
        answer = _call(url, "GET", f"/users?limit={PAGE}&offset={offset}")
        emails |= {user["email"].lower() for user in answer["users"]}
        more, offset = bool(answer["more"]), offset + PAGE
    return emails


def _call(  # JSON in, JSON out
    url: str, method: str, path: str, body: Any = None, *, vouching: str = ""
) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the configured address
        f"{url}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Authorization": f"Token token={os.environ.get('PAGERDUTY_API_TOKEN', '')}",
            "Content-Type": "application/json",
            "From": vouching,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise NotThereError(str(error)) from error
