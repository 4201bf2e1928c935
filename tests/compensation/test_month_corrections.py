"""What stands in a month beside its own weeks: corrections as pairs, adjustments, people, hours."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.operations import Actor
from common.periods import Period
from compensation.models import Rate, Recalculation
from compensation.operations import adjustments, corrections, periods, recomputing, weeks
from compensation.queries.month_corrections import MonthCorrections, month_corrections
from compensation.queries.reconciling import month_hours
from compensation.queries.review import month_review, people_change
from rotation.domain.stints import CoverSpan
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money, make_rate
from tests.rotation.pages import page_of

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LATE = dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC)
NEXT = "2026-11"


def actor_of(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """October is closed; Anna manages, Finn and Fay are of finance, Carla had a night of Ben's."""

    money: Money
    carla: Engineer
    anna: Engineer
    finn: Engineer
    fay: Engineer

    def correct(self, *, week: int = 0) -> int:
        """Carla had the first day of the week instead; Finn approves."""
        shift = self.money.shifts[week]
        day = Period(starts_at=shift.starts_at, ends_at=shift.starts_at + dt.timedelta(days=1))
        wanted = corrections.WantedCorrection(
            shift_id=shift.pk,
            covers=(CoverSpan(person=self.carla.pk, period=day),),
            reason="Carla was on call on Monday night.",
            evidence="incident 4711",
        )
        number = corrections.propose_correction(wanted=wanted, actor=actor_of(self.anna), now=LATE)
        corrections.approve_correction(correction_id=number, actor=actor_of(self.finn), now=LATE)
        return number


@pytest.fixture
def case() -> Case:
    money = make_money()
    carla = builders.make_engineer(name="Carla", employee_id="00500")
    builders.make_posting(engineer=carla, office=money.office, cost_centre="ENG-110")
    finn = builders.make_finance()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month="2026-10", actor=actor_of(finn), now=AFTER_OCTOBER)
    return Case(
        money=money,
        carla=carla,
        anna=builders.make_anna(team=money.rotation.team),
        finn=finn,
        fay=builders.make_finance(name="Fay"),
    )


def found(month: str = NEXT) -> MonthCorrections:
    return month_corrections(month=month)


def test_a_late_correction_stands_in_the_open_month_as_pairs_with_who_decided(case: Case) -> None:
    case.correct()

    (group,) = found().corrections
    assert group.title == "Core, primary, week of Mon 5 Oct 2026"
    assert (group.asked_by, group.decided_by, group.decided_at) == ("Anna", "Finn", LATE)
    assert (group.reason, group.ground) == ("Carla was on call on Monday night.", "incident 4711")
    assert group.is_late
    assert group.lines[0].reverses == 1
    assert group.lines[0].amount_minor == -60000
    assert sum(line.amount_minor for line in group.lines) == 0
    assert {line.name for line in group.lines} == {"Ben", "Carla"}


def test_a_closed_month_keeps_none_of_what_came_later(case: Case) -> None:
    case.correct()

    assert found("2026-10").is_nothing


def test_what_does_not_fit_on_the_page_is_counted(case: Case) -> None:
    for week in range(3):
        case.correct(week=week)

    assert found().correction_count == 3
    assert found().more == 0


def test_an_approved_adjustment_stands_there_with_its_document(case: Case) -> None:
    number = adjustments.propose_adjustment(
        wanted=adjustments.WantedAdjustment(
            engineer_id=case.money.ben.pk,
            amount="50.00",
            earned_on=dt.date(2026, 11, 3),
            reason="The long night.",
            document="Memo 7",
        ),
        actor=actor_of(case.finn),
        now=LATE,
    )
    assert found().is_nothing
    adjustments.approve_adjustment(adjustment_id=number, actor=actor_of(case.fay), now=LATE)

    (group,) = found().adjustments
    assert (group.title, group.ground, group.is_late) == ("Ben", "Memo 7", False)
    assert [line.amount_minor for line in group.lines] == [5000]


def test_weeks_priced_anew_are_added_up_by_currency_with_their_cause(case: Case) -> None:
    rate = make_rate(office=case.money.office, weekly_minor=66000)
    shift = case.money.shifts[0]
    with transaction.atomic():
        recomputing.recompute_shift(shift_id=shift.pk, actor=SWEEP, now=LATE)
        Recalculation.objects.create(
            rate=rate,
            shift=shift,
            earned_on=dt.date(2026, 10, 12),
            state="done",
            asked_at=LATE,
            done_at=LATE,
        )

    anew = found().recalculated
    assert anew.causes == ((f"rate {rate.version}", 1),)
    assert [(one.currency, one.entries, one.amount_minor) for one in anew.totals] == [
        ("EUR", 2, 6000)
    ]
    assert Rate.objects.count() == 2


def test_the_page_shows_the_pairs_and_says_that_the_closed_month_stays(case: Case) -> None:
    case.correct()

    with time_machine.travel(LATE, tick=False):
        page = page_of(case.finn, "/finance/periods/2026-11/")

    assert "Reverses 1" in page
    assert "EUR −600.00" in page
    assert "Approved by a second person" in page
    assert "is closed and stays as it was" in page
    assert "incident 4711" in page


def test_people_who_are_new_or_gone_since_the_month_before_are_named(case: Case) -> None:
    case.money.shift(dt.date(2026, 11, 2), holder=case.carla)
    later = LATE + builders.WEEK
    weeks.complete_weeks(actor=SWEEP, now=later)

    change = people_change(month_review(month=NEXT))

    assert (change.new, change.gone) == (("Carla",), ("Ben",))
    with time_machine.travel(later, tick=False):
        page = page_of(case.finn, "/finance/periods/2026-11/")
    assert "Not the same people as in October." in page


def test_somebody_with_another_cost_centre_is_neither_new_nor_gone(case: Case) -> None:
    builders.make_posting(
        engineer=case.money.ben,
        office=case.money.office,
        cost_centre="ENG-999",
        starts_on=dt.date(2026, 11, 1),
    )
    case.money.shift(dt.date(2026, 11, 2))
    weeks.complete_weeks(actor=SWEEP, now=LATE + builders.WEEK)

    change = people_change(month_review(month=NEXT))

    assert (change.new, change.gone) == ((), ())


def test_hours_add_up_also_after_a_correction(case: Case) -> None:
    case.correct()

    hours = month_hours(month="2026-10")
    assert hours.adds_up
    assert hours.paid == hours.on_call


def test_a_week_whose_entries_hold_other_hours_is_named(case: Case) -> None:
    shift = case.money.shift(OCTOBER[0] - builders.WEEK)
    shift.completed_at = AFTER_OCTOBER
    shift.save(update_fields=["completed_at"])

    hours = month_hours(month="2026-10")

    assert not hours.adds_up
    assert hours.off == ((shift.pk, "Core, primary, week of Mon 28 Sep 2026"),)


def test_many_corrections_take_as_many_queries_as_one(case: Case) -> None:
    case.correct()
    few = _queries()
    case.correct(week=1)

    assert _queries() == few


def _queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        found()
    return len(captured)
