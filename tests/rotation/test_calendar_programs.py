"""Feeds as calendar programs read them, over both clock changes in Dublin and San Francisco."""

from __future__ import annotations

import datetime as dt
import pathlib
import subprocess
import sys
import zoneinfo
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.domain.calendar_feeds import Held
from rotation.models import Shift
from tests import builders
from tests.builders import WEEK
from tests.rotation.calendars import bytes_of, events_of, make_feed, tell, times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import CalendarFeed

pytestmark = pytest.mark.django_db
BEFORE = dt.datetime(2026, 10, 1, 9, 0, tzinfo=dt.UTC)
AFTERWARDS = BEFORE + dt.timedelta(minutes=15)
DUBLIN, FRANCISCO = "Europe/Dublin", "America/Los_Angeles"
KHAL = pathlib.Path(sys.executable).with_name("khal")
# The handovers of the weeks around each clock change: of Dublin, then of San Francisco.
WEEKS = {
    DUBLIN: [dt.date(2026, 10, 19), dt.date(2026, 10, 26), dt.date(2027, 3, 22)],
    FRANCISCO: [dt.date(2026, 10, 26), dt.date(2027, 3, 8), dt.date(2027, 3, 15)],
}
# What the wall clocks show at the start and at the end of these weeks.
SHOWN = {
    (DUBLIN, DUBLIN): [
        ("2026-10-19 12:00", "2026-10-26 12:00"),
        ("2026-10-26 12:00", "2026-11-02 12:00"),
        ("2027-03-22 12:00", "2027-03-29 12:00"),
    ],
    (DUBLIN, FRANCISCO): [
        ("2026-10-19 04:00", "2026-10-26 05:00"),
        ("2026-10-26 05:00", "2026-11-02 04:00"),
        ("2027-03-22 05:00", "2027-03-29 04:00"),
    ],
    (FRANCISCO, DUBLIN): [
        ("2026-10-26 19:00", "2026-11-02 20:00"),
        ("2027-03-08 20:00", "2027-03-15 19:00"),
        ("2027-03-15 19:00", "2027-03-22 19:00"),
    ],
    (FRANCISCO, FRANCISCO): [
        ("2026-10-26 12:00", "2026-11-02 12:00"),
        ("2027-03-08 12:00", "2027-03-15 12:00"),
        ("2027-03-15 12:00", "2027-03-22 12:00"),
    ],
}
CONFIG = """
[calendars]
[[rota]]
path = {folder}/rota
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = rota
"""


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(BEFORE, tick=False):
        yield


def _feed(zone: str, name: str = "Ben") -> CalendarFeed:
    """Ben's calendar, who carries the weeks around the clock changes in a rotation of that zone."""
    rotation = builders.make_rotation(time_zone=zone)
    ben = builders.make_engineer(name=name, email="ben@example.com")
    for week_date in WEEKS[zone]:
        builders.make_shift(level=builders.level_of(rotation), week_date=week_date, holder=ben)
    tell(BEFORE)
    return make_feed(ben)


