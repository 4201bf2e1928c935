"""What a list of weeks carried before Rota would change, line by line, without changing it."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import re
from typing import TYPE_CHECKING

from django.db.models import Min

from common import wording
from common.forms import EARLIEST, LATEST
from rotation.domain import planning, slots
from rotation.models import HistoryWeek, Level, LevelName, Shift
from rotation.queries import calendars, patterns
from volunteers.queries import contacts, holidays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rotation.domain.planning import PlanWeek
    from rotation.domain.slots import WeekPattern
    from rotation.models import Rotation

NEW = "new"
REPLACED = "replaced"
UNCHANGED = "unchanged"
SKIPPED = "skipped"
_LEVELS = {
    "primary": LevelName.PRIMARY,
    "1": LevelName.PRIMARY,
    "escalation": LevelName.ESCALATION,
    "level 2": LevelName.ESCALATION,
    "2": LevelName.ESCALATION,
}
_ISO_WEEK = re.compile(r"([0-9]{4})-?[Ww]([0-9]{1,2})", re.ASCII)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HistoryRow:
    """One line of the file as it was typed."""

    line: int
    week: str
    level: str
    email: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """How to meet what is there: another holder is replaced, unknown people are left out."""

    replace: bool = False
    skip_unknown: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HistoryLine:
    """What a line comes to: new, replaced (then `was_email` says by whom it stood), unchanged."""

    line: int
    outcome: str
    level_id: int
    level: str
    email: str
    holder_id: int
    week: PlanWeek
    was_email: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPlan:
    """Every line that can be used, every problem by line, the lines left out, and warnings."""

    lines: tuple[HistoryLine, ...]
    problems: tuple[tuple[int, str], ...]
    skipped: tuple[tuple[int, str], ...]
    warnings: tuple[str, ...]

    def count(self, outcome: str) -> int:
        """How many lines come to that."""
        if outcome == SKIPPED:
            return len(self.skipped)
        return sum(1 for line in self.lines if line.outcome == outcome)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """The rows that the file is compared with."""

    pattern: WeekPattern
    now: dt.datetime
    levels: Mapping[str, int]
    first_published: Mapping[str, dt.date]
    people: Mapping[str, int]
    stored: Mapping[tuple[str, dt.date], HistoryWeek]
    choices: Choices


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """A line whose words mean something."""

    line: int
    week_date: dt.date
    level: str
    email: str


@dataclasses.dataclass(kw_only=True, slots=True)
class _Reading:
    """What has been read so far; `first` is where each level's week stands first."""

    lines: list[_Read] = dataclasses.field(default_factory=list)
    problems: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    skipped: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    first: dict[tuple[str, dt.date], _Read] = dataclasses.field(default_factory=dict)


def plan_import(
    *, rotation: Rotation, rows: Iterable[HistoryRow], choices: Choices, now: dt.datetime
) -> HistoryPlan:
    """Compare the rows with what is there; the number of queries does not depend on theirs."""
    rows = list(rows)
    # PostgreSQL takes no NUL; what is not printable is nobody's address on either engine.
    emails = {email for row in rows if (email := _email(row)).isprintable()}
    known = _known(rotation, choices, now, emails)
    reading = _Reading()
    for row in rows:
        _read(row, known, reading)
    planned = _planned(rotation, known, {one.week_date for one in reading.lines})
    years = {week_date.year for week_date in planned}
    return HistoryPlan(
        lines=tuple(_line(one, planned[one.week_date], known) for one in reading.lines),
        problems=tuple(reading.problems),
        skipped=tuple(reading.skipped),
        warnings=tuple(_warnings(rotation, known, years)),
    )


def _known(rotation: Rotation, choices: Choices, now: dt.datetime, emails: Iterable[str]) -> _Known:
    levels = dict(Level.objects.filter(rotation=rotation).values_list("name", "pk"))
    published = Shift.objects.filter(level__rotation=rotation).values_list("level__name")
    stored = HistoryWeek.objects.filter(level__rotation=rotation).select_related("level", "holder")
    return _Known(
        pattern=patterns.pattern_of(rotation),
        now=now,
        levels=levels,
        first_published=dict(published.annotate(first=Min("week_date"))),
        people=contacts.ids_of(emails=emails),
        stored={(week.level.name, week.week_date): week for week in stored},
        choices=choices,
    )


