"""What one person has earned, week by week, with the lines that each amount is made of."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING

from common.periods import intersection, merged, seconds
from compensation.domain import keys, segments
from compensation.domain.hours import hours
from compensation.models import PayPeriod
from compensation.queries.entries import entry_lines
from compensation.queries.shifts import payable_shifts
from compensation.queries.workings import workings
from volunteers.queries import calendars, postings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from compensation.domain.shifts import Shift
    from compensation.models import Entry
    from compensation.queries.entries import EntryLine
    from compensation.queries.shifts import PayableShift
    from compensation.queries.workings import Working

_DAY = dt.timedelta(days=1)
_Names = dict[int, dict[dt.date, str]]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SlipLine:
    """One entry and how it was computed: `part` of `whole` seconds at what the whole is worth.

    For the week itself the whole is all of its paid time; for a public holiday it is that date's.
    An adjustment has no whole. `holiday` is the day's name, empty for the week itself. `reverses`
    is the number of the entry that this one takes back, `reversed_by` of the one that took this
    one back; `working` is None where there is nothing to compute.
    """

    number: int
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    holiday_on: dt.date | None
    holiday: str
    part: int
    whole: int
    worth_minor: int
    amount_minor: int
    reverses: int | None
    reversed_by: int | None
    working: Working | None

    @property
    def is_plain(self) -> bool:
        """Whether it stands by itself: no half of a correction of a week."""
        return self.starts_at is None or self.reverses is None

    @property
    def part_hours(self) -> str:
        """The person's part, `101.5`."""
        return hours(self.part)

    @property
    def whole_hours(self) -> str:
        """The whole, `125.5`."""
        return hours(self.whole)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A correction: what was taken back and what stands for it; one of the two may be missing."""

    was: SlipLine | None
    now: SlipLine | None

    @property
    def was_minor(self) -> int:
        """What had been posted."""
        return -self.was.amount_minor if self.was else 0

    @property
    def now_minor(self) -> int:
        """What is posted instead."""
        return self.now.amount_minor if self.now else 0

    @property
    def change_minor(self) -> int:
        """What the correction adds or takes."""
        return self.now_minor - self.was_minor

    @property
    def line(self) -> SlipLine:
        """The line that says what the pair is about."""
        found = self.now or self.was
        if found is None:
            raise LookupError("a pair has at least one line")
        return found


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """One week of one person: its lines in order of number sum to `amount_minor`.

    `seconds` are the person's of `week_seconds`, after what was taken back. `plain` are the lines
    of the first pricing, `pairs` the corrections after it, each with what it takes back. `is_cover`
    says that somebody else had the week. An adjustment belongs to no week: its texts are empty and
    its instants None.
    """

    month: str
    is_closed: bool
    rotation: str
    level: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    starts_on: dt.date | None
    time_zone: str
    seconds: int
    week_seconds: int
    rate_version: str
    rate_from: dt.date | None
    weekly_minor: int
    currency: str
    earned_on: dt.date
    posted_at: dt.datetime
    amount_minor: int
    is_cover: bool
    lines: tuple[SlipLine, ...]
    plain: tuple[SlipLine, ...]
    pairs: tuple[Pair, ...]

    @property
    def hours(self) -> str:
        """The person's paid hours, `101.5`."""
        return hours(self.seconds)

    @property
    def week_hours(self) -> str:
        """The paid hours of the whole week, `125.5`."""
        return hours(self.week_seconds)

    @property
    def is_shared(self) -> bool:
        """Whether somebody else, or nobody, had a part of the week."""
        return self.seconds != self.week_seconds


