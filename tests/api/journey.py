"""The main job through the API alone: steps for any copy of the product that answers over HTTP."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.api.client import Api

LEVELS = ("primary", "escalation")
MOST_LOOKS = 240
Piece = tuple[str, dt.datetime, dt.datetime]


class World(Protocol):
    """What stands around the product: workers, PagerDuty, time."""

    def let_work(self) -> None:
        """Give the workers a moment: in the process run what waits, outside just wait."""

    def move_clock(self, instant: dt.datetime) -> None:
        """Make it that time for every part."""

    def now(self) -> dt.datetime:
        """The business time of the moment."""

    def shown(self, ref: str, since: dt.datetime, until: dt.datetime) -> list[Piece]:
        """PagerDuty's final schedule with that id as (name, start, end), in order of time."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """One rotation, seen by a manager of its team and by finance."""

    slug: str
    manager: Api
    finance: Api
    world: World

    @property
    def at(self) -> str:
        """The path of the rotation."""
        return f"rotations/{self.slug}/"

    def wait(self, api: Api, path: str, condition: Callable[[Any], object]) -> Any:
        """The body at the path once the condition holds; the test fails when it never does."""
        body = None
        for _look in range(MOST_LOOKS):
            body = api.get(path).expect(200)
            if condition(body):
                return body
            self.world.let_work()
        raise AssertionError(f"{path} stays at {body}")

    def join(self, engineer: Api, *, weeks_away: Sequence[str] = ()) -> int:
        """Somebody applies from the next handover on and is accepted; gives the term's id.

        The team may grow beyond its size, which the team's other people may have filled.
        """
        start = engineer.get(f"{self.at}handovers/").expect(200)["handovers"][0]["week_date"]
        team = engineer.get(self.at).expect(200)["team"]["slug"]
        sent = engineer.post(
            "applications/",
            team=team,
            motivation="I would like to help at night.",
            earliest_start_on=start,
            unsuitable_weeks=list(weeks_away),
            told_own_manager="yes",
        ).expect(201)
        path = f"applications/{sent['id']}/accept/"
        accepted = self.manager.post(path, starts_on=start, above_target=True).expect(200)
        term: int = accepted["term"]
        assert accepted["state"] == engineer.get(f"applications/{sent['id']}/").body["state"]
        return term

    def publish(self, *, weeks: int) -> int:
        """A draft of that many weeks becomes the schedule; gives its version."""
        asked = self.manager.post(f"{self.at}drafts/", weeks=weeks).expect(201)
        path = f"drafts/{asked['id']}/"
        draft = self.wait(self.manager, path, lambda body: body["state"] not in UNSOLVED)
        assert (draft["state"], draft["failure"]) == ("ready", "")
        done = self.manager.post(f"{path}publish/", escalation_gaps_confirmed=True).expect(200)
        version: int = done["schedule_version"]
        return version

    def expect_in_pagerduty(self, *, weeks: int) -> None:
        """PagerDuty's final schedule is the stints of the coming weeks, to the second."""
        rotation = self.wait(self.manager, self.at, _is_in_line)
        refs = {each["level"]: each["schedule_ref"] for each in rotation["pagerduty"]["levels"]}
        shifts = self.shifts(weeks=weeks)
        now = self.world.now()
        until = max(instant(shift["ends_at"]) for shift in shifts)
        for level in LEVELS:
            wanted = on_call(shifts, level, since=now)
            assert wanted or level == "escalation"
            assert joined(self.world.shown(refs[level], now, until)) == wanted

    def shifts(self, *, weeks: int) -> list[Any]:
        """The published weeks from the running one on."""
        today = self.world.now().date() - dt.timedelta(days=7)
        body = self.manager.call(
            "GET",
            f"{self.at}shifts/",
            **{"from": today.isoformat(), "until": str(today + dt.timedelta(weeks=weeks + 2))},
        ).expect(200)
        found: list[Any] = body["shifts"]
        return found

    def close(self, month: str) -> list[dict[str, str]]:
        """Finance closes the month once every week of it is paid; gives the file's rows.

        Months before it that nobody has closed yet, as on the first days of one, are closed first.
        """
        path = f"periods/{month}/"
        listed = self.wait(self.finance, "periods/", lambda body: month in _months(body))
        earlier = max((each for each in _open(listed) if each < month), default=None)
        if earlier is not None:
            self.close(earlier)
        self.wait(self.finance, path, lambda body: all(each["passes"] for each in body["checks"]))
        closed = self.finance.post(f"{path}close/").expect(200)
        assert closed["state"] == "closed"
        first, second = (self.finance.get(f"{path}exports/detail/") for _time in range(2))
        assert first.raw == second.raw
        stored = {(each["layout"], each["format"]): each["sha256"] for each in closed["exports"]}
        assert first.headers["x-checksum-sha256"] == stored["detail", "csv"]
        return list(csv.DictReader(io.StringIO(first.raw.decode())))


UNSOLVED = {"queued", "solving"}


def _is_in_line(rotation: Any) -> bool:
    return bool(rotation["pagerduty"]["state"] == "in_line")


def _months(periods: Any) -> set[str]:
    return {each["period"] for each in periods["results"]}


def _open(periods: Any) -> set[str]:
    return {each["period"] for each in periods["results"] if each["state"] == "open"}


def instant(text: str) -> dt.datetime:
    """An instant of the API, in UTC."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def on_call(shifts: Sequence[Any], level: str, *, since: dt.datetime) -> list[Piece]:
    """A level's on-call time from an instant on by name, touching pieces of one person joined."""
    return joined(
        [
            (piece["engineer"]["name"], max(instant(piece["starts_at"]), since), end)
            for shift in shifts
            if shift["level"] == level
            for piece in shift["on_call"]
            if piece["engineer"] is not None and (end := instant(piece["ends_at"])) > since
        ]
    )


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """In order of time, touching pieces of one person as one."""
    row: list[Piece] = []
    for who, starts_at, ends_at in sorted(pieces, key=lambda piece: piece[1]):
        if row and row[-1][0] == who and row[-1][2] == starts_at:
            row[-1] = (who, row[-1][1], ends_at)
        else:
            row.append((who, starts_at, ends_at))
    return row
