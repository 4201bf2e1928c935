"""Scenarios that nobody thought of, in the form of the file."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.compensation.scenarios import Scenario

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
# Weeks across a clock change, a leap day, the ends of a month and of a year, and an ordinary one.
MONDAYS = ("2026-03-23", "2026-06-08", "2026-10-19", "2026-12-21", "2028-02-21")
ZONES = ("Europe/London", "America/Los_Angeles", "Asia/Kolkata", "Africa/Cairo")
PEOPLE = ("ana", "ben", "chi")
OFFICES = {"LON": "GBP", "TYO": "JPY", "KWI": "KWD"}
Cover = dict[str, Any]


def wall(zone: str, text: str) -> dt.datetime:
    """The instant of a wall time, the first where it comes twice."""
    return (
        dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
    )


@st.composite
def covers(
    draw: st.DrawFn, zone: str, start: str, handover: str, *, nobody: bool = False
) -> list[Cover]:
    """Up to three covers inside the week, to the minute, as the wall clock shows them."""
    first = wall(zone, f"{start}T{handover}")
    last = wall(zone, f"{dt.date.fromisoformat(start) + 7 * DAY}T{handover}")
    length = (last - first) // MINUTE
    found = []
    people = (*PEOPLE, None) if nobody else PEOPLE
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, length - 1))
        end = draw(st.integers(begin + 1, length))
        times = [
            (first + offset * MINUTE).astimezone(zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
            for offset in (begin, end)
        ]
        # A time that comes twice means the first, so that the end may come before the start.
        if first <= wall(zone, times[0]) < wall(zone, times[1]) <= last:
            person = draw(st.sampled_from(people))
            found.append({"person": person, "from": times[0], "to": times[1]})
    return found


@st.composite
def random_scenarios(draw: st.DrawFn) -> Scenario:
    """Two weeks that are worked, perhaps cancelled, closed and corrected up to three times."""
    zone = draw(st.sampled_from(ZONES))
    handover = draw(st.sampled_from(("00:00", "09:00", "12:30")))
    starts = [draw(st.sampled_from(MONDAYS))]
    starts.append((dt.date.fromisoformat(starts[0]) + 7 * DAY).isoformat())
    days = [(dt.date.fromisoformat(starts[0]) + number * DAY).isoformat() for number in range(15)]
    offices = {
        name: {
            "currency": currency,
            "holidays": sorted(draw(st.sets(st.sampled_from(days), max_size=2))),
        }
        for name, currency in OFFICES.items()
    }
    people = {
        name: {
            "employee_id": f"000{number}",
            "office": draw(st.sampled_from(sorted(OFFICES))),
            "cost_centre": "CC10",
        }
        for number, name in enumerate(PEOPLE)
    }
    shifts = [
        _shift(draw, f"S{number}", zone, start, handover)
        for number, start in enumerate(starts, start=1)
    ]
    return {
        "offices": offices,
        "people": people,
        "rates": [_rate(draw, office) for office in OFFICES],
        "rotation": {
            "id": "CORE",
            "tz": zone,
            "handover": ["MON", handover],
            "windows": draw(st.sampled_from(["continuous", {"business": ["09:00", "17:30"]}])),
            "holiday_calendar": draw(st.sampled_from(["", "LON"])),
            "level2_paid": False,
        },
        "shifts": shifts,
        "events": _events(draw, zone, handover, starts),
    }


def _rate(draw: st.DrawFn, office: str) -> dict[str, Any]:
    return {
        "version": f"{office}-v1",
        "office": office,
        "level": 1,
        "effective_from": "2026-01-01",
        "weekly": draw(st.integers(0, 200_000)),
        "holiday": draw(st.integers(0, 20_000)),
    }


def _shift(draw: st.DrawFn, name: str, zone: str, start: str, handover: str) -> dict[str, Any]:
    shift: dict[str, Any] = {
        "id": name,
        "level": 1,
        "start": start,
        "holder": draw(st.sampled_from((*PEOPLE, None))),
        "covers": draw(covers(zone, start, handover)),
    }
    if draw(st.integers(0, 3)) == 0:
        at = wall(zone, f"{start}T{handover}") + draw(st.integers(-500, 10_000)) * MINUTE
        here = at.astimezone(zoneinfo.ZoneInfo(zone))
        shift["cancelled_at"] = here.strftime("%Y-%m-%dT%H:%M")
    return shift


def _events(draw: st.DrawFn, zone: str, handover: str, starts: list[str]) -> list[dict[str, Any]]:
    last = wall(zone, f"{dt.date.fromisoformat(starts[1]) + 7 * DAY}T{handover}")
    events = [_event(last, "process")] * draw(st.integers(1, 2))
    now = (last.replace(day=1) + 65 * DAY).replace(hour=0, minute=0)
    if draw(st.booleans()):
        events.append(_event(now, "close", period=starts[0][:7]))
    for number in range(draw(st.integers(0, 3))):
        shift = draw(st.sampled_from((0, 1)))
        events.append(
            _event(
                now + (number + 1) * MINUTE,
                "correct",
                shift=f"S{shift + 1}",
                covers=draw(covers(zone, starts[shift], handover, nobody=True)),
                proposed_by="mia",
                approved_by="fin",
            )
        )
    return [*events, _event(now + DAY, "process")]


def _event(at: dt.datetime, do: str, **more: Any) -> dict[str, Any]:
    return {"at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "do": do, **more}
