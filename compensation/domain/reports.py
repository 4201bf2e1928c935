"""The reports that finance asks for: which there are, what each is asked with, its rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from typing import TYPE_CHECKING

from compensation.domain.keys import instant_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compensation.domain.cells import Cell

MOST_MONTHS = 120


class Report(enum.StrEnum):
    """What is looked at; the value stands in addresses."""

    PERIODS = "periods"
    YEAR = "year"
    PEOPLE = "people"
    COST_CENTRES = "cost-centres"
    OFFICES = "offices"
    PAGE_COST = "cost-per-page"
    CORRECTIONS = "corrections"
    ENTRIES = "entries"
    ACCRUAL = "accrual"
    UNPAID = "unpaid-coverage"
    BLOCKED = "blocked-weeks"


class Ask(enum.StrEnum):
    """What a report can be asked with; the value is the name in addresses and files."""

    SINCE = "since"
    UNTIL = "until"
    YEAR = "year"
    CURRENCY = "currency"
    OFFICE = "office"
    COST_CENTRE = "cost_centre"
    PERSON = "person"
    ROTATION = "rotation"
    AT = "at"


class Kind(enum.StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"
    COUNT = "count"
    HOURS = "hours"
    HUNDREDTHS = "hundredths"
    AMOUNT = "amount"


NUMBERS = frozenset({Kind.COUNT, Kind.HOURS, Kind.HUNDREDTHS, Kind.AMOUNT})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column: `name` in files and in the API, `heading` on pages.

    Pages leave out one without a heading, phones those that are not `always` there. Cells of hours
    are seconds.
    """

    name: str
    kind: Kind
    heading: str = ""
    always: bool = True

    @property
    def is_number(self) -> bool:
        """Whether its cells are figures, which stand at the end of their column."""
        return self.kind in NUMBERS


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """A report in words, and what it is asked with."""

    title: str
    line: str
    asks: tuple[Ask, ...]

    @property
    def by_months(self) -> bool:
        """Whether it is of the entries posted to some months."""
        return Ask.SINCE in self.asks


_MONTHS = (Ask.SINCE, Ask.UNTIL)
_WHOSE = (Ask.CURRENCY, Ask.OFFICE, Ask.COST_CENTRE, Ask.PERSON, Ask.ROTATION)

ABOUT = {
    Report.PERIODS: About(
        title="By period",
        line="What each month was worth: weeks, public holidays, adjustments.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.YEAR: About(
        title="Year to date",
        line="A calendar or fiscal year month by month, added up, beside the year before.",
        asks=(Ask.YEAR, *_WHOSE),
    ),
    Report.PEOPLE: About(
        title="By person",
        line="Everybody with entries: hours, weeks, public holidays, adjustments.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.COST_CENTRES: About(
        title="By cost centre",
        line="What each cost centre bears, as people belonged to it when the week began.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.OFFICES: About(
        title="By office",
        line="What each office bears, as people belonged to it when the week began.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.PAGE_COST: About(
        title="Cost per page",
        line="What each rotation costs, beside how often its people were paged in these weeks.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.CORRECTIONS: About(
        title="Corrections",
        line="Reversals, the entries in their place and adjustments, with who approved them.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.ENTRIES: About(
        title="Entries",
        line="The ledger itself, line by line.",
        asks=(*_MONTHS, *_WHOSE),
    ),
    Report.ACCRUAL: About(
        title="Accrual",
        line="What the running weeks are worth at one instant. Nothing of it is posted.",
        asks=(Ask.AT, Ask.ROTATION),
    ),
    Report.UNPAID: About(
        title="Unpaid coverage",
        line="Hours on call at a level that is not paid, person by person.",
        asks=(*_MONTHS, Ask.ROTATION),
    ),
    Report.BLOCKED: About(
        title="Blocked weeks",
        line="Weeks that have ended and wait for a rate.",
        asks=(Ask.ROTATION,),
    ),
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which part of a report: empty texts leave nothing out.

    `since` and `until` are months, both included, of posting; `office` and `rotation` are slugs,
    `person` is an employee number, `year` names a year as `compensation.domain.years` does.
    """

    since: str = ""
    until: str = ""
    year: str = ""
    currency: str = ""
    office: str = ""
    cost_centre: str = ""
    person: str = ""
    rotation: str = ""
    at: dt.datetime | None = None

    def as_texts(self) -> dict[str, str]:
        """What was asked, as plain text by name; what leaves nothing out is left out."""
        texts = {name: getattr(self, name) for name in self.__slots__ if name != Ask.AT}
        texts[Ask.AT.value] = instant_text(self.at) if self.at else ""
        return {str(Ask(name)): text for name, text in texts.items() if text}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Wanted:
        """What `as_texts` wrote.

        Raises:
            ValueError: it was written by somebody else.
        """
        plain = {str(Ask(name)): text for name, text in texts.items() if name != Ask.AT}
        at = texts.get(Ask.AT, "")
        return cls(**plain, at=dt.datetime.fromisoformat(at) if at else None)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: a cell for each column. `currency` is empty where no amount is counted.

    `weight` is what a chart draws of it; `drill` are the names and texts that ask for its entries.
    """

    currency: str
    cells: tuple[Cell, ...]
    weight: int = 0
    drill: tuple[tuple[str, str], ...] = ()
