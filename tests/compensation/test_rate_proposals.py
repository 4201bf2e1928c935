"""A rate from a past day: two people of finance, and ended weeks that follow it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db.models import Sum

from audit.models import AuditEvent
from audit.operations import Actor
from compensation.models import Entry, Rate, RateProposal, Recalculation
from compensation.operations import (
    deciding,
    periods,
    rate_proposals,
    rates,
    recalculating,
    weeks,
)
from compensation.queries.ledger import verified_ledger
from compensation.queries.rate_requests import in_question
from compensation.queries.retroactive import rate_impact
from outbox.models import Message
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, OCTOBER, SWEEP, Money, make_money, make_rate

if TYPE_CHECKING:
    from common.refusals import RefusedError
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
SECOND_WEEK = OCTOBER[1]
NOVEMBER = dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC)
SWEEPER = Actor.sweep("recalculations")


def actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


@pytest.fixture
def grace() -> Engineer:
    return builders.make_finance(name="Grace")


@pytest.fixture
def money() -> Money:
    """Ben's three weeks of October at EUR 600.00 each, in the ledger."""
    made = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return made


def new_rate(money: Money, **changes: object) -> rates.NewRate:
    fields = {
        "office_id": money.office.pk,
        "level": "primary",
        "effective_from": SECOND_WEEK,
        "weekly_minor": 65001,
        "holiday_minor": 9000,
        **changes,
    }
    return rates.NewRate(**fields)  # type: ignore[arg-type]


def propose(money: Money, finn: Engineer, **changes: object) -> int:
    return rate_proposals.propose_rate(
        rate=new_rate(money, **changes),
        reason="The agreement of 1 October came late.",
        actor=actor(finn),
        now=NOVEMBER,
    )


def approve(proposal_id: int, grace: Engineer) -> str:
    return rate_proposals.approve_rate(proposal_id=proposal_id, actor=actor(grace), now=NOVEMBER)


def sweep(now: dt.datetime = NOVEMBER) -> recalculating.Recalculated:
    return recalculating.recalculate_weeks(actor=SWEEPER, now=now)


def paid() -> int:
    total: int = Entry.objects.aggregate(total=Sum("amount_minor"))["total"]
    return total


# ------------------------------------------------------------------ proposing
def test_a_proposal_changes_nothing_until_another_approves(money: Money, finn: Engineer) -> None:
    propose(money, finn)
    sweep()

    assert Rate.objects.count() == 1
    assert Entry.objects.count() == 3
    assert RateProposal.objects.get().state == "proposed"


def test_the_others_of_finance_are_told_and_who_proposed_is_not(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    propose(money, finn)

    message = Message.objects.get(kind="rate_proposed")
    assert message.to == grace.email
    assert "The agreement of 1 October came late." in message.body
    assert "650" not in message.body


def test_the_effect_is_known_before_anybody_approves(money: Money, finn: Engineer) -> None:
    propose(money, finn)

    impact = rate_impact(rate=in_question(RateProposal.objects.get()))

    assert (impact.weeks, impact.taken_back, impact.added) == (2, 2, 2)
    assert impact.concerned == {money.ben.pk}
    euros = impact.currencies[0]
    assert (euros.currency, euros.before_minor, euros.after_minor) == ("EUR", 120000, 130002)
    assert [line.change_minor for line in impact.lines] == [5001, 5001]
    assert Entry.objects.count() == 3


def test_a_week_that_waits_for_a_rate_is_among_the_effects(finn: Engineer) -> None:
    money = make_money(with_rate="", weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    propose(money, finn, effective_from=OCTOBER[0])

    impact = rate_impact(rate=in_question(RateProposal.objects.get()))

    assert (impact.weeks, impact.priced) == (0, 1)


def test_a_retroactive_rate_lets_a_week_that_waited_be_paid(
    finn: Engineer, grace: Engineer
) -> None:
    money = make_money(with_rate="", weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    approve(propose(money, finn, effective_from=OCTOBER[0]), grace)

    weeks.complete_weeks(actor=SWEEP, now=NOVEMBER)

    assert paid() == 65001


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"effective_from": NOVEMBER.date()}, rate_proposals.NotRetroactiveError, "retroactive"),
        ({"effective_from": dt.date(2016, 1, 1)}, rates.RateInvalidError, "effective_from"),
        ({"weekly_minor": -1}, rates.RateInvalidError, "weekly"),
        ({"level": "third"}, rates.RateInvalidError, "level"),
    ],
)
def test_what_cannot_be_proposed_is_refused_beside_its_field(
    money: Money,
    finn: Engineer,
    changes: dict[str, object],
    refusal: type[RefusedError],
    field: str,
) -> None:
    with pytest.raises(refusal) as caught:
        propose(money, finn, **changes)

    assert list(caught.value.fields) == [field]
    assert not RateProposal.objects.exists()


def test_a_proposal_needs_a_reason(money: Money, finn: Engineer) -> None:
    with pytest.raises(rates.RateInvalidError) as caught:
        rate_proposals.propose_rate(
            rate=new_rate(money), reason="  ", actor=actor(finn), now=NOVEMBER
        )

    assert list(caught.value.fields) == ["reason"]


def test_the_same_rate_is_proposed_once(money: Money, finn: Engineer) -> None:
    propose(money, finn)

    with pytest.raises(rate_proposals.ProposalWaitsError):
        propose(money, finn)


def test_a_rate_that_is_in_force_already_is_not_proposed(money: Money, finn: Engineer) -> None:
    make_rate(office=money.office, weekly_minor=65001, effective_from=SECOND_WEEK)

    with pytest.raises(rates.RateKnownError):
        propose(money, finn)


