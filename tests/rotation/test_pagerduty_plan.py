from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from rotation.domain.pagerduty_forms import weekly_restrictions
from rotation.domain.pagerduty_plan import (
    Action,
    Difference,
    Plan,
    WantedLevel,
    WantedWeek,
    addressed,
    carries,
    differences,
    plan_level,
)
from rotation.domain.pagerduty_state import LayerState, ScheduleState
from tests.rotation.christmas import (
    ANNA,
    BEN,
    CARLA,
    NOW,
    WEEK,
    hours,
    made,
    on,
    span,
    stints,
    wish,
)
from tests.rotation.layers import holders, office

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.domain.pagerduty_overrides import UserStint


def wanted(
    users: Sequence[str | None] = (ANNA, BEN), on_call: Sequence[UserStint] = ()
) -> WantedLevel:
    """Weeks from 21 December; without stints nothing needs an override."""
    return WantedLevel(
        name="Core: primary",
        marker="rota:core:primary",
        time_zone="Europe/Dublin",
        pattern=office(),
        weeks=tuple(
            WantedWeek(holder=week, on_call=tuple(on_call if number == 0 else ()))
            for number, week in enumerate(holders(office(), "2026-12-21", users))
        ),
    )


def held(plan: Plan, **fields: Any) -> ScheduleState:
    """What PagerDuty holds once the plan's first step was carried out."""
    body = plan.steps[0].request.body
    assert body is not None
    state = ScheduleState(
        ref="PSCHED",
        name=body["schedule"]["name"],
        description=body["schedule"]["description"],
        time_zone=body["schedule"]["time_zone"],
        layers=tuple(_layer(each) for each in body["schedule"]["schedule_layers"]),
    )
    return dataclasses.replace(state, **fields)


def _layer(data: dict[str, Any]) -> LayerState:
    from_text = dt.datetime.fromisoformat
    return LayerState(
        ref="L1",
        name=data["name"],
        starts_at=from_text(data["start"]),
        ends_at=from_text(data["end"]),
        virtual_start=from_text(data["rotation_virtual_start"]),
        turn_seconds=data["rotation_turn_length_seconds"],
        user_refs=tuple(each["user"]["id"] for each in data["users"]),
        restrictions=weekly_restrictions(office()),
    )


def test_the_first_plan_makes_a_schedule_and_then_its_overrides() -> None:
    plan = plan_level(wanted(on_call=stints((ANNA, WEEK.period))), None, [], [], NOW)

    create, overrides = plan.steps
    assert (create.action, create.request.method, create.request.path) == (
        Action.CREATE_SCHEDULE,
        "POST",
        "/schedules",
    )
    assert overrides.request.path == "/schedules/{id}/overrides"
    assert addressed(overrides, "P1").request.path == "/schedules/P1/overrides"
    assert overrides.request.body == {
        "overrides": [
            {
                "start": "2026-12-25T09:00:00Z",
                "end": "2026-12-25T17:30:00Z",
                "user": {"id": ANNA, "type": "user_reference"},
            }
        ]
    }


def test_a_schedule_is_written_in_utc_with_a_marker_in_its_description() -> None:
    [step] = plan_level(wanted(), None, [], [], NOW).steps

    assert step.request.body is not None
    schedule = step.request.body["schedule"]
    [layer] = schedule["schedule_layers"]
    assert carries("rota:core:primary", schedule["description"])
    assert schedule["time_zone"] == "Europe/Dublin"
    assert layer["start"] == layer["rotation_virtual_start"] == "2026-12-21T12:00:00Z"
    assert layer["end"] == "2027-01-04T12:00:00Z"
    assert "id" not in layer
    assert layer["restrictions"][4] == {
        "type": "weekly_restriction",
        "start_time_of_day": "17:30:00",
        "start_day_of_week": 5,
        "duration_seconds": 228_600,
    }


def test_nothing_is_written_when_pagerduty_holds_it() -> None:
    first = plan_level(wanted(), None, [], [], NOW)

    assert plan_level(wanted(), held(first), [], [], NOW).steps == ()


