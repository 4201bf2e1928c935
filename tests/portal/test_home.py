from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.operations import Actor
from compensation.operations import weeks as pay_weeks
from rotation.models import Level, SyncRun
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.compensation.rows import make_rate
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    many_shifts,
    mark_published,
    page_of,
    queries_of,
    team_at_work,
)
from volunteers.models import Application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
# Dublin is on call in the evening; at noon it has office hours.
EVENING = NOW.replace(hour=20)
NOON = NOW.replace(hour=12)


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def published(team: TeamAtWork) -> TeamAtWork:
    """A week done, one running, three coming; Anna carries level 2 up to Max."""
    ben, dora, eve, *_others = team.volunteers
    holders = {-1: ben, 0: dora, 1: eve, 2: ben, 3: eve}
    for number, holder in holders.items():
        week = THIS_WEEK + number * WEEK
        builders.make_shift(level=team.primary, week_date=week, holder=holder)
        level_2 = team.max if number == 3 else team.anna
        builders.make_shift(level=team.escalation, week_date=week, holder=level_2)
    mark_published(team.rotation, team.anna)
    return team


def _home(engineer: Engineer, *, at: dt.datetime = EVENING) -> str:
    with time_machine.travel(at, tick=False):
        return page_of(engineer, "/")


# ------------------------------------------------------------------ am I on call
def test_dora_whose_week_runs_is_on_call_until_its_end(published: TeamAtWork) -> None:
    page = _home(published.volunteers[1])

    assert heading(page) == "You are on call until Mon 30 Nov 2026, 12:00 GMT"
    assert "<b>You</b>" in page
    assert "then <bdi>Eve Moss</bdi>" in page


def test_in_office_hours_the_answer_is_when_on_call_begins(published: TeamAtWork) -> None:
    page = _home(published.volunteers[1], at=NOON)

    assert "You are on call from" in heading(page)
    assert "17:30 GMT</time> today" in heading(page)
    assert "On call from" in page
    assert "Office hours stay with the teams that own the alarms." in page


def test_on_the_morning_of_the_handover_the_week_is_done(published: TeamAtWork) -> None:
    at = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)

    page = _home(published.volunteers[1], at=at)

    assert heading(page) == "Your week is done: no on-call time is left"
    assert "Mon 30 Nov 2026, 12:00 GMT" in page


def test_at_the_handover_itself_the_next_person_answers(published: TeamAtWork) -> None:
    at = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)

    assert "17:30 GMT</time> today" in heading(_home(published.volunteers[2], at=at))
    assert heading(_home(published.volunteers[1], at=at)) == "You are not on call tonight"


def test_ben_reads_his_next_shift_with_its_load(published: TeamAtWork) -> None:
    page = _home(published.ben)

    assert heading(page) == "You are not on call tonight"
    assert '<p class="big-line">Mon 7 to Mon 14 Dec 2026</p>' in page
    assert "Starts in 12 days" in page
    assert "Primary · load 1.0" in page


def test_holidays_of_the_next_shift_are_named(team: TeamAtWork) -> None:
    shift = builders.make_shift(
        level=team.primary, week_date=dt.date(2026, 12, 21), holder=team.ben, load_hundredths=200
    )
    shift.holidays = ["Christmas Day", "St Stephen’s Day"]
    shift.save()

    assert "load 2.0: Christmas Day and St Stephen’s Day" in _home(team.ben)


def test_somebody_far_away_also_reads_the_time_where_they_are(published: TeamAtWork) -> None:
    office = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    ben = published.ben
    builders.make_posting(engineer=ben, office=office, starts_on=NOW.date() - WEEK)

    assert "(Mon 7 Dec 2026, 04:00 PST where you are)" in _home(ben)


def test_part_of_a_week_taken_over_is_ones_own_time(published: TeamAtWork) -> None:
    shift = published.primary.shifts.get(week_date=NEXT_WEEK)
    builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=published.ben,
        starts_at=dt.datetime(2026, 12, 4, 17, 30, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 6, 12, tzinfo=dt.UTC),
    )

    page = _home(published.ben)

    assert "Part of a week" in page
    assert "Fri 4 Dec, 17:30 to Sun 6 Dec 2026, 12:00 GMT" in page


def test_a_week_that_somebody_covers_is_said_to_be_covered(published: TeamAtWork) -> None:
    shift = published.primary.shifts.get(week_date=THIS_WEEK)
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=published.ben)

    assert heading(_home(published.ben)) == "You are on call until Mon 30 Nov 2026, 12:00 GMT"
    page = _home(published.volunteers[1])
    assert heading(page) == "You are not on call tonight"
    assert "Covered" in page


