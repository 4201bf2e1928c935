from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Level, SyncRun
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import (
    SLUG,
    TeamAtWork,
    heading,
    many_shifts,
    mark_published,
    page_of,
    queries_of,
    signed_in,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

import time_machine

pytestmark = pytest.mark.django_db
BOARD = f"/rotations/{SLUG}/"
# A Wednesday evening, when Dublin is on call.
EVENING = NOW.replace(hour=20)


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def published(team: TeamAtWork) -> TeamAtWork:
    """A week done, one running, two coming; Anna carries level 2 in all of them."""
    ben, dora, eve, *_others = team.volunteers
    weeks = {THIS_WEEK - WEEK: dora, THIS_WEEK: ben, NEXT_WEEK: eve, NEXT_WEEK + WEEK: dora}
    for week_date, holder in weeks.items():
        builders.make_shift(level=team.primary, week_date=week_date, holder=holder)
        builders.make_shift(level=team.escalation, week_date=week_date, holder=team.anna)
    mark_published(team.rotation, team.anna)
    return team


def _gap(team: TeamAtWork, week_date: dt.date = NEXT_WEEK + 2 * WEEK) -> str:
    shift = builders.make_shift(level=team.primary, week_date=week_date)
    return f"/shifts/{shift.pk}/"


def _failed(team: TeamAtWork) -> None:
    SyncRun.objects.create(
        rotation=team.rotation,
        state=SyncRun.State.FAILED,
        cause="version 1 published",
        queued_at=NOW,
        finished_at=NOW,
        failure="PagerDuty answered “too many requests”.",
    )


def test_before_the_first_publication_a_manager_is_led_to_a_draft(team: TeamAtWork) -> None:
    page = page_of(team.anna, BOARD)

    assert heading(page) == "Nothing is published yet"
    assert "Make the first draft" in page
    assert "Not yet published" in page


def test_before_the_first_publication_an_engineer_reads_that_it_will_stand_here(
    team: TeamAtWork,
) -> None:
    page = page_of(team.ben, BOARD)

    assert "As soon as a manager publishes, the weeks stand here." in page
    assert "Make the first draft" not in page


def test_the_board_answers_first_how_much_is_covered(published: TeamAtWork) -> None:
    assert heading(page_of(published.ben, BOARD)) == "All 6 shifts covered"


def _on_call(page: str) -> str:
    return page.split('<dl class="facts duties">', 1)[1].split("</dl>", 1)[0]


def test_the_facts_say_who_is_on_call_until_when_and_who_follows(published: TeamAtWork) -> None:
    facts = _on_call(page_of(published.carla, BOARD))

    primary, level_2 = facts.split("<dt>")[1:]
    assert "Primary, on call now" in primary
    assert "<bdi>Ben</bdi>" in primary
    assert 'until <time datetime="2026-11-30T12:00:00Z">Mon 30 Nov, 12:00 GMT</time>' in primary
    assert "then <b><bdi>Eve Moss</bdi></b> until" in primary
    assert "<bdi>Anna</bdi>" in level_2
    assert "then nothing is published" in level_2


def test_the_facts_say_that_nobody_follows(published: TeamAtWork) -> None:
    published.primary.shifts.filter(week_date=NEXT_WEEK).update(holder=None)

    facts = _on_call(page_of(published.carla, BOARD))

    assert 'then <b class="neg">nobody: gap</b> until' in facts


def test_whoever_works_elsewhere_reads_their_own_time_beside(published: TeamAtWork) -> None:
    office = builders.make_office(name="San Francisco", time_zone="America/Los_Angeles")
    builders.make_posting(engineer=published.carla, office=office)

    abroad = _on_call(page_of(published.carla, BOARD))
    at_home = _on_call(page_of(published.ben, BOARD))

    assert "12:00 GMT</time> (<time" in abroad
    assert "04:00 PST</time> for you)" in abroad
    assert "for you" not in at_home


def test_in_office_hours_the_facts_say_from_when_somebody_is_on_call(
    published: TeamAtWork,
) -> None:
    with time_machine.travel(NOW, tick=False):
        facts = _on_call(page_of(published.carla, BOARD))

    assert "Wed 25 Nov, 17:30 GMT</time>; teams carry office hours" in facts
    assert "<bdi>Ben</bdi>" in facts


def test_the_legend_names_those_who_have_no_row(published: TeamAtWork) -> None:
    legend = page_of(published.ben, BOARD).split('class="key people"', 1)[1].split("</ul>", 1)[0]

    assert "<bdi>Anna</bdi>" in legend
    assert "Ben" not in legend


def test_a_cell_says_its_whole_sentence_and_leads_to_the_shift(published: TeamAtWork) -> None:
    shift = published.primary.shifts.get(week_date=THIS_WEEK)

    page = page_of(published.carla, BOARD)

    assert f'href="/shifts/{shift.pk}/"><b>BE</b>' in page
    assert ", Primary, Ben, week of Mon 23 Nov 2026, running now</span>" in page
    assert ", Primary, Dora Hale, week of Mon 16 Nov 2026, completed</span>" in page


def test_a_gap_is_named_with_its_day_and_leads_to_why(published: TeamAtWork) -> None:
    url = _gap(published)

    page = page_of(published.anna, BOARD)

    assert heading(page) == "6 of 7 shifts covered"
    assert "1 week has nobody for primary: Mon 14 Dec 2026." in page
    assert "in 19 days" in page
    assert f'<a class="btn" href="{url}">See why</a>' in page


def test_applications_that_wait_are_the_remedy_of_a_gap(published: TeamAtWork) -> None:
    _gap(published)
    builders.make_application(team=published.rotation.team, engineer=published.carla)

    page = page_of(published.anna, BOARD)

    assert "1 application waits for you." in page
    assert "Review applications" in page


def test_a_failed_sync_comes_before_a_gap(published: TeamAtWork) -> None:
    _gap(published)
    _failed(published)

    page = page_of(published.anna, BOARD)

    assert "PagerDuty does not show the published schedule." in page
    assert "too many requests" in page
    assert "The published schedule is unchanged." in page
    assert "Try again now" in page
    assert "has nobody for primary" not in page


def test_only_those_who_may_check_are_offered_another_try(published: TeamAtWork) -> None:
    _failed(published)

    assert "Try again now" not in page_of(published.ben, BOARD)
    assert "Try again now" in page_of(builders.make_admin(), BOARD)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "Waiting to be written"),
        ("running", "Being written"),
        ("failed", "Not written"),
    ],
)
def test_the_state_in_pagerduty_is_said_in_words(
    published: TeamAtWork, state: str, words: str
) -> None:
    SyncRun.objects.create(
        rotation=published.rotation, state=state, cause="version 1 published", queued_at=NOW
    )

    assert words in page_of(published.ben, BOARD)


