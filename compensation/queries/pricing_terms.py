"""What pricing needs of the people of a shift: offices, holidays and the rates that may apply."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from compensation.domain import pricing, shifts
from compensation.queries.rates import pricing_rates
from volunteers.queries import people, postings

if TYPE_CHECKING:
    from compensation.queries.shifts import PayableShift

_DAY = dt.timedelta(days=1)


def terms_of(payable: PayableShift) -> tuple[pricing.Terms, dict[str, int]]:
    """Offices and holidays as of the shift's start; the rates that may apply, and their ids."""
    shift = payable.shift
    engineer_ids = payable.people
    belonged = postings.postings_of(engineer_ids=engineer_ids)
    places = {one: belonged.place(one, shift.starts_on) for one in engineer_ids}
    offices = {place.office_id: place.office_slug for place in places.values() if place}
    holidays = people.holidays_of(
        office_ids=offices, from_date=shift.starts_on, until_date=_day_after(shift)
    )
    rates = pricing_rates(offices=offices.values(), level=shift.level)
    known = {
        str(one): pricing.Person(
            key=str(one),
            office=place.office_slug if place else None,
            holidays=frozenset(holidays[place.office_id]) if place else frozenset(),
        )
        for one, place in places.items()
    }
    return (
        pricing.Terms(people=known, rates=rates.rates, is_paid=payable.is_paid),
        rates.ids,
    )


def _day_after(shift: shifts.Shift) -> dt.date:
    return shifts.local_date(shift.period.ends_at, shift.time_zone) + _DAY
