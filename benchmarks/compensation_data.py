"""Five years of a ledger, written as the product writes it; Django is set up already.

A rotation for every ten people. Weeks that ended before the last month have their entries, four to
a week or a few less; the last month's five weeks, at both levels, wait for the sweep.
"""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max

from common import clock, invariants
from compensation.domain import chain, keys, periods
from compensation.invariants import INVARIANTS
from compensation.models import Entry, LedgerHead, PayPeriod, Rate
from rotation.domain import slots
from rotation.models import Cover, Level, Rotation, Shift
from tests import builders
from volunteers.models import Engineer, Office, Posting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

    from common.periods import Period

TEAM = 10
WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)
MONTH = "2026-11"
OPEN_WEEKS = [dt.date(2026, 10, 26) + number * WEEK for number in range(5)]
HISTORY_WEEKS = 255
NOW = dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC)
FIRST_RATE = dt.date(2021, 1, 1)
PAID_SECONDS = 451_800
COVERS = ((2, 4), (4, 5), (5, 7))
OFFICES = (
    ("Dublin", "Europe/Dublin", "IE", "EUR", 60_000),
    ("London", "Europe/London", "GB", "GBP", 52_000),
    ("Tokyo", "Asia/Tokyo", "JP", "JPY", 40_001),
    ("Kuwait", "Asia/Kuwait", "KW", "KWD", 180_125),
)
BATCH = 4000
SHIFT_COLUMNS = (
    *("id", "level_id", "week_date", "starts_at", "ends_at", "time_zone", "day_windows"),
    *("holder_id", "policy_id", "completed_at", "holidays", "gap_reasons", "load_hundredths"),
    *("version", "cancelled_by", "cancel_reason"),
)
ENTRY_COLUMNS = (
    *("id", "number", "period_id", "engineer_id", "shift_id", "kind", "segment_start"),
    *("segment_end", "seconds", "rate_id", "amount_minor", "currency", "earned_on", "key"),
    *("posted_at", "previous_hash", "hash"),
)


