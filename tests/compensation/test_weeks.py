from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from compensation.models import BlockedShift, Entry
from compensation.operations import periods, posting, weeks
from compensation.queries.entries import entries_of
from compensation.queries.ledger import verified_ledger
from outbox.models import Message
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, make_money, make_rate

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def sweep(now: dt.datetime = AFTER_OCTOBER) -> weeks.SweepResult:
    return weeks.complete_weeks(actor=SWEEP, now=now)


def test_each_ended_week_becomes_an_entry_and_again_changes_nothing() -> None:
    money = make_money()

    first, second = sweep(), sweep()

    assert (first.completed, first.posted) == (3, 3)
    assert (second.completed, second.posted) == (0, 0)
    lines = entries_of(engineer_id=money.ben.pk)
    assert [line.week_date for line in lines] == list(reversed(OCTOBER))
    assert {line.amount for line in lines} == {"600.00"}
    assert [line.seconds // 1800 for line in lines] == [253, 251, 251]
    assert verified_ledger().is_intact


def test_a_week_counts_from_its_end_and_not_a_second_earlier() -> None:
    money = make_money(weeks=OCTOBER[:1])
    end = money.shifts[0].ends_at

    assert sweep(end - SECOND).posted == 0
    assert sweep(end).posted == 1


def test_covers_are_paid_by_the_second_and_in_the_currency_of_each_office() -> None:
    money = make_money(weeks=OCTOBER[:1])
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    carla = builders.make_engineer(name="Carla")
    builders.make_posting(engineer=carla, office=london)
    make_rate(office=london, weekly_minor=52000)
    day = dt.datetime(2026, 10, 9, 23, tzinfo=dt.UTC)
    builders.make_cover(
        shift=money.shifts[0],
        from_engineer=money.ben,
        to_engineer=carla,
        starts_at=day,
        ends_at=day + dt.timedelta(days=1),
    )

    sweep()

    rows = Entry.objects.order_by("number").values_list("engineer__name", "currency", "seconds")
    assert list(rows) == [
        ("Ben", "EUR", 246600),
        ("Carla", "GBP", 86400),
        ("Ben", "EUR", 118800),
    ]
    assert sum(entry.seconds for entry in Entry.objects.all()) == 451800


def test_a_week_without_a_rate_waits_is_never_paid_nothing_and_finance_hears_once() -> None:
    money = make_money(with_rate="", weeks=OCTOBER[:1])
    builders.make_finance(name="Finn")

    results = [sweep(), sweep()]

    assert [(result.blocked, result.posted) for result in results] == [(1, 0), (1, 0)]
    block = BlockedShift.objects.get()
    assert block.reason == "Dublin has no rate for primary on Mon 5 Oct 2026."
    assert [message.to for message in Message.objects.all()] == ["finn@example.com"]
    assert AuditEvent.objects.filter(verb="blocked").count() == 1
    money.shifts[0].refresh_from_db()
    assert money.shifts[0].completed_at is None


def test_a_blocked_week_is_paid_as_soon_as_a_rate_is_there() -> None:
    money = make_money(with_rate="", weeks=OCTOBER[:1])
    sweep()

    make_rate(office=money.office)

    assert sweep().posted == 1
    assert not BlockedShift.objects.exists()


def test_one_blocked_week_does_not_hold_up_the_others() -> None:
    money = make_money()
    dora = builders.make_engineer(name="Dora")
    money.shift(dt.date(2026, 9, 28), holder=dora)

    result = sweep()

    assert (result.completed, result.blocked) == (3, 1)
    assert BlockedShift.objects.get().reason == "Dora belonged to no office on Mon 28 Sep 2026."


def test_the_office_is_that_of_the_weeks_first_day() -> None:
    money = make_money(weeks=OCTOBER[:1])
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    make_rate(office=london)
    builders.make_posting(engineer=money.ben, office=london, starts_on=dt.date(2026, 10, 6))

    sweep()

    assert Entry.objects.get().currency == "EUR"


def test_level_2_that_is_not_paid_is_completed_without_entries() -> None:
    money = make_money(weeks=OCTOBER[:1])
    level = builders.level_of(money.rotation, "escalation")
    shift = builders.make_shift(level=level, week_date=OCTOBER[0], holder=money.ben)

    sweep()

    shift.refresh_from_db()
    assert shift.completed_at == AFTER_OCTOBER
    assert not Entry.objects.filter(shift=shift).exists()


def test_level_2_that_is_paid_has_rates_of_its_own() -> None:
    money = make_money(weeks=OCTOBER[:1])
    money.rotation.level2_paid = True
    money.rotation.save(update_fields=["level2_paid"])
    make_rate(office=money.office, level="escalation", weekly_minor=20000)
    level = builders.level_of(money.rotation, "escalation")
    shift = builders.make_shift(level=level, week_date=OCTOBER[0], holder=money.ben)

    sweep()

    assert Entry.objects.get(shift=shift).amount_minor == 20000


def test_a_week_that_nobody_had_is_completed_without_entries() -> None:
    money = make_money(weeks=OCTOBER[:1])
    money.shifts[0].holder = None
    money.shifts[0].save(update_fields=["holder"])

    assert sweep().completed == 1
    assert not Entry.objects.exists()


def test_a_week_cancelled_while_it_ran_is_over_at_that_instant() -> None:
    money = make_money(weeks=OCTOBER[:1])
    instant = dt.datetime(2026, 10, 9, 23, tzinfo=dt.UTC)
    money.shifts[0].cancelled_at = instant
    money.shifts[0].save(update_fields=["cancelled_at"])

    assert sweep(instant - SECOND).completed == 0
    assert sweep(instant).completed == 1

    entry = Entry.objects.get()
    assert (entry.seconds, entry.amount_minor) == (246600, 32749)
    assert entry.earned_on == dt.date(2026, 10, 9)


def test_a_cancelled_week_takes_its_turn_at_its_cancellation() -> None:
    money = make_money(weeks=OCTOBER[:1])
    money.rotation.level2_paid = True
    money.rotation.save(update_fields=["level2_paid"])
    make_rate(office=money.office, level="escalation", weekly_minor=20000)
    level_2 = builders.level_of(money.rotation, "escalation")
    cancelled = builders.make_shift(level=level_2, week_date=OCTOBER[0], holder=money.ben)
    cancelled.cancelled_at = cancelled.starts_at + dt.timedelta(days=4)
    cancelled.save(update_fields=["cancelled_at"])

    sweep()

    in_order = Entry.objects.order_by("number").values_list("shift_id", flat=True)
    assert list(in_order) == [cancelled.pk, money.shifts[0].pk]


def test_a_week_cancelled_before_its_start_is_worth_nothing() -> None:
    money = make_money(weeks=OCTOBER[:1])
    money.shifts[0].cancelled_at = money.shifts[0].starts_at
    money.shifts[0].save(update_fields=["cancelled_at"])

    assert sweep().completed == 1
    assert not Entry.objects.exists()


def test_a_week_posted_before_is_left_as_it_is_when_it_is_found_waiting_again() -> None:
    money = make_money(weeks=OCTOBER[:1])
    sweep()
    money.shifts[0].completed_at = None
    money.shifts[0].save(update_fields=["completed_at"])

    result = sweep()

    assert (result.completed, result.posted) == (1, 0)
    assert Entry.objects.count() == 1


def test_a_key_with_other_content_is_an_error_and_nothing_is_overwritten(
    caplog: pytest.LogCaptureFixture,
) -> None:
    money = make_money(weeks=OCTOBER[:1])
    sweep()
    shift = money.shifts[0]
    shift.completed_at, shift.cancelled_at = None, dt.datetime(2026, 10, 9, 23, tzinfo=dt.UTC)
    shift.save(update_fields=["completed_at", "cancelled_at"])

    result = sweep()

    assert (result.failed, result.posted) == (1, 0)
    assert Entry.objects.get().amount_minor == 60000
    assert f"shift {shift.pk} is not completed" in caplog.text


def test_a_week_whose_row_makes_no_sense_does_not_hold_up_the_others() -> None:
    money = make_money()
    money.shifts[0].day_windows = [["when?", "then"]]
    money.shifts[0].save(update_fields=["day_windows"])

    result = sweep()

    assert (result.completed, result.failed) == (2, 1)


def test_a_week_that_is_late_for_a_closed_month_goes_to_the_next_open_one() -> None:
    money = make_money(weeks=OCTOBER[:1])
    sweep()
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)
    money.shift(OCTOBER[1])

    sweep()

    late = Entry.objects.get(number=2)
    assert (late.period.month, late.earned_on) == ("2026-11", dt.date(2026, 10, 19))


def test_the_audit_trail_names_the_entries_and_the_people_but_no_amount() -> None:
    money = make_money(weeks=OCTOBER[:1])

    sweep()

    event = AuditEvent.objects.get(verb="completed")
    assert event.actor == "sweep:weeks"
    assert event.subject == "Core, primary, week of Mon 5 Oct 2026"
    assert (event.team, event.concerned) == ("core", [money.ben.email])
    assert event.after == {"entries": [1]}


@pytest.mark.django_db(transaction=True)
def test_entries_are_never_posted_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        posting.post_entries([], earned=OCTOBER[0], now=AFTER_OCTOBER)
