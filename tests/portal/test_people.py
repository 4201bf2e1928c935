from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import (
    TERM_START,
    TeamAtWork,
    heading,
    page_of,
    queries_of,
    signed_in,
    team_at_work,
)
from volunteers.models import Application, Engineer, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
PAGE = "/people/"
ENTER = "/rotations/core/terms/enter/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


# ------------------------------------------------------------------ the list
def test_the_list_answers_first_who_is_in(team: TeamAtWork) -> None:
    builders.make_term(team=team.rotation.team, engineer=team.carla)
    Term.objects.filter(engineer=team.ben).update(ends_on=NEXT_WEEK + 3 * WEEK)

    page = page_of(team.anna, PAGE)

    assert heading(page) == "7 in term, 1 upcoming, 1 ends within 8 weeks"


def test_a_line_shows_office_term_and_weeks(team: TeamAtWork) -> None:
    home = builders.make_home_team(name="Payments")
    team.ben.postings.update(team=home)
    builders.make_shift(level=team.primary, week_date=THIS_WEEK - WEEK, holder=team.ben)
    coming = builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)

    page = page_of(team.anna, PAGE)

    assert "Payments<small" in page
    assert "Dublin, <time" in page
    assert "Mon 5 Oct 2026 to Mon 12 Jul 2027" in page
    assert '<td role="cell" data-l="Weeks done" class="num">1 of 2</td>' in page
    assert f'<a href="/shifts/{coming.pk}/"><time datetime="2026-11-30">' in page


def test_a_manager_sees_own_teams_an_admin_everybody(team: TeamAtWork) -> None:
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))
    admin = builders.make_admin()

    assert "Dora Hale" in page_of(team.anna, PAGE)
    assert "Carla" not in page_of(team.anna, PAGE)
    assert "Dora Hale" not in page_of(otto, PAGE)
    assert "Carla" in page_of(admin, PAGE)


def test_engineers_and_finance_are_told_who_sees_people(team: TeamAtWork) -> None:
    for person in (team.ben, builders.make_finance()):
        page = page_of(person, PAGE, status=403)

        assert heading(page) == "Only managers of an on-call team and admins see the people."


def test_those_who_have_served_are_shown_on_request(team: TeamAtWork) -> None:
    Term.objects.filter(engineer=team.ben).update(left_on=THIS_WEEK)

    assert "ben@" not in page_of(team.anna, PAGE)
    assert ">Ben</bdi>" not in page_of(team.anna, PAGE)
    assert ">Ben</bdi>" in page_of(team.anna, f"{PAGE}?show=all")


def test_search_finds_by_name_and_e_mail(team: TeamAtWork) -> None:
    by_name = page_of(team.anna, f"{PAGE}?q=dora")
    by_email = page_of(team.anna, f"{PAGE}?q=eve-moss@")
    nobody = page_of(team.anna, f"{PAGE}?q=zz")

    assert "1 person with “dora”" in by_name
    assert "Eve Moss" in by_email
    assert "Dora Hale" not in by_email
    assert "Nobody is called so" in nobody


def test_the_list_takes_as_many_queries_for_a_thousand_people_as_for_ten(
    team: TeamAtWork,
) -> None:
    admin = builders.make_admin()
    _join(team, 0, 10)
    few = (queries_of(team.anna, PAGE), queries_of(admin, PAGE))

    _join(team, 10, 1000)

    assert (queries_of(team.anna, PAGE), queries_of(admin, PAGE)) == few
    assert "Page 2 of 21" in page_of(team.anna, f"{PAGE}?page=2")


def _join(team: TeamAtWork, first: int, last: int) -> None:
    people = Engineer.objects.bulk_create(
        Engineer(name=f"P{number}", email=f"p{number}@example.com", created_at=NOW)
        for number in range(first, last)
    )
    applications = Application.objects.bulk_create(
        Application(
            team=team.rotation.team,
            engineer=person,
            motivation="Yes.",
            earliest_start_on=NEXT_WEEK,
            submitted_at=NOW,
            state="accepted",
            decided_at=NOW,
            decided_by=team.anna,
        )
        for person in people
    )
    Term.objects.bulk_create(
        Term(
            team=team.rotation.team,
            engineer=application.engineer,
            level="primary",
            application=application,
            starts_on=NEXT_WEEK,
            ends_on=NEXT_WEEK + 26 * WEEK,
            created_at=NOW,
        )
        for application in applications
    )