def _read(row: HistoryRow, known: _Known, reading: _Reading) -> None:
    """Note what the line means, or what is wrong with it."""
    level = _LEVELS.get(" ".join(row.level.casefold().split()))
    day = _day(row.week.strip(), known.pattern)
    email = _email(row)
    if level is None or day is None:
        reading.problems.append((row.line, _unreadable(row, is_level=level is not None)))
    elif email not in known.people:
        told = reading.skipped if known.choices.skip_unknown else reading.problems
        told.append((row.line, f"Nobody has the e-mail {email!r}."))
    else:
        one = _Read(line=row.line, week_date=day, level=level.value, email=email)
        earlier = reading.first.setdefault((one.level, day), one)
        said = _clash(one, earlier) or _wrong_week(one, known) or _taken(one, known)
        if said:
            reading.problems.append((row.line, said))
        else:
            reading.lines.append(one)


def _unreadable(row: HistoryRow, *, is_level: bool) -> str:
    if is_level:
        return f"{row.week.strip()!r} is no week: write 2025-12-22 or 2025-W52."
    return f"There is no level {row.level.strip()!r}: primary (1) or escalation (2)."


def _email(row: HistoryRow) -> str:
    return row.email.strip().lower()


def _day(text: str, pattern: WeekPattern) -> dt.date | None:
    """The handover that is meant; any other day stays as it is, to be refused by name."""
    week = _ISO_WEEK.fullmatch(text)
    try:
        if week is not None:
            year, number = int(week[1]), int(week[2])
            day = dt.date.fromisocalendar(year, number, pattern.handover_weekday + 1)
        elif _ISO_DAY.fullmatch(text):
            day = dt.date.fromisoformat(text)
        else:
            return None
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _clash(one: _Read, earlier: _Read) -> str:
    if one is earlier:
        return ""
    if earlier.email == one.email:
        return f"The same as in line {earlier.line}."
    return f"Line {earlier.line} gives the week of {wording.day(one.week_date)} to {earlier.email}."


def _wrong_week(one: _Read, known: _Known) -> str:
    week = wording.day(one.week_date)
    days = (one.week_date.weekday() - known.pattern.handover_weekday) % 7
    if days:
        begins = wording.day(one.week_date - dt.timedelta(days=days))
        return f"{week} is not a handover; the week begins on {begins}."
    first = known.first_published.get(one.level)
    if first is not None and one.week_date >= first:
        return f"The week of {week} is not before the first published one, {wording.day(first)}."
    has_begun = slots.week_of(known.pattern, one.week_date).period.starts_at <= known.now
    return "" if has_begun else f"The week of {week} has not begun."


def _taken(one: _Read, known: _Known) -> str:
    stored = known.stored.get((one.level, one.week_date))
    if stored is None or known.choices.replace or stored.holder_id == known.people[one.email]:
        return ""
    week = wording.day(one.week_date)
    return f"The week of {week} is {stored.holder.email}'s already; --replace gives it away."


def _planned(
    rotation: Rotation, known: _Known, dates: Iterable[dt.date]
) -> dict[dt.date, PlanWeek]:
    """Loads and holidays as a draft would count them for these weeks."""
    weeks = [slots.week_of(known.pattern, date) for date in sorted(dates)]
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=known.now)
    counted = calendars.counted_holidays(
        rotation=rotation, policy=policy, weeks=weeks, own=patterns.holidays_in(rotation, weeks)
    )
    return {week.week_date: week for week in planning.plan_weeks(known.pattern, weeks, counted)}


def _line(one: _Read, week: PlanWeek, known: _Known) -> HistoryLine:
    stored = known.stored.get((one.level, one.week_date))
    holder_id = known.people[one.email]
    outcome = NEW
    if stored is not None:
        is_other = stored.holder_id != holder_id or (
            (stored.load_hundredths, stored.holidays) != (week.load, list(week.holidays))
        )
        outcome = REPLACED if is_other and known.choices.replace else UNCHANGED
    return HistoryLine(
        line=one.line,
        outcome=outcome,
        level_id=known.levels[one.level],
        level=one.level,
        email=one.email,
        holder_id=holder_id,
        week=week,
        was_email=stored.holder.email if stored is not None else "",
    )


def _warnings(rotation: Rotation, known: _Known, years: set[int]) -> list[str]:
    """Years of the file for which a calendar that counts holds no holiday at all."""
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=known.now)
    found: dict[str, list[int]] = collections.defaultdict(list)
    for office, there in holidays.years_of_offices(
        office_ids=[rotation.holiday_office_id] if not policy.holiday_weights else [],
        slugs=list(policy.holiday_weights),
    ).items():
        found[office] += sorted(years - there)
    return [
        f"{office} has no public holidays on record for {', '.join(map(str, missing))}: "
        "weeks of those years count without."
        for office, missing in found.items()
        if missing
    ]
