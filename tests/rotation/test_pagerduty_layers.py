from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotation.domain import slots
from rotation.domain.pagerduty_forms import MOST_ENTRIES, Form, weekly_restrictions
from rotation.domain.pagerduty_layers import WEEK, HolderWeek
from rotation.domain.pagerduty_state import LayerState, Restriction
from tests.rotation.layers import FIXED, MANNERS, Layers, continuous, holders, office

if TYPE_CHECKING:
    from rotation.domain.slots import WeekPattern

NOW = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
MONDAY = "2026-11-30"
ANNA, BEN, CARLA = "PANNA", "PBEN", "PCARLA"
DAY = dt.timedelta(days=1)


def test_out_of_hours_is_five_weekly_restrictions_with_the_weekend_in_one() -> None:
    nights = [
        Restriction(weekday=day, start_time="17:30:00", seconds=55_800) for day in (1, 2, 3, 4)
    ]
    weekend = Restriction(weekday=5, start_time="17:30:00", seconds=228_600)

    assert weekly_restrictions(office()) == (*nights, weekend)
    assert weekly_restrictions(continuous()) == ()


def test_weeks_without_a_gap_are_one_layer_with_an_entry_a_week() -> None:
    weeks = holders(office(), MONDAY, [ANNA, BEN, ANNA, CARLA])

    [layer] = Layers(office()).plan(weeks, NOW).layers

    assert layer.user_refs == (ANNA, BEN, ANNA, CARLA)
    assert layer.starts_at == layer.virtual_start == weeks[0].period.starts_at
    assert layer.ends_at == weeks[-1].period.ends_at
    assert layer.turn_seconds == 604_800


def test_a_gap_ends_a_layer() -> None:
    weeks = holders(office(), MONDAY, [ANNA, BEN, None, CARLA])

    first, second = Layers(office()).plan(weeks, NOW).layers

    assert (first.user_refs, first.ends_at) == ((ANNA, BEN), weeks[1].period.ends_at)
    assert (second.user_refs, second.virtual_start) == ((CARLA,), weeks[3].period.starts_at)


def test_a_handover_in_office_hours_goes_on_over_a_clock_change() -> None:
    weeks = holders(office("Europe/London"), "2026-10-05", [ANNA, BEN] * 4)

    assert len(Layers(office("Europe/London")).plan(weeks, NOW - 60 * DAY).layers) == 1


@pytest.mark.parametrize(
    ("first", "zone"),
    [
        ("2026-10-05", "Europe/London"),
        ("2026-03-09", "Europe/London"),
        ("2026-09-21", "Australia/Sydney"),
    ],
)
def test_a_handover_in_on_call_time_ends_a_layer_at_a_clock_change(first: str, zone: str) -> None:
    pattern = continuous(zone)
    weeks = holders(pattern, first, [ANNA, BEN, CARLA] * 2)
    change = next(week for week in weeks if week.period.seconds != 604_800)

    one, two = Layers(pattern).plan(weeks, NOW - 365 * DAY).layers

    assert one.ends_at == two.virtual_start == change.period.ends_at


def test_the_week_of_169_hours_keeps_its_user_to_the_end() -> None:
    weeks = holders(continuous(), "2026-10-12", [ANNA, BEN])

    [layer] = Layers(continuous()).plan(weeks, NOW - 60 * DAY).layers

    assert layer.user_refs == (ANNA, BEN, BEN)
    assert layer.virtual_start + 2 * WEEK < weeks[1].period.ends_at


def test_an_unchanged_plan_changes_nothing() -> None:
    pagerduty = Layers(office())
    weeks = holders(office(), MONDAY, [ANNA, BEN, None, CARLA])
    pagerduty.take(weeks, NOW)

    again = pagerduty.plan(weeks, NOW)

    assert again.changes == ()
    assert again.layers == pagerduty.held