# ------------------------------------------------------------------ approving
def test_approving_adds_the_rate_and_prices_the_weeks_from_its_day_anew(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    version = approve(propose(money, finn), grace)
    result = sweep()

    rate = Rate.objects.get(version=version)
    assert (rate.retroactive, rate.added_by) == (True, finn.email)
    assert (result.done, result.posted) == (2, 4)
    assert paid() == 60000 + 2 * 65001
    assert Entry.objects.filter(reverses__isnull=False).count() == 2
    assert verified_ledger().is_intact


def test_the_weeks_of_a_closed_month_are_corrected_in_the_open_one(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    periods.close_period(month="2026-10", actor=actor(grace), now=AFTER_OCTOBER)
    approve(propose(money, finn), grace)

    sweep()

    late = Entry.objects.filter(number__gt=3)
    assert {entry.period.month for entry in late} == {"2026-11"}
    assert {entry.earned_on.month for entry in late} == {10}
    assert Entry.objects.filter(period__month="2026-10").count() == 3


def test_a_second_run_posts_nothing(money: Money, finn: Engineer, grace: Engineer) -> None:
    approve(propose(money, finn), grace)
    sweep()
    before = Entry.objects.count()

    again = sweep()
    Recalculation.objects.update(state="waiting", done_at=None)
    once_more = sweep()

    assert (again.done, again.posted) == (0, 0)
    assert (once_more.done, once_more.posted) == (2, 0)
    assert Entry.objects.count() == before


def test_weeks_of_a_later_rate_keep_it(money: Money, finn: Engineer, grace: Engineer) -> None:
    later = make_rate(office=money.office, weekly_minor=70000, effective_from=OCTOBER[2])
    Recalculation.objects.create(
        rate=later, shift=money.shifts[2], earned_on=OCTOBER[2], asked_at=NOVEMBER
    )
    sweep()
    approve(propose(money, finn), grace)

    assert sweep().done == 1
    assert paid() == 60000 + 65001 + 70000


def test_a_week_completed_by_the_old_rate_while_it_was_approved_follows_too(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    approve(propose(money, finn), grace)
    Recalculation.objects.filter(shift=money.shifts[2]).delete()

    assert sweep().done == 2
    assert paid() == 60000 + 2 * 65001


def test_those_whose_pay_changes_are_told_without_an_amount(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    approve(propose(money, finn), grace)

    told = Message.objects.get(kind="pay_recalculated")
    assert told.to == money.ben.email
    assert "Mon 12 Oct 2026" in told.body
    assert "650" not in told.body
    assert Message.objects.get(kind="rate_decided").to == finn.email


def test_the_record_names_the_version_and_no_persons_amount(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    approve(propose(money, finn), grace)
    sweep()

    approved = AuditEvent.objects.get(verb="approved")
    assert approved.actor == grace.email
    assert approved.after == {
        "effective_from": "2026-10-12",
        "version": "dublin-primary-v2",
        "weeks": 2,
    }
    anew = AuditEvent.objects.get(verb="priced anew")
    assert anew.subject == "2 weeks by rate dublin-primary-v2"
    assert anew.concerned == [money.ben.email]
    assert anew.after == {"entries": [4, 5, 6, 7]}


# ------------------------------------------------------------------ who may not
def test_nobody_approves_or_declines_their_own_proposal(money: Money, finn: Engineer) -> None:
    proposal_id = propose(money, finn)

    with pytest.raises(deciding.OwnRequestError):
        approve(proposal_id, finn)
    with pytest.raises(deciding.OwnRequestError):
        rate_proposals.decline_rate(
            proposal_id=proposal_id, note="No.", actor=actor(finn), now=NOVEMBER
        )

    assert Rate.objects.count() == 1
    refused = AuditEvent.objects.filter(verb="was refused").order_by("pk")
    assert [event.subject for event in refused] == [
        f"approving rate proposal {proposal_id}",
        f"declining rate proposal {proposal_id}",
    ]


def test_nobody_approves_a_rate_that_pays_them(money: Money, finn: Engineer) -> None:
    builders.make_role(engineer=money.ben, role="finance")
    proposal_id = propose(money, finn)

    with pytest.raises(deciding.BeneficiaryError):
        approve(proposal_id, money.ben)

    assert Rate.objects.count() == 1
    assert AuditEvent.objects.filter(verb="was refused", actor=money.ben.email).count() == 1


def test_a_decided_proposal_is_not_decided_again(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    proposal_id = propose(money, finn)
    rate_proposals.decline_rate(
        proposal_id=proposal_id, note="Wrong day.", actor=actor(grace), now=NOVEMBER
    )

    with pytest.raises(deciding.DecidedError):
        approve(proposal_id, grace)

    assert Rate.objects.count() == 1
    assert "Wrong day." in Message.objects.get(kind="rate_decided").body


def test_only_who_proposed_takes_it_back(money: Money, finn: Engineer, grace: Engineer) -> None:
    proposal_id = propose(money, finn)

    with pytest.raises(deciding.NotProposerError):
        rate_proposals.withdraw_rate(proposal_id=proposal_id, actor=actor(grace), now=NOVEMBER)
    rate_proposals.withdraw_rate(proposal_id=proposal_id, actor=actor(finn), now=NOVEMBER)

    assert RateProposal.objects.get().state == "withdrawn"


def test_one_week_that_cannot_be_priced_keeps_no_other_waiting(
    money: Money, finn: Engineer, grace: Engineer
) -> None:
    approve(propose(money, finn), grace)
    carla = builders.make_engineer(name="Carla")
    money.shifts[1].holder = carla
    money.shifts[1].save(update_fields=["holder"])

    result = sweep()

    assert (result.done, result.failed) == (1, 1)
    waiting = Recalculation.objects.get(state="waiting")
    assert waiting.shift_id == money.shifts[1].pk
    assert "Carla" in waiting.failure
