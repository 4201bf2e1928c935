"""Handoffs and restrictions over clock changes, each as a table of expected entries."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import ANNA, BEN, created, layer, lines, rendered

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

NIGHT = {"type": "daily_restriction", "start_time_of_day": "18:00:00", "duration_seconds": 50_400}
WEEKEND = {
    "type": "weekly_restriction",
    "start_day_of_week": 5,
    "start_time_of_day": "18:00:00",
    "duration_seconds": 223_200,
}
# Two nights into the hour that is shown twice or not at all.
INTO_THE_CHANGE = {
    "type": "daily_restriction",
    "start_time_of_day": "22:00:00",
    "duration_seconds": 12_600,
}


@pytest.mark.parametrize(
    ("zone", "start", "clock", "expected"),
    [
        (
            "Europe/London",
            "2027-10-25T11:00:00Z",
            "wall_clock",
            [
                f"2027-10-25T12:00:00+01:00 2027-11-01T12:00:00+00:00 {ANNA}",
                f"2027-11-01T12:00:00+00:00 2027-11-08T12:00:00+00:00 {BEN}",
            ],
        ),
        (
            "Europe/London",
            "2027-10-25T11:00:00Z",
            "fixed_seconds",
            [
                f"2027-10-25T12:00:00+01:00 2027-11-01T11:00:00+00:00 {ANNA}",
                f"2027-11-01T11:00:00+00:00 2027-11-08T11:00:00+00:00 {BEN}",
            ],
        ),
        (
            "Europe/Dublin",
            "2027-03-22T12:00:00Z",
            "wall_clock",
            [
                f"2027-03-22T12:00:00+00:00 2027-03-29T12:00:00+01:00 {ANNA}",
                f"2027-03-29T12:00:00+01:00 2027-04-05T12:00:00+01:00 {BEN}",
            ],
        ),
        (
            "America/Los_Angeles",
            "2027-11-01T19:00:00Z",
            "wall_clock",
            [
                f"2027-11-01T12:00:00-07:00 2027-11-08T12:00:00-08:00 {ANNA}",
                f"2027-11-08T12:00:00-08:00 2027-11-15T12:00:00-08:00 {BEN}",
            ],
        ),
    ],
)
def test_weekly_turns_over_a_clock_change(
    simulator: RunningSimulator, zone: str, start: str, clock: str, expected: list[str]
) -> None:
    simulator.set_switches(turns=clock)
    made = created(simulator, layer(ANNA, BEN, start=start), time_zone=zone)

    shown = rendered(simulator, made["id"], start, "2028-01-01")

    assert lines(shown["final_schedule"])[:2] == expected


@pytest.mark.parametrize(
    ("restriction", "clock", "since", "until", "expected"),
    [
        (
            WEEKEND,
            "wall_clock",
            "2027-10-29",
            "2027-11-02",
            [f"2027-10-29T18:00:00+01:00 2027-11-01T08:00:00+00:00 {ANNA}"],
        ),
        (
            WEEKEND,
            "fixed_seconds",
            "2027-10-29",
            "2027-11-02",
            [f"2027-10-29T18:00:00+01:00 2027-11-01T07:00:00+00:00 {ANNA}"],
        ),
        (
            WEEKEND,
            "wall_clock",
            "2028-03-24",
            "2028-03-28",
            [f"2028-03-24T18:00:00+00:00 2028-03-27T08:00:00+01:00 {ANNA}"],
        ),
        (
            NIGHT,
            "wall_clock",
            "2027-10-30T12:00+01:00",
            "2027-11-01T12:00Z",
            [
                f"2027-10-30T18:00:00+01:00 2027-10-31T08:00:00+00:00 {ANNA}",
                f"2027-10-31T18:00:00+00:00 2027-11-01T08:00:00+00:00 {ANNA}",
            ],
        ),
        (
            INTO_THE_CHANGE,
            "wall_clock",
            "2027-10-30T12:00+01:00",
            "2027-10-31T12:00Z",
            [f"2027-10-30T22:00:00+01:00 2027-10-31T01:30:00+01:00 {ANNA}"],
        ),
        (
            INTO_THE_CHANGE,
            "wall_clock",
            "2028-03-25T12:00Z",
            "2028-03-26T12:00Z",
            [f"2028-03-25T22:00:00+00:00 2028-03-26T02:30:00+01:00 {ANNA}"],
        ),
    ],
)
def test_restrictions_over_a_clock_change(
    simulator: RunningSimulator,
    restriction: dict[str, Any],
    clock: str,
    since: str,
    until: str,
    expected: list[str],
) -> None:
    simulator.set_switches(restrictions=clock)
    made = created(simulator, layer(ANNA, restrictions=[restriction]))

    shown = rendered(simulator, made["id"], since, until)

    assert lines(shown["final_schedule"]) == expected


MONDAY = {
    "type": "weekly_restriction",
    "start_day_of_week": 1,
    "start_time_of_day": "04:00:00",
    "duration_seconds": 14_400,
}


@pytest.mark.parametrize("clock", ["wall_clock", "fixed_seconds"])
@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (
            "2027-10-29",
            "2027-11-02",
            f"2027-10-29T18:00:00+01:00 2027-11-01T08:00:00+00:00 {ANNA}",
        ),
        (
            "2028-03-24",
            "2028-03-28",
            f"2028-03-24T18:00:00+00:00 2028-03-27T08:00:00+01:00 {ANNA}",
        ),
        (
            "2028-03-31",
            "2028-04-04",
            f"2028-03-31T18:00:00+01:00 2028-04-03T08:00:00+01:00 {ANNA}",
        ),
    ],
)
def test_restrictions_that_overlap_show_one_entry_without_a_gap(
    simulator: RunningSimulator, clock: str, since: str, until: str, expected: str
) -> None:
    simulator.set_switches(restrictions=clock)
    both = [{**WEEKEND, "duration_seconds": 216_000}, MONDAY]
    made = created(simulator, layer(ANNA, restrictions=both))

    shown = rendered(simulator, made["id"], since, until)

    assert lines(shown["final_schedule"]) == [expected]


def test_hourly_turns_tile_the_night_of_a_clock_change(simulator: RunningSimulator) -> None:
    hours = layer(ANNA, BEN, rotation_turn_length_seconds=3600)
    made = created(simulator, hours)

    for day in ("2027-10-31", "2028-03-26"):
        shown = rendered(simulator, made["id"], f"{day}T00:00Z", f"{day}T06:00Z")

        found = [line.split() for line in lines(shown["final_schedule"])]
        assert all(left[1] == right[0] for left, right in itertools.pairwise(found))
        assert shown["final_schedule"]["rendered_coverage_percentage"] == 100


@pytest.mark.parametrize(("answer", "count"), [("joined", 1), ("separate", 3)])
def test_touching_entries_of_one_user_are_a_switch(
    simulator: RunningSimulator, answer: str, count: int
) -> None:
    simulator.set_switches(touching_entries=answer)
    made = created(simulator, layer(ANNA))

    shown = rendered(simulator, made["id"], "2026-12-07T12:00Z", "2026-12-28T12:00Z")

    assert len(lines(shown["final_schedule"])) == count
