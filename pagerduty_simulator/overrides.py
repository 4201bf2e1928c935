"""The API's answers about a schedule's overrides."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import audit, layers, references, refusals, schedules, times
from pagerduty_simulator.exchange import LAST_ITEM, Call, Reply
from pagerduty_simulator.rendering import Window

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json


def list_overrides(account: Account, call: Call, schedule_id: str) -> Reply:
    """GET /schedules/{id}/overrides over since and until, both needed; ids as the switch says."""
    schedule = schedules.as_read(account, schedule_id)
    zone = times.zone_named(schedule["time_zone"])
    within = _span(account, call, zone)
    editable = call.flag("editable")
    with_ids = editable or account.switches.text("override_ids") == "always"
    found = []
    for override in sorted(schedule["overrides"], key=lambda item: str(item["start"])):
        start, end = _bounds(override)
        if start >= within.end or end <= within.start or (editable and start <= call.now):
            continue
        if not call.flag("overflow"):
            start, end = max(start, within.start), min(end, within.end)
        answer = _shown(account, {**override, "start": start, "end": end}, zone, call.base_url)
        if not with_ids:
            del answer["id"]
        found.append(answer)
    status = account.switches.number("overrides_status")
    return Reply(status=status, body={"overrides": found})


def _span(account: Account, call: Call, zone: dt.tzinfo) -> Window:
    since, until = call.instant("since", zone=zone), call.instant("until", zone=zone)
    if since is None or until is None:
        raise refusals.invalid("since and until are required", code=refusals.BAD_TIMES)
    limit = account.switches.number("overrides_window_days")
    if until < since or (limit and until - since > limit * times.DAY):
        raise refusals.invalid(code=refusals.BAD_RANGE)
    return Window(since, until)


def _bounds(override: Json) -> tuple[int, int]:
    start = times.instant(override["start"], zone=dt.UTC)
    return start, times.instant(override["end"], zone=dt.UTC)


def _shown(account: Account, override: Json, zone: dt.tzinfo, base_url: str) -> Json:
    """An override with instants as the API answers it."""
    if account.switches.text("answer_times") == "utc":
        zone = dt.UTC
    return {
        "id": override["id"],
        "start": times.written(override["start"], zone=zone),
        "end": times.written(override["end"], zone=zone),
        "user": references.reference(account, "user", override["user"], base_url),
    }


def create_overrides(account: Account, call: Call, schedule_id: str) -> Reply:
    """POST /schedules/{id}/overrides: 201 with a list in which every item has its own status."""
    schedule = schedules.known(account, schedule_id)
    sent = _sent(call)
    zone = times.zone_named(schedule["time_zone"])
    made: list[Json] = []
    results = []
    for number, raw in enumerate(sent):
        last = number == len(sent) - 1
        fails = number in call.failing_items or (last and LAST_ITEM in call.failing_items)
        errors = ["Override could not be created"] if fails else []
        override = _read(account, raw, zone, call.now, errors)
        if override is None:
            results.append({"status": 400, "errors": errors, "override": _echo(raw)})
            continue
        made.append(override)
        start, end = _bounds(override)
        answer = _shown(account, {**override, "start": start, "end": end}, zone, call.base_url)
        results.append({"status": 201, "override": answer})
    if made:
        account.schedules.put({**schedule, "overrides": [*schedule["overrides"], *made]})
    for item in made:
        audit.record_override(account, call, schedule, "create", item)
    return Reply(status=201, body=results)


def _sent(call: Call) -> list[Any]:
    sent = call.body.get("overrides") if isinstance(call.body, dict) else None
    if not isinstance(sent, list) or not sent:
        raise refusals.invalid("Overrides must be a list that is not empty")
    return sent


def _read(account: Account, raw: Any, zone: dt.tzinfo, now: int, errors: list[str]) -> Json | None:
    """The override to keep; None when there are errors, old or added ones."""
    item = raw if isinstance(raw, dict) else {}
    user = item.get("user")
    user_id = user.get("id") if isinstance(user, dict) else None
    try:
        start, end = (
            times.instant(item.get("start"), zone=zone),
            times.instant(item.get("end"), zone=zone),
        )
    except times.UnreadableTimeError:
        errors.append("Override needs a valid start and end")
        return None
    if end <= start:
        errors.append("Override must end after its start")
    elif end <= now and account.switches.text("past_overrides") == "refused":
        errors.append("Override must end in the future")
    reason = layers.unusable_user(account, user_id)
    if reason:
        errors.append(reason)
    if errors:
        return None
    if account.switches.text("past_override_start") == "now" and end > now:
        start = max(start, now)
    return {
        "id": account.new_id(prefix="Q", length=14),
        "start": times.written_utc(start),
        "end": times.written_utc(end),
        "user": user_id,
    }


def _echo(raw: Any) -> Json:
    """What was sent, as a rejected item repeats it."""
    return raw if isinstance(raw, dict) else {}


def delete_override(account: Account, call: Call, schedule_id: str, override_id: str) -> Reply:
    """DELETE one: future 204, running 200 and cut at now, past refused."""
    schedule = schedules.known(account, schedule_id)
    found = [item for item in schedule["overrides"] if item["id"] == override_id]
    if not found:
        raise refusals.missing("Override Not Found", code=refusals.INVALID_OVERRIDE)
    start, end = _bounds(found[0])
    if end <= call.now:
        raise refusals.invalid("You cannot remove a past override", code=refusals.INVALID_OVERRIDE)
    audit.record_override(account, call, schedule, "delete", found[0])
    if start >= call.now:
        kept = [item for item in schedule["overrides"] if item["id"] != override_id]
        account.schedules.put({**schedule, "overrides": kept})
        return Reply(status=204)
    cut = {**found[0], "end": times.written_utc(call.now)}
    kept = [cut if item["id"] == override_id else item for item in schedule["overrides"]]
    account.schedules.put({**schedule, "overrides": kept})
    return Reply(status=200)