# ------------------------------------------------------------------ who is on call
def test_both_levels_show_until_when_and_who_follows(published: TeamAtWork) -> None:
    page = _home(published.ben)

    assert '<bdi>Dora Hale</bdi></b> <span class="soft">Primary</span>' in page
    assert "then <bdi>Eve Moss</bdi>" in page
    assert '<bdi>Anna</bdi></b> <span class="soft">Level 2</span>' in page
    assert "Mon 14 Dec, 12:00 GMT</time> · then <bdi>Max Lund</bdi>" in page


def test_a_gap_now_and_next_says_nobody(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=THIS_WEEK)
    builders.make_shift(level=team.escalation, week_date=THIS_WEEK, holder=team.anna)
    builders.make_shift(level=team.escalation, week_date=NEXT_WEEK)

    page = _home(team.ben)

    assert "Nobody: gap" in page
    assert "then nobody" in page
    assert "nothing is published after" in page


def test_before_the_first_publication_nobody_is_made_up(team: TeamAtWork) -> None:
    page = _home(team.ben)

    assert heading(page) == "You are not on call tonight"
    assert "No coming week is published for you yet. You get a mail when one is." in page
    assert "Nobody yet" in page
    assert "Nothing published" in page


def test_pagerduty_in_line_says_since_when(published: TeamAtWork) -> None:
    Level.objects.filter(rotation=published.rotation).update(
        in_pagerduty_since=NOW, in_pagerduty_version=1
    )
    Level.objects.filter(pk=published.primary.pk).update(pagerduty_schedule_ref="PABC123")
    SyncRun.objects.create(
        rotation=published.rotation, state="done", cause="published", queued_at=NOW
    )

    page = _home(published.ben)

    assert "In PagerDuty since" in page
    assert "Wed 25 Nov, 10:00 GMT" in page
    assert "checked" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("queued", "Waits for PagerDuty"), ("running", "Being written to PagerDuty")],
)
def test_pagerduty_that_is_being_written_says_so(
    published: TeamAtWork, state: str, words: str
) -> None:
    SyncRun.objects.create(
        rotation=published.rotation, state=state, cause="published", queued_at=NOW
    )

    assert words in _home(published.ben)


def test_pagerduty_that_failed_says_why_and_what_is_still_true(published: TeamAtWork) -> None:
    SyncRun.objects.create(
        rotation=published.rotation,
        state="failed",
        cause="published",
        queued_at=NOW,
        failure="It answered “too many requests”.",
    )

    page = _home(published.ben)

    assert "Not in PagerDuty" in page
    assert "It answered “too many requests”." in page
    assert "What stands here is what was published" in page


# ------------------------------------------------------------------ shifts, term, pay
def test_shifts_of_the_term_stand_with_their_states(published: TeamAtWork) -> None:
    page = _home(published.volunteers[1])
    assert "On call now" in page

    page = _home(published.ben)
    assert "Your shifts this term" in page
    assert "Mon 16 – Mon 23 Nov 2026" in page
    assert ">Ended</span>" in page
    assert ">Published</span>" in page
    assert "1 of 2 weeks done" in page
    assert "ends in 32 weeks" in page


def test_a_completed_week_shows_what_it_paid(published: TeamAtWork) -> None:
    make_rate(office=published.ben.postings.get().office, weekly_minor=60000)
    pay_weeks.complete_weeks(actor=Actor.sweep("weeks"), now=EVENING)

    page = _home(published.ben)

    assert ">Completed</span>" in page
    assert "€600.00" in page
    assert "November 2026, period open · 1 week" in page
    assert "not yet" in page


def test_a_week_without_a_rate_is_said_to_wait(published: TeamAtWork) -> None:
    pay_weeks.complete_weeks(actor=Actor.sweep("weeks"), now=EVENING)

    page = _home(published.ben)

    assert "finance has no rate for your office yet. It is safe." in page
    assert "€" not in page


def test_nobody_reads_what_another_earned(published: TeamAtWork) -> None:
    make_rate(office=published.ben.postings.get().office, weekly_minor=61234)
    pay_weeks.complete_weeks(actor=Actor.sweep("weeks"), now=EVENING)

    assert "612.34" in _home(published.ben)
    for other in (*published.volunteers[1:], published.anna, published.carla):
        assert "612.34" not in _home(other)


def test_a_term_that_is_still_to_come_says_when_it_starts(team: TeamAtWork) -> None:
    new = builders.make_engineer(name="Nia Vale")
    builders.make_term(team=team.rotation.team, engineer=new, starts_on=NEXT_WEEK + WEEK)

    page = _home(new)

    assert heading(page) == "Your term starts on Mon 7 Dec 2026"
    assert "Upcoming" in page


def test_own_days_away_and_wishes_stand_at_the_side(published: TeamAtWork) -> None:
    ben = published.ben
    builders.make_absence(
        engineer=ben,
        starts_on=dt.date(2026, 12, 9),
        ends_on=dt.date(2026, 12, 11),
        note="A wedding",
    )
    builders.make_wish(
        engineer=ben, team=published.rotation.team, week_date=NEXT_WEEK + 8 * WEEK, wish="avoid"
    )

    page = _home(ben)

    assert "Away Wed 9 to Thu 10 Dec 2026" in page
    assert "You hold a published week in it" in page
    assert 'Rather not: week of <time datetime="2027-01-25">Mon 25 Jan 2027</time>' in page
    assert "A wedding" not in page