class Khal:
    """A real khal with a folder of its own, for somebody in a zone."""

    def __init__(self, folder: pathlib.Path, zone: str) -> None:
        (folder / "rota").mkdir(parents=True)
        self._folder = folder
        self._config = folder / "config"
        self._config.write_text(CONFIG.format(folder=folder, zone=zone), encoding="utf-8")

    def take(self, written: bytes) -> str:
        """What it says while it imports the file; empty when it has no complaint."""
        path = self._folder / "feed.ics"
        path.write_bytes(written)
        return self._run("import", "--batch", "-a", "rota", str(path))

    def shown(self, first: dt.date, days: int) -> list[str]:
        """Each event once: title, start and end on the wall clock, state."""
        form = "{title}|{start-long-full}|{end-long-full}|{status}"
        told = self._run(
            "list", "--once", "--day-format", "", "--format", form, first.isoformat(), f"{days}d"
        )
        return [line.strip() for line in told.splitlines() if line.strip()]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [KHAL, "--config", self._config, *arguments],
            env={"HOME": str(self._folder), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr if arguments[0] == "import" else done.stdout


@pytest.mark.parametrize(("rotation_zone", "reader_zone"), SHOWN)
def test_khal_shows_each_week_at_the_readers_wall_clock(
    rotation_zone: str, reader_zone: str, tmp_path: pathlib.Path
) -> None:
    khal = Khal(tmp_path / "khal", reader_zone)

    assert khal.take(bytes_of(_feed(rotation_zone))) == ""

    shown = khal.shown(dt.date(2026, 10, 1), 200)
    assert shown == [
        f"On call: Core, primary|{first}|{last}|CONFIRMED"
        for first, last in SHOWN[rotation_zone, reader_zone]
    ]


@pytest.mark.parametrize(("rotation_zone", "reader_zone"), SHOWN)
def test_the_library_reads_the_same_instants(rotation_zone: str, reader_zone: str) -> None:
    events = events_of(_feed(rotation_zone))
    zone = zoneinfo.ZoneInfo(reader_zone)

    shown = [
        tuple(f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in times(event)) for event in events
    ]

    assert shown == SHOWN[rotation_zone, reader_zone]


def test_a_week_with_a_clock_change_has_its_true_length() -> None:
    lengths = [last - first for first, last in map(times, events_of(_feed(DUBLIN)))]

    hour = dt.timedelta(hours=1)
    assert lengths == [WEEK + hour, WEEK, WEEK - hour]


def test_the_hour_that_comes_twice_is_told_apart(tmp_path: pathlib.Path) -> None:
    feed = _feed(DUBLIN)
    shift = Shift.objects.order_by("starts_at")[0]
    # 01:30 is there twice on 25 October; the cover begins at the second.
    second = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    dora = builders.make_engineer(name="Dora")
    builders.make_cover(
        shift=shift, from_engineer=feed.engineer, to_engineer=dora, starts_at=second
    )
    tell(AFTERWARDS)
    doras = make_feed(dora)

    (event,) = events_of(doras)
    khal = Khal(tmp_path / "khal", FRANCISCO)
    khal.take(bytes_of(doras))

    assert times(event) == (second, shift.ends_at)
    assert khal.shown(dt.date(2026, 10, 20), 14) == [
        "On call: Core, primary|2026-10-24 18:30|2026-10-26 05:00|CONFIRMED"
    ]


def test_khal_replaces_an_event_by_its_name_when_it_comes_again(tmp_path: pathlib.Path) -> None:
    feed = _feed(DUBLIN)
    khal = Khal(tmp_path / "khal", DUBLIN)
    khal.take(bytes_of(feed))
    shift = Shift.objects.order_by("starts_at")[0]
    dora = builders.make_engineer(name="Dora")
    builders.make_cover(shift=shift, from_engineer=feed.engineer, to_engineer=dora)
    tell(AFTERWARDS)

    khal.take(bytes_of(feed))

    assert khal.shown(dt.date(2026, 10, 19), 3) == [
        "Cancelled: On call: Core, primary|2026-10-19 12:00|2026-10-26 12:00|CANCELLED"
    ]


def test_khal_reads_names_with_any_letters(tmp_path: pathlib.Path) -> None:
    name = "Zoë 👩‍👩‍👧‍👦 O’Núñez; \\ 名前, third"
    mine = _feed(DUBLIN, name=name)
    whole = make_feed(mine.engineer, Held(level_id=Shift.objects.all()[0].level_id))
    khal = Khal(tmp_path / "khal", DUBLIN)

    assert khal.take(bytes_of(whole)) == ""

    shown = khal.shown(dt.date(2026, 10, 19), 3)
    assert shown == [f"{name} on call: Core, primary|2026-10-19 12:00|2026-10-26 12:00|CONFIRMED"]