def test_a_running_layer_keeps_its_past_entries_and_its_virtual_start() -> None:
    pagerduty = Layers(office())
    pagerduty.take(holders(office(), MONDAY, [ANNA, BEN, CARLA, ANNA]), NOW)
    [before] = pagerduty.held

    pagerduty.take(holders(office(), MONDAY, [ANNA, BEN, ANNA, CARLA, BEN]), NOW + 15 * DAY)

    [after] = pagerduty.held
    assert after.user_refs == (ANNA, BEN, ANNA, CARLA, BEN)
    assert (after.ref, after.virtual_start) == (before.ref, before.virtual_start)
    assert after.starts_at == before.starts_at


def test_a_gap_in_the_middle_moves_the_rest_to_a_layer_of_its_own() -> None:
    pagerduty = Layers(office())
    pagerduty.take(holders(office(), MONDAY, [ANNA, BEN, CARLA, ANNA]), NOW)

    plan = pagerduty.take(holders(office(), MONDAY, [ANNA, BEN, None, ANNA]), NOW)

    one, two = pagerduty.held
    assert (one.ref, one.user_refs, two.user_refs) == ("L0", (ANNA, BEN), (ANNA,))
    assert len(plan.changes) == 2


def test_a_gap_that_is_filled_lengthens_the_layer_before_it() -> None:
    pagerduty = Layers(office())
    pagerduty.take(holders(office(), MONDAY, [ANNA, None, CARLA]), NOW)

    pagerduty.take(holders(office(), MONDAY, [ANNA, BEN, CARLA]), NOW)

    assert [layer.user_refs for layer in pagerduty.held] == [(ANNA, BEN), (CARLA,)]


def test_a_gap_at_a_coming_layers_beginning_lets_it_start_later() -> None:
    pagerduty = Layers(office())
    pagerduty.take(holders(office(), MONDAY, [ANNA, None, CARLA, BEN]), NOW)

    weeks = holders(office(), MONDAY, [ANNA, None, None, BEN])
    pagerduty.take(weeks, NOW)

    assert [layer.ref for layer in pagerduty.held] == ["L0", "L1"]
    assert pagerduty.held[1].starts_at == weeks[3].period.starts_at
    assert pagerduty.held[1].virtual_start == weeks[2].period.starts_at


def test_a_layer_that_is_not_needed_is_ended_and_stays() -> None:
    pagerduty = Layers(office())
    pagerduty.take(holders(office(), MONDAY, [ANNA, None, CARLA]), NOW)

    later = NOW + DAY
    plan = pagerduty.take(holders(office(), MONDAY, [ANNA, None, None]), later)

    assert [layer.ends_at == later for layer in pagerduty.held] == [False, True]
    assert plan.changes == ("layer “Weeks from Mon 14 Dec 2026” ends now",)
    assert pagerduty.plan(holders(office(), MONDAY, [ANNA, None, None]), later).changes == ()


def test_what_pagerduty_cut_at_a_now_that_is_ahead_is_not_written_again() -> None:
    weeks = holders(office(), "2026-11-23", [ANNA, BEN])
    store = Layers(office())
    store.take(weeks, NOW)
    ahead = NOW + dt.timedelta(seconds=20)
    [layer] = store.held
    ended = dataclasses.replace(layer, ref="OLD", ends_at=ahead, user_refs=(CARLA,))
    store.held = (ended, dataclasses.replace(layer, starts_at=ahead))

    assert store.plan(weeks, NOW).changes == ()


def test_a_layer_that_a_human_laid_on_top_is_ended() -> None:
    pagerduty = Layers(office())
    weeks = holders(office(), MONDAY, [ANNA, BEN])
    pagerduty.take(weeks, NOW)
    [ours] = pagerduty.held
    days = (Restriction(weekday=0, start_time="09:00:00", seconds=3600, daily=True),)
    top = dataclasses.replace(ours, ref="HUMAN", name="Layer 2", ends_at=None, restrictions=days)
    pagerduty.held = (ours, top)

    plan = pagerduty.take(weeks, NOW)

    assert plan.layers == (ours, dataclasses.replace(top, ends_at=NOW))


