"""A month by currency and person beside the month before, for finance to compare."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

from compensation.domain import periods
from compensation.domain.hours import hours
from compensation.queries.pages import SIZE, Page
from compensation.queries.periods import PersonTotal, person_totals

if TYPE_CHECKING:
    from collections.abc import Iterable

_Key = tuple[str, str, str]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One person and cost centre; `before_minor` is the month before, 0 when there was nothing."""

    employee_id: str
    name: str
    cost_centre: str
    entries: int
    paid_seconds: int
    before_entries: int
    before_minor: int
    amount_minor: int

    @property
    def hours(self) -> str:
        """The paid seconds as hours, `125.5`."""
        return hours(self.paid_seconds)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyGroup:
    """Everybody paid in one currency, in order of name; never add two groups."""

    currency: str
    offices: tuple[str, ...]
    people: tuple[PersonRow, ...]

    @property
    def paid_people(self) -> int:
        """How many people have entries; one with two cost centres counts once."""
        return len({(person.name, person.employee_id) for person in self.people if person.entries})

    @property
    def entries(self) -> int:
        """How many entries the group has."""
        return sum(person.entries for person in self.people)

    @property
    def hours(self) -> str:
        """The paid hours of all, `400.5`."""
        return hours(sum(person.paid_seconds for person in self.people))

    @property
    def before_minor(self) -> int:
        """The whole month before in this currency."""
        return sum(person.before_minor for person in self.people)

    @property
    def amount_minor(self) -> int:
        """The whole month in this currency."""
        return sum(person.amount_minor for person in self.people)

    @property
    def change_minor(self) -> int:
        """How much more than the month before; less is negative."""
        return self.amount_minor - self.before_minor


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShownPeople:
    """Those of a currency's people who stand on one page; the group's sums are those of all."""

    group: CurrencyGroup
    people: tuple[PersonRow, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PeopleChange:
    """Names of those whose pay begins with a month and of those who had some only before it."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


def month_review(*, month: str) -> list[CurrencyGroup]:
    """The month by currency, those included who had entries only the month before; four queries.

    Raises:
        compensation.domain.periods.MonthError: `month` is no month.
    """
    lines = person_totals(month=month)
    before = person_totals(month=periods.month_before(month))
    currencies = sorted({line.currency for line in (*lines, *before)})
    return [_group(currency, lines, before) for currency in currencies]


def people_page(groups: Iterable[CurrencyGroup], *, number: int) -> Page[ShownPeople]:
    """The page with that number of the people of all groups, the nearest one when there is none."""
    rows = [(group, person) for group in groups for person in group.people]
    pages = max(1, -(-len(rows) // SIZE))
    number = min(max(number, 1), pages)
    shown = itertools.groupby(rows[(number - 1) * SIZE : number * SIZE], key=lambda row: row[0])
    return Page(
        lines=[
            ShownPeople(group=group, people=tuple(person for _, person in some))
            for group, some in shown
        ],
        number=number,
        pages=pages,
        total=len(rows),
    )


def people_change(groups: Iterable[CurrencyGroup]) -> PeopleChange:
    """Who is new in the month and who is gone from it, in order of name.

    A person with another cost centre or currency than before is neither.
    """
    rows = [row for group in groups for row in group.people]
    now = {(row.name, row.employee_id) for row in rows if row.entries}
    before = {(row.name, row.employee_id) for row in rows if row.before_entries}
    return PeopleChange(
        new=tuple(name for name, _ in sorted(now - before)),
        gone=tuple(name for name, _ in sorted(before - now)),
    )


def _group(
    currency: str, lines: Iterable[PersonTotal], before: Iterable[PersonTotal]
) -> CurrencyGroup:
    now_by = {_key(line): line for line in lines if line.currency == currency}
    before_by = {_key(line): line for line in before if line.currency == currency}
    known = {**before_by, **now_by}
    return CurrencyGroup(
        currency=currency,
        offices=tuple(sorted({line.office for line in known.values() if line.office})),
        people=tuple(
            _row(known[key], now_by.get(key), before_by.get(key)) for key in sorted(known)
        ),
    )


def _key(line: PersonTotal) -> _Key:
    return line.name, line.employee_id, line.cost_centre


def _row(known: PersonTotal, line: PersonTotal | None, before: PersonTotal | None) -> PersonRow:
    return PersonRow(
        employee_id=known.employee_id,
        name=known.name,
        cost_centre=known.cost_centre,
        entries=line.entries if line else 0,
        paid_seconds=line.paid_seconds if line else 0,
        before_entries=before.entries if before else 0,
        before_minor=before.amount_minor if before else 0,
        amount_minor=line.amount_minor if line else 0,
    )
