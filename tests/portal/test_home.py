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
from tests.portal.homes import EVENING, home_of, publish_weeks
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    many_shifts,
    queries_of,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = pytest.mark.django_db
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
    publish_weeks(team)
    return team


# ------------------------------------------------------------------ am I on call
def test_dora_whose_week_runs_is_on_call_until_its_end(published: TeamAtWork) -> None:
    page = home_of(published.volunteers[1])

    assert heading(page) == "You are on call until Mon 30 Nov 2026, 12:00 GMT"
    assert "<b>You</b>" in page
    assert "then <bdi>Eve Moss</bdi>" in page


def test_in_office_hours_the_answer_is_when_on_call_begins(published: TeamAtWork) -> None:
    page = home_of(published.volunteers[1], at=NOON)

    assert "You are on call from" in heading(page)
    assert "17:30 GMT</time> today" in heading(page)
    assert "On call from" in page
    assert ">This week</span>" in page
    assert "Office hours stay with the teams that own the alarms." in page


def test_on_the_morning_of_the_handover_the_week_is_done(published: TeamAtWork) -> None:
    at = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)

    page = home_of(published.volunteers[1], at=at)

    assert heading(page) == "Your week is done: no on-call time is left"
    assert "Mon 30 Nov 2026, 12:00 GMT" in page


def test_at_the_handover_itself_the_next_person_answers(published: TeamAtWork) -> None:
    at = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)

    assert "17:30 GMT</time> today" in heading(home_of(published.volunteers[2], at=at))
    assert heading(home_of(published.volunteers[1], at=at)) == "You are not on call tonight"


def test_ben_reads_his_next_shift_with_its_load(published: TeamAtWork) -> None:
    page = home_of(published.ben)

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

    assert "load 2.0: Christmas Day and St Stephen’s Day" in home_of(team.ben)


def test_somebody_far_away_also_reads_the_time_where_they_are(published: TeamAtWork) -> None:
    office = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    ben = published.ben
    builders.make_posting(engineer=ben, office=office, starts_on=NOW.date() - WEEK)

    assert "(Mon 7 Dec 2026, 04:00 PST where you are)" in home_of(ben)


def test_part_of_a_week_taken_over_is_ones_own_time(published: TeamAtWork) -> None:
    shift = published.primary.shifts.get(week_date=NEXT_WEEK)
    builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=published.ben,
        starts_at=dt.datetime(2026, 12, 4, 17, 30, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 6, 12, tzinfo=dt.UTC),
    )

    page = home_of(published.ben)

    assert "Part of a week" in page
    assert "Fri 4 Dec, 17:30 to Sun 6 Dec 2026, 12:00 GMT" in page


def test_a_week_that_somebody_covers_is_said_to_be_covered(published: TeamAtWork) -> None:
    shift = published.primary.shifts.get(week_date=THIS_WEEK)
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=published.ben)

    assert heading(home_of(published.ben)) == "You are on call until Mon 30 Nov 2026, 12:00 GMT"
    page = home_of(published.volunteers[1])
    assert heading(page) == "You are not on call tonight"
    assert "Covered" in page


# ------------------------------------------------------------------ who is on call
def test_both_levels_show_until_when_and_who_follows(published: TeamAtWork) -> None:
    page = home_of(published.ben)

    assert '<bdi>Dora Hale</bdi></b> <span class="soft">Primary</span>' in page
    assert "then <bdi>Eve Moss</bdi>" in page
    assert '<bdi>Anna</bdi></b> <span class="soft">Level 2</span>' in page
    assert "Mon 14 Dec, 12:00 GMT</time> · then <bdi>Max Lund</bdi>" in page


def test_a_gap_now_and_next_says_nobody(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=THIS_WEEK)
    builders.make_shift(level=team.escalation, week_date=THIS_WEEK, holder=team.anna)
    builders.make_shift(level=team.escalation, week_date=NEXT_WEEK)

    page = home_of(team.ben)

    assert "Nobody: gap" in page
    assert "then nobody" in page
    assert "nothing is published after" in page


def test_before_the_first_publication_nobody_is_made_up(team: TeamAtWork) -> None:
    page = home_of(team.ben)

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

    page = home_of(published.ben)

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

    assert words in home_of(published.ben)


def test_pagerduty_that_failed_says_why_and_what_is_still_true(published: TeamAtWork) -> None:
    SyncRun.objects.create(
        rotation=published.rotation,
        state="failed",
        cause="published",
        queued_at=NOW,
        failure="It answered “too many requests”.",
    )

    page = home_of(published.ben)

    assert "Not in PagerDuty" in page
    assert "It answered “too many requests”." in page
    assert "What stands here is what was published" in page


# ------------------------------------------------------------------ shifts, term, pay
def test_shifts_of_the_term_stand_with_their_states(published: TeamAtWork) -> None:
    page = home_of(published.volunteers[1])
    assert "On call now" in page

    page = home_of(published.ben)
    assert "Your shifts this term" in page
    assert "Mon 16 – Mon 23 Nov 2026" in page
    assert ">Ended</span>" in page
    assert ">Published</span>" in page
    assert "1 of 2 weeks done" in page
    assert "33 of 40 weeks left" in page


def test_a_completed_week_shows_what_it_paid(published: TeamAtWork) -> None:
    make_rate(office=published.ben.postings.get().office, weekly_minor=60000)
    pay_weeks.complete_weeks(actor=Actor.sweep("weeks"), now=EVENING)

    page = home_of(published.ben)

    assert ">Completed</span>" in page
    assert "€600.00" in page
    assert "November 2026, period open · 1 week" in page
    assert "not yet" in page


def test_a_week_without_a_rate_is_said_to_wait(published: TeamAtWork) -> None:
    pay_weeks.complete_weeks(actor=Actor.sweep("weeks"), now=EVENING)

    page = home_of(published.ben)

    assert "finance has no rate for your office yet. It is safe." in page
    assert "€" not in page


def test_nobody_reads_what_another_earned(published: TeamAtWork) -> None:
    make_rate(office=published.ben.postings.get().office, weekly_minor=61234)
    pay_weeks.complete_weeks(actor=Actor.sweep("weeks"), now=EVENING)

    assert "612.34" in home_of(published.ben)
    for other in (*published.volunteers[1:], published.anna, published.carla):
        assert "612.34" not in home_of(other)


def test_a_term_that_is_still_to_come_says_when_it_starts(team: TeamAtWork) -> None:
    new = builders.make_engineer(name="Nia Vale")
    builders.make_term(team=team.rotation.team, engineer=new, starts_on=NEXT_WEEK + WEEK)

    page = home_of(new)

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

    page = home_of(ben)

    assert "Away Wed 9 to Thu 10 Dec 2026" in page
    assert "You hold a published week in it" in page
    assert 'Rather not: week of <time datetime="2027-01-25">Mon 25 Jan 2027</time>' in page
    assert "A wedding" not in page


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
