"""The pages' forms: what a person can do by hand, without a script."""

from __future__ import annotations

import html
import itertools
from typing import TYPE_CHECKING

from pagerduty_simulator import page_frame, rendering, schedules, timeline, times
from pagerduty_simulator.rendering import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pagerduty_simulator.state import Account, Json

_TURNS_AHEAD = 26 * times.WEEK
_SHOWN_INCIDENTS = 20
_numbers = itertools.count(1)


def incidents(account: Account) -> str:
    """The latest incidents with their buttons, and the form that triggers one."""
    latest = list(account.incidents)[::-1][:_SHOWN_INCIDENTS]
    rows = "".join(_incident_row(account, item) for item in latest)
    rows = rows or '<tr><td colspan="5">None yet.</td></tr>'
    return (
        '<section class="panel"><h2>Incidents</h2><table class="stack">'
        "<caption>Newest first, in UTC</caption><thead><tr>"
        '<th scope="col">Incident</th><th scope="col">Service</th><th scope="col">State</th>'
        '<th scope="col">With</th><th scope="col">Change</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{_trigger_form(account)}{_service_form(account)}</section>"
    )


def _incident_row(account: Account, incident: Json) -> str:
    service = account.services.get(incident["service"]) or {"name": incident["service"]}
    people = ", ".join(page_frame.person(account, item["user"]) for item in incident["assignees"])
    since = incident["changed_at"].replace("T", " ").replace("Z", "")
    return (
        f'<tr id="{html.escape(incident["id"])}"><th scope="row">#{incident["number"]} '
        f"<bdi>{html.escape(incident['title'])}</bdi></th>"
        f"<td><bdi>{html.escape(service['name'])}</bdi></td>"
        f"<td>{incident['status']} <span>since {since}</span></td>"
        f"<td>{people or '–'}</td><td>{_incident_buttons(incident)}</td></tr>"
    )


def _incident_buttons(incident: Json) -> str:
    if incident["status"] == "resolved":
        return "–"
    name = f"incident #{incident['number']}"
    buttons = "".join(
        f'<button name="status" value="{status}" aria-label="{word} {name}">{word}</button>'
        for status, word in (
            ("acknowledged", "Acknowledge"),
            ("escalated", "Escalate"),
            ("resolved", "Resolve"),
        )
    )
    return _form("incident", _hidden(incident=incident["id"]) + buttons, row=True)


def _trigger_form(account: Account) -> str:
    if not account.services:
        return '<p class="soft">An incident needs a service, and there is none yet.</p>'
    fields = (
        _select("Service", "service", _named(account.services))
        + _text("Title", "title", "The checkout is slow")
        + _select("Urgency", "urgency", [("high", "high"), ("low", "low: it does not climb")])
    )
    return _act("Trigger an incident", "trigger", fields, "Trigger it")


def _service_form(account: Account) -> str:
    if not account.escalation_policies:
        return '<p class="soft">A service needs an escalation policy, and there is none yet.</p>'
    fields = _text("Name", "name", "Checkout") + _select(
        "Escalation policy", "policy", _named(account.escalation_policies)
    )
    return _act("Make a service", "service", fields, "Make it")


def schedule(account: Account, item: Json, now: int) -> str:
    """Everything that can be done to one schedule by hand."""
    if item["type"] == schedules.UPGRADED:
        return (
            '<section class="panel"><h2>By hand</h2><p>This schedule is upgraded: it is a '
            "shift-based one now (schedule_v3), and there is no way back. The simulator does not "
            "know how such schedules are edited.</p></section>"
        )
    if not account.users:
        return ""
    parts = [
        _turn_form(account, item, now),
        _override_form(account, item, now),
        *_end_layer_forms(account, item, now),
        _act(
            "Upgrade to a shift-based schedule",
            "upgrade",
            _hidden(schedule=item["id"]) + _by(account),
            "Upgrade for good",
        ),
        _act(
            "Delete the schedule",
            "delete",
            _hidden(schedule=item["id"]) + _by(account),
            "Delete for good",
        ),
    ]
    return f'<section class="panel"><h2>By hand</h2>{"".join(parts)}</section>'


