"""Rates, calendars and recalculations at the same moment, on the engine of this run."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Count, Sum

from audit.operations import Actor
from compensation.models import Entry, Rate, Recalculation
from compensation.operations import (
    calendar_reviews,
    deciding,
    office_calendars,
    periods,
    rate_proposals,
    recalculating,
    weeks,
)
from compensation.operations.rates import NewRate, add_rate
from compensation.queries.ledger import verified_ledger
from rotation.models import Shift
from tests import builders
from tests.compensation.rows import (
    AFTER_OCTOBER,
    FINN,
    OCTOBER,
    SWEEP,
    Money,
    make_money,
    make_rate,
)
from tests.compensation.test_at_once import MONDAYS, at_once
from volunteers.models import CalendarVersion, Engineer
from volunteers.operations.calendars import DaysChanged, HolidayAlreadyThereError

pytestmark = pytest.mark.django_db(transaction=True)


def actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def paid(mondays: list[dt.date]) -> Money:
    """Ben's weeks, in the ledger."""
    money = make_money(weeks=mondays)
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


def propose(money: Money, *, since: dt.date) -> int:
    rate = NewRate(
        office_id=money.office.pk,
        level="primary",
        effective_from=since,
        weekly_minor=65001,
        holiday_minor=9000,
    )
    finn = actor(builders.make_finance())
    return rate_proposals.propose_rate(rate=rate, reason="Late.", actor=finn, now=AFTER_OCTOBER)


def sweep() -> None:
    recalculating.recalculate_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def test_six_sweeps_at_once_price_each_week_anew_once() -> None:
    money = paid(MONDAYS)
    grace = actor(builders.make_finance(name="Grace"))
    rate_proposals.approve_rate(
        proposal_id=propose(money, since=MONDAYS[0]), actor=grace, now=AFTER_OCTOBER
    )

    raised = at_once(*[sweep] * 6)
    sweep()

    assert raised == []
    assert Entry.objects.count() == 3 * len(MONDAYS)
    assert Entry.objects.aggregate(total=Sum("amount_minor"))["total"] == 65001 * len(MONDAYS)
    assert not Recalculation.objects.exclude(state="done").exists()
    assert verified_ledger().is_intact


def test_of_two_who_approve_at_once_one_does() -> None:
    money = paid(OCTOBER)
    proposal_id = propose(money, since=OCTOBER[0])
    people = [actor(builders.make_finance(name=name)) for name in ("Grace", "Hugo")]

    raised = at_once(
        *[
            lambda who=who: rate_proposals.approve_rate(
                proposal_id=proposal_id, actor=who, now=AFTER_OCTOBER
            )
            for who in people
        ]
    )

    assert [type(error) for error in raised] == [deciding.DecidedError]
    assert Rate.objects.count() == 2
    assert Recalculation.objects.count() == len(OCTOBER)


@pytest.mark.parametrize("number", range(4))
def test_weeks_that_are_completed_while_a_rate_is_approved_all_get_it(number: int) -> None:
    money = make_money(weeks=MONDAYS)
    proposal_id = propose(money, since=MONDAYS[0])
    grace = actor(builders.make_finance(name=f"Grace {number}"))

    def complete() -> None:
        weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    def approve() -> None:
        rate_proposals.approve_rate(proposal_id=proposal_id, actor=grace, now=AFTER_OCTOBER)

    raised = at_once(complete, approve, complete)
    complete()
    sweep()

    assert raised == []
    live = Entry.objects.filter(reverses__isnull=True, reversed_by__isnull=True)
    assert {entry.amount_minor for entry in live} == {65001}
    assert live.count() == len(MONDAYS)
    assert verified_ledger().is_intact


