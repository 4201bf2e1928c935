"""Reviewing applications: places beside the forecast, what accepting does, and the waiting list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from outbox.models import Message
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import TeamAtWork, page_of, queries_of, signed_in, team_at_work
from volunteers.models import Application, Engineer, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
PAGE = "/applications/"
TERM_START = NEXT_WEEK - 8 * WEEK
# The terms of the five who serve end here.
ENDS = TERM_START + 40 * WEEK


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    """Five serve of seven; Carla, of Search in London, applies."""
    team = team_at_work()
    office = builders.make_office(name="London", time_zone="Europe/London", country="GB")
    builders.make_posting(
        engineer=team.carla, office=office, team=builders.make_home_team(name="Search")
    )
    builders.make_application(team=team.rotation.team, engineer=team.carla)
    return team


def _full(team: TeamAtWork) -> None:
    """Two more serve, one until in ten weeks."""
    for name, weeks in (("Hal", 18), ("Ida", 40)):
        builders.make_term(
            team=team.rotation.team,
            engineer=builders.make_engineer(name=name),
            starts_on=TERM_START,
            weeks=weeks,
            accepted_by=team.anna,
        )


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _accept(team: TeamAtWork, **fields: str) -> Answer:
    application = Application.objects.get(engineer=team.carla)
    sent = {"starts_on": str(NEXT_WEEK), **fields}
    return signed_in(team.anna).post(f"{PAGE}{application.pk}/accept/", sent)


# ------------------------------------------------------------------ what accepting does
def test_a_card_counts_people_offices_home_teams_and_shares_with_the_applicant_in(
    team: TeamAtWork,
) -> None:
    page = page_of(team.anna, PAGE)

    for words in [
        "6 people in term<small>the policy wants 7, at least 6",
        "4.3 weeks each in a term<small>5.2 without Carla",
        "Dublin 5, London 1",
        "no home team 5, Search 1",
        "none, the first",
    ]:
        assert words in page


def test_earlier_terms_of_the_applicant_stand_on_the_card(team: TeamAtWork) -> None:
    builders.make_term(
        team=team.rotation.team,
        engineer=team.carla,
        starts_on=NEXT_WEEK - 60 * WEEK,
        accepted_by=team.anna,
    )

    assert "Core: Mon 6 Oct 2025 to Mon 6 Apr 2026" in page_of(team.anna, PAGE)


def test_places_stand_beside_the_coverage_forecast(team: TeamAtWork) -> None:
    builders.make_application(
        team=team.rotation.team, engineer=builders.make_engineer(name="Eva"), state="waitlisted"
    )

    page = page_of(team.anna, PAGE)

    assert "5 of 7<small" in page
    assert "at least 6; 1 on the waiting list" in page
    assert "free now" in page
    assert "Looking a year ahead" in page


# ------------------------------------------------------------------ places
def test_above_the_target_size_the_page_proposes_the_start_when_the_next_term_ends(
    team: TeamAtWork,
) -> None:
    _full(team)

    page = page_of(team.anna, PAGE)

    free = TERM_START + 18 * WEEK
    assert f'<option value="{free}" selected>' in page
    assert "when the term of Hal ends" in page
    assert "7 people in term" in page


def test_a_start_without_a_place_is_refused_until_the_manager_says_that_more_are_wanted(
    team: TeamAtWork,
) -> None:
    _full(team)

    refused = _accept(team)
    accepted = _accept(team, above_target="on")

    assert refused.status_code == 409
    assert "Core has 7 people in that time, and its policy wants 7." in _text(refused)
    assert "A place is free from Mon 8 Feb 2027." in _text(refused)
    assert accepted.status_code == 302
    assert Term.objects.filter(engineer=team.carla).exists()


def test_somebody_accepted_for_later_takes_a_place_from_a_term_that_reaches_into_theirs(
    team: TeamAtWork,
) -> None:
    for number in range(2):
        builders.make_term(
            team=team.rotation.team,
            engineer=builders.make_engineer(name=f"Later {number}"),
            starts_on=NEXT_WEEK + 20 * WEEK,
            accepted_by=team.anna,
        )

    assert _accept(team).status_code == 409
    assert _accept(team, ends_on=str(NEXT_WEEK + 20 * WEEK)).status_code == 302


# ------------------------------------------------------------------ start, end, shadow
def test_a_manager_chooses_start_end_and_the_weeks_in_which_they_shadow(team: TeamAtWork) -> None:
    answer = _accept(team, ends_on=str(NEXT_WEEK + 12 * WEEK), shadow_weeks="3")

    term = Term.objects.get(engineer=team.carla)
    assert answer.status_code == 302
    assert (term.starts_on, term.ends_on, term.shadow_weeks) == (
        NEXT_WEEK,
        NEXT_WEEK + 12 * WEEK,
        3,
    )
    body = Message.objects.get().body
    assert "In the first 3 weeks you shadow whoever is on call" in body
    assert "From Mon 21 Dec 2026 on you are on call in your turn." in body


def test_the_mail_says_what_to_do_so_that_a_page_reaches_them(team: TeamAtWork) -> None:
    _accept(team)

    body = Message.objects.get().body
    assert "have a PagerDuty account with this address, carla@example.com;" in body
    assert "you and your managers are told before your first week" in body
    assert "shadow" not in body


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"shadow_weeks": "5"}, "Select a valid choice. 5 is not one of the available choices."),
        (
            {"ends_on": str(NEXT_WEEK + 2 * WEEK), "shadow_weeks": "2"},
            "Choose a handover from Mon 21 Dec 2026 on",
        ),
        ({"ends_on": "2027-01-01"}, "Choose one of the handovers listed."),
    ],
    ids=["too many weeks", "nothing but shadowing", "no handover"],
)
def test_an_end_or_shadow_that_does_not_fit_is_refused_beside_its_field(
    team: TeamAtWork, fields: dict[str, str], words: str
) -> None:
    answer = _accept(team, **fields)

    assert answer.status_code == 422
    assert words in _text(answer)
    assert not Term.objects.filter(engineer=team.carla).exists()


# ------------------------------------------------------------------ the waiting list
def test_a_manager_keeps_the_list_by_buttons_alone(team: TeamAtWork) -> None:
    carla = Application.objects.get(engineer=team.carla)
    eva = builders.make_application(
        team=team.rotation.team, engineer=builders.make_engineer(name="Eva")
    )
    anna = signed_in(team.anna)
    for each in (carla, eva):
        anna.post(f"{PAGE}{each.pk}/waiting-list/")
    anna.post(f"{PAGE}{eva.pk}/waiting-list/move/", {"direction": "up", "seen_place": "2"})

    page = page_of(team.anna, PAGE)
    off = anna.post(f"{PAGE}{carla.pk}/waiting-list/leave/", follow=True)

    assert "No one waits" in page
    assert "2 people are on the waiting list" in page
    assert page.index(f'id="h{eva.pk}"') < page.index(f'id="h{carla.pk}"')
    assert "Carla is off the waiting list and waits for your answer." in _text(off)
    assert "1 application waits" in _text(off)


def test_a_manager_who_moves_one_that_another_moved_is_told(team: TeamAtWork) -> None:
    carla = Application.objects.get(engineer=team.carla)
    move = f"{PAGE}{carla.pk}/waiting-list/move/"
    builders.make_application(
        team=team.rotation.team, engineer=builders.make_engineer(name="Eva"), state="waitlisted"
    )
    signed_in(team.max).post(f"{PAGE}{carla.pk}/waiting-list/")
    signed_in(team.max).post(move, {"direction": "up", "seen_place": "2"})

    answer = signed_in(team.anna).post(move, {"direction": "up", "seen_place": "2"})

    assert answer.status_code == 409
    assert "Another manager changed the order in the meantime: Carla is number 1 now." in _text(
        answer
    )


def test_from_the_list_one_is_accepted_or_declined_with_a_reason(team: TeamAtWork) -> None:
    eva = builders.make_engineer(name="Eva")
    listed = builders.make_application(team=team.rotation.team, engineer=eva, state="waitlisted")
    carla = Application.objects.get(engineer=team.carla)
    signed_in(team.anna).post(f"{PAGE}{carla.pk}/waiting-list/")

    accepted = _accept(team)
    signed_in(team.anna).post(f"{PAGE}{listed.pk}/decline/", {"reason": "Not this year."})

    assert accepted.status_code == 302
    states = dict(Application.objects.values_list("engineer__name", "state"))
    assert (states["Carla"], states["Eva"]) == ("accepted", "declined")
    assert "Not this year." in page_of(eva, "/")


def test_those_on_the_list_are_no_news_on_a_managers_home(team: TeamAtWork) -> None:
    before = page_of(team.anna, "/")
    carla = Application.objects.get(engineer=team.carla)
    signed_in(team.anna).post(f"{PAGE}{carla.pk}/waiting-list/")

    assert "1 application" in before
    assert "1 application" not in page_of(team.anna, "/")


def test_a_long_list_takes_no_more_queries(team: TeamAtWork) -> None:
    def listed(first: int, last: int) -> None:
        people = Engineer.objects.bulk_create(
            Engineer(name=f"P{number}", email=f"p{number}@example.com", created_at=NOW)
            for number in range(first, last)
        )
        Application.objects.bulk_create(
            Application(
                team=team.rotation.team,
                engineer=person,
                motivation="Yes.",
                earliest_start_on=NEXT_WEEK,
                submitted_at=NOW,
                state="waitlisted",
                waiting_position=first + number + 1,
            )
            for number, person in enumerate(people)
        )

    listed(0, 10)
    few = queries_of(team.anna, PAGE)
    listed(10, 400)

    assert queries_of(team.anna, PAGE) == few
