"""The API's answers about schedules, layer-based ones (`type: schedule`)."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import audit, layers, refusals, schedule_answers, timeline, times, users
from pagerduty_simulator.exchange import Call, Reply, named, page
from pagerduty_simulator.rendering import Window

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

UPGRADED = "schedule_v3"

_LONGEST_NAME = 255
_LONGEST_DESCRIPTION = 1024
_USUAL_SPAN = 14 * times.DAY
_LONGEST_SPAN_DAYS = 3660


def list_schedules(account: Account, call: Call) -> Reply:
    """GET /schedules: upgraded ones are not in it, final schedules neither."""
    found = named(account.schedules, call.text("query"))
    layer_based = [schedule for schedule in found if schedule["type"] != UPGRADED]
    answer = page(call).of("schedules", layer_based)
    with_layers = "schedule_layers" in call.texts("include[]")
    answer["schedules"] = [
        _listed(account, schedule, call, with_layers=with_layers)
        for schedule in answer["schedules"]
    ]
    return Reply(status=200, body=answer)


def _listed(account: Account, schedule: Json, call: Call, *, with_layers: bool) -> Json:
    head = schedule_answers.head(account, schedule, call.base_url)
    if not with_layers:
        return head
    zone = call.zone(schedule["time_zone"])
    # Without time_zone the service takes no notice of since and until here.
    within = window(account, call, zone) if call.text("time_zone") else None
    rendered = _rendered(account, schedule, within, call)
    whole = schedule_answers.whole(account, schedule, rendered, zone=zone, base_url=call.base_url)
    return {**head, "schedule_layers": whole["schedule_layers"]}


def get_schedule(account: Account, call: Call, schedule_id: str) -> Reply:
    """GET /schedules/{id}: rendered over since and until when at least one is there."""
    return _answer(account, as_read(account, schedule_id), call, status=200)


def create_schedule(account: Account, call: Call) -> Reply:
    """POST /schedules."""
    wanted = call.document("schedule")
    if wanted.get("type") != "schedule":
        raise refusals.invalid("Type must be schedule")
    candidate = _candidate(account, wanted, call, old=None)
    schedule = {**_with_layer_ids(account, candidate), "id": account.new_id()}
    account.schedules.put(schedule)
    audit.record_schedule(account, call, after=schedule)
    return _answer(account, schedule, call, status=201)


def update_schedule(account: Account, call: Call, schedule_id: str) -> Reply:
    """PUT /schedules/{id}: takes effect at once, the past stays as it was."""
    old = known(account, schedule_id)
    candidate = _candidate(account, call.document("schedule"), call, old=old)
    schedule = _with_layer_ids(account, candidate)
    account.schedules.put(schedule)
    audit.record_schedule(account, call, before=old, after=schedule)
    return _answer(account, schedule, call, status=200)


def change_by_hand(account: Account, call: Call, schedule_id: str, **fields: Any) -> None:
    """Change what a person can in the web app: `layers` or `type`; the past stays as it was.

    Raises:
        RefusedError: 404 when there is no such schedule.
    """
    old = account.schedules.get(schedule_id)
    if old is None:
        raise refusals.missing()
    past = _history(old, call.now) if "layers" in fields else old["past"]
    schedule = {**old, **fields, "past": past}
    account.schedules.put(schedule)
    audit.record_schedule(account, call, before=old, after=schedule)


def preview_schedule(account: Account, call: Call) -> Reply:
    """POST /schedules/preview: as creating or, with a known id, changing; nothing is kept."""
    wanted = call.document("schedule")
    old = account.schedules.get(wanted.get("id"))
    return _answer(account, _candidate(account, wanted, call, old=old), call, status=200)


def delete_schedule(account: Account, call: Call, schedule_id: str) -> Reply:
    """DELETE /schedules/{id}: refused while an escalation policy uses it."""
    schedule = known(account, schedule_id)
    if schedule_answers.policies_of(account, schedule_id):
        raise refusals.invalid(
            "Schedule can't be deleted if it's being used by escalation policies"
        )
    account.schedules.remove(schedule_id)
    audit.record_schedule(account, call, before=schedule)
    return Reply(status=204)


def list_users_on_call(account: Account, call: Call, schedule_id: str) -> Reply:
    """GET /schedules/{id}/users: who is on call in the span, now when none is given."""
    schedule = known(account, schedule_id)
    zone = times.zone_named(schedule["time_zone"])
    within = window(account, call, zone) or Window(call.now, call.now + 1)
    how = timeline.manner(account.switches)
    seen = {entry.user for entry in timeline.render(schedule, within=within, how=how).final}
    found = [users.shown(account, user, call) for user in account.users if user["id"] in seen]
    return Reply(status=200, body={"users": found})


def known(account: Account, schedule_id: str) -> Json:
    """The layer-based schedule with this id.

    Raises:
        RefusedError: 404 when there is none; what the switch says for an upgraded one.
    """
    schedule = account.schedules.get(schedule_id)
    if schedule is None:
        raise refusals.missing()
    if schedule["type"] == UPGRADED:
        status = account.switches.number("upgraded_schedule")
        if status == HTTPStatus.NOT_FOUND:
            raise refusals.missing()
        if status == HTTPStatus.BAD_REQUEST:
            raise refusals.invalid(
                "This schedule has been upgraded: use /v3/schedules", code=refusals.INVALID_SCHEDULE
            )
    return schedule


def as_read(account: Account, schedule_id: str) -> Json:
    """The schedule as a read sees it: late after a write, if the switch says so.

    Raises:
        RefusedError: as for `known`.
    """
    schedule = known(account, schedule_id)
    seconds = account.switches.number("stale_reads_seconds")
    return account.schedules.lagging(schedule_id, seconds) or schedule


def window(account: Account, call: Call, zone: dt.tzinfo) -> Window | None:
    """The span of since and until; one alone means two weeks, none means None.

    Raises:
        RefusedError: 400 for unreadable, reversed or too distant bounds.
    """
    since, until = call.instant("since", zone=zone), call.instant("until", zone=zone)
    if since is None and until is None:
        return None
    if since is None:
        since = (until or 0) - _USUAL_SPAN
    if until is None:
        until = since + _USUAL_SPAN
    limit = account.switches.number("schedule_window_days") or _LONGEST_SPAN_DAYS
    if until < since or until - since > limit * times.DAY:
        raise refusals.invalid(code=refusals.BAD_RANGE)
    # Equal bounds ask for one instant.
    return Window(since, max(until, since + 1))


def _answer(account: Account, schedule: Json, call: Call, *, status: int) -> Reply:
    zone = call.zone(schedule["time_zone"])
    rendered = _rendered(account, schedule, window(account, call, zone), call)
    if account.switches.text("answer_times") == "utc":
        zone = dt.UTC
    body = schedule_answers.whole(account, schedule, rendered, zone=zone, base_url=call.base_url)
    return Reply(status=status, body={"schedule": body})


def _rendered(
    account: Account, schedule: Json, within: Window | None, call: Call
) -> timeline.Rendered | None:
    if within is None:
        return None
    how = timeline.manner(account.switches)
    overflow = "whole" if call.flag("overflow") else "cut"
    return timeline.render(schedule, within=within, how=how, overflow=overflow)


def _candidate(account: Account, wanted: Json, call: Call, *, old: Json | None) -> Json:
    """The schedule that would be kept; new layers and a new schedule have the id None."""
    base = old or {
        "id": None,
        "type": "schedule",
        "name": None,
        "description": "",
        "time_zone": None,
        "layers": [],
        "past": [],
        "overrides": [],
    }
    fields = _fields(account, wanted, base)
    kept = base["layers"]
    if "schedule_layers" in wanted or old is None:
        kept = layers.read(
            account,
            wanted.get("schedule_layers", []),
            old=base["layers"],
            zone=times.zone_named(fields["time_zone"]),
            now=call.now,
        )
    past = base["past"]
    if old and (kept != old["layers"] or fields["time_zone"] != old["time_zone"]):
        past = _history(old, call.now)
    return {**base, **fields, "layers": kept, "past": past}


def _fields(account: Account, wanted: Json, base: Json) -> dict[str, Any]:
    name = wanted.get("name", base["name"])
    description = wanted.get("description", base["description"]) or ""
    zone_name = wanted.get("time_zone", base["time_zone"])
    problems = []
    if not isinstance(name, str) or not name.strip():
        problems.append("Name can't be blank")
    elif len(name) > _LONGEST_NAME:
        problems.append(f"Name is too long (maximum is {_LONGEST_NAME} characters)")
    elif account.switches.text("schedule_names") == "unique" and _taken(account, name, base["id"]):
        problems.append("Name has already been taken")
    if not isinstance(description, str) or len(description) > _LONGEST_DESCRIPTION:
        problems.append(f"Description is too long (maximum is {_LONGEST_DESCRIPTION} characters)")
    if not times.is_zone(zone_name):
        problems.append("Time zone is not a known time zone")
    if problems:
        raise refusals.invalid(*problems)
    return {"name": name, "description": description, "time_zone": zone_name}


def _taken(account: Account, name: str, own_id: str | None) -> bool:
    return any(
        schedule["name"].casefold() == name.casefold() and schedule["id"] != own_id
        for schedule in account.schedules
    )


def _history(old: Json, now: int) -> list[Json]:
    """The versions until now, the one that a change is about to replace added."""
    until = times.written_utc(now)
    past: list[Json] = old["past"]
    if past and past[-1]["until"] == until:
        return past
    return [*past, {"until": until, "time_zone": old["time_zone"], "layers": old["layers"]}]


def _with_layer_ids(account: Account, schedule: Json) -> Json:
    named_layers = [
        {**layer, "id": layer["id"] or account.new_id()} for layer in schedule["layers"]
    ]
    return {**schedule, "layers": named_layers}
