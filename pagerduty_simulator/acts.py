"""What a person does by hand on the simulator's pages: plain forms, and back to the page."""

from __future__ import annotations

import html
import urllib.parse
from typing import TYPE_CHECKING

from pagerduty_simulator import (
    incident_engine,
    incident_hooks,
    overrides,
    page_frame,
    refusals,
    schedules,
    services,
    times,
)
from pagerduty_simulator.exchange import Author, Call
from pagerduty_simulator.wire import Request, Response, UnusableRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pagerduty_simulator.simulator import Simulator
    from pagerduty_simulator.state import Account, Json

Form = dict[str, str]


def carry_out(simulator: Simulator, request: Request) -> Response:
    """Do what the form asks, then show the page it came from; a refusal says why."""
    verb = request.path.removeprefix(page_frame.ACT_PATH)
    act = _ACTS.get(verb)
    if act is None:
        raise UnusableRequestError(f"there is no act {verb!r}")
    form = request.form()
    schedule_id = form.get("schedule")
    back = f"{page_frame.SCHEDULE_PATH}{urllib.parse.quote(schedule_id)}" if schedule_id else "/"
    try:
        with simulator.lock:
            now = simulator.clock.now()
            incident_engine.advance(simulator.account, now)
            act(simulator.account, _call(simulator.account, form, request, now), form)
            simulator.save()
    except (refusals.RefusedError, incident_engine.NotPossibleError) as error:
        return _refused(error, back)
    place = "/" if verb == "delete" else back
    return Response(status=303, headers={"location": f"{place}?done={verb}"})


def _refused(error: Exception, back: str) -> Response:
    reasons = error.reasons if isinstance(error, refusals.RefusedError) else ()
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in reasons or (str(error),))
    body = f'<h1>That is not possible</h1><ul>{lines}</ul><p><a href="{back}">Back</a></p>'
    return page_frame.page("Not possible – PagerDuty simulator", body, status=400)


def _call(account: Account, form: Form, request: Request, now: int) -> Call:
    user = account.users.get(form.get("by")) or next(iter(account.users), None)
    author = Author(method="browser")
    if user:
        author = Author(id=user["id"], kind="user", summary=user["name"], method="browser")
    return Call(method="POST", path=request.path, now=now, base_url=request.base_url, author=author)


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "").strip()
    if not value:
        raise refusals.invalid(f"{name} is needed")
    return value


def _trigger(account: Account, call: Call, form: Form) -> None:
    incident_engine.trigger(
        account,
        service_id=_needed(form, "service"),
        title=_needed(form, "title"),
        urgency=form.get("urgency", "high"),
        at=call.now,
    )


def _incident(account: Account, call: Call, form: Form) -> None:
    incident_hooks.carry_out(
        account,
        _needed(form, "incident"),
        status=_needed(form, "status"),
        by=form.get("by"),
        at=call.now,
    )


def _service(account: Account, call: Call, form: Form) -> None:
    policy = {"id": _needed(form, "policy"), "type": "escalation_policy_reference"}
    wanted = {"name": _needed(form, "name"), "escalation_policy": policy}
    services.create_service(account, _with_body(call, {"service": wanted}))


def _with_body(call: Call, body: Json) -> Call:
    return Call(
        method="POST",
        path=call.path,
        body=body,
        now=call.now,
        base_url=call.base_url,
        author=call.author,
    )


def _turn(account: Account, call: Call, form: Form) -> None:
    """Another person in one place of a layer's list."""
    layer_id, _, place = _needed(form, "turn").partition(":")
    user = _needed(form, "user")
    if user not in account.users:
        raise refusals.invalid(f"User {user} not found")

    def changed(layer: Json) -> Json:
        people = list(layer["users"])
        if not place.isdecimal() or int(place) >= len(people):
            raise refusals.invalid("turn is not one of the layer's")
        people[int(place)] = user
        return {**layer, "users": people}

    _change_layer(account, call, form, layer_id, changed)


def _end_layer(account: Account, call: Call, form: Form) -> None:
    def changed(layer: Json) -> Json:
        return {**layer, "end": times.written_utc(call.now)}

    _change_layer(account, call, form, _needed(form, "layer"), changed)


def _change_layer(
    account: Account, call: Call, form: Form, layer_id: str, changed: Callable[[Json], Json]
) -> None:
    schedule_id = _needed(form, "schedule")
    schedule = account.schedules.get(schedule_id)
    old = schedule["layers"] if schedule else []
    if layer_id not in {layer["id"] for layer in old}:
        raise refusals.invalid(f"there is no layer {layer_id!r} in this schedule")
    fresh = [changed(layer) if layer["id"] == layer_id else layer for layer in old]
    schedules.change_by_hand(account, call, schedule_id, layers=fresh)


def _override(account: Account, call: Call, form: Form) -> None:
    """Times without an offset are those of the schedule's zone."""
    user = {"id": _needed(form, "user"), "type": "user_reference"}
    item = {"start": _needed(form, "start"), "end": _needed(form, "end"), "user": user}
    asked = _with_body(call, {"overrides": [item]})
    reply = overrides.create_overrides(account, asked, _needed(form, "schedule"))
    refused = [error for made in reply.body for error in made.get("errors", [])]
    if refused:
        raise refusals.invalid(*refused)


def _remove_override(account: Account, call: Call, form: Form) -> None:
    overrides.delete_override(account, call, _needed(form, "schedule"), _needed(form, "override"))


def _upgrade(account: Account, call: Call, form: Form) -> None:
    schedules.change_by_hand(account, call, _needed(form, "schedule"), type=schedules.UPGRADED)


def _delete(account: Account, call: Call, form: Form) -> None:
    schedules.delete_schedule(account, call, _needed(form, "schedule"))


_ACTS: dict[str, Callable[[Account, Call, Form], None]] = {
    "trigger": _trigger,
    "incident": _incident,
    "service": _service,
    "turn": _turn,
    "end-layer": _end_layer,
    "override": _override,
    "remove-override": _remove_override,
    "upgrade": _upgrade,
    "delete": _delete,
}
