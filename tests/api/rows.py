"""Many rows of everything that the API lists, for counting queries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from common.periods import Period
from compensation.models import BlockedShift, PayPeriod, Rate
from compensation.operations.posting import NewEntry, post_entries
from rotation.models import (
    Draft,
    DraftShift,
    Level,
    PolicyVersion,
    Rotation,
    Shift,
    SyncRun,
    SyncStep,
)
from tests import builders
from volunteers.models import (
    Absence,
    Application,
    Engineer,
    Office,
    OnCallTeam,
    Posting,
    Term,
)

if TYPE_CHECKING:
    from tests.api.people import Cast

DAY = dt.timedelta(days=1)
MOST_WEEKS = 50
HOUR = dt.timedelta(hours=1)
EARNED = dt.date(2026, 10, 12)


def _apart(number: int) -> int:
    """Every second day, one of the first ten of them in the week that Anna holds."""
    return 2 * {9: 43, 43: 9}.get(number, number)


def grow(cast: Cast, *, first: int, until: int) -> None:
    """Rows number `first` to `until` of each kind, beside what the cast has."""
    numbers = range(first, until)
    people = _people(cast, numbers)
    _teams(numbers)
    _volunteering(cast, people, numbers)
    _schedule(cast, people, numbers)
    _money(people, numbers)


def _people(cast: Cast, numbers: range) -> list[Engineer]:
    made = Engineer.objects.bulk_create(
        Engineer(
            email=f"eva{number}@example.com",
            name=f"Eva {number:04d}",
            employee_id=f"E{number:05d}",
            created_at=builders.LONG_AGO,
        )
        for number in numbers
    )
    office = Office.objects.get(slug="dublin")
    Posting.objects.bulk_create(
        Posting(engineer=one, office=office, starts_on=builders.LONG_AGO_DATE) for one in made
    )
    Absence.objects.bulk_create(
        Absence(
            engineer=cast.anna,
            starts_on=builders.TODAY + _apart(number) * DAY,
            ends_on=builders.TODAY + (_apart(number) + 1) * DAY,
            created_at=builders.NOW,
        )
        for number in numbers
    )
    return made


def _teams(numbers: range) -> None:
    Office.objects.bulk_create(
        Office(
            slug=f"office-{number}",
            name=f"Office {number:04d}",
            time_zone="Europe/Dublin",
            country="IE",
            currency="EUR",
        )
        for number in numbers
    )
    teams = OnCallTeam.objects.bulk_create(
        OnCallTeam(slug=f"team-{number}", name=f"Team {number:04d}") for number in numbers
    )
    rotations = Rotation.objects.bulk_create(
        Rotation(
            team=team,
            slug=team.slug,
            name=team.name,
            time_zone="Europe/Dublin",
            handover_time=dt.time(12),
        )
        for team in teams
    )
    Level.objects.bulk_create(Level(rotation=one, name="primary") for one in rotations)


def _volunteering(cast: Cast, people: list[Engineer], numbers: range) -> None:
    applications = Application.objects.bulk_create(
        Application(
            team=cast.team,
            engineer=one,
            motivation="Nights.",
            earliest_start_on=builders.NEXT_WEEK,
            state=Application.State.ACCEPTED,
            submitted_at=builders.NOW - number * HOUR,
            decided_at=builders.NOW,
            decided_by=cast.anna,
        )
        for one, number in zip(people, numbers, strict=True)
    )
    Term.objects.bulk_create(
        Term(
            team=cast.team,
            engineer_id=each.engineer_id,
            level="primary",
            application=each,
            starts_on=builders.NEXT_WEEK,
            ends_on=builders.NEXT_WEEK + 26 * builders.WEEK,
            created_at=builders.NOW,
        )
        for each in applications
    )


def _schedule(cast: Cast, people: list[Engineer], numbers: range) -> None:
    rotation, policy = cast.rotation, PolicyVersion.objects.get(rotation=cast.rotation)
    Draft.objects.bulk_create(
        Draft(
            rotation=rotation,
            number=number + 1,
            state=Draft.State.READY,
            first_week_date=builders.NEXT_WEEK,
            weeks=4,
            policy=policy,
            base_version=0,
            requested_by=cast.anna,
            requested_at=builders.NOW - number * HOUR,
        )
        for number in numbers
    )
    draft = Draft.objects.order_by("pk")[0]
    level = builders.level_of(rotation)
    DraftShift.objects.bulk_create(
        DraftShift(
            draft=draft,
            level=level,
            week_date=builders.NEXT_WEEK + number * builders.WEEK,
            holder=people[number - numbers.start],
            load_hundredths=100,
        )
        for number in numbers
        if number < MOST_WEEKS
    )
    SyncRun.objects.bulk_create(
        SyncRun(
            rotation=rotation,
            state=SyncRun.State.DONE,
            cause="a test",
            queued_at=builders.NOW - number * HOUR,
        )
        for number in numbers
    )
    run = SyncRun.objects.order_by("pk")[0]
    SyncStep.objects.bulk_create(
        SyncStep(run=run, position=number, level=level, action="a", reason="r", path="/")
        for number in numbers
    )
    for number in numbers:
        if number < MOST_WEEKS:
            builders.make_shift(
                level=level,
                week_date=builders.NEXT_WEEK + number * builders.WEEK,
                holder=people[number - numbers.start],
            )


def _money(people: list[Engineer], numbers: range) -> None:
    office = Office.objects.get(slug="dublin")
    rates = Rate.objects.bulk_create(
        Rate(
            version=f"dublin-primary-v{number}",
            office=office,
            level="primary",
            effective_from=builders.LONG_AGO_DATE,
            weekly_minor=60000,
            holiday_minor=0,
            currency="EUR",
            added_by="shell",
            added_at=builders.LONG_AGO,
        )
        for number in numbers
    )
    shift = Shift.objects.order_by("pk")[0]
    post_entries(
        [
            NewEntry(
                engineer_id=one.pk,
                shift_id=shift.pk,
                kind="BASE",
                segment=Period(
                    starts_at=shift.starts_at + number * dt.timedelta(minutes=1),
                    ends_at=shift.starts_at + (number + 1) * dt.timedelta(minutes=1),
                ),
                seconds=60,
                rate_id=rates[0].pk,
                rate_version=rates[0].version,
                amount_minor=number,
                currency="EUR",
                earned_on=EARNED,
                key=f"key {number}",
            )
            for one, number in zip(people, numbers, strict=True)
        ],
        earned=EARNED,
        now=builders.NOW,
    )
    PayPeriod.objects.bulk_create(
        [PayPeriod(month=f"{2027 + number // 12}-{number % 12 + 1:02d}") for number in numbers]
    )
    blocked = Shift.objects.filter(pay_block__isnull=True).order_by("pk")
    BlockedShift.objects.bulk_create(
        BlockedShift(shift=each, reason="no rate", since=builders.NOW) for each in blocked
    )
