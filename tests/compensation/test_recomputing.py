"""A completed week priced anew: what no longer holds is taken back, what is equal stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Sum

from audit.models import AuditEvent
from compensation.models import Correction, CorrectionCover, Entry
from compensation.operations import periods, recomputing, weeks
from compensation.queries.corrected import shift_ledger
from compensation.queries.ledger import verified_ledger
from compensation.queries.reconciling import month_hours
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
from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 10, 6, 16, 30, tzinfo=dt.UTC)
WEDNESDAY = dt.datetime(2026, 10, 7, 16, 30, tzinfo=dt.UTC)


@pytest.fixture
def money() -> Money:
    """One week of Ben's, paid in October."""
    made = make_money(weeks=OCTOBER[:1])
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return made


def correct(money: Money, *covers: tuple[Engineer | None, dt.datetime, dt.datetime]) -> Correction:
    """An approved correction, as its operation leaves it."""
    mona, grace = _deciders()
    correction = Correction.objects.create(
        shift=money.shifts[0],
        reason="Carla had Tuesday night.",
        evidence="incident 4711",
        proposed_by=mona,
        proposed_at=AFTER_OCTOBER,
    )
    for position, (engineer, starts_at, ends_at) in enumerate(covers):
        CorrectionCover.objects.create(
            correction=correction,
            position=position,
            engineer=engineer,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    approved = {"state": "approved", "decided_by": grace, "decided_at": AFTER_OCTOBER}
    Correction.objects.filter(pk=correction.pk).update(**approved)
    return correction


def _deciders() -> list[Engineer]:
    names = ("Mona", "Grace")
    known = {one.name: one for one in Engineer.objects.filter(name__in=names)}
    return [known.get(name) or builders.make_engineer(name=name) for name in names]


def recompute(money: Money) -> list[int]:
    return recomputing.recompute_shift(shift_id=money.shifts[0].pk, actor=FINN, now=AFTER_OCTOBER)


def live(money: Money) -> list[tuple[str, int, int]]:
    found = shift_ledger(shift_id=money.shifts[0].pk).live
    return [(entry.person, entry.seconds, entry.amount_minor) for entry in found]


def make_carla(money: Money) -> Engineer:
    carla = builders.make_engineer(name="Carla", employee_id="00500")
    builders.make_posting(engineer=carla, office=money.office)
    return carla


def test_a_week_that_is_priced_as_before_gets_no_entry(money: Money) -> None:
    before = Entry.objects.count()

    assert recompute(money) == []
    assert Entry.objects.count() == before
    assert not AuditEvent.objects.filter(verb="priced anew").exists()


def test_a_cover_in_the_middle_takes_the_whole_week_back_and_posts_its_parts(money: Money) -> None:
    carla = make_carla(money)
    correct(money, (carla, TUESDAY, WEDNESDAY))

    numbers = recompute(money)

    original, *later = Entry.objects.order_by("number")
    assert numbers == [2, 3, 4, 5]
    assert later[0].reverses == original
    assert (later[0].amount_minor, later[0].seconds) == (-60000, -original.seconds)
    assert later[0].key == f"REV|{original.key}"
    assert [entry.key.rpartition("|")[2] for entry in later] == ["r1", "r2", "r2", "r2"]
    assert [entry.engineer for entry in later[1:]] == [money.ben, carla, money.ben]
    assert sum(entry.amount_minor for entry in Entry.objects.all()) == 60000
    assert month_hours(month="2026-10").adds_up
    assert verified_ledger().is_intact


def test_once_priced_anew_nothing_more_is_posted(money: Money) -> None:
    correct(money, (make_carla(money), TUESDAY, WEDNESDAY))
    recompute(money)
    before = live(money)

    assert recompute(money) == []
    assert live(money) == before


def test_a_correction_that_takes_a_cover_away_again_gives_back_the_first_entry(
    money: Money,
) -> None:
    first = live(money)
    correct(money, (make_carla(money), TUESDAY, WEDNESDAY))
    recompute(money)
    correct(money)

    recompute(money)

    assert live(money) == first
    last = Entry.objects.order_by("-number")[0]
    assert last.key.endswith("|r3")
    assert Entry.objects.filter(reverses__isnull=False).count() == 4


def test_time_that_nobody_had_is_paid_to_no_one(money: Money) -> None:
    correct(money, (None, TUESDAY, WEDNESDAY))

    recompute(money)

    assert {person for person, _seconds, _minor in live(money)} == {str(money.ben.pk)}
    assert sum(minor for _person, _seconds, minor in live(money)) < 60000
    assert month_hours(month="2026-10").adds_up


def test_a_new_rate_of_the_past_pays_the_week_anew_in_the_first_open_month(money: Money) -> None:
    periods.close_period(month="2026-10", actor=FINN, now=AFTER_OCTOBER)
    make_rate(office=money.office, weekly_minor=70000)

    recompute(money)

    late = Entry.objects.filter(period__month="2026-11").order_by("number")
    assert [entry.amount_minor for entry in late] == [-60000, 70000]
    assert {entry.earned_on for entry in late} == {Entry.objects.get(number=1).earned_on}
    in_all = Entry.objects.aggregate(total=Sum("amount_minor"))
    assert in_all == {"total": 70000}


def test_a_week_that_is_not_completed_is_left_alone() -> None:
    money = make_money(weeks=OCTOBER[:1])

    assert recompute(money) == []
    assert not Entry.objects.exists()


def test_somebody_without_a_rate_stops_it_and_nothing_is_posted(money: Money) -> None:
    stranger = builders.make_engineer(name="Dora")
    correct(money, (stranger, TUESDAY, WEDNESDAY))

    with pytest.raises(recomputing.CannotPriceError, match="Dora belonged to no office"):
        recompute(money)

    assert Entry.objects.count() == 1


def test_the_record_names_the_entries_and_whom_they_concern_but_no_amount(money: Money) -> None:
    carla = make_carla(money)
    correct(money, (carla, TUESDAY, WEDNESDAY))

    recompute(money)

    event = AuditEvent.objects.get(verb="priced anew")
    assert event.before == {"entries": [1]}
    assert event.after == {"entries": [2, 3, 4, 5]}
    assert event.concerned == sorted([money.ben.email, carla.email])
