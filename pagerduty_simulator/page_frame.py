"""What all pages have in common: head, frame, the words after an act."""

from __future__ import annotations

import datetime as dt
import html
import pathlib
import urllib.parse
from typing import TYPE_CHECKING

from pagerduty_simulator.wire import Request, Response

if TYPE_CHECKING:
    from pagerduty_simulator.simulator import Simulator
    from pagerduty_simulator.state import Account, Json

SCHEDULE_PATH = "/_sim/schedules/"
ACT_PATH = "/_sim/act/"
NOTICE = (
    '<p class="notice">This is a simulator, not PagerDuty. '
    "It answers like PagerDuty's API and pages nobody.</p>"
)
HOME = '<p><a href="/">All schedules</a></p>'

_STYLE = pathlib.Path(__file__).with_name("style.css").read_bytes()
# With no referrer at all a form's request would name no origin either.
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
_DONE = {
    "trigger": "The incident is open.",
    "incident": "The incident is changed.",
    "service": "The service is made.",
    "turn": "The layer is changed, from now on.",
    "end-layer": "The layer has ended.",
    "override": "The override is added.",
    "remove-override": "The override is removed.",
    "upgrade": "The schedule is upgraded.",
    "delete": "The schedule is deleted.",
}


def style(_simulator: Simulator, _request: Request) -> Response:
    """The pages' one style sheet."""
    return Response(
        status=200,
        headers={"content-type": "text/css; charset=utf-8", "cache-control": "no-cache"},
        body=_STYLE,
    )


def page(title: str, body: str, *, status: int = 200) -> Response:
    """A whole page around its body, which is HTML; the title is text."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>"
        '<link rel="stylesheet" href="/_sim/style.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )
    return Response(status=status, headers=dict(_HEADERS), body=text.encode("utf-8", "replace"))


def said(request: Request) -> str:
    """One sentence after an act; nothing otherwise."""
    sentence = _DONE.get(request.query().get("done", [""])[-1])
    return f'<p class="said" role="status">{sentence}</p>' if sentence else ""


def moment(at: int, zone: dt.tzinfo) -> str:
    """Weekday, date and minute."""
    return dt.datetime.fromtimestamp(at, tz=zone).strftime("%a %-d %b %Y %H:%M")


def local_minute(at: int, zone: dt.tzinfo) -> str:
    """The instant as a field of type datetime-local shows it."""
    return dt.datetime.fromtimestamp(at, tz=zone).strftime("%Y-%m-%dT%H:%M")


def person(account: Account, user_id: str) -> str:
    """A user's name; a deleted one is inactive, as PagerDuty says it."""
    user = account.users.get(user_id)
    return f"<bdi>{html.escape(user['name'])}</bdi>" if user else f"{html.escape(user_id)} inactive"


def link(schedule: Json) -> str:
    """A link to the schedule's page."""
    address = SCHEDULE_PATH + urllib.parse.quote(schedule["id"], safe="")
    return f'<a href="{address}"><bdi>{html.escape(schedule["name"])}</bdi></a>'
