from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from common.periods import Period, difference, intersection, merged
from rotation.domain.pagerduty_overrides import override_wishes, plan_overrides
from tests.rotation.christmas import (
    ANNA,
    BEN,
    CARLA,
    HOUR,
    NOW,
    START,
    WEEK,
    hours,
    made,
    span,
    stints,
    wish,
)
from tests.rotation.layers import holders, office


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
