"""The JSON in which the API answers schedules and their entries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pagerduty_simulator import references, rendering, times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pagerduty_simulator.rendering import Entry
    from pagerduty_simulator.state import Account, Json
    from pagerduty_simulator.timeline import Rendered


def head(account: Account, schedule: Json, base_url: str) -> Json:
    """What a list says of a schedule: no layers and nothing rendered."""
    in_order = dict.fromkeys(
        user for layer in reversed(schedule["layers"]) for user in layer["users"]
    )
    return {
        **_identity(schedule, base_url),
        "name": schedule["name"],
        "time_zone": schedule["time_zone"],
        "description": schedule["description"],
        "users": [references.reference(account, "user", user, base_url) for user in in_order],
        "escalation_policies": [
            references.reference(account, "escalation_policy", policy, base_url)
            for policy in policies_of(account, schedule["id"])
        ],
        "teams": [],
    }


def _identity(schedule: Json, base_url: str) -> Json:
    if schedule["id"] is None:
        nothing = dict.fromkeys(("id", "self", "html_url"))
        return {**nothing, "type": "schedule", "summary": schedule["name"]}
    return {**references.identity(schedule, "schedule", base_url), "type": schedule["type"]}


def policies_of(account: Account, schedule_id: str | None) -> list[str]:
    """The ids of the escalation policies that use the schedule."""
    return [
        policy["id"]
        for policy in account.escalation_policies
        if any(
            target["id"] == schedule_id and target["type"].startswith("schedule")
            for rule in policy["escalation_rules"]
            for target in rule["targets"]
        )
    ]


def whole(
    account: Account,
    schedule: Json,
    rendered: Rendered | None,
    *,
    zone: dt.tzinfo,
    base_url: str,
) -> Json:
    """A schedule with its layers, highest precedence first, and what was rendered of it."""
    form = _Form(account, zone, base_url, rendered)
    return {
        **head(account, schedule, base_url),
        "schedule_layers": [form.layer(layer) for layer in reversed(schedule["layers"])],
        "overrides_subschedule": {
            "name": "Overrides",
            **form.part(rendered.overrides if rendered else []),
        },
        "final_schedule": {
            "name": "Final Schedule",
            **form.part(rendered.final if rendered else []),
        },
    }


class _Form:
    """Writes the parts of one answer; references to users are made once."""

    def __init__(
        self, account: Account, zone: dt.tzinfo, base_url: str, rendered: Rendered | None
    ) -> None:
        self._account = account
        self._zone = zone
        self._base_url = base_url
        self._rendered = rendered
        self._users: dict[str, Json] = {}

    def user(self, user_id: str) -> Json:
        if user_id not in self._users:
            made = references.reference(self._account, "user", user_id, self._base_url)
            self._users[user_id] = made
        return self._users[user_id]

    def at(self, stored: str | None) -> str | None:
        if stored is None:
            return None
        return times.written(times.instant(stored, zone=dt.UTC), zone=self._zone)

    def entries(self, entries: Iterable[Entry]) -> list[Json]:
        return [
            {
                "start": times.written(entry.start, zone=self._zone),
                "end": times.written(entry.end, zone=self._zone),
                "user": self.user(entry.user),
            }
            for entry in entries
        ]

    def part(self, entries: list[Entry]) -> Json:
        """Entries and coverage; empty and null while nothing was rendered."""
        share = rendering.coverage(entries, self._rendered.within) if self._rendered else None
        return {
            "rendered_schedule_entries": self.entries(entries),
            "rendered_coverage_percentage": share,
        }

    def layer(self, layer: Json) -> Json:
        entries = self._rendered.layers.get(layer["id"], []) if self._rendered else []
        return {
            "id": layer["id"],
            "name": layer["name"],
            **self.part(entries),
            "start": self.at(layer["start"]),
            "end": self.at(layer["end"]),
            "rotation_virtual_start": self.at(layer["rotation_virtual_start"]),
            "rotation_turn_length_seconds": layer["rotation_turn_length_seconds"],
            "users": [{"user": self.user(user)} for user in layer["users"]],
            "restrictions": layer["restrictions"],
        }
