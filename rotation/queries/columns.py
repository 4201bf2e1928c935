"""The weeks of a board as columns, and the public holidays that fall into them."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import slots
from volunteers.queries import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from common.periods import Period
    from rotation.domain.slots import WeekPattern
    from rotation.models import Rotation
    from volunteers.queries.postings import Place

NOON = dt.time(12)
MOST_LETTERS = 3
LONGEST_NAMES = 24
ROOM_FOR_YEAR = 2


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A week as a column. `classes` are those of all its cells: a new month, and the now-line."""

    week_date: dt.date
    period: Period
    number: int
    classes: str
    is_now: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """Neighbouring columns of one month; the year stands with the first and each January.

    A month with one column has room for three letters.
    """

    name: str
    first: dt.date
    span: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeMark:
    """An office whose holidays the board shows, and its letter."""

    office_id: int
    name: str
    letter: str

    @property
    def rest(self) -> str:
        """The name after the letter."""
        return self.name.removeprefix(self.letter)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One public holiday with the offices that have it."""

    name: str
    date: dt.date
    offices: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekHolidays:
    """The holidays of one week: letters for the cell, and the days in words."""

    letters: tuple[str, ...]
    days: tuple[Day, ...]

    @property
    def sentence(self) -> str:
        """`Christmas Day, Fri 25 Dec: Dublin, London`, one after the other."""
        return "; ".join(
            f"{day.name}, {wording.day(day.date, year=False)}: {', '.join(day.offices)}"
            for day in self.days
        )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The offices, and for each column its holidays."""

    offices: tuple[OfficeMark, ...]
    weeks: Mapping[dt.date, WeekHolidays]

    @property
    def label(self) -> str:
        """The offices' names, or how many there are when the names are too long for the row."""
        names = ", ".join(office.name for office in self.offices)
        return names if len(names) <= LONGEST_NAMES else f"{len(self.offices)} offices"


def columns(pattern: WeekPattern, first: dt.date, count: int, now: dt.datetime) -> list[Column]:
    """`count` weeks in order of time from the handover date `first` on."""
    return [
        _column(week, pattern.zone, now, is_first=number == 0)
        for number, week in enumerate(slots.weeks_from(pattern, first, count))
    ]


def months(weeks: Sequence[Column]) -> list[Month]:
    """The columns by the month of their handover, in order of time."""
    spans: collections.Counter[dt.date] = collections.Counter(
        week.week_date.replace(day=1) for week in weeks
    )
    found: list[Month] = []
    for date, span in spans.items():
        name, year = wording.month(date).split()
        if span < ROOM_FOR_YEAR:
            name, year = name[:3], ""
        has_year = year and (date.month == 1 or not found)
        found.append(Month(name=f"{name} {year}" if has_year else name, first=date, span=span))
    return found


def calendar(*, rotation: Rotation, places: Iterable[Place], weeks: Sequence[Column]) -> Calendar:
    """The holidays of the people's offices, which are at these, and the rotation's; one query."""
    from_date, until_date = weeks[0].week_date, weeks[-1].week_date + dt.timedelta(days=8)
    names = {place.office_id: place.office_name for place in places}
    if rotation.holiday_office is not None:
        names[rotation.holiday_office.pk] = rotation.holiday_office.name
    offices = _marked(names)
    dates = people.holidays_of(office_ids=names, from_date=from_date, until_date=until_date)
    return Calendar(
        offices=offices,
        weeks={
            week.week_date: _week_holidays(week.period, rotation.time_zone, offices, dates)
            for week in weeks
        },
    )


def _column(week: slots.Week, zone: str, now: dt.datetime, *, is_first: bool) -> Column:
    is_now = week.period.contains(now)
    classes = ["m"] if is_first or week.week_date.day <= slots.WEEK_DAYS else []
    if is_now:
        day = (slots.local_date(zone, now) - week.week_date).days
        classes += ["now", f"at-{min(day, slots.WEEK_DAYS - 1)}"]
    return Column(
        week_date=week.week_date,
        period=week.period,
        number=week.week_date.isocalendar().week,
        classes=" ".join(classes),
        is_now=is_now,
    )


def _marked(names: Mapping[int, str]) -> tuple[OfficeMark, ...]:
    """One letter for each office, two where another begins with the same; in order of name."""
    first = collections.Counter(name[:1] for name in names.values())
    return tuple(
        OfficeMark(office_id=office_id, name=name, letter=name[: 1 if first[name[:1]] == 1 else 2])
        for office_id, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
    )


def _week_holidays(
    period: Period,
    zone: str,
    offices: Sequence[OfficeMark],
    dates: Mapping[int, Mapping[dt.date, str]],
) -> WeekHolidays:
    found: dict[tuple[dt.date, str], list[OfficeMark]] = {}
    for office in offices:
        for date, name in dates[office.office_id].items():
            if period.contains(slots.local_instant(zone, date, NOON)):
                found.setdefault((date, name), []).append(office)
    having = {office.office_id for marks in found.values() for office in marks}
    return WeekHolidays(
        letters=_letters([office.letter for office in offices if office.office_id in having]),
        days=tuple(
            Day(
                name=name,
                date=date,
                offices=("all offices",)
                if len(marks) == len(offices) > 1
                else tuple(office.name for office in marks),
            )
            for (date, name), marks in sorted(found.items())
        ),
    )


def _letters(letters: list[str]) -> tuple[str, ...]:
    """As many as the cell holds; a plus stands for the rest."""
    if len(letters) <= MOST_LETTERS:
        return tuple(letters)
    return (*letters[: MOST_LETTERS - 1], "+")
