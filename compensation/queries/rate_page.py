"""Rates as finance's pages show them: in force, coming, missing, all; what a new one changes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.queries import ahead
from compensation.queries.closing import BlockedLine, blocked_shifts
from compensation.queries.rates import RateLine, coming_rates, rate_page_of, rates_in_force
from rotation.queries import patterns
from volunteers.queries.contacts import names_of
from volunteers.queries.places import office_line, office_lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from compensation.queries.pages import Page
    from volunteers.queries.places import OfficeLine

PRIMARY, LEVEL_2 = "primary", "escalation"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OfficeRate:
    """An office and level with the rate in force, None where weeks would wait."""

    office_id: int
    office: str
    currency: str
    level: str
    rate: RateLine | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RatePage:
    """Everything about rates; `added_by` of a line is a name where one is known.

    `in_force` has every office at each level that is paid somewhere or has a rate.
    """

    in_force: tuple[OfficeRate, ...]
    coming: tuple[RateLine, ...]
    history: Page[RateLine]
    blocked: tuple[BlockedLine, ...]
    unpriced: tuple[ahead.UnpricedWeeks, ...]

    @property
    def missing(self) -> list[OfficeRate]:
        """Offices and levels without a rate."""
        return [one for one in self.in_force if one.rate is None]

    @property
    def known(self) -> int:
        """How many rates are in force."""
        return len(self.in_force) - len(self.missing)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RatePreview:
    """A rate that somebody is about to add, and what it would change."""

    office: str
    currency: str
    level: str
    effective_from: dt.date
    weekly_minor: int
    holiday_minor: int
    is_level_paid: bool
    effect: ahead.RateEffect


def rate_page(*, now: dt.datetime, today: dt.date, number: int) -> RatePage:
    """Rates on `today`, with the page of that number of their history.

    The number of queries does not depend on how many rows there are.
    """
    in_force = rates_in_force(on=today)
    coming = coming_rates(after=today)
    history = rate_page_of(number=number)
    lines = (*in_force, *coming, *history.lines)
    names = names_of(emails=[line.added_by for line in lines])
    return RatePage(
        in_force=tuple(_by_office(_named(in_force, names))),
        coming=tuple(_named(coming, names)),
        history=dataclasses.replace(history, lines=_named(history.lines, names)),
        blocked=tuple(blocked_shifts()),
        unpriced=tuple(ahead.unpriced_weeks(now=now)),
    )


def rate_preview(
    *,
    office_id: int,
    level: str,
    effective_from: dt.date,
    weekly_minor: int,
    holiday_minor: int,
    now: dt.datetime,
) -> RatePreview:
    """What such a rate would change; nothing is written.

    Raises:
        LookupError: there is no such office.
    """
    office = office_line(office_id=office_id)
    if office is None:
        raise LookupError(office_id)
    return RatePreview(
        office=office.name,
        currency=office.currency,
        level=level,
        effective_from=effective_from,
        weekly_minor=weekly_minor,
        holiday_minor=holiday_minor,
        is_level_paid=level == PRIMARY or patterns.is_level_2_paid(),
        effect=ahead.rate_effect(
            office_id=office_id, level=level, effective_from=effective_from, now=now
        ),
    )


def _by_office(lines: list[RateLine]) -> list[OfficeRate]:
    known = {(line.office_id, line.level): line for line in lines}
    has_level_2 = patterns.is_level_2_paid()
    return [
        _office_rate(office, level, known.get((office.office_id, level)))
        for office in office_lines()
        for level in (PRIMARY, LEVEL_2)
        if level == PRIMARY or has_level_2 or (office.office_id, level) in known
    ]


def _office_rate(office: OfficeLine, level: str, rate: RateLine | None) -> OfficeRate:
    return OfficeRate(
        office_id=office.office_id,
        office=office.name,
        currency=office.currency,
        level=level,
        rate=rate,
    )


def _named(lines: Iterable[RateLine], names: dict[str, str]) -> list[RateLine]:
    return [
        dataclasses.replace(line, added_by=names.get(line.added_by, line.added_by))
        for line in lines
    ]
