"""Fetches and reads one calendar in a process of its own, which ends when it takes too much.

It is given nothing of the product's: no settings, no secrets, no database. In: one line of JSON,
then the file where one was chosen. Out: one JSON object.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import resource
import signal
import sys
from typing import Any

from common.fetching import FetchError, Rules, fetch
from volunteers.reading.calendar_days import CalendarUnreadableError, Zones, busy_days

CPU_SECONDS = 6
MEMORY_BYTES = 768 * 1024 * 1024
KINDS = {"text/calendar", "application/ics", "application/octet-stream", "text/plain", ""}


def main() -> int:
    """Answer the one request on stdin."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        raw = _fetched(asked) if asked["address"] else sys.stdin.buffer.read()
        answer: dict[str, Any] = {"days": _days(raw, asked)}
    except (FetchError, CalendarUnreadableError) as refusal:
        answer = {"refused": str(refusal)}
    sys.stdout.write(json.dumps(answer, default=str))
    return 0


def _fetched(asked: dict[str, Any]) -> bytes:
    rules = Rules(
        accept="text/calendar, text/plain;q=0.5",
        allows_local=asked["allows_local"],
        seconds=asked["seconds"],
    )
    # A server that sends a byte now and then resets the socket's clock, never this one.
    signal.signal(signal.SIGALRM, _too_late)
    signal.setitimer(signal.ITIMER_REAL, rules.seconds)
    try:
        found = fetch(asked["address"], rules=rules)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if found.content_type not in KINDS:
        raise FetchError(
            f"There is {_kind(found.content_type)} at this address, no calendar. "
            "Copy the address in iCal format from your calendar’s settings."
        )
    return found.body


def _kind(content_type: str) -> str:
    return "a web page" if content_type == "text/html" else "something else"


def _too_late(_number: int, _frame: object) -> None:
    raise TimeoutError


def _days(raw: bytes, asked: dict[str, Any]) -> list[dict[str, Any]]:
    found = busy_days(
        raw,
        zones=Zones(
            since=tuple((dt.date.fromisoformat(day), zone) for day, zone in asked["zones"])
        ),
        from_day=dt.date.fromisoformat(asked["from_day"]),
        until_day=dt.date.fromisoformat(asked["until_day"]),
    )
    return [dataclasses.asdict(each) for each in found]


if __name__ == "__main__":
    sys.exit(main())
