"""Changing an office's calendar: seen before it is made, followed by weeks that have not started.

Ended weeks keep what they were paid; those that the change would pay otherwise are offered to
finance, and two people decide (`calendar_reviews`).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from compensation.domain import shifts
from compensation.models import Recalculation
from compensation.queries import calendar_effect
from rotation.operations import calendar_following
from volunteers.operations import calendars
from volunteers.queries import calendars as calendar_queries
from volunteers.queries import places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from compensation.queries.calendar_effect import WeekOffered
    from rotation.operations.calendar_following import FollowedWeek
    from volunteers.operations.calendars import DaysChanged
    from volunteers.queries.calendars import VersionLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CalendarChange:
    """What somebody wants to be otherwise: days of the office's own, or years of the library's.

    Of the two, `years` is empty or `days` names none.
    """

    office_id: int
    days: DaysChanged
    years: tuple[int, ...] = ()
    reason: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a change does: the version, published weeks that follow, started ones it would pay anew.

    Without a version nothing changes: the library's years are there already.
    """

    version: VersionLine | None
    followed: tuple[FollowedWeek, ...] = ()
    offered: tuple[WeekOffered, ...] = ()


def change_calendar(*, change: CalendarChange, actor: Actor, now: dt.datetime) -> Effect:
    """Make the change, and let published weeks that have not started follow, all or nothing.

    Raises:
        HolidayInvalidError, HolidayAlreadyThereError, HolidayNotThereError: of the days.
    """
    with transaction.atomic():
        return _change(change, actor=actor, now=now)


def look_at_change(*, change: CalendarChange, actor: Actor, now: dt.datetime) -> Effect:
    """What `change_calendar` would do, without doing it: it is done and taken back.

    Raises:
        HolidayInvalidError, HolidayAlreadyThereError, HolidayNotThereError: of the days.
    """
    with transaction.atomic():
        effect = _change(change, actor=actor, now=now)
        transaction.set_rollback(True)
    return effect


def settle_calendars(*, actor: Actor, now: dt.datetime) -> int:
    """Let weeks follow the changes that were made elsewhere; returns how many changes.

    Each in a transaction of its own; one that another run deals with is left to it.
    """
    settled = 0
    for version_id in calendar_queries.unsettled_ids():
        with transaction.atomic():
            settled += settle_calendar(version_id=version_id, actor=actor, now=now) is not None
    return settled


def settle_calendar(*, version_id: int, actor: Actor, now: dt.datetime) -> Effect | None:
    """Let weeks follow one change, in the caller's transaction; None when they do already.

    Weeks that had not started when it was made get its on-call time; those that had are offered
    to finance where it would pay somebody otherwise.
    """
    if calendars.settle_version(version_id=version_id, now=now) is None:
        return None
    version = calendar_queries.versions_of(version_ids=[version_id])[version_id]
    office = places.office_line(office_id=version.office_id)
    if office is None:
        raise LookupError(version.office_id)
    followed = calendar_following.follow_calendar(
        change=calendar_following.CalendarChanged(
            office_id=office.office_id,
            office_name=office.name,
            dates=tuple(version.dates),
            at=version.made_at,
        ),
        actor=actor,
        now=now,
    )
    offered = calendar_effect.weeks_to_offer(version=version)
    _offer(version, offered, now)
    return Effect(version=version, followed=tuple(followed), offered=tuple(offered))


def _change(change: CalendarChange, *, actor: Actor, now: dt.datetime) -> Effect:
    if change.years:
        added = calendars.load_holidays(
            office_id=change.office_id, years=change.years, actor=actor, now=now
        )
        if not added:
            return Effect(version=None)
        version_id = calendar_queries.versions(office_id=change.office_id)[0].version_id
    else:
        version_id = calendars.change_days(
            office_id=change.office_id,
            days=change.days,
            reason=change.reason,
            actor=actor,
            now=now,
        )
    effect = settle_calendar(version_id=version_id, actor=actor, now=now)
    if effect is None:
        raise LookupError(version_id)
    return effect


def _offer(version: VersionLine, offered: Iterable[WeekOffered], now: dt.datetime) -> None:
    Recalculation.objects.bulk_create(
        [
            Recalculation(
                calendar_id=version.version_id,
                shift_id=one.payable.shift_id,
                earned_on=shifts.earned_on(one.payable.shift),
                state=Recalculation.State.OFFERED,
                asked_at=now,
            )
            for one in offered
        ],
        batch_size=500,
    )
