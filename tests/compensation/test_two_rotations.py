"""Who is on call for two rotations at once: both are paid, or one by the policy of a rotation."""

from __future__ import annotations

import datetime as dt

import pytest

from common.periods import Period, seconds
from compensation.domain import deduplication, segments
from compensation.domain.rates import Rate as DomainRate
from compensation.domain.shifts import Shift as DomainShift
from compensation.domain.shifts import Stint
from compensation.models import BlockedShift, Correction, CorrectionCover, Entry
from compensation.operations import recomputing, weeks
from compensation.queries.ledger import verified_ledger
from compensation.queries.reconciling import month_hours
from compensation.queries.shifts import dependent_shift_ids, payable_shift
from rotation.models import PolicyVersion, Rotation, Shift
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, Money, make_money, make_rate

WEEK = dt.date(2026, 10, 5)
HOUR = dt.timedelta(hours=1)


def edge(money: Money, *, deduplicates: bool, handover: dt.time = dt.time(12)) -> Rotation:
    """Another rotation of Ben's office; with a later handover its weeks end later."""
    rotation = builders.make_rotation(team=builders.make_team(name="Edge"), handover_time=handover)
    if deduplicates:
        paid_once(rotation)
    assert money.ben is not None
    return rotation


def paid_once(rotation: Rotation) -> None:
    version = rotation.policies.latest("number")
    PolicyVersion.objects.create(
        rotation=rotation,
        number=version.number + 1,
        objectives=version.objectives,
        deduplicates_pay=True,
        changed_by="shell",
        changed_at=builders.LONG_AGO,
        effective_from=builders.LONG_AGO,
        reason="Nobody is paid twice for an hour.",
    )


def week_of(money: Money, rotation: Rotation, *, level: str = "primary") -> Shift:
    return builders.make_shift(
        level=builders.level_of(rotation, level), week_date=WEEK, holder=money.ben
    )


def sweep() -> weeks.SweepResult:
    return weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)


def paid(shift: Shift) -> list[tuple[int, int]]:
    """Seconds and amount of what counts."""
    live = Entry.objects.filter(shift=shift, reverses=None, reversed_by=None).order_by("number")
    return list(live.values_list("seconds", "amount_minor"))


pytestmark = pytest.mark.django_db


def test_by_default_both_rotations_pay() -> None:
    money = make_money(weeks=[WEEK])
    other = week_of(money, edge(money, deduplicates=False))

    sweep()

    assert paid(money.shifts[0]) == paid(other) == [(451800, 60000)]


def test_a_policy_makes_time_that_is_paid_elsewhere_a_gap() -> None:
    money = make_money(weeks=[WEEK])
    later = edge(money, deduplicates=True, handover=dt.time(20))
    other = week_of(money, later)

    sweep()

    # Edge pays only Monday evening, from the end of the first week at 12:00 until 20:00.
    assert paid(money.shifts[0]) == [(451800, 60000)]
    assert paid(other) == [(9000, 1195)]
    assert verified_ledger().is_intact


def test_only_what_comes_before_it_in_order_counts_whenever_either_is_processed() -> None:
    money = make_money(weeks=[WEEK])
    paid_once(money.rotation)
    Shift.objects.update(policy=money.rotation.policies.latest("number"))
    later = week_of(money, edge(money, deduplicates=False, handover=dt.time(20)))
    first = money.shifts[0]

    weeks.complete_shift(shift_id=later.pk, actor=SWEEP, now=AFTER_OCTOBER)
    weeks.complete_shift(shift_id=first.pk, actor=SWEEP, now=AFTER_OCTOBER)

    # The policy is that of the week that ends first: there is nothing before it.
    assert paid(first) == paid(later) == [(451800, 60000)]


def test_processed_late_and_in_any_order_it_comes_to_the_same() -> None:
    money = make_money(weeks=[WEEK])
    other = week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))

    weeks.complete_shift(shift_id=other.pk, actor=SWEEP, now=AFTER_OCTOBER)
    weeks.complete_shift(shift_id=money.shifts[0].pk, actor=SWEEP, now=AFTER_OCTOBER)

    assert paid(other) == [(9000, 1195)]


def test_time_that_pays_less_elsewhere_is_paid_here_as_well() -> None:
    money = make_money(weeks=[WEEK], with_rate="primary")
    make_rate(office=money.office, level="escalation", weekly_minor=59999)
    money.rotation.level2_paid = True
    money.rotation.save(update_fields=["level2_paid"])
    Shift.objects.update(holder=None)
    level2 = week_of(money, money.rotation, level="escalation")
    other = week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))

    sweep()

    assert paid(level2) == [(451800, 59999)]
    assert paid(other) == [(451800, 60000)]


def test_a_level_that_is_not_paid_takes_nothing_from_another_rotation() -> None:
    money = make_money(weeks=[WEEK])
    Shift.objects.update(holder=None)
    week_of(money, money.rotation, level="escalation")
    other = week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))

    sweep()

    assert paid(other) == [(451800, 60000)]


