"""What somebody still has to decide, or a sweep to do, keeps a month from closing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compensation.models import Adjustment, Correction, PayPeriod, Rate, Recalculation, Reopening
from compensation.operations import periods, weeks
from compensation.queries.closing import CheckCode, Repair, closing_checks
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, Money, make_money

pytestmark = pytest.mark.django_db
MONTH = "2026-10"


@pytest.fixture
def money() -> Money:
    """Ben's weeks of October, paid; nothing stands against closing it."""
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return money


def refusal(month: str = MONTH, now: dt.datetime = AFTER_OCTOBER) -> periods.CannotCloseError:
    with pytest.raises(periods.CannotCloseError) as caught:
        periods.close_period(month=month, actor=FINN, now=now)
    assert PayPeriod.objects.filter(month=month, state="closed").count() == 0
    return caught.value


def make_correction(money: Money, *, number: int = 0) -> Correction:
    """Anna says that somebody else worked one of the weeks."""
    return Correction.objects.create(
        shift=money.shifts[number],
        evidence="Chat of 6 October.",
        reason="Carla was paged instead.",
        proposed_by=builders.make_anna(team=money.rotation.team),
        proposed_at=AFTER_OCTOBER,
    )


def make_adjustment(money: Money, *, earned_on: dt.date) -> Adjustment:
    """Anna asks for a bonus for Ben."""
    return Adjustment.objects.create(
        engineer=money.ben,
        amount_minor=5000,
        currency="EUR",
        earned_on=earned_on,
        document="Memo 7",
        reason="The long night.",
        proposed_by=builders.make_anna(team=money.rotation.team),
        proposed_at=AFTER_OCTOBER,
    )


def test_a_correction_that_waits_keeps_the_month_open_until_it_is_decided(money: Money) -> None:
    correction = make_correction(money)

    error = refusal()

    assert error.codes == (CheckCode.CORRECTED,)
    (check,) = error.checks
    assert check.items == ("Core, primary, week of Mon 5 Oct 2026, asked by Anna",)
    assert (check.repair, check.found[0].row) == (Repair.CORRECTIONS, correction.pk)
    correction.state = Correction.State.DECLINED
    correction.decided_by, correction.decided_at = builders.make_finance(), AFTER_OCTOBER
    correction.save(update_fields=["state", "decided_by", "decided_at"])
    assert periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER).entries == 3


def test_a_correction_of_a_closed_month_waits_for_the_month_it_would_be_posted_to(
    money: Money,
) -> None:
    periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER)
    make_correction(money)

    codes = refusal("2026-11", AFTER_OCTOBER + dt.timedelta(days=30)).codes

    assert codes == (CheckCode.CORRECTED,)


def test_a_correction_of_a_later_month_does_not_keep_this_one_open(money: Money) -> None:
    money.shifts[0] = money.shift(dt.date(2026, 10, 26))
    make_correction(money)

    assert periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER).entries == 3


def test_an_adjustment_that_waits_keeps_its_month_open_and_no_earlier_one(money: Money) -> None:
    make_adjustment(money, earned_on=dt.date(2026, 10, 31))

    error = refusal()

    assert error.codes == (CheckCode.ADJUSTED,)
    assert error.checks[0].items == ("For Ben, Sat 31 Oct 2026, asked by Anna",)
    assert "50" not in error.message


def test_an_adjustment_of_the_next_month_does_not_keep_this_one_open(money: Money) -> None:
    make_adjustment(money, earned_on=dt.date(2026, 11, 1))

    assert all(check.passes for check in closing_checks(month=MONTH, now=AFTER_OCTOBER))


def test_weeks_that_a_retroactive_rate_waits_to_price_anew_keep_the_month_open(
    money: Money,
) -> None:
    for shift in money.shifts:
        Recalculation.objects.create(
            rate=Rate.objects.get(),
            shift=shift,
            earned_on=dt.date(2026, 10, 12),
            asked_at=AFTER_OCTOBER,
        )

    error = refusal()

    assert error.codes == (CheckCode.RECALCULATED,)
    assert error.checks[0].items == ("3 weeks for rate dublin-primary-v1",)
    Recalculation.objects.update(state="done", done_at=AFTER_OCTOBER)
    assert periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER).entries == 3


def test_a_request_to_reopen_the_month_before_is_decided_first(money: Money) -> None:
    periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER)
    Reopening.objects.create(
        period=PayPeriod.objects.get(month=MONTH),
        reason="A wrong cost centre.",
        proposed_by=builders.make_finance(),
        proposed_at=AFTER_OCTOBER,
    )

    error = refusal("2026-11", AFTER_OCTOBER + dt.timedelta(days=30))

    assert money.ben.pk
    assert error.codes == (CheckCode.DECIDED,)
    assert error.checks[0].items == ("October 2026, asked by Finn",)


def test_every_check_has_a_sentence_and_the_code_that_programs_read() -> None:
    checks = closing_checks(month=MONTH, now=AFTER_OCTOBER)

    assert [check.code for check in checks] == list(CheckCode)
    assert all(check.passes and check.sentence.endswith(".") for check in checks)


def test_what_waits_is_found_in_as_many_queries_whatever_its_number(
    money: Money,
) -> None:
    make_correction(money)
    few = _queries()
    for number in (1, 2):
        Correction.objects.create(
            shift=money.shifts[number],
            evidence="Chat.",
            reason="Carla was paged.",
            proposed_by=builders.make_carla() if number == 1 else money.ben,
            proposed_at=AFTER_OCTOBER,
        )

    assert _queries() == few


def _queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        closing_checks(month=MONTH, now=AFTER_OCTOBER)
    return len(captured)
