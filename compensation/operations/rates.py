"""Adding what a week is worth. Versions are only ever added."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from compensation.domain import money
from compensation.models import Rate
from volunteers.queries import places

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from audit.operations import Actor
    from volunteers.queries.places import OfficeLine

LEVELS = ("primary", "escalation")
MOST_MINOR = 10**12
FURTHEST = dt.timedelta(days=3660)
_TRIES = 3


class RateInvalidError(RefusedError):
    """Something in the rate itself is not right; `fields` says what."""

    code = "RATE_INVALID"


class PastRateError(RefusedError):
    """The rate would start before today in its office: weeks that are over would change."""

    code = "RATE_IN_THE_PAST"


class RateKnownError(RefusedError):
    """The office has this very rate from that day already: a second click adds nothing."""

    code = "RATE_KNOWN"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NewRate:
    """What a week and a whole public holiday are worth from a date on, in minor units."""

    office_id: int
    level: str
    effective_from: dt.date
    weekly_minor: int
    holiday_minor: int


def add_rate(*, rate: NewRate, actor: Actor, now: dt.datetime) -> str:
    """Add a version, in the office's currency, and return its name, `dublin-primary-v2`.

    It counts for every shift that starts on its date or later, shifts already published included.

    Raises:
        RateInvalidError: an unknown office or level, an amount below 0, or a date too far ahead.
        PastRateError: it starts before today in the office's zone.
        RateKnownError: it is what counts from that day anyway.
    """
    office = check_rate(rate=rate, now=now)
    return insert_rate(rate=rate, office=office, actor=actor, now=now).version


def check_rate(*, rate: NewRate, now: dt.datetime) -> OfficeLine:
    """Refuse what `add_rate` would refuse, write nothing, and return the rate's office.

    Raises:
        RateInvalidError: an unknown office or level, an amount below 0, or a date too far ahead.
        PastRateError: it starts before today in the office's zone.
    """
    office, today = checked_office(rate=rate, now=now)
    if rate.effective_from < today:
        message = (
            f"A rate starts today, {wording.day(today)}, or later. One that starts on a past day "
            "is retroactive: another person of finance approves it."
        )
        raise PastRateError(message, fields={"effective_from": message})
    if rate.effective_from > today + FURTHEST:
        message = "A rate starts within ten years."
        raise RateInvalidError(message, fields={"effective_from": message})
    return office


def checked_office(*, rate: NewRate, now: dt.datetime) -> tuple[OfficeLine, dt.date]:
    """The rate's office and today's date there, once its level and amounts are right.

    Raises:
        RateInvalidError: an unknown office or level, or an amount that cannot be.
    """
    office = _office(rate.office_id)
    _check(rate, currency=office.currency)
    return office, now.astimezone(zoneinfo.ZoneInfo(office.time_zone)).date()


def _check(rate: NewRate, *, currency: str) -> None:
    fields = {}
    if rate.level not in LEVELS:
        fields["level"] = "The level is primary or escalation."
    for name, minor in (("weekly", rate.weekly_minor), ("holiday", rate.holiday_minor)):
        if not 0 <= minor <= MOST_MINOR:
            fields[name] = "The amount is 0 or more, and below any mistake in typing."
    if currency not in money.currencies():
        fields["office"] = f"The office's currency {currency} is none of ISO 4217."
    if fields:
        raise RateInvalidError(" ".join(fields.values()), fields=fields)


def _office(office_id: int) -> OfficeLine:
    office = places.office_line(office_id=office_id)
    if office is None:
        message = "There is no such office."
        raise RateInvalidError(message, fields={"office": message})
    return office


def insert_rate(
    *,
    rate: NewRate,
    office: OfficeLine,
    actor: Actor,
    now: dt.datetime,
    retroactive_of: str = "",
) -> Rate:
    """The new row; of two who add at the same moment the second takes the next number.

    `retroactive_of` is the e-mail of who proposed a rate that begins on a past day.

    Raises:
        RateKnownError: it is what counts from that day anyway.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _added(
                    rate, office=office, actor=actor, now=now, retroactive_of=retroactive_of
                )
        except IntegrityError:
            if not tries_left:
                raise
    raise AssertionError("the last try raises")


def _added(
    rate: NewRate, *, office: OfficeLine, actor: Actor, now: dt.datetime, retroactive_of: str
) -> Rate:
    versions = versions_of(rate)
    refuse_repeated(rate, versions)
    earlier = versions.count()
    row = Rate.objects.create(
        version=f"{office.slug}-{rate.level}-v{earlier + 1}",
        office_id=office.office_id,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
        currency=office.currency,
        retroactive=bool(retroactive_of),
        added_by=retroactive_of or actor.name,
        added_at=now,
    )
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="added",
        subject=f"rate {row.version}",
        about=[row],
        after={"version": row.version, "effective_from": row.effective_from.isoformat()},
    )
    return row


def versions_of(rate: NewRate) -> QuerySet[Rate]:
    """Every version of the rate's office and level."""
    return Rate.objects.filter(office_id=rate.office_id, level=rate.level)


def refuse_repeated(rate: NewRate, versions: QuerySet[Rate]) -> None:
    """Refuse the rate that counts from its day already.

    Raises:
        RateKnownError: the newest of that day has its amounts.
    """
    of_day = versions.filter(effective_from=rate.effective_from).order_by("-pk").first()
    if of_day is not None and (of_day.weekly_minor, of_day.holiday_minor) == (
        rate.weekly_minor,
        rate.holiday_minor,
    ):
        raise RateKnownError(f"This rate is there already, as {of_day.version}.")
