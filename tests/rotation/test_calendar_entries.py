from __future__ import annotations

import dataclasses
import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from common.periods import Period
from rotation.domain import calendar_entries
from rotation.domain.calendar_entries import Changes, Piece, Told
from rotation.domain.stints import CoverSpan, stints

HOUR = dt.timedelta(hours=1)
# A week across a clock change in Dublin: 169 hours.
START = dt.datetime(2026, 10, 19, 11, tzinfo=dt.UTC)
WEEK = Period(starts_at=START, ends_at=START + 169 * HOUR)
NAMES = {person: f"Person {person}" for person in range(1, 5)}
HOURS = st.integers(0, 168)
COVERS = st.lists(
    st.builds(
        lambda person, first, length: CoverSpan(
            person=person,
            period=Period(starts_at=START + first * HOUR, ends_at=START + (first + length) * HOUR),
        ),
        st.integers(1, 4),
        HOURS,
        st.integers(1, 168),
    ),
    max_size=6,
)
HOLDERS = st.one_of(st.none(), st.integers(1, 4))


def _pieces(holder: int | None, covers: list[CoverSpan]) -> list[Piece]:
    return calendar_entries.pieces_of(
        shift_id=1,
        holder=holder,
        stints=stints(holder, WEEK, covers),
        windows=[WEEK],
        names=NAMES,
        is_cancelled=False,
    )


class Calendar:
    """What a reader holds who is told of each change, by the event's name."""

    def __init__(self) -> None:
        self.told: dict[int, Told] = {}

    def take(self, wanted: list[Piece]) -> Changes:
        found = calendar_entries.changes(self.told.values(), wanted)
        for number, piece in found.new:
            entry_id = len(self.told) + 1
            self.told[entry_id] = Told(
                entry_id=entry_id, number=number, is_cancelled=False, piece=piece
            )
        for entry_id, piece in found.others:
            self.told[entry_id] = dataclasses.replace(
                self.told[entry_id], piece=piece, is_cancelled=False
            )
        for entry_id in found.off:
            self.told[entry_id] = dataclasses.replace(self.told[entry_id], is_cancelled=True)
        return found

    def live(self) -> list[Piece]:
        pieces = [entry.piece for entry in self.told.values() if not entry.is_cancelled]
        return sorted(pieces, key=lambda piece: piece.facts.period)


@given(st.lists(st.tuples(HOLDERS, COVERS), min_size=1, max_size=4))
def test_whatever_changes_the_calendar_shows_the_stints_and_nothing_else(
    steps: list[tuple[int | None, list[CoverSpan]]],
) -> None:
    calendar = Calendar()

    for holder, covers in steps:
        wanted = _pieces(holder, covers)
        calendar.take(wanted)

        assert calendar.live() == sorted(wanted, key=lambda piece: piece.facts.period)
        assert calendar.take(wanted).count == 0


@given(st.lists(st.tuples(HOLDERS, COVERS), min_size=1, max_size=4))
def test_no_name_is_given_twice_and_none_changes_its_person(
    steps: list[tuple[int | None, list[CoverSpan]]],
) -> None:
    calendar = Calendar()
    known: dict[int, tuple[int, int | None, str]] = {}

    for holder, covers in steps:
        calendar.take(_pieces(holder, covers))
        names = [(entry.piece.key, entry.number) for entry in calendar.told.values()]
        assert len(set(names)) == len(names)
        for entry_id, entry in calendar.told.items():
            assert known.setdefault(entry_id, entry.piece.key) == entry.piece.key


def test_the_part_that_stays_keeps_its_event_when_another_part_goes() -> None:
    calendar = Calendar()
    tuesday = CoverSpan(
        person=2, period=Period(starts_at=START + 24 * HOUR, ends_at=START + 48 * HOUR)
    )
    friday = CoverSpan(
        person=2, period=Period(starts_at=START + 96 * HOUR, ends_at=START + 120 * HOUR)
    )
    calendar.take(_pieces(1, [tuesday, friday]))
    before = {
        entry.piece.facts.period: entry_id
        for entry_id, entry in calendar.told.items()
        if entry.piece.person == 2
    }

    found = calendar.take(_pieces(1, [friday]))

    assert before[tuesday.period] in found.off
    assert before[friday.period] not in found.off
    assert before[friday.period] not in [entry_id for entry_id, _piece in found.others]


def test_a_calendar_reaches_five_whole_years_back() -> None:
    reach = calendar_entries.reach(dt.datetime(2027, 2, 14, 9, tzinfo=dt.UTC))

    assert reach.since == dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
    assert reach.called_off_since == dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
