"""Audit records of schedules: what is kept of each change, and the API's answer.

Source: PagerDuty developer docs, REST-API/17-Audit-Records-API.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import references, refusals, times
from pagerduty_simulator.exchange import Call, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pagerduty_simulator.state import Account, Json

_MOST_RECORDS = 2000
_LONGEST_SPAN = 31 * times.DAY
_MOST_PER_PAGE = 100
_PLAIN = ("name", "description", "time_zone", "type")
_LAYER_FIELDS = (
    "name",
    "start",
    "end",
    "rotation_virtual_start",
    "rotation_turn_length_seconds",
    "users",
    "restrictions",
)


def record_schedule(
    account: Account, call: Call, *, before: Json | None = None, after: Json | None = None
) -> None:
    """Keep that a schedule was created, changed or deleted; nothing when it is as it was."""
    schedule = after or before
    if schedule is None or before == after:
        return
    action = "create" if before is None else "delete" if after is None else "update"
    details = {
        "fields": list(_fields(before or {}, after or {})),
        "references": list(_layer_references(before or {}, after or {})),
    }
    _keep(account, call, schedule, action, details)


def record_override(account: Account, call: Call, schedule: Json, action: str, item: Json) -> None:
    """Keep that an override was created or deleted, if the switch says that this is kept."""
    if account.switches.text("override_audit") == "recorded":
        resource = {"id": item["id"], "type": "override_reference"}
        text = f"{item['user']} {item['start']} {item['end']}"
        name = "value" if action == "create" else "before_value"
        details = {"fields": [{"name": "override", name: text}], "resource": resource}
        _keep(account, call, schedule, action, details)


def _keep(account: Account, call: Call, schedule: Json, action: str, details: Json) -> None:
    author = call.author
    record_id = f"PDR{account.new_id(prefix='', length=20)}"
    account.audit_records.put(
        {
            "id": record_id,
            "schedule": schedule["id"],
            "name": schedule["name"],
            "at": times.written_utc(call.now),
            "action": action,
            "actor": {"id": author.id, "kind": author.kind, "summary": author.summary},
            "method": author.method,
            "token_end": author.token_end,
            "request_id": str(uuid.uuid4()),
            "details": details,
        }
    )
    while len(account.audit_records) > _MOST_RECORDS:
        account.audit_records.remove(next(iter(account.audit_records))["id"])


def _fields(before: Json, after: Json) -> Iterator[Json]:
    for name in _PLAIN:
        if before.get(name) != after.get(name):
            yield _field(name, before.get(name), after.get(name))
    old = {layer["id"]: layer for layer in before.get("layers", [])}
    for layer in after.get("layers", []):
        earlier = old.get(layer["id"])
        for name in _LAYER_FIELDS if earlier else ():
            if earlier and earlier[name] != layer[name]:
                field = _field(f"schedule_layers.{name}", earlier[name], layer[name])
                yield {**field, "description": f"{layer['name']} ({layer['id']})"}


def _field(name: str, before: Any, after: Any) -> Json:
    return {"name": name, "before_value": _text(before), "value": _text(after)}


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return None if value is None else str(value)


def _layer_references(before: Json, after: Json) -> Iterator[Json]:
    old = {layer["id"]: layer for layer in before.get("layers", [])}
    new = {layer["id"]: layer for layer in after.get("layers", [])}
    added = [_layer(new[key]) for key in new if key not in old]
    removed = [_layer(old[key]) for key in old if key not in new]
    if added or removed:
        yield {"name": "schedule_layers", "added": added, "removed": removed}


def _layer(layer: Json) -> Json:
    return {"id": layer["id"], "type": "schedule_layer_reference", "summary": layer["name"]}


def list_of_schedule(account: Account, call: Call, schedule_id: str) -> Reply:
    """GET /schedules/{id}/audit/records: newest first, a day back unless since says more."""
    records = [item for item in account.audit_records if item["schedule"] == schedule_id]
    kept = account.switches.text("audit_of_deleted") == "kept"
    if schedule_id not in account.schedules and not (kept and records):
        raise refusals.missing()
    since, until = _span(call)
    found = [item for item in reversed(records) if since <= item["at"] <= until]
    limit, first = _figures(call)
    rest = found[first:]
    more = len(rest) > limit
    return Reply(
        status=200,
        body={
            "records": [_shown(account, item, call.base_url) for item in rest[:limit]],
            "limit": limit,
            "next_cursor": _cursor(first + limit) if more else None,
            "response_metadata": None,
        },
    )


def _span(call: Call) -> tuple[str, str]:
    until = call.instant("until", zone=dt.UTC)
    since = call.instant("since", zone=dt.UTC)
    until = call.now if until is None else until
    since = until - times.DAY if since is None else since
    if not 0 <= until - since <= _LONGEST_SPAN:
        raise refusals.invalid(code=refusals.BAD_RANGE)
    return times.written_utc(since), times.written_utc(until)


def _figures(call: Call) -> tuple[int, int]:
    """How many records a page has, and the number of its first one."""
    asked = call.text("limit") or str(_MOST_PER_PAGE)
    if not asked.isdecimal() or not int(asked):
        raise refusals.invalid("limit must be at least 1")
    limit = min(int(asked), _MOST_PER_PAGE)
    cursor = call.text("cursor")
    if not cursor:
        return limit, 0
    try:
        return limit, int(base64.urlsafe_b64decode(cursor).decode().removeprefix("record:"))
    except (ValueError, binascii.Error) as error:
        raise refusals.invalid("cursor is not one that was given") from error


def _cursor(first: int) -> str:
    return base64.urlsafe_b64encode(f"record:{first}".encode()).decode()


def _shown(account: Account, item: Json, base_url: str) -> Json:
    root = references.reference(account, "schedule", item["schedule"], base_url)
    root["summary"] = root["summary"] or item["name"]
    actor = item["actor"]
    details = {"resource": root, "fields": None, "references": None, **item["details"]}
    return {
        "id": item["id"],
        "self": None,
        "execution_time": item["at"].replace("Z", ".000Z"),
        "execution_context": {"request_id": item["request_id"], "remote_address": "127.0.0.1"},
        "actors": [
            {
                "id": actor["id"],
                "type": f"{actor['kind']}_reference",
                "summary": actor["summary"],
                "self": None,
                "html_url": None,
            }
        ],
        "method": {
            "type": item["method"],
            "description": None,
            "truncated_token": item["token_end"],
        },
        "root_resource": root,
        "action": item["action"],
        "details": details,
    }
