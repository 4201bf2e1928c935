"""The API's answers about who is on call through escalation policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pagerduty_simulator import policies, references, refusals, timeline, times
from pagerduty_simulator.exchange import Call, Reply, page
from pagerduty_simulator.rendering import Window

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from pagerduty_simulator.state import Account, Json

_HORIZON = 90 * times.DAY


def list_oncalls(account: Account, call: Call) -> Reply:
    """GET /oncalls: who is on call through escalation policies, now or over since and until."""
    zone = call.zone("Etc/UTC")
    since = call.instant("since", zone=zone)
    until = call.instant("until", zone=zone)
    since = call.now if since is None else since
    until = max(since, call.now) if until is None else until
    if until < since:
        raise refusals.invalid(code=refusals.BAD_RANGE)
    until = min(until, call.now + _HORIZON)
    within = Window(since, max(until, since + 1))
    found = [
        oncall
        for policy in account.escalation_policies
        if _asked_for(call, "escalation_policy_ids[]", policy["id"])
        for oncall in _oncalls(account, policy, within)
    ]
    chosen = [oncall for oncall in found if _wanted(call, oncall)]
    if call.flag("earliest"):
        chosen = _earliest(chosen)
    answer = page(call).of("oncalls", chosen)
    answer["oncalls"] = [_oncall(account, oncall, zone, call) for oncall in answer["oncalls"]]
    return Reply(status=200, body=answer)


def _asked_for(call: Call, name: str, object_id: str) -> bool:
    asked = call.texts(name)
    return not asked or object_id in asked


def _wanted(call: Call, oncall: Json) -> bool:
    schedule_id = oncall["schedule"] or "null"
    return _asked_for(call, "user_ids[]", oncall["user"]) and _asked_for(
        call, "schedule_ids[]", schedule_id
    )


def _oncalls(account: Account, policy: Json, within: Window) -> Iterator[Json]:
    how = timeline.manner(account.switches)
    for level, rule in enumerate(policy["escalation_rules"], start=1):
        for target in rule["targets"]:
            head = {"policy": policy["id"], "level": level}
            if policies.KINDS[target["type"]] == "user":
                alone = {"schedule": None, "start": None, "end": None}
                yield {**head, **alone, "user": target["id"]}
                continue
            schedule = account.schedules.get(target["id"])
            if schedule is None:
                continue
            rendered = timeline.render(schedule, within=within, how=how, overflow="whole")
            for entry in rendered.final:
                span = {"start": entry.start, "end": entry.end}
                yield {**head, **span, "schedule": schedule["id"], "user": entry.user}


def _earliest(oncalls: list[Json]) -> list[Json]:
    """The first of each policy, level and user."""
    first: dict[tuple[str, int, str], Json] = {}
    for oncall in sorted(oncalls, key=lambda item: item["start"] or 0):
        first.setdefault((oncall["policy"], oncall["level"], oncall["user"]), oncall)
    return list(first.values())


def _oncall(account: Account, oncall: Json, zone: dt.tzinfo, call: Call) -> Json:
    def at(instant: int | None) -> str | None:
        return None if instant is None else times.written(instant, zone=zone)

    def refer(kind: str, object_id: str) -> Json:
        return references.reference(account, kind, object_id, call.base_url)

    schedule_id = oncall["schedule"]
    return {
        "user": refer("user", oncall["user"]),
        "schedule": refer("schedule", schedule_id) if schedule_id else None,
        "escalation_policy": refer("escalation_policy", oncall["policy"]),
        "escalation_level": oncall["level"],
        "start": at(oncall["start"]),
        "end": at(oncall["end"]),
    }