def test_a_rate_that_is_added_while_weeks_settle_gives_each_week_one_rate() -> None:
    money = make_money(weeks=MONDAYS)
    today = AFTER_OCTOBER.date()
    carla = builders.make_engineer(name="Carla")
    builders.make_posting(engineer=carla, office=money.office)
    for shift in money.shifts:
        builders.make_cover(
            shift=shift,
            from_engineer=money.ben,
            to_engineer=carla,
            starts_at=shift.starts_at + dt.timedelta(days=2),
            ends_at=shift.starts_at + dt.timedelta(days=3),
        )
    rate = NewRate(
        office_id=money.office.pk,
        level="primary",
        effective_from=today,
        weekly_minor=70000,
        holiday_minor=0,
    )

    raised = at_once(
        lambda: weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER),
        lambda: add_rate(rate=rate, actor=FINN, now=AFTER_OCTOBER),
    )
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    assert raised == []
    assert Rate.objects.count() == 2
    versions = Entry.objects.values("shift").annotate(rates=Count("rate", distinct=True))
    assert {row["rates"] for row in versions} == {1}
    assert {entry.rate_id for entry in Entry.objects.all()} == {Rate.objects.order_by("pk")[0].pk}


def test_a_month_that_closes_while_weeks_are_priced_anew_has_all_or_none_of_a_week() -> None:
    money = paid(OCTOBER)
    later = make_rate(office=money.office, weekly_minor=65001, effective_from=OCTOBER[0])
    Recalculation.objects.bulk_create(
        Recalculation(
            rate=later,
            shift=shift,
            earned_on=shift.week_date,
            asked_at=AFTER_OCTOBER,
            state="done",
            done_at=AFTER_OCTOBER,
        )
        for shift in money.shifts
    )
    Recalculation.objects.update(state="waiting", done_at=None)

    def close() -> None:
        try:
            periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)
        except periods.CannotCloseError:
            return

    raised = at_once(sweep, close)
    sweep()

    assert raised == []
    for shift in money.shifts:
        late = Entry.objects.filter(shift=shift).exclude(amount_minor=60000)
        assert len({entry.period_id for entry in late}) == 1
    assert verified_ledger().is_intact


def test_of_two_who_add_the_same_day_at_once_one_does() -> None:
    money = paid(OCTOBER)
    change = office_calendars.CalendarChange(
        office_id=money.office.pk,
        days=DaysChanged(added={OCTOBER[0] + dt.timedelta(days=2): "Founders’ day"}),
        reason="So.",
    )

    def add() -> None:
        office_calendars.change_calendar(change=change, actor=FINN, now=AFTER_OCTOBER)

    raised = at_once(add, add)

    assert [type(error) for error in raised] == [HolidayAlreadyThereError]
    assert CalendarVersion.objects.count() == 1
    assert Recalculation.objects.count() == 1


def test_of_keeping_and_asking_at_once_the_weeks_end_in_one_state() -> None:
    money = paid(OCTOBER)
    change = office_calendars.CalendarChange(
        office_id=money.office.pk,
        days=DaysChanged(added={OCTOBER[0] + dt.timedelta(days=2): "Founders’ day"}),
        reason="So.",
    )
    effect = office_calendars.change_calendar(change=change, actor=FINN, now=AFTER_OCTOBER)
    assert effect.version is not None
    version_id = effect.version.version_id
    finn, grace = (actor(builders.make_finance(name=name)) for name in ("Finn", "Grace"))
    review_id = calendar_reviews.ask_to_recalculate(
        version_id=version_id, reason="So.", actor=finn, now=AFTER_OCTOBER
    )

    raised = at_once(
        lambda: calendar_reviews.approve_review(
            review_id=review_id, actor=grace, now=AFTER_OCTOBER
        ),
        lambda: calendar_reviews.withdraw_review(
            review_id=review_id, actor=finn, now=AFTER_OCTOBER
        ),
    )

    assert [type(error) for error in raised] == [deciding.DecidedError]
    assert Recalculation.objects.get().state in {"waiting", "offered"}
    assert Shift.objects.filter(completed_at__isnull=True).count() == 0