# ------------------------------------------------------------------ one person
def test_a_person_shows_terms_weeks_and_days_away_without_the_note(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)
    builders.make_absence(
        engineer=team.ben,
        starts_on=dt.date(2026, 12, 21),
        ends_on=dt.date(2026, 12, 28),
        note="A wedding in Cork",
    )

    page = page_of(team.anna, f"/people/{team.ben.pk}/")

    assert "Ben</bdi> serves on primary until Mon 12 Jul 2027" in heading(page)
    assert "1 coming week" in page
    assert "Mon 30 Nov to Mon 7 Dec 2026" in page
    assert "Mon 21 to Sun 27 Dec 2026" in page
    assert "wedding" not in page


def test_a_person_is_seen_by_their_managers_admins_and_themselves(team: TeamAtWork) -> None:
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))
    url = f"/people/{team.ben.pk}/"
    seen = [team.anna, builders.make_admin(), team.ben]
    unseen = [team.carla, otto, builders.make_finance(), team.volunteers[1]]

    answers = [signed_in(person).get(url).status_code for person in [*seen, *unseen]]

    assert answers == [200, 200, 200, 404, 404, 404, 404]


def test_a_person_without_a_term_says_so(team: TeamAtWork) -> None:
    page = page_of(builders.make_admin(), f"/people/{team.carla.pk}/")

    assert "serves in no rotation" in heading(page)
    assert "No week yet" in page


# ------------------------------------------------------------------ level 2
def test_a_manager_enters_a_term_on_level_2() -> None:
    team = team_at_work(on_level_2=False)
    sent = {"engineer": team.max.pk, "starts_on": NEXT_WEEK.isoformat(), "ends_on": ""}

    answer = signed_in(team.anna).post(ENTER, sent, follow=True)

    term = Term.objects.get(engineer=team.max)
    assert (term.level, term.starts_on, term.ends_on) == ("escalation", NEXT_WEEK, None)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Max Lund serves on level 2 from Mon 30 Nov 2026." in _text(answer)


def test_the_form_offers_the_teams_managers_and_the_coming_handovers(team: TeamAtWork) -> None:
    page = page_of(team.anna, ENTER)

    assert f'<option value="{team.max.pk}">Max Lund</option>' in page
    assert "Dora Hale" not in page
    assert '<option value="2026-11-30">Mon 30 Nov 2026</option>' in page
    assert "No end yet" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_on": "2026-11-23"}, "Choose one of the handovers."),
        ({"starts_on": "2026-12-01"}, "Choose one of the handovers."),
        ({"ends_on": "2026-11-24"}, "Choose one of the handovers."),
        ({"starts_on": "2026-12-14", "ends_on": "2026-12-07"}, "The end comes after the start"),
        ({"engineer": "0"}, "Choose one of the team’s managers."),
    ],
)
def test_a_term_that_cannot_be_is_refused_beside_its_field(
    changed: dict[str, str], words: str
) -> None:
    team = team_at_work(on_level_2=False)
    sent = {"engineer": str(team.max.pk), "starts_on": NEXT_WEEK.isoformat(), "ends_on": ""}

    answer = signed_in(team.anna).post(ENTER, sent | changed)

    assert answer.status_code == 422
    assert words in _text(answer)
    assert not Term.objects.filter(level="escalation").exists()


def test_a_term_over_another_is_refused_in_words(team: TeamAtWork) -> None:
    sent = {"engineer": team.max.pk, "starts_on": NEXT_WEEK.isoformat(), "ends_on": ""}

    answer = signed_in(team.anna).post(ENTER, sent)

    assert answer.status_code == 409
    assert "Max Lund already serves in Core (level 2)" in _text(answer)


def test_only_a_term_that_runs_offers_its_end(team: TeamAtWork) -> None:
    term = Term.objects.get(engineer=team.max)
    url = f"/people/{team.max.pk}/"
    assert f"/terms/{term.pk}/leave/" in page_of(team.anna, url)

    Term.objects.filter(pk=term.pk).update(left_on=TERM_START + WEEK)

    assert f"/terms/{term.pk}/leave/" not in page_of(team.anna, url)