def test_in_pagerduty_says_since_when(published: TeamAtWork) -> None:
    SyncRun.objects.create(
        rotation=published.rotation, state="done", cause="version 1 published", queued_at=NOW
    )
    Level.objects.filter(rotation=published.rotation, name="primary").update(
        pagerduty_schedule_ref="P1", in_pagerduty_since=NOW, in_pagerduty_version=1
    )

    page = page_of(published.ben, BOARD)

    assert "In PagerDuty" in page
    assert "Wed 25 Nov, 10:00 GMT" in page


def test_people_unknown_to_pagerduty_are_named(published: TeamAtWork) -> None:
    SyncRun.objects.create(
        rotation=published.rotation,
        state="done",
        cause="version 1 published",
        queued_at=NOW,
        unmatched=["Ben"],
    )

    page = page_of(published.anna, BOARD)

    assert "PagerDuty does not know Ben." in page
    assert "Their weeks would page nobody." in page


def test_an_engineer_sees_the_board_without_a_managers_buttons(published: TeamAtWork) -> None:
    page = page_of(published.ben, BOARD)

    assert "Published schedule" in page
    assert "Make a draft" not in page
    assert f"/rotations/{SLUG}/pagerduty/" not in page


@pytest.mark.usefixtures("published")
def test_a_manager_of_another_team_has_no_buttons_here() -> None:
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))

    assert "Make a draft" not in page_of(otto, BOARD)


def test_a_draft_that_waits_is_the_managers_main_action(published: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=published.rotation)

    page = page_of(published.anna, BOARD)

    assert f'href="/drafts/{draft.pk}/"' in page
    assert "Review draft 1" in page


def test_loads_are_read_in_the_team_and_by_admins_only(published: TeamAtWork) -> None:
    assert "fair share" in page_of(published.ben, BOARD)
    assert "fair share" in page_of(published.anna, BOARD)
    assert "fair share" in page_of(builders.make_admin(), BOARD)
    assert "fair share" not in page_of(published.carla, BOARD)
    assert "fair share" not in page_of(builders.make_finance(), BOARD)


def test_days_away_are_shown_and_never_why(published: TeamAtWork) -> None:
    builders.make_absence(
        engineer=published.volunteers[4],
        starts_on=dt.date(2026, 12, 14),
        ends_on=dt.date(2026, 12, 18),
        note="A wedding in Cork",
    )

    page = page_of(published.anna, BOARD)

    assert '<i class="away"><span>away</span></i>' in page
    assert "wedding" not in page


