"""Offices’ calendars as finance sees them: days, changes, and weeks that wait for a word."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from compensation.models import CalendarReview, Recalculation
from compensation.queries.calendar_effect import WeekOffered, differences_of
from compensation.queries.corrections import RequestLine
from volunteers.queries import calendars
from volunteers.queries.contacts import names_of
from volunteers.queries.places import OfficeLine, office_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from volunteers.queries.calendars import DayOff, VersionLine

MOST_WEEKS = 100
MOST_CHANGES = 50
State = Recalculation.State
_UNDECIDED = (State.OFFERED, State.KEPT)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CalendarLine:
    """An office: its last day on record, and ended weeks that wait for a decision of finance."""

    office: OfficeLine
    last: dt.date | None
    offered: int
    asked: int

    @property
    def is_short(self) -> bool:
        """Whether no day is known at all: weeks there would have no public holiday."""
        return self.last is None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekLine:
    """A week that began before a change, its state, and what the change would make of its pay.

    `differences` are pairs of currency and minor units; none once it is decided.
    """

    shift_id: int
    title: str
    earned_on: dt.date
    is_completed: bool
    state: str
    differences: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ChangeLine:
    """A change of the calendar, the weeks that it is offered for, and the request about them.

    `counts` says by state how many weeks there are; `weeks` are the first of them.
    """

    version: VersionLine
    made_by: str
    weeks: tuple[WeekLine, ...]
    counts: dict[str, int]
    request: RequestLine | None
    note: str
    proposer_id: int | None

    @property
    def waits(self) -> bool:
        """Whether somebody asked and nobody has decided."""
        return self.request is not None and self.request.waits

    @property
    def offered(self) -> int:
        """How many weeks wait for a word."""
        return self.counts.get(State.OFFERED, 0)

    @property
    def undecided(self) -> int:
        """How many weeks could be paid anew."""
        return sum(self.counts.get(state, 0) for state in _UNDECIDED)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CalendarPage:
    """One office's year, and every change of its calendar, the newest first."""

    office: OfficeLine
    year: int
    years: tuple[int, ...]
    days: tuple[DayOff, ...]
    changes: tuple[ChangeLine, ...]
    all_changes: int

    @property
    def open_changes(self) -> list[ChangeLine]:
        """Changes about whose weeks finance has to say something."""
        return [change for change in self.changes if change.offered or change.waits]

    @property
    def weeks_waiting(self) -> int:
        """How many weeks wait for a word of finance."""
        return sum(change.undecided for change in self.open_changes)


def calendar_lines() -> list[CalendarLine]:
    """Every office, in order of name; the number of queries does not depend on how many."""
    last = calendars.last_days()
    offered = _by_office(Recalculation.objects.filter(state=State.OFFERED), "calendar__office_id")
    asked = _by_office(
        CalendarReview.objects.filter(state=CalendarReview.State.PROPOSED), "version__office_id"
    )
    return [
        CalendarLine(
            office=office,
            last=last.get(office.office_id),
            offered=offered.get(office.office_id, 0),
            asked=asked.get(office.office_id, 0),
        )
        for office in office_lines()
    ]


def calendar_page(*, office: OfficeLine, year: int) -> CalendarPage:
    """The office's days of a year and its changes; a fixed number of queries."""
    changes = calendars.versions(office_id=office.office_id)
    years = {*calendars.years_on_record(office_id=office.office_id), year, year + 1}
    return CalendarPage(
        office=office,
        year=year,
        years=tuple(sorted(years)),
        days=tuple(
            calendars.days_off(
                office_id=office.office_id,
                from_date=dt.date(year, 1, 1),
                until_date=dt.date(year + 1, 1, 1),
            )
        ),
        changes=tuple(_changes(_shown(changes))),
        all_changes=len(changes),
    )


def change_line(*, office_id: int, number: int) -> ChangeLine | None:
    """One change of an office's calendar by its number, or None."""
    found = [one for one in calendars.versions(office_id=office_id) if one.number == number]
    return next(iter(_changes(found)), None)


def _shown(changes: Sequence[VersionLine]) -> list[VersionLine]:
    """The newest, and older ones about which something waits."""
    known = [one.version_id for one in changes]
    offered = Recalculation.objects.filter(calendar_id__in=known, state=State.OFFERED)
    waiting = set(offered.values_list("calendar_id", flat=True))
    return [
        one
        for place, one in enumerate(changes)
        if place < MOST_CHANGES or one.version_id in waiting
    ]


def _changes(versions: list[VersionLine]) -> list[ChangeLine]:
    names = names_of(emails=[one.made_by for one in versions])
    weeks = _weeks(versions)
    counts = _counts(versions)
    reviews = _reviews(versions)
    found = []
    for one in versions:
        review = reviews.get(one.version_id)
        found.append(
            ChangeLine(
                version=one,
                made_by=names.get(one.made_by, one.made_by),
                weeks=tuple(weeks.get(one.version_id, ())),
                counts=counts.get(one.version_id, {}),
                request=None if review is None else _request(review),
                note="" if review is None else review.decision_note,
                proposer_id=None if review is None else review.proposed_by_id,
            )
        )
    return found


def _weeks(versions: list[VersionLine]) -> dict[int, list[WeekLine]]:
    by_id = {one.version_id: one for one in versions}
    rows = list(
        Recalculation.objects.filter(calendar_id__in=by_id)
        .order_by("-calendar__number", "earned_on", "shift_id")
        .values_list("calendar_id", "shift_id", "earned_on", "state")[:MOST_WEEKS]
    )
    known = differences_of(
        wanted=[(by_id[version_id], shift_id) for version_id, shift_id, _on, _state in rows]
    )
    found: dict[int, list[WeekLine]] = collections.defaultdict(list)
    for version_id, shift_id, earned_on, state in rows:
        week = known[version_id, shift_id]
        found[version_id].append(_week(week, earned_on, state))
    return found


def _week(week: WeekOffered, earned_on: dt.date, state: str) -> WeekLine:
    return WeekLine(
        shift_id=week.payable.shift_id,
        title=week.payable.title,
        earned_on=earned_on,
        is_completed=week.payable.is_completed,
        state=state,
        differences=tuple(sorted(week.differences.items())),
    )


def _counts(versions: list[VersionLine]) -> dict[int, dict[str, int]]:
    rows = Recalculation.objects.filter(calendar_id__in=[one.version_id for one in versions])
    found: dict[int, dict[str, int]] = collections.defaultdict(dict)
    counted = rows.values("calendar_id", "state").annotate(weeks=Count("pk"))
    for row in counted.order_by("calendar_id", "state"):
        found[row["calendar_id"]][row["state"]] = row["weeks"]
    return found


def _reviews(versions: list[VersionLine]) -> dict[int, CalendarReview]:
    """The latest request about each change."""
    rows = CalendarReview.objects.filter(version_id__in=[one.version_id for one in versions])
    joined = rows.select_related("proposed_by", "decided_by", "version").order_by("pk")
    return {row.version_id: row for row in joined}


def _request(row: CalendarReview) -> RequestLine:
    return RequestLine(
        request_id=row.pk,
        title=f"version {row.version.number}",
        state=row.state,
        reason=row.reason,
        asked_by=row.proposed_by.name,
        asked_at=row.proposed_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
    )


def _by_office(rows: QuerySet[Any], column: str) -> dict[int, int]:
    counted = rows.order_by(column).values(column).annotate(some=Count("pk"))
    return {row[column]: row["some"] for row in counted}
