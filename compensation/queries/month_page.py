"""Months as finance's pages show them: all of them in a list, one with everything about it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from compensation.domain import periods
from compensation.models import Entry
from compensation.queries import review
from compensation.queries.closing import Check, CheckCode, closing_checks
from compensation.queries.month_corrections import month_corrections
from compensation.queries.months import closable_from, month_line, months
from compensation.queries.periods import exports_of, last_closed_month, latest_exports
from compensation.queries.reconciling import month_hours
from compensation.queries.reopenings import reopenings_of
from compensation.queries.review import month_review, people_change
from volunteers.queries.contacts import names_of

if TYPE_CHECKING:
    import datetime as dt

    from compensation.queries.month_corrections import MonthCorrections
    from compensation.queries.pages import Page
    from compensation.queries.periods import ExportFact, PeriodLine
    from compensation.queries.reconciling import MonthHours
    from compensation.queries.reopenings import ReopeningLine
    from compensation.queries.review import CurrencyGroup, PeopleChange, ShownPeople


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ClosedMonth:
    """A closed month with its files in force; `closed_by` is a name."""

    period: PeriodLine
    closed_by: str
    files: tuple[ExportFact, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthList:
    """The open months in order of time, the closed ones newest first."""

    open: tuple[PeriodLine, ...]
    closed: tuple[ClosedMonth, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthPage:
    """One month. An open one has checks, a closed one none.

    An open month has files only when it was closed before and opened again: none of them is in
    force. `before_label` and `next_label` are the months around it; `earned_before` counts entries
    that were earned in an earlier month, which was closed when they came. `is_last_closed` when no
    later month is closed.
    """

    period: PeriodLine
    before_label: str
    next_label: str
    groups: tuple[CurrencyGroup, ...]
    review: Page[ShownPeople]
    hours: MonthHours
    earned_before: int
    closable_from: dt.datetime
    is_over: bool
    checks: tuple[Check, ...]
    corrections: MonthCorrections
    closed_by: str
    is_last_closed: bool
    files: tuple[ExportFact, ...]
    reopenings: tuple[ReopeningLine, ...]

    @property
    def people(self) -> PeopleChange:
        """Who is new since the month before, and who is gone."""
        return people_change(self.groups)

    @property
    def in_force(self) -> list[ExportFact]:
        """The newest files of a closed month."""
        return [file for file in self.files if not file.is_superseded]

    @property
    def to_send(self) -> list[ExportFact]:
        """Files in force that nobody has marked as sent to payroll."""
        return [file for file in self.in_force if file.sent_at is None]

    @property
    def sent(self) -> list[ExportFact]:
        """Files that went to payroll; with the first of them the month is final."""
        return [file for file in self.files if file.sent_at is not None]

    @property
    def waiting_reopening(self) -> ReopeningLine | None:
        """The request that somebody has to decide about."""
        return next((line for line in self.reopenings if line.is_waiting), None)

    @property
    def can_ask_reopening(self) -> bool:
        """Whether finance may ask for it now."""
        is_open_to_it = self.period.is_closed and self.is_last_closed and not self.sent
        return is_open_to_it and self.waiting_reopening is None

    @property
    def has_before(self) -> bool:
        """Whether there is anything to compare the totals with."""
        return any(person.before_minor for group in self.groups for person in group.people)

    @property
    def passing(self) -> int:
        """How many checks pass."""
        return sum(check.passes for check in self.checks)

    @property
    def can_close(self) -> bool:
        """Whether nothing stands against closing it now."""
        return not self.period.is_closed and self.passing == len(self.checks)

    @property
    def failing(self) -> int:
        """How many checks stand against closing once the month is over."""
        return len(self.checks) - self.passing - (not self.is_over)

    @property
    def earlier(self) -> list[tuple[str, str]]:
        """Earlier months that are still open, as text for addresses and for people."""
        in_order = [check for check in self.checks if check.code is CheckCode.IN_ORDER]
        return [(month, _label(month)) for check in in_order for month in check.items]

    @property
    def short_label(self) -> str:
        """The month without its year, for the head of a column."""
        return self.period.label.split()[0]

    @property
    def short_before(self) -> str:
        """The month before without its year."""
        return self.before_label.split()[0]


def month_list(*, today: dt.date) -> MonthList:
    """Every month that has a row or stands open; five queries."""
    lines = months(today=today)
    files = latest_exports()
    names = names_of(emails=[line.closed_by for line in lines])
    return MonthList(
        open=tuple(reversed([line for line in lines if not line.is_closed])),
        closed=tuple(
            ClosedMonth(
                period=line,
                closed_by=names.get(line.closed_by, line.closed_by),
                files=tuple(files.get(line.month, ())),
            )
            for line in lines
            if line.is_closed
        ),
    )


def month_page(
    *, month: str, now: dt.datetime, today: dt.date, people_page: int = 1
) -> MonthPage | None:
    """Everything about one month, or None when it neither has a row nor stands open.

    `people_page` is the page of its people that is shown. The number of queries does not depend on
    how many rows there are.
    """
    line = month_line(month=month, today=today)
    if line is None:
        return None
    closable = closable_from(month=month)
    groups = month_review(month=month)
    return MonthPage(
        period=line,
        before_label=_label(periods.month_before(month)),
        next_label=_label(periods.next_month(month)),
        groups=tuple(groups),
        review=review.people_page(groups, number=people_page),
        hours=month_hours(month=month),
        earned_before=_earned_before(month),
        closable_from=closable,
        is_over=now >= closable,
        checks=() if line.is_closed else tuple(closing_checks(month=month, now=now)),
        corrections=month_corrections(month=month),
        closed_by=names_of(emails=[line.closed_by]).get(line.closed_by, line.closed_by),
        is_last_closed=last_closed_month() == month,
        files=tuple(_named(exports_of(month=month))),
        reopenings=tuple(reopenings_of(month=month)),
    )


def _named(files: list[ExportFact]) -> list[ExportFact]:
    """The files with the names of those who sent them, where an e-mail stood."""
    names = names_of(emails=[file.sent_by for file in files])
    return [
        dataclasses.replace(file, sent_by=names.get(file.sent_by, file.sent_by)) for file in files
    ]


def _label(month: str) -> str:
    return wording.month(periods.first_day(month))


def _earned_before(month: str) -> int:
    earlier = Entry.objects.filter(period__month=month, earned_on__lt=periods.first_day(month))
    return earlier.count()
