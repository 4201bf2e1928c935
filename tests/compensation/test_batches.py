"""The sweep takes ended weeks some at a time, and a batch is as good as one week after another."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent, Mention
from compensation.models import BlockedShift, Entry
from compensation.operations import batches, weeks
from compensation.queries.ledger import verified_ledger
from rotation.models import Shift
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, make_money, make_rate

if TYPE_CHECKING:
    from compensation.operations.weeks import SweepResult

pytestmark = pytest.mark.django_db
MONDAYS = [dt.date(2026, 7, 6) + week * dt.timedelta(days=7) for week in range(12)]


def sweep() -> SweepResult:
    return weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def ledger() -> list[tuple[object, ...]]:
    """Everything that fingerprints cover."""
    rows = Entry.objects.order_by("number")
    return list(rows.values_list("number", "period__month", "key", "amount_minor", "hash"))


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_ledger_is_the_same_however_many_weeks_a_batch_has(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    money = make_money(weeks=MONDAYS)
    monkeypatch.setattr(batches, "SIZE", size)

    found = sweep()

    assert (found.completed, found.posted, found.failed) == (12, 12, 0)
    in_order = Shift.objects.order_by("ends_at", "pk").values_list("pk", flat=True)
    assert [row[0] for row in ledger()] == list(range(1, 13))
    assert list(Entry.objects.order_by("number").values_list("shift", flat=True)) == list(in_order)
    assert {row[1] for row in ledger()} == {"2026-07", "2026-08", "2026-09"}
    assert verified_ledger().is_intact
    assert money.ben.pk


def test_each_week_of_a_batch_has_its_own_record_for_those_whom_it_concerns() -> None:
    make_money()

    sweep()

    events = AuditEvent.objects.filter(verb="completed").order_by("pk")
    assert [event.after for event in events] == [{"entries": [each]} for each in (1, 2, 3)]
    assert {event.team for event in events} == {"core"}
    assert Mention.objects.filter(event__in=events, key="person:ben@example.com").count() == 3


def test_a_batch_asks_no_more_for_twelve_weeks_than_for_two() -> None:
    make_money(weeks=MONDAYS[:2])
    with CaptureQueriesContext(connection) as few:
        sweep()
    money = make_money_more()

    with CaptureQueriesContext(connection) as many:
        sweep()

    assert Entry.objects.count() == 12
    assert len(many) <= len(few)
    assert money


def make_money_more() -> list[Shift]:
    """Ten more weeks of Ben's, all of one month."""
    shift = Shift.objects.order_by("pk")[0]
    return [
        builders.make_shift(level=builders.level_of(rotation), week_date=OCTOBER[0], holder=holder)
        for rotation, holder in (
            (builders.make_rotation(team=builders.make_team(name=f"Team {each}")), shift.holder)
            for each in range(10)
        )
    ]


def test_an_odd_week_is_left_and_the_others_of_its_batch_are_paid() -> None:
    money = make_money(weeks=MONDAYS)
    odd = money.shifts[5]
    sweep_one = weeks.complete_shift(shift_id=odd.pk, actor=SWEEP, now=AFTER_OCTOBER)
    Shift.objects.filter(pk=odd.pk).update(completed_at=None, day_windows=odd.day_windows[:3])

    found = sweep()

    assert len(sweep_one.numbers) == 1
    assert (found.completed, found.failed) == (11, 1)
    assert Entry.objects.count() == 12
    assert list(Shift.objects.filter(completed_at__isnull=True)) == [odd]
    assert verified_ledger().is_intact


def test_a_week_whose_entries_were_posted_already_is_completed_without_a_second_one() -> None:
    money = make_money(weeks=MONDAYS)
    weeks.complete_shift(shift_id=money.shifts[3].pk, actor=SWEEP, now=AFTER_OCTOBER)
    Shift.objects.filter(pk=money.shifts[3].pk).update(completed_at=None)

    found = sweep()

    assert (found.completed, found.posted, found.failed) == (12, 11, 0)
    assert Entry.objects.count() == 12


def test_weeks_without_a_rate_are_blocked_and_the_others_of_their_batch_are_paid() -> None:
    money = make_money(weeks=MONDAYS[:3])
    paris = builders.make_office(name="Paris", time_zone="Europe/Paris", country="FR")
    carla = builders.make_engineer(name="Carla", employee_id="7")
    builders.make_posting(engineer=carla, office=paris)
    unpaid = money.shift(MONDAYS[4], holder=carla)

    first = sweep()
    make_rate(office=paris)
    second = sweep()

    assert (first.completed, first.blocked) == (3, 1)
    assert (second.completed, second.blocked) == (1, 0)
    assert Entry.objects.get(shift=unpaid).number == 4
    assert not BlockedShift.objects.exists()
