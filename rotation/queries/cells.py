"""One week of one level as the board shows it: whose initials, in which state, in one sentence."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.models import LevelName
from volunteers import domain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from common.periods import Period
    from rotation.domain.stints import Stint
    from rotation.queries.drift import DriftMark
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """Time of a shift for which its holder asks for cover."""

    shift_id: int
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A shift in a board's cell and in the list.

    `mark` is who is shown: the holder, or who covers the whole week; None is a gap; PagerDuty shows
    somebody else where it is drifted. `state` is
    "", done, run, ask, gap, plan or off (cancelled). `small` stands under the initials, `note`
    says the same in a sentence, `sentence` is what a screen reader reads after the initials.
    """

    shift_id: int
    level: str
    week_date: dt.date
    mark: PersonMark | None
    state: str
    small: str
    note: str
    sentence: str
    is_drifted: bool = False

    @property
    def classes(self) -> str:
        """The style classes of the cell's link."""
        drift = "drift" if self.is_drifted else ""
        who = self.mark.classes if self.mark else "gap"
        return " ".join(filter(None, [who, self.state, drift]))

    @property
    def letters(self) -> str:
        """The initials, or the word for a gap; a dash where the week was cancelled."""
        if self.mark is not None:
            return self.mark.initials
        return "\N{EN DASH}" if self.state == "off" else "Gap"

    @property
    def who(self) -> str:
        """The name, or the word for a gap or a cancelled week."""
        if self.mark is not None:
            return self.mark.name
        return "nobody" if self.state == "off" else "gap"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CoverPiece:
    """Part of a week that somebody else carries for its holder, or that fills a gap."""

    person_id: int
    for_id: int | None
    is_whole: bool


STATE_WORDS = {
    "done": "completed",
    "run": "running now",
    "ask": "asks for cover",
    "off": "cancelled",
}


def cell_of(
    shift: WorkedShift,
    *,
    marks: Mapping[int, PersonMark],
    asks: Sequence[Ask],
    away: Collection[int],
    now: dt.datetime,
    drift: DriftMark | None = None,
) -> Cell:
    """The shift as a cell; `asks` are the open requests for it, `away` who is away in its week."""
    people = _people(shift.stints)
    shown = people[0] if len(people) == 1 else shift.holder_id
    mark = None if shown is None else mark_of(shown, marks)
    state = _state(shift, asks, now)
    note = _note(shift, marks, asks)
    small = _small(shift, shown, marks, asks)
    if mark is not None and shown in away and not state and not small:
        small, note = "away", f"{mark.name} is away"
    if drift is not None:
        small, note = _drifted(drift, marks), "; ".join(filter(None, [drift.sentence, note]))
    return Cell(
        shift_id=shift.shift_id,
        level=shift.level,
        week_date=shift.week_date,
        mark=mark,
        state=state,
        small=small,
        note=note,
        sentence=_sentence(shift, mark, state, note),
        is_drifted=drift is not None,
    )


def drift_of(shift: WorkedShift, drifts: Iterable[DriftMark]) -> DriftMark | None:
    """The first of the differences that falls into the shift."""
    found = (each for each in drifts if each.level == shift.level)
    return next((each for each in found if each.period.overlap(shift.period)), None)


def _drifted(drift: DriftMark, marks: Mapping[int, PersonMark]) -> str:
    """`≠ TW`; only the sign for whoever has no mark here."""
    mark = marks.get(drift.engineer_id) if drift.engineer_id is not None else None
    return f"≠ {mark.initials}" if mark else "≠"


def mark_of(engineer_id: int, marks: Mapping[int, PersonMark]) -> PersonMark:
    """The person's mark, or one without a name for somebody whom `marks` does not know."""
    plain = domain.unmarked(engineer_id=engineer_id, name="Somebody else")
    return marks.get(engineer_id, plain)


def is_gap(shift: WorkedShift) -> bool:
    """Whether part of the shift has nobody although it was not cancelled."""
    return shift.cancelled_at is None and any(stint.person is None for stint in shift.stints)


def covers_of(shift: WorkedShift) -> list[CoverPiece]:
    """Who else than the holder is on call in the shift, in order of time, each once."""
    found: dict[int, CoverPiece] = {}
    for stint in shift.stints:
        if stint.person is not None and stint.person != shift.holder_id:
            found[stint.person] = CoverPiece(
                person_id=stint.person,
                for_id=shift.holder_id,
                is_whole=stint.period == shift.period,
            )
    return list(found.values())


def _people(stints: Sequence[Stint]) -> list[int | None]:
    return list(dict.fromkeys(stint.person for stint in stints))


def _state(shift: WorkedShift, asks: Sequence[Ask], now: dt.datetime) -> str:
    if shift.cancelled_at is not None:
        return "off"
    if shift.period.ends_at <= now:
        return "done"
    if asks:
        return "ask"
    return "run" if shift.period.contains(now) else ""


def _small(
    shift: WorkedShift,
    shown: int | None,
    marks: Mapping[int, PersonMark],
    asks: Sequence[Ask],
) -> str:
    if shift.cancelled_at is not None or asks:
        return "asks" if asks else "off"
    pieces = covers_of(shift)
    if pieces and pieces[0].is_whole:
        holder = shift.holder_id
        return "cover" if holder is None else f"for {mark_of(holder, marks).initials}"
    others = [mark_of(piece.person_id, marks) for piece in pieces if piece.person_id != shown]
    if len(others) > 1:
        return f"+{len(others)}"
    return "".join(f"+{mark.initials}" for mark in others)


def _note(shift: WorkedShift, marks: Mapping[int, PersonMark], asks: Sequence[Ask]) -> str:
    told = []
    for stint in shift.stints:
        if stint.person is None or stint.person == shift.holder_id:
            continue
        name = mark_of(stint.person, marks).name
        if stint.period == shift.period:
            whom = (
                f" for {mark_of(shift.holder_id, marks).name}"
                if shift.holder_id is not None
                else ""
            )
            told.append(f"{name} covers the whole week{whom}")
        else:
            told.append(f"{name} covers {_span(stint.period, shift.zone)}")
    told += [f"cover asked: {_span(ask.period, shift.zone)}" for ask in asks]
    return "; ".join(told)


def _span(period: Period, zone: str) -> str:
    return wording.span(period.starts_at, period.ends_at, zone)


def _sentence(shift: WorkedShift, mark: PersonMark | None, state: str, note: str) -> str:
    level = LevelName(shift.level).label
    week = f"week of {wording.day(shift.week_date)}"
    parts = [level, mark.name, week] if mark else [level, f"{week}: nobody carries it"]
    if state in STATE_WORDS and state != "ask":
        parts.append(STATE_WORDS[state])
    return ", ".join([*parts, note] if note else parts)
