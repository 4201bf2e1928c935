"""The doors under /_sim for whoever tests against the simulator; PagerDuty has none of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pagerduty_simulator import acts, clock, incident_hooks, page, page_frame, times
from pagerduty_simulator.faults import UnusableFaultError
from pagerduty_simulator.incident_engine import NotPossibleError
from pagerduty_simulator.seeds import UnusableStateError
from pagerduty_simulator.switches import SWITCHES, UnknownSwitchError
from pagerduty_simulator.wire import (
    Request,
    Response,
    UnusableRequestError,
    document,
    json_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pagerduty_simulator.simulator import Simulator


def answer(simulator: Simulator, request: Request) -> Response:
    """The answer of a hook or of a page; these stand in no journal and need no token."""
    if request.method not in {"GET", "HEAD"} and _is_foreign(request):
        return _problem(403, "Requests from pages of another origin are refused")
    method = "GET" if request.method == "HEAD" else request.method
    handler = _HANDLERS.get((method, request.path), _nothing)
    if method == "GET" and request.path.startswith(page_frame.SCHEDULE_PATH):
        handler = page.schedule_page
    if method == "POST" and request.path.startswith(page_frame.ACT_PATH):
        handler = acts.carry_out
    if method == "PUT" and request.path.startswith(incident_hooks.INCIDENT_PATH):
        handler = incident_hooks.change_incident
    try:
        return handler(simulator, request)
    except (
        UnusableRequestError,
        UnusableFaultError,
        UnusableStateError,
        UnknownSwitchError,
        NotPossibleError,
        clock.ClockFileError,
    ) as error:
        return _problem(500 if isinstance(error, clock.ClockFileError) else 400, str(error))


def is_hook(path: str) -> bool:
    """Whether the path is the simulator's own, not PagerDuty's."""
    return path in {"/", "/favicon.ico"} or path == "/_sim" or path.startswith("/_sim/")


def _is_foreign(request: Request) -> bool:
    """Whether a browser sends this for a page from elsewhere."""
    origin = request.headers.get("origin")
    return origin is not None and origin != request.base_url


def _problem(status: int, message: str) -> Response:
    return json_response(status, {"error": {"message": message}})


def _nothing(_simulator: Simulator, request: Request) -> Response:
    return _problem(404, f"There is no {request.method} {request.path}")


def _health(_simulator: Simulator, _request: Request) -> Response:
    return json_response(200, {"status": "ok"})


def _time(simulator: Simulator, _request: Request) -> Response:
    offset = simulator.clock.offset_seconds()
    real = int(clock.machine_now().timestamp())
    return json_response(
        200,
        {
            "now": times.written_utc(simulator.clock.now()),
            "real": times.written_utc(real),
            "offset_seconds": offset,
        },
    )


def _list_faults(simulator: Simulator, _request: Request) -> Response:
    return json_response(200, {"faults": simulator.faults.shown()})


def _add_fault(simulator: Simulator, request: Request) -> Response:
    fault = simulator.faults.add(document(request))
    return json_response(201, {"fault": fault.shown()})


def _clear_faults(simulator: Simulator, _request: Request) -> Response:
    simulator.faults.clear()
    return Response(status=204)


def _list_requests(simulator: Simulator, request: Request) -> Response:
    """All kept exchanges, oldest first; `after=N` leaves out the older ones.

    `format=jsonl` gives one exchange on each line.
    """
    query = request.query()
    after = query.get("after", ["0"])[-1]
    if not after.isdecimal():
        raise UnusableRequestError("after must be the number of an exchange")
    shown = [item.shown() for item in simulator.journal.exchanges() if item.number > int(after)]
    if query.get("format") == ["jsonl"]:
        lines = "".join(json.dumps(item) + "\n" for item in shown)
        headers = {"content-type": "application/x-ndjson"}
        return Response(status=200, headers=headers, body=lines.encode())
    forgotten = simulator.journal.forgotten()
    return json_response(200, {"requests": shown, "forgotten": forgotten})


def _clear_requests(simulator: Simulator, _request: Request) -> Response:
    simulator.journal.clear()
    return Response(status=204)


def _get_state(simulator: Simulator, _request: Request) -> Response:
    with simulator.lock:
        text = simulator.account.text()
    headers = {"content-type": "application/json; charset=utf-8"}
    return Response(status=200, headers=headers, body=text.encode())


def _put_state(simulator: Simulator, request: Request) -> Response:
    simulator.replace(document(request))
    return _get_state(simulator, request)


def _list_switches(simulator: Simulator, _request: Request) -> Response:
    with simulator.lock:
        values = simulator.account.switches.all()
    shown = {
        name: {
            "value": values[name],
            "default": switch.default,
            "others": list(switch.others),
            "question": switch.question,
        }
        for name, switch in SWITCHES.items()
    }
    return json_response(200, {"switches": shown})


def _put_switches(simulator: Simulator, request: Request) -> Response:
    wanted = document(request)
    with simulator.lock:
        simulator.account.switches.change(wanted)
        simulator.save()
    return _list_switches(simulator, request)


def _no_icon(_simulator: Simulator, _request: Request) -> Response:
    return Response(status=204)


_HANDLERS: dict[tuple[str, str], Callable[[Simulator, Request], Response]] = {
    ("GET", "/"): page.overview,
    ("GET", "/favicon.ico"): _no_icon,
    ("GET", "/_sim/style.css"): page_frame.style,
    ("GET", "/_sim/health"): _health,
    ("GET", "/_sim/time"): _time,
    ("GET", "/_sim/faults"): _list_faults,
    ("POST", "/_sim/faults"): _add_fault,
    ("DELETE", "/_sim/faults"): _clear_faults,
    ("GET", "/_sim/requests"): _list_requests,
    ("DELETE", "/_sim/requests"): _clear_requests,
    ("GET", "/_sim/state"): _get_state,
    ("PUT", "/_sim/state"): _put_state,
    ("GET", "/_sim/switches"): _list_switches,
    ("PUT", "/_sim/switches"): _put_switches,
    ("POST", "/_sim/incidents"): incident_hooks.trigger_incident,
    ("POST", "/_sim/webhook"): incident_hooks.send_events,
    ("GET", "/_sim/webhooks"): incident_hooks.list_attempts,
}
