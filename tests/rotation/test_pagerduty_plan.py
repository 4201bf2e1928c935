from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.periods import Period, difference, intersection, merged
from rotation.domain import slots
from rotation.domain.pagerduty_layers import weekly_restrictions
from rotation.domain.pagerduty_overrides import UserStint, override_wishes, plan_overrides
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
from rotation.domain.pagerduty_state import FinalEntry, LayerState, OverrideState, ScheduleState
from tests.rotation.layers import holders, office

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = dt.datetime(2026, 12, 14, 9, 30, tzinfo=dt.UTC)
START = dt.datetime(2026, 12, 21, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ANNA, BEN, CARLA = "PANNA", "PBEN", "PCARLA"
CHRISTMAS = frozenset({dt.date(2026, 12, 25)})
[WEEK] = slots.weeks_from(office(), dt.date(2026, 12, 21), 1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def span(starts_at: str, ends_at: str) -> Period:
    return Period(starts_at=utc(starts_at), ends_at=utc(ends_at))


def hours(first: float, last: float) -> Period:
    return Period(starts_at=START + first * HOUR, ends_at=START + last * HOUR)


def made(user: str, period: Period, ref: str | None = None) -> OverrideState:
    return OverrideState(ref=ref, user_ref=user, period=period)


def wish(user: str, period: Period) -> FinalEntry:
    return FinalEntry(user_ref=user, period=period)


def on(user: str | None, first: float, last: float) -> UserStint:
    return UserStint(user_ref=user, period=hours(first, last))


def stints(*pieces: tuple[str | None, Period]) -> list[UserStint]:
    """The pieces cut to the on-call time of the week with Christmas in it."""
    windows = slots.on_call_windows(office(), WEEK, CHRISTMAS)
    return [
        UserStint(user_ref=user, period=part)
        for user, period in pieces
        for part in intersection([period], windows)
    ]


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


def test_a_holiday_needs_its_office_hours_as_an_override_for_the_holder() -> None:
    [week] = holders(office(), "2026-12-21", [ANNA])

    wishes = override_wishes(week, stints((ANNA, WEEK.period)), office())

    assert wishes == [wish(ANNA, span("2026-12-25T09:00", "2026-12-25T17:30"))]


def test_a_cover_needs_overrides_for_the_on_call_time_only() -> None:
    [week] = holders(office(), "2026-12-21", [ANNA])
    covered = span("2026-12-22T12:00", "2026-12-23T12:00")
    before, after = (
        span("2026-12-21T12:00", "2026-12-22T12:00"),
        span("2026-12-23T12:00", "2026-12-28T12:00"),
    )

    wishes = override_wishes(week, stints((ANNA, before), (BEN, covered), (ANNA, after)), office())

    assert wishes == [
        wish(BEN, span("2026-12-22T17:30", "2026-12-23T09:00")),
        wish(ANNA, span("2026-12-25T09:00", "2026-12-25T17:30")),
    ]


def test_a_cover_over_a_holiday_is_one_override() -> None:
    [week] = holders(office(), "2026-12-21", [ANNA])

    wishes = override_wishes(week, stints((BEN, WEEK.period)), office())

    assert wishes[-1] == wish(BEN, span("2026-12-24T17:30", "2026-12-28T09:00"))


def test_nobodys_time_needs_no_override() -> None:
    [gap] = holders(office(), "2026-12-21", [None])
    filled = span("2026-12-26T00:00", "2026-12-27T00:00")

    wishes = override_wishes(gap, stints((None, WEEK.period), (BEN, filled)), office())

    assert wishes == [wish(BEN, filled)]


def test_what_is_there_is_not_asked_for_again() -> None:
    wishes = [wish(ANNA, hours(0, 8)), wish(BEN, hours(20, 30))]
    there = [made(ANNA, hours(0, 8), "Q1")]

    plan = plan_overrides(wishes, there, there, NOW)

    assert plan.missing == (wishes[1],)
    assert (plan.unwanted, plan.unknown) == ((), ())


def test_only_rotas_own_overrides_are_removed() -> None:
    own, human = made(ANNA, hours(0, 8), "Q1"), made(BEN, hours(0, 8), "Q2")

    plan = plan_overrides([], [own, human], [own], NOW)

    assert (plan.unwanted, plan.unknown) == ((own,), (human,))


def test_an_override_whose_answer_was_lost_is_known_by_its_time_and_user() -> None:
    there = made(ANNA, hours(0, 8), "Q1")
    lost = made(ANNA, hours(0, 8))

    assert plan_overrides([], [there], [lost], NOW).unwanted == (there,)
    assert plan_overrides([wish(ANNA, hours(0, 8))], [there], [lost], NOW).missing == ()


def test_an_equal_override_of_a_human_is_told_apart_by_its_id() -> None:
    own, human = made(ANNA, hours(0, 8), "Q1"), made(ANNA, hours(0, 8), "Q2")

    plan = plan_overrides([], [own, human], [own], NOW)

    assert (plan.unwanted, plan.unknown) == ((own,), (human,))


def test_an_id_that_pagerduty_hides_is_taken_from_the_answer() -> None:
    recorded, hidden = made(ANNA, hours(0, 8), "Q1"), made(ANNA, hours(0, 8))

    assert plan_overrides([], [hidden], [recorded], NOW).unwanted == (recorded,)


def test_a_human_who_did_the_same_by_hand_has_done_enough() -> None:
    human = made(BEN, hours(0, 24), "Q9")

    plan = plan_overrides([wish(BEN, hours(4, 8))], [human], [], NOW)

    assert (plan.missing, plan.unknown) == ((), (human,))


def test_neighbours_that_pagerduty_joined_are_recognised() -> None:
    wishes = [wish(ANNA, hours(0, 4)), wish(ANNA, hours(4, 8))]
    recorded = [made(ANNA, hours(0, 4), "Q1"), made(ANNA, hours(4, 8), "Q2")]

    plan = plan_overrides(wishes, [made(ANNA, hours(0, 8), "Q1")], recorded, NOW)

    assert (plan.missing, plan.unwanted, plan.unknown) == ((), (), ())


def test_of_two_equal_ones_the_second_goes() -> None:
    twins = [made(ANNA, hours(0, 8), "Q1"), made(ANNA, hours(0, 8), "Q2")]

    plan = plan_overrides([wish(ANNA, hours(0, 8))], twins, twins, NOW)

    assert (plan.missing, plan.unwanted) == ((), (twins[1],))


def test_a_running_override_is_compared_by_what_is_left_of_it() -> None:
    now = START + 2 * HOUR
    cut = made(ANNA, hours(1, 8), "Q1")

    plan = plan_overrides([wish(ANNA, hours(0, 8))], [cut], [made(ANNA, hours(0, 8))], now)

    assert (plan.missing, plan.unwanted, plan.unknown) == ((), (), ())


def test_a_missing_override_that_runs_starts_now_and_an_ended_one_is_let_be() -> None:
    now = START + 9 * HOUR
    wishes = [wish(ANNA, hours(0, 8)), wish(BEN, hours(8, 20))]

    assert plan_overrides(wishes, [], [], now).missing == (wish(BEN, hours(9, 20)),)


periods = st.tuples(st.integers(-10, 60), st.integers(1, 30)).map(
    lambda drawn: hours(drawn[0], drawn[0] + drawn[1])
)
users = st.sampled_from([ANNA, BEN, CARLA])


@settings(deadline=None)
@given(
    cuts=st.lists(st.tuples(users, st.integers(1, 12)), max_size=8),
    own=st.lists(st.tuples(users, periods), max_size=5),
    others=st.lists(st.tuples(users, periods), max_size=3),
)
def test_after_the_writes_the_wishes_are_there_and_nothing_else_of_rotas(
    cuts: list[tuple[str, int]],
    own: list[tuple[str, Period]],
    others: list[tuple[str, Period]],
) -> None:
    wishes, at = [], 0
    for user, length in cuts:
        wishes.append(wish(user, hours(at, at + length)))
        at += length
    mine = [made(user, period, f"R{number}") for number, (user, period) in enumerate(own)]
    humans = [made(user, period, f"H{number}") for number, (user, period) in enumerate(others)]
    now = START + 5 * HOUR

    plan = plan_overrides(wishes, [*mine, *humans], mine, now)

    gone = {one.ref for one in plan.unwanted}
    new = [made(entry.user_ref, entry.period, f"N{i}") for i, entry in enumerate(plan.missing)]
    left = [one for one in [*mine, *humans, *new] if one.ref not in gone]
    assert gone.isdisjoint({one.ref for one in humans})
    assert plan_overrides(wishes, left, [*mine, *new], now).missing == ()
    assert plan_overrides(wishes, left, [*mine, *new], now).unwanted == ()
    for user in (ANNA, BEN, CARLA):
        after = Period(starts_at=now, ends_at=START + 1000 * HOUR)
        there = merged(one.period for one in left if one.user_ref == user)
        want = [entry.period for entry in wishes if entry.user_ref == user]
        by_hand = [one.period for one in humans if one.user_ref == user]
        assert difference(intersection(merged(want), [after]), there) == []
        assert difference(intersection(there, [after]), [*want, *by_hand]) == []


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
    assert step.reason == "Layer “Weeks from 2026-12-21”: other people."


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