def test_people_whom_a_human_exchanged_are_put_back() -> None:
    pagerduty = Layers(office())
    weeks = holders(office(), MONDAY, [ANNA, BEN])
    pagerduty.take(weeks, NOW)
    pagerduty.held = (dataclasses.replace(pagerduty.held[0], user_refs=(BEN, ANNA)),)

    plan = pagerduty.plan(weeks, NOW)

    assert plan.layers[0].user_refs == (ANNA, BEN)
    assert plan.changes == ("layer “Weeks from Mon 30 Nov 2026”: other people",)


def test_a_layer_does_not_grow_without_end() -> None:
    users = [ANNA, BEN, CARLA] * 25

    layers = Layers(office()).plan(holders(office(), MONDAY, users), NOW).layers

    assert [len(layer.user_refs) for layer in layers] == [MOST_ENTRIES, 75 - MOST_ENTRIES]


PATTERNS = [
    office(),
    office("America/Los_Angeles", at="09:30"),
    office("Australia/Sydney", weekday=2, at="17:00"),
    office("Europe/London", weekday=6, at="02:30"),
    office("Australia/Lord_Howe", at="09:15"),
    office("Africa/Cairo"),
    office("Asia/Jerusalem", weekday=4, at="10:00"),
    continuous("Europe/London"),
    continuous("Asia/Kolkata"),
]
FORMS = [Form(most_entries=most, overlaps=both) for most in (60, 1) for both in (False, True)]
users = st.sampled_from([None, ANNA, BEN, CARLA])
publications = st.lists(
    st.tuples(
        st.integers(0, 8 * 7 * 24),  # hours since the publication before
        st.integers(1, 30),  # weeks
        st.lists(users, min_size=4, max_size=12),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(
    pattern=st.sampled_from(PATTERNS),
    begin=st.integers(0, 51),
    published=publications,
    forms=st.lists(st.sampled_from(FORMS), min_size=5, max_size=5),
)
def test_whatever_is_published_the_layers_show_it_from_then_on(
    pattern: WeekPattern,
    begin: int,
    published: list[tuple[int, int, list[str | None]]],
    forms: list[Form],
) -> None:
    now = dt.datetime(2026, 1, 8, 3, tzinfo=dt.UTC) + begin * WEEK
    pagerduty, shown = Layers(pattern), dict[dt.date, HolderWeek]()

    for (hours, count, cycle), form in zip(published, forms, strict=False):
        pagerduty.form = form
        now += dt.timedelta(hours=hours)
        first = slots.first_week_on_or_after(pattern, now).week_date
        for week, user in zip(
            slots.weeks_from(pattern, first, count), itertools.cycle(cycle), strict=False
        ):
            shown[week.week_date] = HolderWeek(period=week.period, user_ref=user)
        weeks = [shown[date] for date in sorted(shown)]
        before = pagerduty.held
        pagerduty.take(weeks, now)

        _nothing_lost(before, pagerduty.held, now)
        for manner in (*MANNERS, *(FIXED if form.overlaps else [])):
            assert pagerduty.differences(weeks, now, manner) == []
        for later in (now, now + dt.timedelta(hours=50), now + 3 * WEEK):
            assert pagerduty.plan(weeks, later).changes == ()


def _nothing_lost(
    before: tuple[LayerState, ...], after: tuple[LayerState, ...], now: dt.datetime
) -> None:
    """Every layer is still there, where it was, with its virtual start and its past entries."""
    for old, new in zip(before, after, strict=False):
        assert (old.ref, old.virtual_start) == (new.ref, new.virtual_start)
        if old.ends_at is not None and old.ends_at <= now:
            assert new == old
        if old.starts_at <= now:
            past = max(0, (now - old.virtual_start) // WEEK)
            assert new.starts_at == old.starts_at
            assert new.user_refs[:past] == old.user_refs[:past]
