from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import PagerDutyPerson, PeopleCheck
from rotation.operations import leavers
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import SLUG, TeamAtWork, page_of, solved_draft, team_at_work
from volunteers.models import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db

PEOPLE = f"/rotations/{SLUG}/readiness/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _looked_up(*people: Engineer, problems: tuple[str, ...] = (), at: dt.datetime = NOW) -> None:
    PeopleCheck.objects.create(
        state=PeopleCheck.State.DONE, cause="daily", queued_at=at, finished_at=at
    )
    for person in people:
        PagerDutyPerson.objects.create(
            engineer=person,
            problems=list(problems),
            checked_at=at,
            problems_since=at if problems else None,
        )


def _everybody(team: TeamAtWork) -> list[Engineer]:
    return [team.anna, team.max, *team.volunteers]


def test_the_managers_list_says_how_many_cannot_be_paged_and_since_when(team: TeamAtWork) -> None:
    _looked_up(*[each for each in _everybody(team) if each != team.ben])
    _looked_up(team.ben, problems=("only_email",))

    page = page_of(team.anna, PEOPLE)

    assert "<h1>Ben cannot be paged</h1>" in page
    assert "Is told by e-mail only" in page
    assert "Add a phone, SMS or push in PagerDuty" in page
    assert "since" in page
    assert page.index("Ben") < page.index("Dora Hale")


def test_before_anybody_was_looked_up_the_list_says_so(team: TeamAtWork) -> None:
    assert "Nobody was looked up in PagerDuty yet" in page_of(team.anna, PEOPLE)


def test_a_list_where_all_can_be_paged_says_so(team: TeamAtWork) -> None:
    _looked_up(*_everybody(team))

    assert "PagerDuty can reach all 7" in page_of(team.anna, PEOPLE)


def test_the_list_names_the_weeks_of_a_leaver(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK + WEEK, holder=team.ben)
    Term.objects.filter(engineer=team.ben).update(left_on=NEXT_WEEK)

    page = page_of(team.anna, PEOPLE)

    assert "1 published week pages nobody for somebody who has left" in page
    assert "The service of Ben ends on Mon 30 Nov 2026." in page


def test_a_check_that_failed_says_why(team: TeamAtWork) -> None:
    PeopleCheck.objects.create(
        state=PeopleCheck.State.FAILED,
        cause="daily",
        queued_at=NOW,
        finished_at=NOW,
        failure="PagerDuty answered 503.",
    )

    assert "PagerDuty answered 503." in page_of(team.anna, PEOPLE)


def test_home_says_in_one_line_that_a_page_reaches_one(team: TeamAtWork) -> None:
    _looked_up(team.ben)

    page = page_of(team.ben, "/")

    assert "PagerDuty can reach you" in page
    assert "PagerDuty cannot reach you" not in page


def test_home_says_what_to_do_in_pagerduty_and_lets_one_look_again(team: TeamAtWork) -> None:
    _looked_up(team.ben, problems=("late",))

    page = page_of(team.ben, "/")

    assert "PagerDuty cannot reach you" in page
    assert "Have one fire at once in PagerDuty" in page
    assert 'action="/readiness/check/"' in page


def test_a_manager_on_level_2_reads_it_too_and_what_the_team_waits_for(team: TeamAtWork) -> None:
    _looked_up(team.anna, problems=("unknown",))

    page = page_of(team.anna, "/")

    assert "PagerDuty has no user with your e-mail." in page
    assert "Anna cannot be paged" in page
    assert f'href="{PEOPLE}"' in page


def test_before_the_first_look_home_says_nothing(team: TeamAtWork) -> None:
    assert "reach you" not in page_of(team.ben, "/")


def test_the_board_tells_managers_only(team: TeamAtWork) -> None:
    _looked_up(team.ben, problems=("unknown",))

    assert "Ben cannot be paged" in page_of(team.anna, f"/rotations/{SLUG}/")
    assert "cannot be paged" not in page_of(team.ben, f"/rotations/{SLUG}/")


def test_the_people_page_marks_those_who_cannot_be_paged(team: TeamAtWork) -> None:
    _looked_up(team.ben, problems=("stakeholder",))

    assert "Is a stakeholder in PagerDuty" in page_of(team.anna, "/people/")
    assert "PagerDuty cannot reach them" in page_of(team.anna, f"/people/{team.ben.pk}/")
    assert "PagerDuty cannot reach you" in page_of(team.ben, f"/people/{team.ben.pk}/")


def test_a_draft_names_those_whom_pagerduty_does_not_know(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    _looked_up(*[each for each in _everybody(team) if each != team.ben])
    _looked_up(team.ben, problems=("unknown",))

    page = page_of(team.anna, f"/drafts/{draft.pk}/")

    assert "Ben has no PagerDuty user with their e-mail" in page
    assert f'href="{PEOPLE}"' in page
    assert "leaves a gap" in page


def test_a_draft_whose_people_can_all_be_paged_says_so(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    _looked_up(*_everybody(team))

    assert "PagerDuty can page everybody in it" in page_of(team.anna, f"/drafts/{draft.pk}/")


def test_a_draft_says_that_people_were_not_looked_up_or_long_ago(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    never = page_of(team.anna, f"/drafts/{draft.pk}/")
    _looked_up(*_everybody(team), at=NOW - dt.timedelta(days=3))

    assert "Not everybody was looked up in PagerDuty yet" in never
    assert "PagerDuty was last asked on Sun 22 Nov 2026" in page_of(
        team.anna, f"/drafts/{draft.pk}/"
    )


def test_asking_for_a_draft_asks_pagerduty_once_a_day(team: TeamAtWork) -> None:
    _looked_up(at=NOW - dt.timedelta(hours=3))
    solved_draft(team)
    while_fresh = PeopleCheck.objects.filter(state="queued").count()
    PeopleCheck.objects.update(finished_at=NOW - dt.timedelta(days=2))

    solved_draft(team)

    assert while_fresh == 0
    assert PeopleCheck.objects.get(state="queued").cause == "a draft"


def test_the_week_of_a_leaver_says_that_nobody_is_paged(team: TeamAtWork) -> None:
    shift = builders.make_shift(level=team.primary, week_date=NEXT_WEEK + WEEK, holder=team.ben)
    Term.objects.filter(engineer=team.ben).update(left_on=NEXT_WEEK)
    before = page_of(team.carla, f"/shifts/{shift.pk}/")

    leavers.withhold(rotation_id=team.rotation.pk, now=NOW)

    assert "PagerDuty pages nobody" not in before
    assert "PagerDuty pages nobody for Ben here." in page_of(team.carla, f"/shifts/{shift.pk}/")


def test_one_or_two_are_named_and_more_are_counted(team: TeamAtWork) -> None:
    board = f"/rotations/{SLUG}/"
    _looked_up(team.ben, team.volunteers[1], problems=("unknown",))
    assert f"Ben and {team.volunteers[1].name} cannot be paged" in page_of(team.anna, board)

    _looked_up(team.volunteers[2], problems=("unknown",))

    assert "3 of 7 cannot be paged" in page_of(team.anna, board)
    assert "<h1>3 of 7 cannot be paged</h1>" in page_of(team.anna, PEOPLE)
