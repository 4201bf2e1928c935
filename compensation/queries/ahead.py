"""Published weeks that no rate prices yet, and what a new rate would change."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import shifts
from compensation.domain.rates import rate_in_force
from compensation.queries.rates import RateLine, pricing_rates, rate_history
from compensation.queries.shifts import coming_shifts
from volunteers.queries.places import office_lines
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from compensation.domain.rates import Rate
    from volunteers.queries.places import OfficeLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekAhead:
    """One published week of a paid level for one office: somebody of it has a part."""

    shift_id: int
    office_id: int
    level: str
    starts_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class UnpricedWeeks:
    """Weeks of an office and level that will wait when they end; `first_on` is the earliest."""

    office_id: int
    office: str
    level: str
    weeks: int
    first_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RateEffect:
    """What a rate from a date on would change.

    `weeks` are published weeks that it prices, from `first_on` to `last_on`. `replaces` is the
    rate that they would have otherwise; `until` is the date of a later rate that is entered
    already, from which on this one counts no more.
    """

    weeks: int
    first_on: dt.date | None
    last_on: dt.date | None
    replaces: RateLine | None
    until: dt.date | None


def unpriced_weeks(*, now: dt.datetime) -> list[UnpricedWeeks]:
    """Published weeks without a rate that have not ended at `now`, by office and level.

    The number of queries does not depend on how many weeks there are.
    """
    offices = {office.office_id: office for office in office_lines()}
    found: dict[tuple[str, str], list[WeekAhead]] = {}
    rates = _rates(offices.values())
    for week in weeks_ahead(now=now):
        office = offices[week.office_id]
        rate = rate_in_force(rates, office=office.slug, level=week.level, on=week.starts_on)
        if rate is None:
            found.setdefault((office.name, week.level), []).append(week)
    return [
        UnpricedWeeks(
            office_id=weeks[0].office_id,
            office=name,
            level=level,
            weeks=len(weeks),
            first_on=weeks[0].starts_on,
        )
        for (name, level), weeks in sorted(found.items(), key=_office_then_level)
    ]


def weeks_ahead(*, now: dt.datetime) -> list[WeekAhead]:
    """Every published week of a paid level that has not ended, once for each office, by start.

    Offices are those on the local date of the start, as pricing asks; people of no office are left
    out.
    """
    published = coming_shifts(ending_after=now)
    coming = [one for one in published if not shifts.is_completed(one.shift, now=now)]
    paid = [one for one in coming if one.is_paid]
    postings = postings_of(engineer_ids=[person for one in paid for person in one.people])
    weeks: dict[tuple[int, int], WeekAhead] = {}
    for one in paid:
        for person in one.people:
            place = postings.place(person, one.shift.starts_on)
            if place is not None:
                weeks[one.shift_id, place.office_id] = WeekAhead(
                    shift_id=one.shift_id,
                    office_id=place.office_id,
                    level=one.shift.level,
                    starts_on=one.shift.starts_on,
                )
    return list(weeks.values())


def rate_effect(
    *, office_id: int, level: str, effective_from: dt.date, now: dt.datetime
) -> RateEffect:
    """What a rate for the office and level would change if it started on that date."""
    known = [line for line in rate_history(office_id=office_id) if line.level == level]
    later = [line.effective_from for line in known if line.effective_from > effective_from]
    until = min(later, default=None)
    starts = [
        week.starts_on
        for week in weeks_ahead(now=now)
        if (week.office_id, week.level) == (office_id, level)
        and week.starts_on >= effective_from
        and (until is None or week.starts_on < until)
    ]
    return RateEffect(
        weeks=len(starts),
        first_on=min(starts, default=None),
        last_on=max(starts, default=None),
        replaces=next((line for line in known if line.effective_from <= effective_from), None),
        until=until,
    )


def _rates(offices: Iterable[OfficeLine]) -> list[Rate]:
    slugs = [office.slug for office in offices]
    return [
        rate
        for level in ("primary", "escalation")
        for rate in pricing_rates(offices=slugs, level=level).rates
    ]


def _office_then_level(
    item: tuple[tuple[str, str], list[WeekAhead]],
) -> tuple[str, bool]:
    """Primary before level 2."""
    (office, level), _weeks = item
    return office, level != "primary"