def test_a_week_waits_while_nothing_says_what_the_other_is_worth() -> None:
    money = make_money(weeks=[WEEK])
    money.rotation.level2_paid = True
    money.rotation.save(update_fields=["level2_paid"])
    Shift.objects.update(holder=None)
    level2 = week_of(money, money.rotation, level="escalation")
    other = week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))

    blocked = sweep()
    said = BlockedShift.objects.get(shift=other).reason
    make_rate(office=money.office, level="escalation", weekly_minor=70000)
    sweep()

    assert blocked.blocked == 2
    assert said == "Dublin has no rate for level 2 on Mon 5 Oct 2026."
    assert paid(level2) == [(451800, 70000)]
    assert paid(other) == [(9000, 1195)]


def test_the_gap_adds_up_with_what_is_paid() -> None:
    money = make_money(weeks=[WEEK])
    week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))
    sweep()

    hours = month_hours(month="2026-10")

    assert hours.adds_up
    assert hours.gap == 451800 - 9000


def test_what_is_corrected_in_one_rotation_is_followed_in_the_other() -> None:
    money = make_money(weeks=[WEEK])
    first = money.shifts[0]
    other = week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))
    sweep()
    carla = builders.make_engineer(name="Carla", employee_id="00007")
    builders.make_posting(engineer=carla, office=money.office)
    correction = Correction.objects.create(
        shift=first,
        reason="She carried it.",
        evidence="The pages.",
        proposed_by=carla,
        proposed_at=AFTER_OCTOBER,
    )
    CorrectionCover.objects.create(
        correction=correction,
        position=0,
        engineer=carla,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
    )
    correction.state, correction.decided_at = Correction.State.APPROVED, AFTER_OCTOBER
    correction.decided_by = builders.make_finance()
    correction.save()

    numbers = recomputing.recompute_shift(shift_id=first.pk, actor=FINN, now=AFTER_OCTOBER)
    again = recomputing.recompute_shift(shift_id=first.pk, actor=FINN, now=AFTER_OCTOBER)

    assert dependent_shift_ids(shift_ids=[first.pk]) == [other.pk]
    assert paid(other) == [(451800, 60000)]
    assert len(numbers) == 4
    assert again == []


def test_its_own_week_says_whose_time_it_is_and_what_is_not_paid_here() -> None:
    money = make_money(weeks=[WEEK])
    other = week_of(money, edge(money, deduplicates=True, handover=dt.time(20)))

    payable = payable_shift(shift_id=other.pk)

    until = money.shifts[0].ends_at
    assert [stint.person for stint in payable.shift.stints if stint.period.ends_at > until] == [
        str(money.ben.pk)
    ]
    assert seconds(segments.paid_windows(payable.shift)) == 451800


# ------------------------------------------------------------------ the pure rule
START = dt.datetime(2026, 10, 5, 11, tzinfo=dt.UTC)


def hours_of(first: int, last: int) -> Period:
    return Period(starts_at=START + first * HOUR, ends_at=START + last * HOUR)


def rate_of(weekly_minor: int, currency: str = "EUR") -> DomainRate:
    return DomainRate(
        version=f"v{weekly_minor}",
        office="dublin",
        level="primary",
        effective_from=dt.date(2026, 1, 1),
        weekly_minor=weekly_minor,
        holiday_minor=0,
        currency=currency,
        inserted=1,
    )


def shift_of(*stints: tuple[str | None, int, int]) -> DomainShift:
    return DomainShift(
        key="1",
        level="primary",
        time_zone="UTC",
        period=hours_of(stints[0][1], stints[-1][2]),
        day_windows=(hours_of(0, 100),),
        stints=tuple(
            Stint(person=person, period=hours_of(first, last)) for person, first, last in stints
        ),
    )


def beside(person: str, first: int, last: int, rate: DomainRate) -> deduplication.PaidBeside:
    return deduplication.PaidBeside(person=person, pieces=(hours_of(first, last),), rate=rate)


@pytest.mark.parametrize(
    ("other", "is_taken"),
    [
        (rate_of(60000), True),
        (rate_of(60001), True),
        (rate_of(59999), False),
        (rate_of(99999, "USD"), False),
    ],
)
def test_time_is_taken_by_as_much_or_more_of_the_same_currency(
    other: DomainRate,
    is_taken: bool,  # noqa: FBT001 - the expectation
) -> None:
    shift = shift_of(("ben", 0, 100))

    once = deduplication.paid_once(shift, {"ben": rate_of(60000)}, [beside("ben", 10, 20, other)])

    people = [stint.person for stint in once.stints]
    assert people == (["ben", None, "ben"] if is_taken else ["ben"])


def test_only_the_persons_own_time_is_taken_and_the_stints_still_tile_the_week() -> None:
    shift = shift_of(("ben", 0, 40), ("carla", 40, 60), (None, 60, 70), ("ben", 70, 100))
    rates = {"ben": rate_of(60000), "carla": rate_of(60000)}

    once = deduplication.paid_once(
        shift,
        rates,
        [beside("ben", 30, 50, rate_of(60000)), beside("ben", 35, 75, rate_of(60000))],
    )

    assert [(stint.person, stint.period) for stint in once.stints] == [
        ("ben", hours_of(0, 30)),
        (None, hours_of(30, 40)),
        ("carla", hours_of(40, 60)),
        (None, hours_of(60, 70)),
        (None, hours_of(70, 75)),
        ("ben", hours_of(75, 100)),
    ]
