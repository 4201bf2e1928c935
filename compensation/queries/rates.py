"""What weeks are worth: the rates in force, those to come and their history."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.domain.money import format_amount
from compensation.domain.rates import Rate as DomainRate
from compensation.models import Rate
from compensation.queries.pages import Page, page_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

_IN_ORDER = ("office__name", "office_id", "level", "-effective_from", "-pk")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RateLine:
    """One version, with its amounts as files and the API write them."""

    rate_id: int
    version: str
    office_id: int
    office: str
    level: str
    effective_from: dt.date
    weekly_minor: int
    holiday_minor: int
    currency: str
    is_retroactive: bool
    added_by: str
    added_at: dt.datetime

    @property
    def weekly(self) -> str:
        """The amount for a week, `600.00`."""
        return format_amount(self.weekly_minor, self.currency)

    @property
    def holiday(self) -> str:
        """The supplement for one whole public holiday, `90.00`."""
        return format_amount(self.holiday_minor, self.currency)


def rate_history(*, office_id: int | None = None) -> list[RateLine]:
    """Every version, of one office or of all: by office, level, newest date and insert first."""
    rates = Rate.objects.select_related("office")
    if office_id is not None:
        rates = rates.filter(office_id=office_id)
    return [_line(rate) for rate in rates.order_by(*_IN_ORDER)]


def rate_page_of(*, number: int) -> Page[RateLine]:
    """Every version, by office, level, newest date and insert first, 100 on a page; two queries."""
    rates = Rate.objects.select_related("office").order_by(*_IN_ORDER)
    return page_of(rates, number=number, lines=lambda rows: [_line(row) for row in rows])


def rates_in_force(*, on: dt.date, office_id: int | None = None) -> list[RateLine]:
    """The rate of each office and level on a date, those without one left out; by office, level."""
    return in_force_of(rate_history(office_id=office_id), on=on)


def in_force_of(history: Iterable[RateLine], *, on: dt.date) -> list[RateLine]:
    """Those of a history, the newest first, that count on a date, in its order."""
    found: dict[tuple[int, str], RateLine] = {}
    for line in history:
        if line.effective_from <= on:
            found.setdefault((line.office_id, line.level), line)
    return list(found.values())


def coming_of_history(history: Iterable[RateLine], *, after: dt.date) -> list[RateLine]:
    """Those of a history, the newest first, that start after a date and will count, by date."""
    found: dict[tuple[int, str, dt.date], RateLine] = {}
    for line in history:
        if line.effective_from > after:
            found.setdefault((line.office_id, line.level, line.effective_from), line)
    return sorted(found.values(), key=lambda line: (line.effective_from, line.rate_id))


def coming_rates(*, after: dt.date) -> list[RateLine]:
    """Versions that start after a date, in order of date."""
    coming = Rate.objects.select_related("office").filter(effective_from__gt=after)
    return [_line(rate) for rate in coming.order_by("effective_from", "pk")]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PricingRates:
    """The versions that pricing may choose from, and their ids by version."""

    rates: tuple[DomainRate, ...]
    ids: dict[str, int]


def pricing_rates(*, offices: Iterable[str], level: str) -> PricingRates:
    """Every version of the offices, by slug, at the level; one query."""
    return rates_at_levels(offices=offices, levels=[level])


def rates_at_levels(*, offices: Iterable[str], levels: Iterable[str]) -> PricingRates:
    """Every version of the offices, by slug, at these levels; one query."""
    rows = Rate.objects.select_related("office").filter(
        office__slug__in=set(offices), level__in=set(levels)
    )
    rates = list(rows.order_by("pk"))
    return PricingRates(
        rates=tuple(_domain(rate) for rate in rates),
        ids={rate.version: rate.pk for rate in rates},
    )


def _domain(rate: Rate) -> DomainRate:
    return DomainRate(
        version=rate.version,
        office=rate.office.slug,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
        currency=rate.currency,
        inserted=rate.pk,
    )


def _line(rate: Rate) -> RateLine:
    return RateLine(
        rate_id=rate.pk,
        version=rate.version,
        office_id=rate.office_id,
        office=rate.office.name,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
        currency=rate.currency,
        is_retroactive=rate.retroactive,
        added_by=rate.added_by,
        added_at=rate.added_at,
    )
