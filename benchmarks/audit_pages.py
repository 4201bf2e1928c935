"""Fills a migrated database with audit events and times reading them; Django is set up already."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import connection

from audit.models import AuditEvent, Mention
from audit.queries import Scope, Wanted, newest

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH, REPEATS = 5_000, 20
START = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
STEP = dt.timedelta(minutes=2)
AREAS = ("schedule", "schedule", "people", "access", "money")


def run(number: int) -> None:
    """Fill, measure, print."""
    call_command("migrate", verbosity=0)
    fill(number)
    measure(number)


def fill(number: int) -> None:
    """Events of 200 teams and 2,000 people, each naming one."""
    for first in range(0, number, BATCH):
        events = AuditEvent.objects.bulk_create(
            AuditEvent(
                at=START + each * STEP,
                actor=f"person-{each % 2000}@example.com",
                area=AREAS[each % 5],
                team=f"team-{each % 200}",
                verb="changed",
                subject=f"thing {each}",
                after={"state": each},
            )
            for each in range(first, min(first + BATCH, number))
        )
        Mention.objects.bulk_create(
            Mention(event=event, key=f"person:{event.actor}", at=event.at) for event in events
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(number: int) -> None:
    """Each question of each role, timed."""
    me = "person-7@example.com"
    scopes = {
        "engineer": Scope(person=me),
        "manager of one": Scope(person=me, teams=frozenset({"team-7"})),
        "manager of ten": Scope(person=me, teams=frozenset(f"team-{n}" for n in range(10))),
        "finance": Scope(person=me, areas=frozenset({"money"})),
        "admin": Scope(person=me, sees_all=True),
    }
    middle = START + number // 2 * STEP
    questions = {
        "newest": (Wanted(), None),
        "in the middle": (Wanted(), (middle, 10**12)),
        "a person": (Wanted(actors=("person-8@example.com",)), None),
        "words that are nowhere": (Wanted(what="nothing like it"), None),
    }
    print(f"{connection.vendor}, {number:,} events; milliseconds, median and worst of {REPEATS}")
    for role, scope in scopes.items():
        for words, (wanted, after) in questions.items():
            times = _timed(lambda: newest(scope=scope, wanted=wanted, after=after, number=51))  # noqa: B023 - asked at once
            print(f"{role:15} {words:24} {statistics.median(times):7.1f} {max(times):7.1f}")


def _timed(ask: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times
