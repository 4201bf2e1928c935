"""The board's rows of people: terms as bars, with shifts, covers and days away in them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain.planning import WEEK
from rotation.models import LevelName
from rotation.queries import cells

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.queries.board_facts import BoardFacts
    from rotation.queries.columns import Column
    from volunteers.domain import PersonMark
    from volunteers.queries.service import Service


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonPlace:
    """One week of one person: `kind` is shift, cover, shadow, away, starts, ends, or empty."""

    classes: str
    kind: str
    said: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One volunteer over all weeks shown, with the day that matters next: start or end."""

    mark: PersonMark
    when: str
    places: tuple[PersonPlace, ...]


def people_rows(facts: BoardFacts) -> list[PersonRow]:
    """Volunteers with a week shown in their term, in order of joining."""
    first, until = facts.columns[0].week_date, facts.columns[-1].week_date + WEEK
    terms: dict[int, list[Service]] = {}
    for line in facts.services:
        is_shown = line.joins_on < until and (line.ends_on is None or line.ends_on > first)
        if line.level == LevelName.PRIMARY and is_shown:
            terms.setdefault(line.engineer_id, []).append(line)
    shifts = _held(facts)
    return [
        PersonRow(
            mark=cells.mark_of(engineer_id, facts.marks),
            when=_when(own, facts.today, until),
            places=tuple(
                _person_place(week, own, shifts.get((engineer_id, week.week_date)), facts)
                for week in facts.columns
            ),
        )
        for engineer_id, own in terms.items()
    ]


def shadow_words(week_date: dt.date, facts: BoardFacts) -> str:
    """`shadows Ben`: beside whoever carries the week on primary; `shadows` beside nobody."""
    carrier_id = facts.carrier_in(week_date)
    if carrier_id is None:
        return "shadows"
    return f"shadows {cells.mark_of(carrier_id, facts.marks).name}"


def _held(facts: BoardFacts) -> dict[tuple[int, dt.date], tuple[str, str]]:
    """Kind and words of each person's weeks on primary, by engineer and week."""
    found: dict[tuple[int, dt.date], tuple[str, str]] = {}
    for shift in facts.shown:
        if shift.level != LevelName.PRIMARY or shift.cancelled_at is not None:
            continue
        for stint in shift.stints:
            if stint.person is None:
                continue
            key = (stint.person, shift.week_date)
            if stint.person == shift.holder_id:
                found[key] = ("shift", "primary")
            elif shift.holder_id is None:
                found[key] = ("cover", "covers a gap")
            else:
                holder = cells.mark_of(shift.holder_id, facts.marks)
                found[key] = ("cover", f"cover for {holder.name}")
    return found


def _person_place(
    week: Column, terms: Sequence[Service], held: tuple[str, str] | None, facts: BoardFacts
) -> PersonPlace:
    term = _term_in(week.week_date, terms)
    classes = week.classes
    edge = ""
    if term is not None:
        starts, ends = term.joins_on == week.week_date, term.ends_on == week.week_date + WEEK
        edge = "starts" if starts else "ends" if ends else ""
        classes = " ".join(
            filter(None, ["in", "start" if starts else "", "end" if ends else "", classes])
        )
    if held is not None:
        return PersonPlace(classes=classes, kind=held[0], said=held[1])
    if term is not None and week.week_date < term.starts_on:
        return PersonPlace(classes=classes, kind="shadow", said=shadow_words(week.week_date, facts))
    is_away = term is not None and week.week_date in facts.away.get(term.engineer_id, ())
    return PersonPlace(classes=classes, kind="away" if is_away else edge, said="")


def _term_in(week_date: dt.date, terms: Sequence[Service]) -> Service | None:
    return next(
        (
            term
            for term in terms
            if term.joins_on <= week_date
            and (term.ends_on is None or week_date + WEEK <= term.ends_on)
        ),
        None,
    )


def _when(terms: Sequence[Service], today: dt.date, until: dt.date) -> str:
    """`from Mon 4 Jan` before the start, else `to Mon 5 Apr`; a far end says its year instead."""
    term = next((t for t in terms if t.ends_on is None or t.ends_on > today), terms[-1])
    if term.starts_on > today:
        shadows = term.joins_on <= today
        day = term.starts_on if shadows else term.joins_on
        return f"{'shadows to' if shadows else 'from'} {wording.day(day, year=False)}"
    if term.ends_on is None:
        return "no end yet"
    if term.ends_on > until:
        return f"to {wording.day(term.ends_on).partition(' ')[2]}"
    return f"to {wording.day(term.ends_on, year=False)}"
