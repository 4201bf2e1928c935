"""A ledger of many kinds of entries for tests of what reads it; made by chance, from a seed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import TYPE_CHECKING

from django.db import transaction

from common.periods import Period
from compensation.domain import keys
from compensation.models import Entry, PayPeriod, Rate
from compensation.operations import posting
from tests import builders
from tests.compensation.rows import make_rate
from volunteers.models import Posting

if TYPE_CHECKING:
    from rotation.models import Shift
    from volunteers.models import Engineer, Office

NOW = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
MONDAY = dt.date(2025, 9, 1)
WEEKS = 40
CLOSED = ("2025-09", "2025-10", "2025-11")
CURRENCIES = {"Dublin": "EUR", "Tokyo": "JPY", "Kuwait": "KWD"}
CENTRES = ("ENG-110", "ENG-210", "")


def make_ledger(seed: int) -> None:
    """Weeks of two rotations, holidays, reversals, entries in their place, adjustments.

    People move between offices of three currencies and between cost centres; two have no posting
    at first, one never has an employee number. Three months are closed to what comes now.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up rows
    offices = [
        builders.make_office(name=name, currency=currency) for name, currency in CURRENCIES.items()
    ]
    rates = {office.pk: make_rate(office=office) for office in offices}
    people = [
        builders.make_engineer(name=name, employee_id=f"00{number}" if number else None)
        for number, name in enumerate(("Ben", "Carla", "Dora", "Emil", "Faye"))
    ]
    for place, person in enumerate(people):
        _postings(person, offices, chance, late=place > 2)
    for month in CLOSED:
        PayPeriod.objects.create(
            month=month, state="closed", closed_at=NOW, closed_by="finn@example.com"
        )
    shifts = _shifts(people)
    for shift in shifts:
        office = chance.choice(offices)
        _post(_week(shift, chance.choice(people), rates[office.pk], chance))
    for entry in chance.sample(list(Entry.objects.order_by("number")), 12):
        _correct(entry, chance.choice(people), rates[chance.choice(offices).pk])
    for number in range(10):
        _post([_adjustment(number, chance.choice(people), chance)])


def _postings(
    person: Engineer, offices: list[Office], chance: random.Random, *, late: bool
) -> None:
    first = dt.date(2026, 1, 12) if late else dt.date(2025, 1, 1)
    for starts_on in (first, dt.date(2026, 2, 16), dt.date(2026, 5, 4)):
        Posting.objects.create(
            engineer=person,
            office=chance.choice(offices),
            cost_centre=chance.choice(CENTRES),
            starts_on=starts_on,
        )


def _shifts(people: list[Engineer]) -> list[Shift]:
    core = builders.make_rotation()
    west = builders.make_rotation(team=builders.make_team(name="West"))
    return [
        builders.make_shift(
            level=builders.level_of(core if number % 3 else west),
            week_date=MONDAY + number * builders.WEEK,
            holder=people[number % len(people)],
        )
        for number in range(WEEKS)
    ]


def _week(
    shift: Shift, person: Engineer, rate: Rate, chance: random.Random
) -> list[posting.NewEntry]:
    whole = chance.randrange(0, 90000)
    base = _entry(shift, person, rate, amount=whole, seconds=chance.randrange(0, 450000))
    if chance.random() < 0.5:
        return [base]
    holiday = _entry(
        shift,
        person,
        rate,
        kind=keys.holiday_kind(shift.week_date + dt.timedelta(days=2)),
        amount=chance.randrange(0, 9000),
        seconds=86400,
    )
    return [base, holiday]


def _entry(  # noqa: PLR0913 - the columns of an entry
    shift: Shift,
    person: Engineer,
    rate: Rate,
    *,
    amount: int,
    seconds: int,
    kind: str = keys.BASE,
    revision: int = 1,
) -> posting.NewEntry:
    parts = keys.KeyParts(
        shift=str(shift.pk),
        person=str(person.pk),
        segment_start=shift.starts_at,
        rate_version=rate.version,
        kind=kind,
        revision=revision,
    )
    return posting.NewEntry(
        engineer_id=person.pk,
        shift_id=shift.pk,
        kind=kind,
        segment=Period(starts_at=shift.starts_at, ends_at=shift.ends_at),
        seconds=seconds,
        rate_id=rate.pk,
        rate_version=rate.version,
        amount_minor=amount,
        currency=rate.currency,
        earned_on=shift.week_date + dt.timedelta(days=7),
        key=keys.entry_key(parts),
    )


def _correct(entry: Entry, person: Engineer, rate: Rate) -> None:
    """Take the entry back, and post what takes its place for somebody else."""
    shift, own_rate = entry.shift, entry.rate
    if shift is None or own_rate is None:
        raise LookupError("only entries of weeks are corrected")
    taken_back = _entry(
        shift,
        entry.engineer,
        own_rate,
        amount=-entry.amount_minor,
        seconds=-entry.seconds,
        kind=entry.kind,
    )
    reversal = dataclasses.replace(
        taken_back,
        key=keys.reversal_key(entry.key),
        original=posting.Original(entry_id=entry.pk, number=entry.number),
    )
    revision = 2 + Entry.objects.filter(shift=shift).count()
    again = _entry(
        shift,
        person,
        rate,
        amount=entry.amount_minor // 2,
        seconds=entry.seconds,
        kind=entry.kind,
        revision=revision,
    )
    _post([reversal, again])


def _adjustment(number: int, person: Engineer, chance: random.Random) -> posting.NewEntry:
    return posting.NewEntry(
        engineer_id=person.pk,
        kind=keys.ADJUSTMENT,
        seconds=0,
        amount_minor=chance.choice((-1, 1)) * chance.randrange(1, 20000),
        currency=chance.choice(list(CURRENCIES.values())),
        earned_on=dt.date(2025, 9, 20) + number * dt.timedelta(days=31),
        key=keys.adjustment_key(adjustment=number, person=str(person.pk)),
    )


def _post(entries: list[posting.NewEntry]) -> None:
    with transaction.atomic():
        posting.post_entries(entries, earned=entries[0].earned_on, now=NOW)
