"""Good requests of the routes about rates from a past day and offices' calendars."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tests.guards.posts import LATER, Post
from tests.guards.world_of_rates import WHY

if TYPE_CHECKING:
    from tests.guards.world import World


def _finance(*typed: str, **fields: object) -> Post:
    def given(_world: World) -> dict[str, object]:
        return dict(fields)

    return Post(viewer="finance", fields=given, typed=typed)


_NOTE = _finance("note", note="Agreed.")
# The rate that it adds has a record of its own.
_APPROVE = dataclasses.replace(_NOTE, records=2)
_REASON = _finance("reason", reason=WHY)
_NOTHING = _finance()
_LATE_DAY = "2026-10-20"

PAGES = {
    "rate-proposal-approve": _APPROVE,
    "rate-proposal-decline": _NOTE,
    "rate-proposal-withdraw": _NOTHING,
    "office-calendar-add": _finance(
        "name",
        "reason",
        date=LATER,
        name="Founders’ day",
        reason=WHY,
        seen=LATER,
    ),
    "office-calendar-remove": _finance("reason", date=_LATE_DAY, reason=WHY, seen=_LATE_DAY),
    "office-calendar-load": _finance(first_year="2028", last_year="2028", seen="2028|2028"),
    "office-calendar-keep": _NOTHING,
    "office-calendar-ask": _REASON,
    "office-calendar-approve": _NOTE,
    "office-calendar-decline": _NOTE,
    "office-calendar-withdraw": _NOTHING,
}

API_ROUTES = {
    "api-rate-proposals": _finance(
        "reason",
        "weekly",
        office="dublin",
        level="primary",
        effective_from="2026-11-20",
        weekly="645.00",
        holiday="90.00",
        reason=WHY,
    ),
    "api-rate-proposal-approve": _APPROVE,
    "api-rate-proposal-decline": _NOTE,
    "api-rate-proposal-withdraw": _NOTHING,
    "api-office-calendar-changes": _finance(
        "reason", add=[{"date": LATER, "name": "Founders’ day"}], reason=WHY
    ),
    "api-office-calendar-keep": _NOTHING,
    "api-office-calendar-ask": _REASON,
    "api-office-calendar-approve": _NOTE,
    "api-office-calendar-decline": _NOTE,
    "api-office-calendar-withdraw": _NOTHING,
}
