from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from common.periods import Period, merged, seconds
from rotation.domain.stints import CoverSpan, Stint, on_call_stints, stints

START = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
ANNA, BEN, CARLA = 1, 2, 3


def hours(first: int, last: int) -> Period:
    return Period(
        starts_at=START + dt.timedelta(hours=first), ends_at=START + dt.timedelta(hours=last)
    )


def cover(person: int, first: int, last: int) -> CoverSpan:
    return CoverSpan(person=person, period=hours(first, last))


def stint(person: int | None, first: int, last: int) -> Stint:
    return Stint(person=person, period=hours(first, last))


SHIFT = hours(0, 168)


def test_a_shift_without_covers_is_one_stint_of_its_holder() -> None:
    assert stints(BEN, SHIFT, []) == [stint(BEN, 0, 168)]


def test_a_gap_is_nobodys_stint() -> None:
    assert stints(None, SHIFT, []) == [stint(None, 0, 168)]


def test_a_cover_cuts_the_holders_stint_in_three() -> None:
    assert stints(BEN, SHIFT, [cover(CARLA, 24, 48)]) == [
        stint(BEN, 0, 24),
        stint(CARLA, 24, 48),
        stint(BEN, 48, 168),
    ]


def test_of_two_covers_the_later_accepted_wins() -> None:
    covers = [cover(CARLA, 24, 72), cover(ANNA, 48, 96)]

    assert stints(BEN, SHIFT, covers) == [
        stint(BEN, 0, 24),
        stint(CARLA, 24, 48),
        stint(ANNA, 48, 96),
        stint(BEN, 96, 168),
    ]


def test_the_holder_may_take_the_time_back() -> None:
    assert stints(BEN, SHIFT, [cover(CARLA, 24, 72), cover(BEN, 24, 72)]) == [stint(BEN, 0, 168)]


def test_touching_covers_of_one_person_are_one_stint() -> None:
    covers = [cover(CARLA, 24, 48), cover(CARLA, 48, 72)]

    assert stints(BEN, SHIFT, covers)[1] == stint(CARLA, 24, 72)


def test_a_cover_fills_part_of_a_gap() -> None:
    assert stints(None, SHIFT, [cover(CARLA, 0, 24)]) == [
        stint(CARLA, 0, 24),
        stint(None, 24, 168),
    ]


def test_from_its_cancellation_a_shift_is_nobodys() -> None:
    covers = [cover(CARLA, 24, 72)]

    cut = stints(BEN, SHIFT, covers, SHIFT.starts_at + dt.timedelta(hours=48))

    assert cut == [stint(BEN, 0, 24), stint(CARLA, 24, 48), stint(None, 48, 168)]
    assert stints(BEN, SHIFT, covers, SHIFT.starts_at) == [stint(None, 0, 168)]
    assert stints(BEN, SHIFT, [], SHIFT.ends_at) == [stint(BEN, 0, 168)]


def test_only_on_call_time_counts_for_the_windows() -> None:
    found = on_call_stints(
        stints(BEN, SHIFT, [cover(CARLA, 10, 30)]), [hours(5, 20), hours(29, 45)]
    )

    assert found == [
        stint(BEN, 5, 10),
        stint(CARLA, 10, 20),
        stint(CARLA, 29, 30),
        stint(BEN, 30, 45),
    ]


spans = st.tuples(st.integers(1, 5), st.integers(-20, 180), st.integers(1, 60)).map(
    lambda drawn: cover(drawn[0], drawn[1], drawn[1] + drawn[2])
)
holders = st.none() | st.integers(1, 5)
cancellations = st.none() | st.integers(-5, 175).map(lambda hour: START + dt.timedelta(hours=hour))


@given(holder=holders, covers=st.lists(spans, max_size=8), cancelled_at=cancellations)
def test_stints_tile_the_shift_exactly(
    holder: int | None, covers: list[CoverSpan], cancelled_at: dt.datetime | None
) -> None:
    pieces = stints(holder, SHIFT, covers, cancelled_at)

    assert merged(piece.period for piece in pieces) == [SHIFT]
    assert seconds(piece.period for piece in pieces) == SHIFT.seconds
    assert all(one.person != other.person for one, other in itertools.pairwise(pieces))


@given(holder=holders, covers=st.lists(spans, max_size=8), cancelled_at=cancellations)
def test_each_hour_belongs_to_the_latest_word_on_it(
    holder: int | None, covers: list[CoverSpan], cancelled_at: dt.datetime | None
) -> None:
    pieces = stints(holder, SHIFT, covers, cancelled_at)

    for hour in range(168):
        instant = START + dt.timedelta(hours=hour)
        said = [holder] + [span.person for span in covers if span.period.contains(instant)]
        wanted = None if cancelled_at is not None and cancelled_at <= instant else said[-1]
        [found] = [piece.person for piece in pieces if piece.period.contains(instant)]
        assert found == wanted