def fill(people: int, entries: int) -> None:
    """Make all of it in an empty database, and set the clock to the day after the last month."""
    began = time.monotonic()
    offset = (NOW - clock.real_now()).total_seconds()
    pathlib.Path(settings.ROTA_CLOCK_FILE).write_text(f"{offset}\n")
    call_command("migrate", verbosity=0)
    builders.make_finance()
    engineers = _people(people)
    levels = _rotations(people // TEAM)
    open_shifts = _open_weeks(levels, engineers)
    _history(levels, engineers, entries - (len(COVERS) + 1) * open_shifts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"filled in {time.monotonic() - began:.0f} s: {Entry.objects.count():,} entries, "
        f"{Shift.objects.count():,} shifts, of which {open_shifts:,} wait",
        flush=True,
    )


def _people(number: int) -> list[Engineer]:
    """Everybody, with a number, in one of the offices, a tenth of them moved once."""
    offices = []
    for name, zone, country, currency, weekly in OFFICES:
        office = builders.make_office(name=name, time_zone=zone, country=country, currency=currency)
        for level in ("primary", "escalation"):
            Rate.objects.create(
                version=f"{office.slug}-{level}-v1",
                office=office,
                level=level,
                effective_from=FIRST_RATE,
                weekly_minor=weekly,
                holiday_minor=weekly // 7,
                currency=currency,
                added_by="shell",
                added_at=builders.LONG_AGO,
            )
        offices.append(office)
    people = Engineer.objects.bulk_create(
        (
            Engineer(
                name=f"Engineer {each:05}",
                email=f"engineer-{each:05}@example.com",
                employee_id=f"{each:06}",
                password="!",  # noqa: S106 - nobody signs in with it
                created_at=builders.LONG_AGO,
            )
            for each in range(number)
        ),
        batch_size=BATCH,
    )
    Posting.objects.bulk_create(_postings(people, offices), batch_size=BATCH)
    return people


def _postings(people: list[Engineer], offices: list[Office]) -> Iterator[Posting]:
    for number, person in enumerate(people):
        office = offices[number // TEAM % len(offices)]
        starts = [FIRST_RATE] if number % 10 else [FIRST_RATE, dt.date(2024, 3, 1)]
        for move, starts_on in enumerate(starts):
            centre = f"CC-{(number + move) % 100:03}"
            yield Posting(engineer=person, office=office, cost_centre=centre, starts_on=starts_on)


def _rotations(number: int) -> list[Level]:
    """The levels of the rotations, the first one of each before the second."""
    for each in range(number):
        builders.make_rotation(team=builders.make_team(name=f"Team {each:04}"))
    Rotation.objects.update(level2_paid=True, schedule_version=1, published_at=builders.NOW)
    return list(Level.objects.order_by("rotation_id", "pk").select_related("rotation"))


def _week(level: Level, week_date: dt.date) -> tuple[slots.Week, list[list[str]]]:
    pattern = builders.pattern_of(level.rotation)
    week = slots.week_of(pattern, week_date)
    windows = slots.day_windows(pattern, week, frozenset())
    return week, [[one.starts_at.isoformat(), one.ends_at.isoformat()] for one in windows]


def _shifts(
    levels: list[Level], engineers: list[Engineer], policies: dict[int, int], week_date: dt.date
) -> list[Shift]:
    """The week's shifts of these levels; all rotations have the same hours."""
    week, windows = _week(levels[0], week_date)
    turn = week_date.toordinal() // 7
    rows = (
        Shift(
            level=level,
            week_date=week_date,
            starts_at=week.period.starts_at,
            ends_at=week.period.ends_at,
            time_zone=level.rotation.time_zone,
            day_windows=windows,
            holder=_person(engineers, level, turn),
            policy_id=policies[level.rotation_id],
            load_hundredths=100,
            version=1,
        )
        for level in levels
    )
    return Shift.objects.bulk_create(rows, batch_size=BATCH)


def _person(engineers: list[Engineer], level: Level, turn: int) -> Engineer:
    """Whose turn it is; the ten of a rotation follow each other, level 2 half a team later."""
    first = _first_rotation(level) * TEAM
    later = TEAM // 2 if level.name == "escalation" else 0
    return engineers[first + (turn + later) % TEAM]


_ROTATIONS: dict[int, int] = {}


def _first_rotation(level: Level) -> int:
    return _ROTATIONS.setdefault(level.rotation_id, len(_ROTATIONS))


def _policies() -> dict[int, int]:
    return dict(Rotation.objects.values_list("pk", "policies__pk"))


def _open_weeks(levels: list[Level], engineers: list[Engineer]) -> int:
    """The last month's weeks, each with covers by the next three people; how many."""
    policies, number = _policies(), 0
    for week_date in OPEN_WEEKS:
        shifts = _shifts(levels, engineers, policies, week_date)
        turn = week_date.toordinal() // 7
        Cover.objects.bulk_create(_covers(shifts, engineers, turn), batch_size=BATCH)
        number += len(shifts)
    return number


def _covers(shifts: list[Shift], engineers: list[Engineer], turn: int) -> Iterator[Cover]:
    for shift in shifts:
        for place, (first, last) in enumerate(COVERS, start=1):
            yield Cover(
                shift=shift,
                from_engineer_id=shift.holder_id,
                to_engineer=_person(engineers, shift.level, turn + place),
                starts_at=shift.starts_at + first * DAY,
                ends_at=min(shift.starts_at + last * DAY, shift.ends_at),
                state=Cover.State.ACCEPTED,
                asked_by="shell",
                asked_at=builders.LONG_AGO,
                accepted_at=builders.LONG_AGO,
                acceptance_number=place,
            )


def _history(levels: list[Level], engineers: list[Engineer], entries: int) -> None:
    """The weeks before, with exactly that many entries, months closed in order."""
    primary = [level for level in levels if level.name == "primary"]
    past = _Past(engineers, total=HISTORY_WEEKS * len(primary), entries=entries)
    with invariants.lifted(connection, INVARIANTS):
        for back in range(HISTORY_WEEKS, 0, -1):
            past.add_week(primary, OPEN_WEEKS[0] - back * WEEK)
        past.close()


class _Past:
    """Shifts that are paid and their entries, chained; all shifts share the entries evenly.

    Rows go in by COPY on PostgreSQL, which takes a tenth of the time.
    """

    def __init__(self, engineers: list[Engineer], *, total: int, entries: int) -> None:
        self._engineers, self._policies = engineers, _policies()
        self._total, self._entries = total, entries
        self._seen, self._number, self._hash = 0, 0, chain.FIRST_HASH
        self._next_id = (Shift.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        self._periods: dict[str, PayPeriod] = {}
        by_office = {rate.office_id: rate for rate in Rate.objects.filter(level="primary")}
        postings = Posting.objects.values_list("engineer_id", "office_id")
        self._rates = {person: by_office[office] for person, office in postings}

    def add_week(self, levels: list[Level], week_date: dt.date) -> None:
        """The shifts of these levels in one week, and their entries."""
        week, windows = _week(levels[0], week_date)
        earned_on = (week.period.ends_at - dt.timedelta(seconds=1)).date()
        period = self._period(periods.month_of(earned_on))
        turn, stored = week_date.toordinal() // 7, json.dumps(windows)
        shifts: list[tuple[Any, ...]] = []
        entries: list[tuple[Any, ...]] = []
        for level in levels:
            shift_id, self._next_id = self._next_id, self._next_id + 1
            people = [_person(self._engineers, level, turn + part) for part in range(TEAM)]
            shifts.append(self._shift(shift_id, level, week, stored, people[0].pk))
            entries += self._entries_of(shift_id, week.period, period, earned_on, people)
        _insert(Shift, SHIFT_COLUMNS, shifts)
        _insert(Entry, ENTRY_COLUMNS, entries)

    def close(self) -> None:
        """Move the ledger's head to the last entry, close every month, mend the sequences."""
        LedgerHead.objects.update_or_create(
            pk=1, defaults={"last_number": self._number, "last_hash": self._hash}
        )
        for period in self._periods.values():
            period.state, period.closed_by = PayPeriod.State.CLOSED, "shell"
            period.closed_at = NOW - 30 * DAY
            period.save()
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), [Shift, Entry]):
                cursor.execute(sql)

    def _shift(
        self, shift_id: int, level: Level, week: slots.Week, windows: str, holder_id: int
    ) -> tuple[Any, ...]:
        start, end = (_instant(at) for at in (week.period.starts_at, week.period.ends_at))
        policy_id, zone = self._policies[level.rotation_id], level.rotation.time_zone
        return (
            *(shift_id, level.pk, week.week_date, start, end, zone, windows, holder_id, policy_id),
            *(end, "[]", "[]", 100, 1, "", ""),
        )

    def _entries_of(
        self,
        shift_id: int,
        span: Period,
        period: PayPeriod,
        earned_on: dt.date,
        people: list[Engineer],
    ) -> Iterator[tuple[Any, ...]]:
        self._seen += 1
        parts = self._entries * self._seen // self._total
        parts -= self._entries * (self._seen - 1) // self._total
        length = (span.ends_at - span.starts_at) / max(parts, 1)
        for part in range(parts):
            person_id = people[part].pk
            rate = self._rates[person_id]
            start = span.starts_at + part * length
            sealed = chain.Sealed(
                number=self._number + 1,
                period=period.month,
                engineer_id=person_id,
                shift_id=shift_id,
                kind=keys.BASE,
                segment_start=start,
                segment_end=start + length,
                seconds=_share(PAID_SECONDS, part, parts),
                rate_version=rate.version,
                amount_minor=_share(rate.weekly_minor, part, parts),
                currency=rate.currency,
                earned_on=earned_on,
                key=f"{shift_id}|{person_id}|{part}|{rate.version}|BASE|r1",
                reverses=None,
                posted_at=span.ends_at + dt.timedelta(minutes=1),
            )
            yield self._sealed(sealed, period, rate)

    def _sealed(self, sealed: chain.Sealed, period: PayPeriod, rate: Rate) -> tuple[Any, ...]:
        previous = self._hash
        self._number, self._hash = sealed.number, chain.fingerprint(sealed, previous=previous)
        instants = (_instant(at) for at in (sealed.segment_start, sealed.segment_end))
        return (
            *(sealed.number, sealed.number, period.pk, sealed.engineer_id, sealed.shift_id),
            *(sealed.kind, *instants, sealed.seconds, rate.pk, sealed.amount_minor),
            *(sealed.currency, sealed.earned_on, sealed.key, _instant(sealed.posted_at)),
            *(previous, self._hash),
        )

    def _period(self, month: str) -> PayPeriod:
        if month not in self._periods:
            self._periods[month] = PayPeriod.objects.create(month=month)
        return self._periods[month]


def _share(whole: int, part: int, parts: int) -> int:
    """The part of a whole number; all parts sum to it."""
    return whole * (part + 1) // parts - whole * part // parts


def _instant(at: dt.datetime | None) -> Any:
    return None if at is None else connection.ops.adapt_datetimefield_value(at)


def _insert(model: type[Model], columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    table, names = model._meta.db_table, ", ".join(columns)  # noqa: SLF001 - Django's documented API
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - ours
            cursor.executemany(sql, rows)
