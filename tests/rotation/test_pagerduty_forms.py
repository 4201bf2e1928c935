"""Weeks across a clock change, whichever way PagerDuty ends restrictions and whatever lists."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.domain.pagerduty_forms import PLAIN, Form, next_form, weekly_restrictions
from rotation.domain.pagerduty_state import Restriction
from tests.rotation.layers import FIXED, MANNERS, Layers, continuous, holders, office

if TYPE_CHECKING:
    from rotation.domain.slots import WeekPattern

NOW = dt.datetime(2026, 9, 1, 9, 30, tzinfo=dt.UTC)
ANNA, BEN, CARLA = "PANNA", "PBEN", "PCARLA"
OVERLAPPING = Form(overlaps=True)
EVERY_WEEK_ALONE = Form(most_entries=1)

CHANGES = [
    ("Europe/Dublin", "2027-03-15"),
    ("Europe/Dublin", "2026-10-12"),
    ("America/Los_Angeles", "2027-03-01"),
    ("America/Los_Angeles", "2026-10-19"),
    ("Australia/Sydney", "2026-09-21"),
    ("Australia/Sydney", "2027-03-22"),
    ("Australia/Lord_Howe", "2026-09-21"),
    ("Australia/Lord_Howe", "2027-03-22"),
    # The night to Friday.
    ("Africa/Cairo", "2027-04-19"),
    ("Africa/Cairo", "2026-10-19"),
    ("Asia/Jerusalem", "2027-03-15"),
    ("Asia/Jerusalem", "2026-10-12"),
]
HOURS = [("09:00", "17:30"), ("06:00", "22:00"), ("05:00", "12:00"), ("12:00", "23:30")]


def _pattern(zone: str, opens: str, closes: str) -> WeekPattern:
    return dataclasses.replace(
        office(zone),
        business_start=dt.time.fromisoformat(opens),
        business_end=dt.time.fromisoformat(closes),
    )


@pytest.mark.parametrize("hours", HOURS, ids="-".join)
@pytest.mark.parametrize(("zone", "first"), CHANGES)
def test_overlapping_restrictions_end_right_by_the_clock_and_by_their_seconds(
    zone: str, first: str, hours: tuple[str, str]
) -> None:
    pattern = _pattern(zone, *hours)
    weeks = holders(pattern, first, [ANNA, BEN, CARLA, ANNA])
    plain, overlapping = Layers(pattern), Layers(pattern, form=OVERLAPPING)
    plain.take(weeks, NOW)
    overlapping.take(weeks, NOW)

    assert plain.differences(weeks, NOW, FIXED[0]) != []
    assert [plain.differences(weeks, NOW, manner) for manner in MANNERS] == [[], []]
    assert [overlapping.differences(weeks, NOW, each) for each in [*MANNERS, *FIXED]] == [[]] * 4


@pytest.mark.parametrize(("zone", "first"), CHANGES)
@pytest.mark.parametrize("form", [PLAIN, OVERLAPPING, EVERY_WEEK_ALONE])
def test_a_continuous_rotation_is_right_over_a_clock_change_in_every_form(
    zone: str, first: str, form: Form
) -> None:
    weeks = holders(continuous(zone), first, [ANNA, BEN, CARLA, ANNA])
    pagerduty = Layers(continuous(zone), form=form)
    pagerduty.take(weeks, NOW)

    found = [pagerduty.differences(weeks, NOW, manner) for manner in [*MANNERS, *FIXED]]

    assert found == [[]] * 4
    assert max(len(layer.user_refs) for layer in pagerduty.held) <= max(1, form.most_entries)


def test_a_span_is_split_after_the_night_in_which_clocks_change() -> None:
    weekend = [
        Restriction(weekday=5, start_time="17:30:00", seconds=219_600),
        Restriction(weekday=1, start_time="04:00:00", seconds=18_000),
    ]

    assert list(weekly_restrictions(office(), overlaps=True)[8:]) == weekend
    assert weekly_restrictions(office(), overlaps=True)[:2] == (
        Restriction(weekday=1, start_time="17:30:00", seconds=46_800),
        Restriction(weekday=2, start_time="04:00:00", seconds=18_000),
    )
    assert weekly_restrictions(continuous(), overlaps=True) == ()


def test_an_hour_at_midnight_is_not_split() -> None:
    found = weekly_restrictions(_pattern("Europe/Dublin", "00:30", "23:30"), overlaps=True)

    assert found[0] == Restriction(weekday=1, start_time="23:30:00", seconds=3600)
    assert found[4:] == (
        Restriction(weekday=5, start_time="23:30:00", seconds=172_800),
        Restriction(weekday=7, start_time="22:30:00", seconds=7200),
    )


def test_layers_of_either_form_are_left_as_they_are_and_coming_ones_follow_them() -> None:
    weeks = holders(office(), "2026-11-30", [ANNA, BEN, None, CARLA])
    for form in (PLAIN, OVERLAPPING):
        pagerduty = Layers(office(), form=form)
        pagerduty.take(weeks[:2], NOW)
        [before] = pagerduty.held
        pagerduty.form = PLAIN

        assert pagerduty.plan(weeks[:2], NOW).changes == ()
        pagerduty.take(weeks, NOW)

        first, second = pagerduty.held
        assert first == before
        assert second.restrictions == before.restrictions


def test_layers_of_the_plain_form_are_changed_once_and_keep_their_ids_and_entries() -> None:
    weeks = holders(office(), "2026-11-30", [ANNA, BEN, CARLA])
    pagerduty = Layers(office())
    pagerduty.take(weeks, NOW)
    [before] = pagerduty.held
    pagerduty.form = OVERLAPPING

    plan = pagerduty.take(weeks, NOW)

    assert plan.changes == ("layer “Weeks from Mon 30 Nov 2026”: other restrictions",)
    restrictions = weekly_restrictions(office(), overlaps=True)
    assert pagerduty.held == (dataclasses.replace(before, restrictions=restrictions),)
    assert pagerduty.plan(weeks, NOW).changes == ()


def test_each_week_alone_is_a_layer_that_names_one_user_once() -> None:
    weeks = holders(office(), "2026-11-30", [ANNA, ANNA, BEN])

    layers = Layers(office(), form=EVERY_WEEK_ALONE).plan(weeks, NOW).layers

    assert [layer.user_refs for layer in layers] == [(ANNA,), (ANNA,), (BEN,)]


def test_every_form_is_tried_once() -> None:
    both = Form(most_entries=1, overlaps=True)

    assert next_form(PLAIN, refused=True) == EVERY_WEEK_ALONE
    assert next_form(PLAIN, refused=False) == OVERLAPPING
    assert next_form(EVERY_WEEK_ALONE, refused=False) == both
    assert next_form(OVERLAPPING, refused=True) == both
    assert next_form(both, refused=True) is None
    assert next_form(both, refused=False) is None
