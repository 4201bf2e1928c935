"""The page of one request: the part on its week, what it means to its reader, what happened."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period, difference, seconds
from rotation.domain.stints import Stint
from rotation.models import Cover
from rotation.queries import cover_page, cover_people, cover_requests, shift_page, worked
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt

    from rotation.domain.cover_candidates import Candidate, Part
    from rotation.queries.cover_page import CandidateLine
    from rotation.queries.cover_requests import RequestLine
    from rotation.queries.shift_page import StintLine
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """Something that happened to the request, in words, and when."""

    what: str
    at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """What the time means to one person; `rest` are sentences."""

    candidate: Candidate
    rest: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RequestPage:
    """Everything that the page shows; `reader` is None for whoever has no term then.

    `can` are those who can take it, best first, for managers; `period` what of the time is left.
    """

    line: RequestLine
    shift: WorkedShift
    period: Period
    length: str
    on_call: str
    days: tuple[dt.date, ...]
    wanted: StintLine
    others: tuple[StintLine, ...]
    reader: Person | None
    can: tuple[CandidateLine, ...]
    happened: tuple[Happening, ...]

    @property
    def quiet(self) -> str:
        """The part in words, for those who do not see the strip."""
        return wording.span(self.period.starts_at, self.period.ends_at, self.shift.zone)


def request_page(*, cover: Cover, reader_id: int, now: dt.datetime) -> RequestPage:
    """The page as that reader sees it; a fixed number of queries."""
    shift = worked.worked_shift(shift_id=cover.shift_id)
    rotation = cover.shift.level.rotation
    rows = Cover.objects.filter(pk=cover.pk)
    line = cover_requests.request_lines(covers=rows, now=now)[0]
    period = _left(line, now)
    part = cover_people.part_of(shift=shift, rotation=rotation, period=period, now=now)
    asker = set() if line.asker is None else {line.asker.engineer_id}
    found = cover_people.candidates(
        shift=shift, rotation=rotation, part=part, without=asker, now=now
    )
    carrying = {stint.person for stint in shift.stints if stint.person is not None}
    known = marks.with_others(marks.team_marks(team_id=rotation.team_id), engineer_ids=carrying)
    mine = next((each for each in found if each.engineer_id == reader_id), None)
    return RequestPage(
        line=line,
        shift=shift,
        period=period,
        length=cover_page.duration(period.seconds),
        on_call=cover_page.hours(seconds(part.windows)),
        days=shift_page.strip_days(shift),
        wanted=shift_page.stint_line(Stint(person=None, period=period), shift, known),
        others=tuple(
            shift_page.stint_line(Stint(person=stint.person, period=rest), shift, known)
            for stint in shift.stints
            for rest in difference([stint.period], [period])
        ),
        reader=None if mine is None else Person(candidate=mine, rest=_rest(mine, part)),
        can=cover_page.can_lines(found, part, known),
        happened=tuple(_happened(line)),
    )


def _left(line: RequestLine, now: dt.datetime) -> Period:
    starts_at = max(line.period.starts_at, now.replace(microsecond=0))
    if not line.is_open or starts_at >= line.period.ends_at:
        return line.period
    return Period(starts_at=starts_at, ends_at=line.period.ends_at)


def _rest(mine: Candidate, part: Part) -> tuple[str, ...]:
    told = []
    if mine.week_before is not None and mine.clear_before is not None:
        clear = wording.counted(mine.clear_before, "clear week")
        told.append(f"{clear} since your week of {wording.day(mine.week_before, year=False)}")
    if mine.week_after is not None and mine.clear_after is not None:
        clear = wording.counted(mine.clear_after, "clear week")
        told.append(f"{clear} until your week of {wording.day(mine.week_after, year=False)}")
    if mine.too_near:
        told.append(f"the policy wants {part.rest_weeks} between two shifts")
    return tuple(told or ["you have no other shift near it"])


def _happened(line: RequestLine) -> list[Happening]:
    asker = line.asker.name if line.asker else "The team"
    everyone = "everyone who can" if line.asks_everyone else _names([a.mark for a in line.asks])
    behalf = f" for {asker}" if line.asker and line.by != asker else ""
    told = [Happening(what=f"{line.by} asked {everyone}{behalf}", at=line.asked_at)]
    told += [
        Happening(what=f"{ask.mark.name} said “not me”", at=ask.answered_at)
        for ask in line.asks
        if ask.answered_at is not None
    ]
    if line.accepted_at is not None and line.taker is not None:
        told.append(Happening(what=f"{line.taker.name} took it", at=line.accepted_at))
    closing = {
        "withdrawn": "The request was closed",
        "expired": "The request ended; nobody had taken it",
        "undone": "The cover was undone",
        "accepted": "The cover was cut short",
    }
    if line.closed_at is not None:
        told.append(Happening(what=closing[line.state], at=line.closed_at))
    return sorted(told, key=lambda each: each.at)


def _names(people: list[PersonMark]) -> str:
    names = [mark.name for mark in people]
    if not names:
        return "the team"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
