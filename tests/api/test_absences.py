from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from tests import builders
from tests.builders import NEXT_WEEK
from volunteers.models import Absence

if TYPE_CHECKING:
    from tests.api.people import Cast

EFFECT = "absences/effect/"


@pytest.fixture
def shift_id(cast: Cast) -> int:
    level = builders.level_of(cast.rotation)
    return builders.make_shift(level=level, week_date=NEXT_WEEK, holder=cast.ben).pk


def test_the_answer_names_published_weeks_with_the_part_to_ask_cover_for(
    cast: Cast, shift_id: int
) -> None:
    made = cast.api("ben").post("absences/", first_day="2026-12-02", last_day="2026-12-02")

    assert made.expect(201)["published_weeks"] == [
        {
            "shift": shift_id,
            "rotation": "core",
            "level": "primary",
            "week": "2026-11-30",
            "is_running": False,
            "parts": [{"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-03T00:00:00Z"}],
            "asked": [],
        }
    ]


def test_a_part_of_the_answer_is_taken_by_the_route_that_asks_for_cover(
    cast: Cast, shift_id: int
) -> None:
    builders.make_term(team=cast.team, engineer=cast.carla, starts_on=NEXT_WEEK - 4 * builders.WEEK)
    ben = cast.api("ben")
    made = ben.post("absences/", first_day="2026-12-02", last_day="2026-12-02").expect(201)
    part = made["published_weeks"][0]["parts"][0]

    ben.post(f"shifts/{shift_id}/cover-requests/", **part).expect(201)

    assert ben.all("absences/")[0]["published_weeks"][0]["asked"] == [part]


def test_before_entering_days_their_effect_is_told_and_nothing_is_written(
    cast: Cast, shift_id: int
) -> None:
    effect = cast.api("ben").get(EFFECT, first_day="2026-12-02", last_day="2026-12-09").expect(200)

    assert [(each["week"], each["is_held"]) for each in effect["blocked_weeks"]] == [
        ("2026-11-30", True),
        ("2026-12-07", False),
    ]
    assert [each["shift"] for each in effect["published_weeks"]] == [shift_id]
    assert not Absence.objects.exists()


def test_the_effect_of_impossible_days_is_refused_by_field(cast: Cast) -> None:
    ben = cast.api("ben")

    backwards = ben.get(EFFECT, first_day="2026-12-30", last_day="2026-12-29").expect(400)
    too_long = ben.get(EFFECT, first_day="2026-12-01", last_day="2028-12-01").expect(400)
    no_day = ben.get(EFFECT, first_day="soon").expect(400)

    assert list(backwards["fields"]) == list(too_long["fields"]) == ["last_day"]
    assert list(no_day["fields"]) == ["first_day"]


def test_nobody_reads_anothers_weeks_in_the_effect_of_their_own_days(
    cast: Cast, shift_id: int
) -> None:
    del shift_id

    effect = (
        cast.api("carla").get(EFFECT, first_day="2026-12-02", last_day="2026-12-03").expect(200)
    )

    assert (effect["blocked_weeks"], effect["published_weeks"]) == ([], [])


def test_an_absence_that_is_over_is_listed_without_weeks(cast: Cast) -> None:
    builders.make_absence(
        engineer=cast.ben, starts_on=dt.date(2026, 1, 5), ends_on=dt.date(2026, 1, 7)
    )

    listed = cast.api("ben").all("absences/")

    assert [(each["first_day"], each["published_weeks"]) for each in listed] == [("2026-01-05", [])]


CALENDAR = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Skiing\nDTSTART;VALUE=DATE:20261202\n"
    "END:VEVENT\nEND:VCALENDAR\n"
)


def test_busy_days_of_a_calendar_are_answered_and_none_is_saved(cast: Cast, shift_id: int) -> None:
    answer = cast.api("ben").post("absences/busy-days/", text=CALENDAR).expect(200)

    assert answer["days"] == [
        {
            "first_day": "2026-12-02",
            "last_day": "2026-12-02",
            "title": "Skiing",
            "is_likely": True,
            "published_weeks": [shift_id],
        }
    ]
    assert not Absence.objects.exists()


def test_what_cannot_be_read_is_refused_by_field(cast: Cast) -> None:
    ben = cast.api("ben")

    private = ben.post("absences/busy-days/", address="https://10.0.0.1/a.ics").expect(400)
    broken = ben.post("absences/busy-days/", text="x").expect(400)

    assert (private["code"], list(private["fields"])) == ("CALENDAR_UNREADABLE", ["address"])
    assert list(broken["fields"]) == ["text"]
