"""Two who correct, approve and close at the same moment, on the engine of this run."""

from __future__ import annotations

import pytest

from common.periods import Period
from compensation.exports import export_file
from compensation.models import Correction, Entry
from compensation.operations import corrections, deciding, periods, recomputing, weeks
from compensation.queries.corrected import shift_ledger
from compensation.queries.ledger import verified_ledger
from rotation.domain.stints import CoverSpan
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP
from tests.compensation.test_at_once import at_once
from tests.compensation.test_corrections import LATER, Case, actor

pytestmark = pytest.mark.django_db(transaction=True)


def live_total(case: Case) -> int:
    return sum(entry.amount_minor for entry in shift_ledger(shift_id=case.shift.pk).live)


def test_of_two_who_ask_for_one_week_at_once_one_waits_for_the_other() -> None:
    case = Case()

    raised = at_once(lambda: case.propose(case.anna), lambda: case.propose(case.carla))

    assert [type(error) for error in raised] == [corrections.CorrectionWaitsError]
    assert Correction.objects.count() == 1


def test_of_two_who_approve_at_once_one_posts() -> None:
    case = Case()
    number = case.propose(case.anna)

    raised = at_once(
        lambda: case.approve(number, case.grace), lambda: case.approve(number, case.fay)
    )

    assert [type(error) for error in raised] == [deciding.DecidedError]
    assert Entry.objects.count() == 5
    assert live_total(case) == 60000
    assert verified_ledger().is_intact


def test_approving_and_declining_at_once_do_one_of_the_two() -> None:
    case = Case()
    number = case.propose(case.anna)

    def decline() -> None:
        corrections.decline_correction(
            correction_id=number, note="No.", actor=actor(case.fay), now=LATER
        )

    raised = at_once(lambda: case.approve(number, case.grace), decline)

    assert [type(error) for error in raised] == [deciding.DecidedError]
    state = Correction.objects.get(pk=number).state
    assert Entry.objects.count() == (5 if state == "approved" else 1)


def test_approving_beside_pricing_anew_posts_each_entry_once() -> None:
    case = Case()
    number = case.propose(case.anna)

    def recompute() -> None:
        recomputing.recompute_shift(shift_id=case.shift.pk, actor=SWEEP, now=LATER)

    raised = at_once(lambda: case.approve(number, case.grace), recompute, recompute)
    recompute()

    assert raised == []
    assert Entry.objects.count() == 5
    assert verified_ledger().is_intact


@pytest.mark.parametrize("number", range(4))
def test_a_correction_is_in_the_closed_months_file_or_keeps_the_month_open(number: int) -> None:
    del number
    case = Case()
    request = case.propose(case.anna)

    def close() -> None:
        periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)

    raised = at_once(lambda: case.approve(request, case.grace), close)

    assert all(isinstance(error, periods.CannotCloseError) for error in raised)
    if not raised:
        lines = export_file(month="2026-10", now=LATER).content.count(b"\r\n")
        assert lines == 1 + Entry.objects.filter(period__month="2026-10").count()
    assert Entry.objects.count() == 5
    assert verified_ledger().is_intact


def test_a_week_completed_while_its_correction_is_approved_is_paid_by_it() -> None:
    case = Case()
    later = case.money.shift(OCTOBER[1])
    week = Period(starts_at=later.starts_at, ends_at=later.ends_at)
    wanted = corrections.WantedCorrection(
        shift_id=later.pk,
        covers=(CoverSpan(person=case.carla.pk, period=week),),
        reason="Carla had it.",
        evidence="a message",
    )
    number = corrections.propose_correction(wanted=wanted, actor=actor(case.fay), now=AFTER_OCTOBER)

    def sweep() -> None:
        weeks.complete_weeks(actor=SWEEP, now=LATER)

    raised = at_once(lambda: case.approve(number, case.grace), sweep)
    sweep()

    assert raised == []
    live = shift_ledger(shift_id=later.pk).live
    assert [entry.person for entry in live] == [str(case.carla.pk)]
    assert verified_ledger().is_intact