def of_open_months(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those of the entries that no close has reached."""
    return entries.filter(period__state=PayPeriod.State.OPEN)


def of_month(entries: QuerySet[Entry], month: str) -> QuerySet[Entry]:
    """Those of the entries that are posted to the month."""
    return entries.filter(period__month=month)


def slips(*, entries: QuerySet[Entry]) -> list[Slip]:
    """One person's entries by week, the week earned last first.

    The number of queries does not depend on how many there are. A week that was corrected in a
    later month stands once in each month.
    """
    lines = entry_lines(entries.order_by("-earned_on", "-shift_id", "period__month", "number"))
    weeks = payable_shifts(shift_ids=[line.shift_id for line in lines if line.shift_id is not None])
    known = _Known(
        weeks=weeks,
        holidays=_holiday_names(lines, weeks),
        workings=workings(lines=lines, weeks=weeks),
    )
    groups = itertools.groupby(lines, key=_week)
    return [_slip(list(group), known) for _, group in groups]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What is read once for all lines."""

    weeks: dict[int, PayableShift]
    holidays: _Names
    workings: dict[int, Working]


def _week(line: EntryLine) -> tuple[int | None, str, str, int]:
    alone = line.number if line.shift_id is None else 0
    return line.shift_id, line.month, line.currency, alone


def _holiday_names(lines: list[EntryLine], weeks: dict[int, PayableShift]) -> _Names:
    """The names of the public holidays, by shift: those of the office where the person was."""
    dates = [line.holiday_on for line in lines if line.holiday_on is not None]
    if not dates:
        return {}
    belonged = postings.postings_of(engineer_ids=[line.engineer_id for line in lines])
    offices = {
        line.shift_id: place.office_id
        for line in lines
        if line.shift_id is not None
        and (place := belonged.place(line.engineer_id, weeks[line.shift_id].shift.starts_on))
    }
    names = calendars.names_ever(
        office_ids=set(offices.values()), from_date=min(dates), until_date=max(dates) + _DAY
    )
    return {shift_id: names[office_id] for shift_id, office_id in offices.items()}


def _slip(lines: list[EntryLine], known: _Known) -> Slip:
    last = lines[-1]
    week = known.weeks[last.shift_id] if last.shift_id is not None else None
    whole = seconds(segments.paid_windows(week.shift)) if week else 0
    shown = tuple(_line(line, known) for line in lines)
    later = {line.number for line in lines if keys.revision_of(line.key) > 1}
    return Slip(
        month=last.month,
        is_closed=last.is_closed,
        rotation=last.rotation,
        level=last.level,
        starts_at=week.shift.period.starts_at if week else None,
        ends_at=week.shift.period.ends_at if week else None,
        starts_on=week.shift.starts_on if week else None,
        time_zone=last.time_zone,
        seconds=sum(line.seconds for line in lines if line.kind == keys.BASE),
        week_seconds=whole,
        rate_version=last.rate_version,
        rate_from=last.rate_from,
        weekly_minor=last.weekly_minor,
        currency=last.currency,
        earned_on=last.earned_on,
        posted_at=last.posted_at,
        amount_minor=sum(line.amount_minor for line in lines),
        is_cover=last.holder_id not in {None, last.engineer_id},
        lines=shown,
        plain=tuple(each for each in shown if each.is_plain and each.number not in later),
        pairs=_pairs(shown, later),
    )


def _pairs(lines: tuple[SlipLine, ...], later: set[int]) -> tuple[Pair, ...]:
    """Each reversal with the new line of the same kind that has most of its time, then the rest."""
    fresh = [line for line in lines if line.number in later and not line.reverses]
    pairs = []
    for was in (line for line in lines if line.reverses and line.starts_at):
        same = [line for line in fresh if line.holiday_on == was.holiday_on]
        now = max(same, key=lambda line: _shared_seconds(line, was), default=None)
        if now is not None and _shared_seconds(now, was):
            fresh.remove(now)
        else:
            now = None
        pairs.append(Pair(was=was, now=now))
    return (*pairs, *(Pair(was=None, now=line) for line in fresh))


def _shared_seconds(one: SlipLine, other: SlipLine) -> int:
    if not (one.starts_at and one.ends_at and other.starts_at and other.ends_at):
        return 0
    until, since = min(one.ends_at, other.ends_at), max(one.starts_at, other.starts_at)
    return max(0, (until - since) // dt.timedelta(seconds=1))


def _line(line: EntryLine, known: _Known) -> SlipLine:
    day, shift = line.holiday_on, None
    names: dict[dt.date, str] = {}
    if line.shift_id is not None:
        shift = known.weeks[line.shift_id].shift
        names = known.holidays.get(line.shift_id, {})
    return SlipLine(
        number=line.number,
        starts_at=line.segment_start,
        ends_at=line.segment_end,
        holiday_on=day,
        holiday=names.get(day, "") if day else "",
        part=line.seconds,
        whole=_whole(shift, day) if shift else 0,
        worth_minor=line.holiday_minor if day else line.weekly_minor,
        amount_minor=line.amount_minor,
        reverses=line.reverses,
        reversed_by=line.reversed_by,
        working=known.workings.get(line.number),
    )


def _whole(shift: Shift, day: dt.date | None) -> int:
    """The paid time of the week, or of the public holiday."""
    return _day_seconds(shift, day) if day else seconds(segments.paid_windows(shift))


def _day_seconds(shift: Shift, date: dt.date) -> int:
    """The paid time of a whole local date, also where another week has its other part."""
    day = segments.local_day(date, shift.time_zone)
    return seconds(intersection(merged(shift.day_windows), [day]))