def test_a_name_that_a_human_gave_the_schedule_stays() -> None:
    first = plan_level(wanted(), None, [], [], NOW)

    [step] = plan_level(wanted([ANNA, CARLA]), held(first, name="Nights"), [], [], NOW).steps

    assert (step.action, step.request.method, step.request.path) == (
        Action.UPDATE_SCHEDULE,
        "PUT",
        "/schedules/PSCHED",
    )
    assert step.request.body is not None
    assert step.request.body["schedule"]["name"] == "Nights"
    assert step.reason == "Layer “Weeks from Mon 21 Dec 2026”: other people."


def test_a_lost_marker_and_another_zone_are_put_right() -> None:
    first = plan_level(wanted(), None, [], [], NOW)
    changed = held(first, description="x" * 1024, time_zone="Europe/Paris")

    [step] = plan_level(wanted(), changed, [], [], NOW).steps

    assert step.request.body is not None
    description = step.request.body["schedule"]["description"]
    assert len(description) == 1024
    assert carries("rota:core:primary", description)
    assert step.request.body["schedule"]["time_zone"] == "Europe/Dublin"


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("Published by Rota (rota:core:primary). Hands off.", True),
        ("rota:core:primary", True),
        ("rota:core:primary-old", False),
        ("xrota:core:primary", False),
        ("", False),
    ],
)
def test_a_marker_is_a_word_of_its_own(description: str, found: bool) -> None:  # noqa: FBT001
    assert carries("rota:core:primary", description) is found


def test_a_level_that_nobody_serves_needs_no_schedule() -> None:
    assert plan_level(wanted([None, None]), None, [], [], NOW).steps == ()


def test_what_is_missing_comes_before_what_is_taken_away() -> None:
    first = plan_level(wanted(), None, [], [], NOW)
    old = made(BEN, span("2026-12-25T09:00", "2026-12-25T17:30"), "Q1")
    now_carla = stints((CARLA, span("2026-12-25T09:00", "2026-12-25T17:30")))

    plan = plan_level(wanted(on_call=now_carla), held(first), [old], [old], NOW)

    assert [step.action for step in plan.steps] == [
        Action.CREATE_OVERRIDES,
        Action.REMOVE_OVERRIDE,
    ]
    assert plan.steps[1].request.path == "/schedules/PSCHED/overrides/Q1"
    assert plan.steps[1].request.body is None


def test_overrides_of_humans_are_reported() -> None:
    first = plan_level(wanted(), None, [], [], NOW)
    human = made(CARLA, hours(4, 30), "Q7")

    plan = plan_level(wanted(), held(first), [human], [], NOW)

    assert (plan.steps, plan.unknown_overrides) == ((), (human,))


def test_equal_schedules_have_no_difference_however_they_are_cut() -> None:
    want = [
        on(ANNA, 0, 10),
        on(BEN, 10, 20),
    ]
    shown = [
        wish(ANNA, hours(-5, 3)),
        wish(ANNA, hours(3, 6)),
        wish(ANNA, hours(5, 10)),
        wish(BEN, hours(10, 30)),
    ]

    assert differences(want, shown, hours(0, 20)) == []


def test_differences_say_who_was_wanted_and_who_is_shown() -> None:
    want = [
        on(ANNA, 0, 10),
        on(None, 10, 20),
    ]
    shown = [wish(ANNA, hours(0, 4)), wish(BEN, hours(4, 12))]

    assert differences(want, shown, hours(0, 20)) == [
        Difference(period=hours(4, 10), wanted=ANNA, shown=BEN),
        Difference(period=hours(10, 12), wanted=None, shown=BEN),
    ]


def test_a_missing_final_schedule_differs_as_a_whole() -> None:
    want = [
        on(ANNA, 0, 10),
        on(ANNA, 10, 12),
    ]

    assert differences(want, [], hours(2, 20)) == [
        Difference(period=hours(2, 12), wanted=ANNA, shown=None)
    ]
