"""From the JSON of the state file, or of PUT /_sim/state, to an account with nothing missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pagerduty_simulator import shapes, times, webhook_subscriptions
from pagerduty_simulator.state import COLLECTIONS, Account, Json
from pagerduty_simulator.switches import UnknownSwitchError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

DEFAULT_ZONE = "Europe/London"

_COLOURS = ("purple", "red", "green", "blue", "teal", "orange", "brown", "turquoise")
_USER_EXTRAS = ("contact_methods", "notification_rules", "teams")


class UnusableStateError(ValueError):
    """The wanted state lacks something or holds something of the wrong shape."""


def account(document: Json, *, issued: int = 0) -> Account:
    """The account that the document describes: left-out ids and fields are filled in.

    Args:
        document: `users`, `teams`, `schedules`, `escalation_policies`, `services`, `switches`;
            each may be left out.
        issued: the number from which new ids go on, unless the document's is higher.

    Raises:
        UnusableStateError: with the place and the reason.
    """
    made = Account(issued=max(issued, _whole(document.get("issued", 0), "issued")))
    try:
        made.switches.change(_mapping(document.get("switches", {}), "switches"))
    except UnknownSwitchError as error:
        raise UnusableStateError(f"switches: {error}") from error
    for name in COLLECTIONS:
        items = _list(document.get(name, []), name)
        # Ids that are given go first, so that no new one meets them.
        for number, raw in enumerate(items):
            given = _mapping(raw, f"{name}/{number}").get("id")
            if given is not None:
                made.collection(name).put({"id": _text(given, f"{name}/{number}/id")})
        for number, raw in enumerate(items):
            item = _MAKERS[name](made, raw, f"{name}/{number}")
            made.collection(name).put(item)
        made.collection(name).settle()
    return made


def new_user(made: Account, raw: Json) -> Json:
    """A user from the fields that were sent, with an id and the usual rest; not yet kept."""
    return _user(made, raw, "user")


def _user(made: Account, raw: Json, where: str) -> Json:
    if "name" not in raw or "email" not in raw:
        raise UnusableStateError(f"{where}: a user needs a name and an email")
    user = {
        "id": raw.get("id") or made.new_id(),
        "name": _text(raw["name"], f"{where}/name"),
        "email": _text(raw["email"], f"{where}/email"),
        "time_zone": raw.get("time_zone") or DEFAULT_ZONE,
        "color": raw.get("color") or _COLOURS[len(made.users) % len(_COLOURS)],
        "role": raw.get("role") or "user",
        "job_title": raw.get("job_title"),
        "description": raw.get("description"),
        "invitation_sent": bool(raw.get("invitation_sent", False)),
    }
    for name in _USER_EXTRAS:
        if raw.get(name) is not None:
            user[name] = [
                {"id": made.new_id(), **_mapping(item, f"{where}/{name}")}
                for item in _list(raw[name], f"{where}/{name}")
            ]
    return user


def _named(made: Account, raw: Json, where: str) -> Json:
    name = _text(raw.get("name", ""), f"{where}/name")
    return {"description": None, **raw, "id": raw.get("id") or made.new_id(), "name": name}


def _policy(made: Account, raw: Json, where: str) -> Json:
    rules = []
    for number, rule in enumerate(_list(raw.get("escalation_rules", []), f"{where}/rules")):
        place = f"{where}/escalation_rules/{number}"
        targets = _list(_mapping(rule, place).get("targets", []), place)
        rules.append(
            {
                "id": rule.get("id") or made.new_id(),
                "escalation_delay_in_minutes": rule.get("escalation_delay_in_minutes", 30),
                "targets": [{"id": target["id"], "type": target["type"]} for target in targets],
            }
        )
    return {
        "num_loops": 0,
        "on_call_handoff_notifications": "if_has_services",
        **_named(made, raw, where),
        "escalation_rules": rules,
    }


def _schedule(made: Account, raw: Json, where: str) -> Json:
    zone_name = _zone_name(raw.get("time_zone", DEFAULT_ZONE), where)
    zone = times.zone_named(zone_name)
    return {
        "id": raw.get("id") or made.new_id(),
        "type": raw.get("type") or "schedule",
        "name": _text(raw.get("name", ""), f"{where}/name"),
        "description": raw.get("description") or "",
        "time_zone": zone_name,
        "layers": _layers(made, raw.get("layers", []), f"{where}/layers", zone),
        "past": [
            {
                "until": _instant(version["until"], f"{where}/past/{number}", zone),
                "time_zone": _zone_name(version.get("time_zone", zone_name), where),
                "layers": _layers(made, version.get("layers", []), f"{where}/past/{number}", zone),
            }
            for number, version in enumerate(_list(raw.get("past", []), f"{where}/past"))
        ],
        "overrides": [
            _override(made, item, f"{where}/overrides/{number}", zone)
            for number, item in enumerate(_list(raw.get("overrides", []), f"{where}/overrides"))
        ],
    }


def _layers(made: Account, raw: object, where: str, zone: dt.tzinfo) -> list[Json]:
    return [
        _layer(made, _mapping(item, f"{where}/{number}"), f"{where}/{number}", zone)
        for number, item in enumerate(_list(raw, where))
    ]


def _layer(made: Account, raw: Json, where: str, zone: dt.tzinfo) -> Json:
    if "start" not in raw:
        raise UnusableStateError(f"{where}: a layer needs a start")
    end = raw.get("end")
    virtual_start = raw.get("rotation_virtual_start", raw["start"])
    return {
        "id": raw.get("id") or made.new_id(),
        "name": raw.get("name") or "Layer",
        "start": _instant(raw["start"], f"{where}/start", zone),
        "end": None if end is None else _instant(end, f"{where}/end", zone),
        "rotation_virtual_start": _instant(virtual_start, f"{where}/rotation_virtual_start", zone),
        "rotation_turn_length_seconds": _whole(
            raw.get("rotation_turn_length_seconds", times.WEEK), where
        ),
        "users": [_user_id(item, where) for item in _list(raw.get("users", []), f"{where}/users")],
        "restrictions": _list(raw.get("restrictions", []), f"{where}/restrictions"),
    }


def _override(made: Account, raw: object, where: str, zone: dt.tzinfo) -> Json:
    item = _mapping(raw, where)
    if not {"start", "end", "user"} <= set(item):
        raise UnusableStateError(f"{where}: an override needs start, end and user")
    return {
        "id": item.get("id") or made.new_id(prefix="Q", length=14),
        "start": _instant(item["start"], f"{where}/start", zone),
        "end": _instant(item["end"], f"{where}/end", zone),
        "user": _user_id(item["user"], f"{where}/user"),
    }


def _as_kept(_made: Account, raw: Json, where: str) -> Json:
    """What only this program writes: taken as GET /_sim/state has given it."""
    return {**raw, "id": _text(raw.get("id"), f"{where}/id")}


def _subscription(made: Account, raw: Json, where: str) -> Json:
    if not {"events", "filter"} <= set(raw):
        raise UnusableStateError(f"{where}: a web-hook subscription needs events and a filter")
    kept = webhook_subscriptions.kept(made, raw)
    _text(kept["url"], f"{where}/url")
    return kept


_MAKERS: dict[str, Callable[[Account, Json, str], Json]] = {
    "users": _user,
    "teams": _named,
    "schedules": _schedule,
    "escalation_policies": _policy,
    "services": _named,
    "incidents": _as_kept,
    "log_entries": _as_kept,
    "audit_records": _as_kept,
    "webhook_subscriptions": _subscription,
    "deliveries": _as_kept,
}


def _user_id(item: object, where: str) -> str:
    """A user in a layer or override: its id, `{"id"}` or `{"user": {"id"}}`."""
    while isinstance(item, dict):
        item = item.get("user", item.get("id"))
    return _text(item, where)


def _instant(text: object, where: str, zone: dt.tzinfo) -> str:
    try:
        return times.written_utc(times.instant(text, zone=zone))
    except times.UnreadableTimeError as error:
        raise UnusableStateError(f"{where}: {error}") from error


def _zone_name(name: object, where: str) -> str:
    if not isinstance(name, str) or not times.is_zone(name):
        raise UnusableStateError(f"{where}: {name!r} is no time zone")
    return name


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise UnusableStateError(f"{where}: a list is needed")
    return value


def _mapping(value: object, where: str) -> Json:
    if not isinstance(value, dict):
        raise UnusableStateError(f"{where}: an object is needed")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise UnusableStateError(f"{where}: a text is needed")
    return value


def _whole(value: object, where: str) -> int:
    if not shapes.is_whole(value):
        raise UnusableStateError(f"{where}: a whole number is needed")
    return value
