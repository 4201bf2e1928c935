"""A changed calendar: coming weeks follow it, started ones keep theirs and are offered."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from common.periods import intersection, seconds
from compensation.models import Entry, Recalculation
from compensation.operations import office_calendars, weeks
from compensation.queries.shifts import payable_shift
from outbox.models import Message
from rotation.models import Shift, SyncRun
from rotation.queries.worked import worked_shift
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, Money, make_money
from volunteers.models import CalendarVersion, PublicHoliday
from volunteers.operations import calendars

pytestmark = pytest.mark.django_db
HOUR = 3600
FIRST, SECOND, THIRD = OCTOBER
WEDNESDAY = FIRST + dt.timedelta(days=2)
# Thursday of the second week: the first has ended, the second runs, the third is to come.
NOW = dt.datetime(2026, 10, 15, 9, tzinfo=dt.UTC)


@pytest.fixture
def money() -> Money:
    """Ben's weeks of 5, 12 and 19 October in a rotation with Dublin's calendar."""
    made = make_money()
    made.rotation.holiday_office = made.office
    made.rotation.save(update_fields=["holiday_office"])
    weeks.complete_weeks(actor=SWEEP, now=NOW)
    return made


def change(
    money: Money,
    *added: dt.date,
    removed: frozenset[dt.date] = frozenset(),
    now: dt.datetime = NOW,
    only_look: bool = False,
) -> office_calendars.Effect:
    wanted = office_calendars.CalendarChange(
        office_id=money.office.pk,
        days=calendars.DaysChanged(added=dict.fromkeys(added, "Founders’ day"), removed=removed),
        reason="The board decided so.",
    )
    do = office_calendars.look_at_change if only_look else office_calendars.change_calendar
    return do(change=wanted, actor=FINN, now=now)


def on_call(shift: Shift) -> int:
    found = worked_shift(shift_id=shift.pk)
    return seconds(intersection(found.day_windows, [found.period]))


# ------------------------------------------------------------------ weeks to come
def test_a_week_to_come_gets_the_holidays_hours_its_load_and_its_name(money: Money) -> None:
    coming = money.shifts[2]
    before = on_call(coming)

    effect = change(money, THIRD + dt.timedelta(days=2))

    coming.refresh_from_db()
    assert on_call(coming) - before == 8 * HOUR + HOUR // 2
    assert coming.holidays == ["Founders’ day"]
    assert coming.load_hundredths > 100
    week = effect.followed[0]
    assert (week.week_date, week.seconds_before, week.seconds_after) == (
        THIRD,
        before,
        on_call(coming),
    )


def test_taking_the_day_away_gives_the_week_back_what_it_was(money: Money) -> None:
    coming = money.shifts[2]
    was = (coming.day_windows, coming.load_hundredths, coming.holidays)
    day = THIRD + dt.timedelta(days=2)
    change(money, day)

    change(money, removed=frozenset({day}), now=NOW + dt.timedelta(hours=1))

    coming.refresh_from_db()
    assert (coming.day_windows, coming.load_hundredths, coming.holidays) == was


def test_pagerduty_the_holder_and_the_managers_hear_of_other_hours(money: Money) -> None:
    anna = builders.make_anna(team=money.rotation.team)

    change(money, THIRD + dt.timedelta(days=2))

    assert SyncRun.objects.get().cause == "the calendar of Dublin changed"
    told = {message.to: message for message in Message.objects.all()}
    assert set(told) == {money.ben.email, anna.email}
    assert "Founders’ day is a holiday now" in told[anna.email].body
    event = AuditEvent.objects.get(verb="changed hours")
    assert (event.team, event.subject) == ("core", "Core by the calendar of Dublin")


def test_a_day_at_a_weekend_changes_no_hours_and_wakes_nobody(money: Money) -> None:
    effect = change(money, THIRD + dt.timedelta(days=5))

    assert not any(week.has_other_hours for week in effect.followed)
    assert not SyncRun.objects.exists()
    assert not Message.objects.exists()


def test_a_rotation_of_another_calendar_keeps_its_hours(money: Money) -> None:
    money.rotation.holiday_office = builders.make_office(name="Berlin")
    money.rotation.save(update_fields=["holiday_office"])

    effect = change(money, THIRD + dt.timedelta(days=2))

    assert effect.followed == ()


# ------------------------------------------------------------------ weeks that have begun
def test_a_settled_week_keeps_its_pay_and_is_offered_to_finance(money: Money) -> None:
    effect = change(money, WEDNESDAY)
    weeks.complete_weeks(actor=SWEEP, now=NOW)

    assert Entry.objects.count() == 1
    assert [one.differences for one in effect.offered] == [{"EUR": 9000}]
    offered = Recalculation.objects.get()
    assert (offered.shift_id, offered.state) == (money.shifts[0].pk, "offered")
    assert offered.earned_on == SECOND


def test_a_running_week_keeps_its_hours_and_is_paid_by_the_calendar_it_began_with(
    money: Money,
) -> None:
    running = money.shifts[1]
    before = on_call(running)
    friday = SECOND + dt.timedelta(days=4)

    change(money, friday)
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    running.refresh_from_db()
    assert on_call(running) == before
    assert [entry.kind for entry in Entry.objects.filter(shift=running)] == ["BASE"]
    assert Recalculation.objects.get().shift_id == running.pk


def test_a_week_to_come_is_paid_by_the_day(money: Money) -> None:
    day = THIRD + dt.timedelta(days=2)
    change(money, day)
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    kinds = [entry.kind for entry in Entry.objects.filter(shift=money.shifts[2])]
    assert kinds == ["BASE", f"HOL:{day}"]


def test_a_removed_holiday_leaves_what_was_paid_for_it(money: Money) -> None:
    builders.make_holiday(office=money.office, date=SECOND + dt.timedelta(days=1))
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    paid = list(Entry.objects.values_list("hash", flat=True))

    effect = change(money, removed=frozenset({SECOND + dt.timedelta(days=1)}), now=AFTER_OCTOBER)

    assert [one.differences for one in effect.offered] == [{"EUR": -9000}]
    assert list(Entry.objects.values_list("hash", flat=True)) == paid


def test_weeks_without_anybody_of_the_office_are_not_offered(money: Money) -> None:
    berlin = builders.make_office(name="Berlin", time_zone="Europe/Berlin")
    wanted = office_calendars.CalendarChange(
        office_id=berlin.pk,
        days=calendars.DaysChanged(added={WEDNESDAY: "Tag"}),
        reason="So.",
    )

    effect = office_calendars.change_calendar(change=wanted, actor=FINN, now=NOW)

    assert money.ben.pk
    assert effect.offered == ()


# ------------------------------------------------------------------ looking and settling
def test_looking_shows_all_of_it_and_changes_nothing(money: Money) -> None:
    before = money.shifts[2].day_windows

    effect = change(money, WEDNESDAY, THIRD + dt.timedelta(days=2), only_look=True)

    assert len(effect.followed) == 1
    assert len(effect.offered) == 1
    money.shifts[2].refresh_from_db()
    assert money.shifts[2].day_windows == before
    assert not PublicHoliday.objects.exists()
    assert not CalendarVersion.objects.exists()
    assert not Recalculation.objects.exists()
    assert not Message.objects.exists()
    assert not AuditEvent.objects.filter(verb="changed holidays").exists()


def test_days_that_an_admin_loaded_are_followed_by_the_next_sweep_once(money: Money) -> None:
    money.office.country = "IE"
    money.office.save(update_fields=["country"])
    calendars.load_holidays(office_id=money.office.pk, years=[2026], actor=FINN, now=NOW)
    bank_holiday = money.shift(dt.date(2026, 10, 26))
    Shift.objects.filter(pk=bank_holiday.pk).update(day_windows=money.shifts[2].day_windows)

    first = office_calendars.settle_calendars(actor=SWEEP, now=NOW)
    again = office_calendars.settle_calendars(actor=SWEEP, now=NOW)

    bank_holiday.refresh_from_db()
    assert (first, again) == (1, 0)
    assert bank_holiday.holidays == ["October Bank Holiday"]


def test_years_of_the_library_are_shown_before_they_are_loaded(money: Money) -> None:
    wanted = office_calendars.CalendarChange(
        office_id=money.office.pk, days=calendars.DaysChanged(), years=(2027,)
    )

    looked = office_calendars.look_at_change(change=wanted, actor=FINN, now=NOW)
    made = office_calendars.change_calendar(change=wanted, actor=FINN, now=NOW)
    again = office_calendars.change_calendar(change=wanted, actor=FINN, now=NOW)

    assert looked.version is not None
    assert made.version is not None
    assert looked.version.added == made.version.added
    assert again.version is None


def test_pricing_names_no_holiday_before_its_change(money: Money) -> None:
    change(money, WEDNESDAY)

    assert payable_shift(shift_id=money.shifts[0].pk).is_completed
    assert not Entry.objects.filter(kind__startswith="HOL").exists()