def remove_override(item: Json, override_id: str, label: str) -> str:
    """The button beside an override."""
    fields = _hidden(schedule=item["id"], override=override_id)
    button = f'<button aria-label="Remove {html.escape(label)}">Remove</button>'
    return _form("remove-override", fields + button, row=True)


def _turn_form(account: Account, item: Json, now: int) -> str:
    choices = list(_coming_turns(account, item, now))
    if not choices:
        return '<p class="soft">No layer has a turn to come.</p>'
    fields = (
        _hidden(schedule=item["id"])
        + _select("Turn", "turn", choices)
        + _select("New person", "user", _named(account.users))
        + _by(account)
    )
    note = "Every turn of that place in the layer’s list changes with it."
    return _act("Put somebody else into a layer", "turn", fields, "Change the layer", note=note)


def _coming_turns(account: Account, item: Json, now: int) -> Iterator[tuple[str, str]]:
    zone = times.zone_named(item["time_zone"])
    wall = timeline.manner(account.switches).wall_turns
    within = Window(now, now + _TURNS_AHEAD)
    for layer in _live(item, now):
        span = rendering.life(layer, within)
        if not layer["users"] or span.start >= span.end:
            continue
        for place, turn in rendering.turns(layer, zone=zone, within=span, wall=wall):
            user = account.users.get(turn.user)
            name = user["name"] if user else f"{turn.user} inactive"
            label = f"{page_frame.moment(turn.start, zone)}: {name} ({layer['name']})"
            yield f"{layer['id']}:{place}", label


def _live(item: Json, now: int) -> list[Json]:
    written = times.written_utc(now)
    return [layer for layer in item["layers"] if layer["end"] is None or layer["end"] > written]


def _override_form(account: Account, item: Json, now: int) -> str:
    zone = times.zone_named(item["time_zone"])
    hour = now - now % 3600 + 3600
    fields = (
        _hidden(schedule=item["id"])
        + _select("Person", "user", _named(account.users))
        + _minute("From", "start", page_frame.local_minute(hour, zone))
        + _minute("Until", "end", page_frame.local_minute(hour + 7200, zone))
        + _by(account)
    )
    note = f"Times of {html.escape(item['time_zone'])}."
    return _act("Add an override", "override", fields, "Add it", note=note)


def _end_layer_forms(account: Account, item: Json, now: int) -> Iterator[str]:
    live = [(layer["id"], layer["name"]) for layer in _live(item, now)]
    if live:
        fields = _hidden(schedule=item["id"]) + _select("Layer", "layer", live) + _by(account)
        yield _act("End a layer", "end-layer", fields, "End it now")


def _act(title: str, verb: str, fields: str, button: str, *, note: str = "") -> str:
    """A form behind its title, so that a page with many of them stays short."""
    said = f'<p class="soft">{note}</p>' if note else ""
    body = _form(verb, f"{fields}<button>{button}</button>")
    return f"<details><summary>{title}</summary>{said}{body}</details>"


def _form(verb: str, fields: str, *, row: bool = False) -> str:
    kind = ' class="row"' if row else ""
    return f'<form method="post" action="{page_frame.ACT_PATH}{verb}"{kind}>{fields}</form>'


def _hidden(**values: str) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in values.items()
    )


def _select(label: str, name: str, choices: Iterable[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{html.escape(value)}">{html.escape(text)}</option>'
        for value, text in choices
    )
    return _labelled(label, f'<select name="{name}" required id="{{id}}">{options}</select>')


def _text(label: str, name: str, value: str) -> str:
    field = (
        f'<input name="{name}" value="{html.escape(value)}" required maxlength="255" id="{{id}}">'
    )
    return _labelled(label, field)


def _minute(label: str, name: str, value: str) -> str:
    field = f'<input type="datetime-local" name="{name}" value="{value}" required id="{{id}}">'
    return _labelled(label, field)


def _labelled(label: str, field: str) -> str:
    made = f"field-{next(_numbers)}"
    return f'<label for="{made}">{label}</label>{field.replace("{id}", made)}'


def _by(account: Account) -> str:
    return _select("Done by", "by", _named(account.users))


def _named(items: Iterable[Json]) -> list[tuple[str, str]]:
    return [(item["id"], item["name"]) for item in items]
