"""The public holidays that count for a rotation's loads, by its policy."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import calendars
from volunteers.queries import holidays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotation.domain.calendars import Holiday
    from rotation.domain.slots import Week
    from rotation.models import PolicyVersion, Rotation

# A holiday counts for the week that holds its noon, which may be the day after the last handover.
BEYOND = dt.timedelta(days=8)


def counted_holidays(
    *, rotation: Rotation, policy: PolicyVersion, weeks: list[Week], own: Mapping[dt.date, str]
) -> dict[dt.date, Holiday]:
    """By date what each holiday adds to the load of these weeks; at most one query.

    `own` is the rotation's own calendar over these weeks: without weights by office it alone
    counts. On-call time and pay do not follow these weights.
    """
    if not policy.holiday_weights:
        only = calendars.Calendar(office="", weight=policy.holiday_load_hundredths, days=own)
        return calendars.counted_holidays([only])
    if not weeks:
        return {}
    found = holidays.offices_holidays(
        slugs=list(policy.holiday_weights),
        from_date=weeks[0].week_date,
        until_date=weeks[-1].week_date + BEYOND,
    )
    return calendars.counted_holidays(
        [
            calendars.Calendar(
                office="" if office.office_id == rotation.holiday_office_id else office.name,
                weight=policy.holiday_weights[office.slug],
                days=office.days,
            )
            for office in found
        ]
    )
