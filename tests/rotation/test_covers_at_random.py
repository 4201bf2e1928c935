"""Random covers of weeks in which the clocks change: the stints tile the week to the second."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.periods import Period, intersection, seconds
from rotation.domain import slots, stints
from rotation.models import Cover, CoverAsk, Shift, SwapOffer
from rotation.operations.covers import CoverInvalidError, CoverTakenError
from rotation.queries import worked
from tests import builders
from tests.rotation.swap_room import SwapRoom, swap_room
from volunteers.models import Absence

SECOND = dt.timedelta(seconds=1)
HOUR = 3600
ON_A_BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DUBLIN = [dt.date(2026, 3, 23), dt.date(2026, 10, 19), dt.date(2026, 12, 7)]
CALIFORNIA = [dt.date(2026, 3, 2), dt.date(2026, 10, 26)]


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Period, list[Period]]:
    """A week with its on-call time, at best one in which the clocks change."""
    zone, days = draw(
        st.sampled_from([("Europe/Dublin", DUBLIN), ("America/Los_Angeles", CALIFORNIA)])
    )
    pattern = slots.WeekPattern(
        zone=zone,
        handover_weekday=0,
        handover_time=draw(st.sampled_from([dt.time(0), dt.time(1, 30), dt.time(12)])),
        business_start=dt.time(9),
        business_end=dt.time(17, 30),
    )
    week = slots.week_of(pattern, draw(st.sampled_from(days)))
    return week.period, slots.regular_windows(pattern, week.period)


@st.composite
def covered(draw: st.DrawFn) -> tuple[Period, list[Period], list[stints.CoverSpan]]:
    """Covers at the very edges, across midnight, over each other, and partly outside the week."""
    period, windows = draw(weeks())
    edges = [0, period.seconds, *(HOUR * hour for hour in (1, 12, 23, 24, 25, 167))]
    at = st.sampled_from(edges) | st.integers(-HOUR, period.seconds + HOUR)
    spans = []
    for _number in range(draw(st.integers(0, 6))):
        first, last = sorted((draw(at), draw(at)))
        if first < last:
            part = Period(
                starts_at=period.starts_at + first * SECOND,
                ends_at=period.starts_at + last * SECOND,
            )
            spans.append(stints.CoverSpan(person=draw(st.integers(1, 4)), period=part))
    return period, windows, spans


@ON_A_BUSY_MACHINE
@given(case=covered(), holder=st.none() | st.integers(1, 4))
def test_stints_tile_a_week_exactly_whatever_covers_lie_over_it(
    case: tuple[Period, list[Period], list[stints.CoverSpan]], holder: int | None
) -> None:
    period, _windows, spans = case

    found = stints.stints(holder, period, spans)

    assert found[0].period.starts_at == period.starts_at
    assert found[-1].period.ends_at == period.ends_at
    for one, other in itertools.pairwise(found):
        assert one.period.ends_at == other.period.starts_at
        assert one.person != other.person


@ON_A_BUSY_MACHINE
@given(case=covered(), second=st.integers(0, 7 * 24 * HOUR - 2 * HOUR))
def test_at_every_second_the_last_agreed_cover_says_who_is_on_call(
    case: tuple[Period, list[Period], list[stints.CoverSpan]], second: int
) -> None:
    period, _windows, spans = case
    instant = period.starts_at + second * SECOND
    expected = next((one.person for one in reversed(spans) if one.period.contains(instant)), 9)

    found = stints.stints(9, period, spans)

    assert [each.person for each in found if each.period.contains(instant)] == [expected]


@ON_A_BUSY_MACHINE
@given(case=covered())
def test_on_call_seconds_of_all_people_sum_to_those_of_the_week(
    case: tuple[Period, list[Period], list[stints.CoverSpan]],
) -> None:
    period, windows, spans = case

    pieces = stints.on_call_stints(stints.stints(9, period, spans), windows)

    assert sum(each.period.seconds for each in pieces) == seconds(windows)
    assert seconds(intersection([each.period for each in pieces], windows)) == seconds(windows)


@pytest.mark.django_db
def test_a_swap_holds_wholly_or_not_at_all_whatever_happened_to_either_week() -> None:
    room = swap_room()
    chance = random.Random(20261125)  # noqa: S311 - the same chances in every run
    outcomes = set()
    for _round in range(12):
        offer = room.offer(room.whole(room.dora))
        _something_happens(room, chance)
        before = room.both()
        try:
            room.agree(offer)
        except (CoverInvalidError, CoverTakenError):
            assert room.both() == before
            assert not Cover.objects.filter(state=Cover.State.ACCEPTED).exists()
            outcomes.add("neither")
        else:
            assert room.both() == (["Dora Hale"], ["Ben"])
            outcomes.add("both")
        for shift in (room.shift, room.other):
            line = worked.worked_shift(shift_id=shift.pk)
            assert sum(each.period.seconds for each in line.stints) == line.period.seconds
        _begin_again(room)
    assert outcomes == {"both", "neither"}


def _something_happens(room: SwapRoom, chance: random.Random) -> None:
    """Days away of one of the two, another holder of one of the weeks, or nothing."""
    who = chance.choice([room.ben, room.dora])
    shift = chance.choice([room.shift, room.other])
    what = chance.randrange(3)
    if what == 0:
        day = (shift.starts_at + dt.timedelta(days=chance.randrange(6))).date()
        builders.make_absence(engineer=who, starts_on=day, ends_on=day + dt.timedelta(days=1))
    elif what == 1:
        Shift.objects.filter(pk=shift.pk).update(holder=room.eve)


def _begin_again(room: SwapRoom) -> None:
    for model in (SwapOffer, CoverAsk, Absence):
        model.objects.all().delete()
    Cover.objects.filter(swap_with__isnull=False).delete()
    Cover.objects.all().delete()
    Shift.objects.filter(pk=room.shift.pk).update(holder=room.ben)
    Shift.objects.filter(pk=room.other.pk).update(holder=room.dora)