# ------------------------------------------------------------------ outside
def test_carla_outside_is_invited_and_sees_who_is_on_call(published: TeamAtWork) -> None:
    page = _home(published.carla)

    assert heading(page) == "You are not in a rotation"
    assert "Core looks for volunteers" in page
    assert 'href="/rotations/core/apply/"' in page
    assert "Dora Hale" in page
    assert "Add an absence" not in page


def test_without_any_team_carla_is_told_so() -> None:
    assert "No on-call team is set up yet" in _home(builders.make_carla())


def test_an_application_that_waits_is_the_answer(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.carla)

    page = _home(team.carla)

    assert heading(page) == "Your application waits for an answer"
    assert "See it, or withdraw" in page
    assert "Core looks for volunteers" not in page


def test_a_declined_application_shows_its_reason_for_a_month(team: TeamAtWork) -> None:
    builders.make_application(
        team=team.rotation.team,
        engineer=team.carla,
        state=Application.State.DECLINED,
        decided_by=team.anna,
    )

    assert "The team is full." in _home(team.carla)
    assert "The team is full." not in _home(team.carla, at=NOW + 5 * WEEK)


def test_somebody_whose_term_has_ended_is_thanked(team: TeamAtWork) -> None:
    old = builders.make_engineer(name="Otto Berg")
    builders.make_term(team=team.rotation.team, engineer=old, starts_on=THIS_WEEK - 27 * WEEK)

    page = _home(old)

    assert heading(page) == "You are not in a rotation"
    assert "Your last term ended on" in page


# ------------------------------------------------------------------ other roles
def test_a_manager_reads_first_what_needs_them_then_their_own_weeks(
    published: TeamAtWork,
) -> None:
    builders.make_application(team=published.rotation.team, engineer=published.carla)

    page = _home(published.anna)

    assert heading(page).endswith(("needs you", "need you"))
    assert "You are on call until Mon 14 Dec 2026, 12:00 GMT" in page
    assert "Your level 2" in page
    assert "looks for volunteers" not in page


def test_finance_finds_the_period_that_closes_next() -> None:
    page = _home(builders.make_finance())

    assert heading(page).startswith("November 2026")
    assert "looks for volunteers" not in page


def test_finance_who_also_serves_finds_both(published: TeamAtWork) -> None:
    builders.make_role(engineer=published.ben, role="finance")

    page = _home(published.ben)

    assert heading(page) == "You are not on call tonight"
    assert "Pay period November 2026" in page


def test_an_admin_of_an_empty_company_reads_what_to_set_up() -> None:
    page = _home(builders.make_admin())

    assert heading(page) == "6 things are to be set up"
    for words in [
        "No office is entered",
        "No team is entered",
        "No on-call team is set up",
        "1 person has no office",
        "Nobody has the finance role",
        "There is only one admin",
    ]:
        assert words in page
    assert 'href="/admin/volunteers/office/add/"' in page


def test_an_admin_finds_teams_without_rotation_and_manager() -> None:
    builders.make_team()

    page = _home(builders.make_admin())

    assert "Core has no rotation" in page
    assert "Core has no manager" in page


def test_a_proposed_role_is_confirmed_by_another_admin_only() -> None:
    ada, ida = builders.make_admin(), builders.make_admin(name="Ida")
    grant = builders.make_role(engineer=builders.make_ben(), role="finance", granted_from=None)
    grant.proposed_by = ada.email
    grant.save()
    confirm = f'href="/admin/volunteers/rolegrant/{grant.pk}/confirm/"'

    assert confirm in _home(ida)
    page = _home(ada)
    assert "You proposed it: another admin confirms." in page
    assert confirm not in page


# ------------------------------------------------------------------ queries
def test_many_weeks_and_absences_take_no_more_queries(published: TeamAtWork) -> None:
    ben = published.ben
    builders.make_absence(engineer=ben, starts_on=dt.date(2027, 1, 1), ends_on=dt.date(2027, 1, 2))
    few = queries_of(ben, "/")
    many_shifts(published.primary, ben, first=NEXT_WEEK + 10 * WEEK, count=60)
    for number in range(1, 40):
        day = dt.date(2027, 1, 1) + dt.timedelta(days=2 * number)
        builders.make_absence(engineer=ben, starts_on=day, ends_on=day + dt.timedelta(days=1))

    assert queries_of(ben, "/") == few


def test_many_teams_to_join_take_no_more_queries(published: TeamAtWork) -> None:
    few = queries_of(published.carla, "/")
    for number in range(10):
        builders.make_rotation(team=builders.make_team(name=f"Team {number}"))

    assert queries_of(published.carla, "/") == few
