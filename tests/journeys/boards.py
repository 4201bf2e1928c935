"""The demo's published board, what PagerDuty shows of it, and the mails that were sent."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from typing import TYPE_CHECKING, Any

from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    import pathlib
    from email.message import EmailMessage

    from tests.api.client import HttpApi
    from tests.services.parts import RunningParts

SLUG = "platform-out-of-hours"
WEEK = dt.timedelta(weeks=1)
Cell = tuple[str, str]


def board_of(api: HttpApi) -> dict[Cell, str]:
    """Who holds each published week by level and week; nobody is empty."""
    shifts: list[Any] = api.get(f"rotations/{SLUG}/shifts/").expect(200)["shifts"]
    return {
        (each["level"], each["week_date"]): each["holder"]["name"] if each["holder"] else ""
        for each in shifts
    }


def is_in_pagerduty(demo: RunningParts, board: dict[Cell, str]) -> bool:
    """Whether the final schedules name the holder, and nobody else, in each week of the board."""
    simulated = Simulated(demo.sim_address)
    refs = {each["name"].split(": ")[-1]: each["id"] for each in simulated.schedules()}
    now = dt.datetime.fromisoformat(simulated.call("GET", "/_sim/time")["now"])
    for level, name in (("primary", "primary"), ("escalation", "level 2")):
        weeks = {
            dt.date.fromisoformat(week): holder
            for (each, week), holder in board.items()
            if each == level and dt.date.fromisoformat(week) > now.date()
        }
        shown = simulated.final(refs[name], _z(min(weeks)), _z(max(weeks) + WEEK))
        # In the evening of the handover's day the new holder is on call.
        for week, holder in weeks.items():
            evening = dt.datetime.combine(week, dt.time(22), dt.UTC)
            there = {
                who
                for who, start, end in shown
                if dt.datetime.fromisoformat(start) <= evening < dt.datetime.fromisoformat(end)
            }
            if there != {holder} - {""}:
                return False
    return True


def mails(demo: RunningParts, subject: str) -> list[str]:
    """The texts of the mails with these words in the subject."""
    folder: pathlib.Path = demo.options.data / "mail"
    messages = [
        message for path in sorted(folder.glob("*")) for message in _messages(path.read_bytes())
    ]
    bodies = [
        each.get_body(preferencelist=("plain",))
        for each in messages
        if subject in str(each["Subject"])
    ]
    return [body.get_content() for body in bodies if body is not None]


def now_of(demo: RunningParts) -> dt.datetime:
    """The demo's business time."""
    return dt.datetime.fromisoformat(Simulated(demo.sim_address).call("GET", "/_sim/time")["now"])


def _z(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _messages(content: bytes) -> list[EmailMessage]:
    """The mails of a file as Django's backend writes it: each ends in a line of 79 dashes."""
    parts = content.split(b"-" * 79 + b"\n")
    policy = email.policy.default
    return [email.message_from_bytes(part, policy=policy) for part in parts if part.strip()]