def test_somebody_away_in_their_published_week_is_pointed_out(published: TeamAtWork) -> None:
    eve = published.volunteers[2]
    builders.make_absence(engineer=eve, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK)

    page = page_of(published.anna, BOARD)

    assert "Eve Moss is away in their published week of Mon 30 Nov 2026." in page
    assert "<small>away</small>" in page


def test_covers_and_requests_stand_in_the_cells(published: TeamAtWork) -> None:
    ben, dora, eve, finn, _gus = published.volunteers
    running = published.primary.shifts.get(week_date=THIS_WEEK)
    whole = published.primary.shifts.get(week_date=NEXT_WEEK)
    asking = published.primary.shifts.get(week_date=NEXT_WEEK + WEEK)
    builders.make_cover(
        shift=running,
        from_engineer=ben,
        to_engineer=finn,
        starts_at=dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC),
    )
    builders.make_cover(shift=whole, from_engineer=eve, to_engineer=finn)
    builders.make_cover(shift=asking, from_engineer=dora, to_engineer=None)

    page = page_of(published.carla, BOARD)

    assert "<b>BE</b><small>+FR</small>" in page
    assert "Finn Roth covers Sat 28 Nov, 12:00 to Sun 29 Nov 2026, 12:00 GMT" in page
    assert "<b>FR</b><small>for EM</small>" in page
    assert "Finn Roth covers the whole week for Eve Moss" in page
    assert "<b>DH</b><small>asks</small>" in page


def test_public_holidays_have_the_letter_of_their_office(published: TeamAtWork) -> None:
    office = published.rotation.holiday_office
    assert office is not None
    builders.make_holiday(office=office, date=dt.date(2026, 12, 25), name="Christmas Day")

    page = page_of(published.carla, BOARD)

    assert 'title="Christmas Day, Fri 25 Dec: Dublin"' in page
    assert "Holiday in <b>D</b>ublin" in page


def test_the_board_of_earlier_weeks_leads_back_to_now(published: TeamAtWork) -> None:
    many_shifts(published.primary, published.ben, first=dt.date(2025, 11, 24), count=51)

    now_page = page_of(published.anna, BOARD)
    page = page_of(published.anna, f"{BOARD}?from=2026-05-06")

    assert '<a class="btn quiet" href="?from=2026-08-10">Earlier</a>' in now_page
    assert "26 weeks, Mon 4 May to Mon 26 Oct 2026" in page
    assert '<a class="btn quiet" href="?">Now</a>' in page
    assert '<a class="btn quiet" href="?from=2026-08-03">Later</a>' in page


@pytest.mark.parametrize("asked", ["never", "0001-01-01", "9999-12-31", "2026-13-40", ""])
def test_any_week_in_the_address_gives_a_board(published: TeamAtWork, asked: str) -> None:
    assert "Published schedule" in page_of(published.anna, f"{BOARD}?from={asked}")


def test_the_list_says_the_same_weeks_by_month(published: TeamAtWork) -> None:
    _gap(published)

    page = page_of(published.anna, f"{BOARD}?layout=list")

    assert '<table class="board">' not in page
    assert '<div class="weeks on" id="list">' in page
    assert "<h3>December 2026</h3>" in page
    assert "Nobody carries primary:" in page


def test_the_only_rotation_opens_at_once_and_several_are_listed(published: TeamAtWork) -> None:
    client = signed_in(published.carla)
    only = client.get("/rotations/")
    builders.make_rotation(team=builders.make_team(name="Other"))

    page = " ".join(client.get("/rotations/").content.decode().split())

    assert only.headers["Location"] == BOARD
    assert heading(page) == "2 rotations"
    assert "all 6 shifts" in page
    assert "nothing published" in page


def test_a_rotation_that_is_not_there_is_not_found(published: TeamAtWork) -> None:
    page_of(published.anna, "/rotations/nowhere/", status=404)


def test_the_board_takes_as_many_queries_for_a_thousand_weeks_as_for_ten(team: TeamAtWork) -> None:
    many_shifts(team.primary, team.ben, first=THIS_WEEK - 2 * WEEK, count=10)
    mark_published(team.rotation, team.anna)
    few = queries_of(team.anna, BOARD)

    for level in (team.primary, team.escalation):
        many_shifts(level, team.ben, first=THIS_WEEK - 490 * WEEK, count=485)
    many_shifts(team.escalation, team.ben, first=THIS_WEEK - 2 * WEEK, count=20)

    assert queries_of(team.anna, BOARD) == few
