"""What a cancelled week pays, and two who act on one week at the same moment."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from compensation.models import Entry
from compensation.operations import weeks
from compensation.queries.ledger import verified_ledger
from compensation.queries.reconciling import month_hours
from rotation.operations import cancelling, covers
from tests.compensation.rows import SWEEP, make_money
from tests.compensation.test_at_once import at_once

if TYPE_CHECKING:
    from rotation.models import Shift

ANNA = Actor(name="anna@example.com")
WEEK = dt.date(2026, 10, 5)
HALF = dt.datetime(2026, 10, 8, 20, tzinfo=dt.UTC)


def cancel(shift: Shift, *, now: dt.datetime) -> None:
    cancelling.cancel_shift(shift_id=shift.pk, reason="No releases.", actor=ANNA, now=now)


def sweep(now: dt.datetime) -> weeks.SweepResult:
    return weeks.complete_weeks(actor=SWEEP, now=now)


@pytest.mark.django_db
def test_a_week_cancelled_before_it_begins_waits_for_its_start_and_pays_nothing() -> None:
    shift = make_money(weeks=[WEEK]).shifts[0]
    before = shift.starts_at - dt.timedelta(days=3)
    cancel(shift, now=before)

    early = sweep(before + dt.timedelta(days=1))
    on_time = sweep(shift.starts_at)

    assert (early.completed, on_time.completed) == (0, 1)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_week_restored_in_time_is_paid_as_if_nothing_had_been() -> None:
    shift = make_money(weeks=[WEEK]).shifts[0]
    before = shift.starts_at - dt.timedelta(days=3)
    cancel(shift, now=before)
    sweep(before)
    cancelling.restore_shift(shift_id=shift.pk, actor=ANNA, now=before)

    sweep(shift.ends_at)

    assert Entry.objects.get().amount_minor == 60000


@pytest.mark.django_db
def test_a_week_cancelled_while_it_runs_is_paid_until_then_at_once() -> None:
    shift = make_money(weeks=[WEEK]).shifts[0]
    cancel(shift, now=HALF)

    one_second_early = sweep(HALF - dt.timedelta(seconds=1))
    at_once_after = sweep(HALF)

    entry = Entry.objects.get()
    assert (one_second_early.completed, at_once_after.completed) == (0, 1)
    # Three nights from Monday 12:00 until Thursday 21:00 in Dublin: 50 of 125.5 paid hours.
    assert entry.seconds == 180_000
    assert entry.amount_minor == 23904
    assert entry.earned_on == dt.date(2026, 10, 8)
    hours = month_hours(month="2026-10")
    assert hours.adds_up
    assert hours.gap == 451_800 - 180_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(5))
def test_cancelling_in_the_last_second_comes_before_the_pay_or_is_refused(turn: int) -> None:
    del turn
    shift = make_money(weeks=[WEEK]).shifts[0]
    last = shift.ends_at - dt.timedelta(seconds=1)

    raised = at_once(
        lambda: cancel(shift, now=last),
        lambda: sweep(shift.ends_at),
    )
    sweep(shift.ends_at)

    shift.refresh_from_db()
    assert all(isinstance(error, covers.ShiftCompletedError) for error in raised)
    assert (shift.cancelled_at is None) == bool(raised)
    # The last second before a handover at noon is no paid time: either way it is one whole week.
    assert Entry.objects.get().amount_minor == 60000
    assert verified_ledger().is_intact
