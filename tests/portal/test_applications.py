from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from outbox.models import Message
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY, WEEK
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    mark_published,
    page_of,
    queries_of,
    signed_in,
    team_at_work,
)
from volunteers.models import Application, Engineer, Term, WeekWish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
PAGE = "/applications/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def application(team: TeamAtWork) -> Application:
    """Carla wants to join from Wed 9 Dec on; two weeks do not suit her."""
    office = builders.make_office(name="London", time_zone="Europe/London", country="GB")
    builders.make_posting(
        engineer=team.carla, office=office, team=builders.make_home_team(name="Search")
    )
    application = builders.make_application(
        team=team.rotation.team, engineer=team.carla, earliest_start_on=dt.date(2026, 12, 9)
    )
    application.unsuitable_weeks = ["2027-01-11", "2027-01-18"]
    application.save(update_fields=["unsuitable_weeks"])
    return application


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _accept(who: Engineer, application: Application, starts_on: str = "2026-12-14") -> Answer:
    return signed_in(who).post(f"/applications/{application.pk}/accept/", {"starts_on": starts_on})


def _decline(who: Engineer, application: Application, reason: str) -> Answer:
    return signed_in(who).post(f"/applications/{application.pk}/decline/", {"reason": reason})


# ------------------------------------------------------------------ reading
def test_without_applications_the_page_says_how_people_come(team: TeamAtWork) -> None:
    page = page_of(team.anna, PAGE)

    assert heading(page) == "No one waits"
    assert "Share the link to apply; it takes three minutes." in page


@pytest.mark.usefixtures("application")
def test_an_application_shows_who_applies_and_what_they_say(team: TeamAtWork) -> None:
    page = page_of(team.anna, PAGE)

    assert heading(page) == "1 application waits for 2 days"
    for words in [
        "Carla",
        "Search · London · carla@example.com",
        "I want to know how it runs at night.",
        "Wed 9 Dec 2026",
        "Mon 11 Jan 2027",
        "Mon 18 Jan 2027",
        "Will this week",
    ]:
        assert words in page


@pytest.mark.usefixtures("application")
def test_each_offered_term_shows_its_start_and_its_end(team: TeamAtWork) -> None:
    page = page_of(team.anna, PAGE)

    assert '<option value="2026-12-14">Mon 14 Dec 2026 to Mon 14 Jun 2027</option>' in page
    assert "Mon 7 Dec 2026 to" not in page


@pytest.mark.usefixtures("application")
def test_the_policys_term_decides_the_end(team: TeamAtWork) -> None:
    builders.make_policy(rotation=team.rotation, term_weeks=10, effective_from=NOW)

    assert "Mon 14 Dec 2026 to Mon 22 Feb 2027" in page_of(team.anna, PAGE)


@pytest.mark.usefixtures("application")
def test_the_forecast_counts_people_and_the_gaps_that_suit(team: TeamAtWork) -> None:
    for week_date in (dt.date(2026, 12, 7), dt.date(2027, 1, 11), dt.date(2027, 2, 1)):
        builders.make_shift(level=team.primary, week_date=week_date)
    mark_published(team.rotation, team.anna)

    page = page_of(team.anna, PAGE)

    assert "6 people in term" in page
    assert "the policy wants 7, at least 6" in page
    assert "Could close 1 of 3 gaps" in page
    assert '<time datetime="2027-02-01">Mon 1 Feb</time>; a new draft decides' in page


def test_ones_own_application_is_for_another_manager(team: TeamAtWork) -> None:
    builders.make_application(team=team.rotation.team, engineer=team.anna)

    own, other = page_of(team.anna, PAGE), page_of(team.max, PAGE)

    assert "This is your own application. Another manager decides." in own
    assert "/accept/" not in own
    assert "/accept/" in other


@pytest.mark.usefixtures("application")
def test_an_admin_reads_and_does_not_decide() -> None:
    page = page_of(builders.make_admin(), PAGE)

    assert "The managers of Core decide." in page
    assert "/accept/" not in page


@pytest.mark.usefixtures("application")
def test_managers_see_their_own_teams_only() -> None:
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))

    assert heading(page_of(otto, PAGE)) == "No one waits"


def test_engineers_are_told_who_reviews(team: TeamAtWork) -> None:
    page = page_of(team.ben, PAGE, status=403)

    assert heading(page) == "Only the managers of an on-call team review its applications."


@pytest.mark.usefixtures("application")
def test_a_rotations_own_address_leads_to_its_applications(team: TeamAtWork) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    builders.make_manager(engineer=team.anna, team=other.team)
    client = signed_in(team.anna)

    core = client.get("/rotations/core/applications/", follow=True)
    empty = client.get("/rotations/other/applications/", follow=True)

    assert heading(_text(core)) == "1 application waits for 2 days"
    assert heading(_text(empty)) == "No one waits"


def test_decided_ones_stand_below_with_what_the_applicant_read(team: TeamAtWork) -> None:
    builders.make_application(
        team=team.rotation.team,
        engineer=team.carla,
        state=Application.State.DECLINED,
        decided_by=team.max,
    )

    page = page_of(team.anna, PAGE)

    assert "Declined" in page
    assert "The team is full." in page
    assert "Max Lund" in page


# ------------------------------------------------------------------ accepting
def test_accepting_makes_the_term_that_was_shown(
    team: TeamAtWork, application: Application
) -> None:
    answer = _accept(team.anna, application)

    term = Term.objects.get(engineer=team.carla)
    assert answer.headers["Location"] == PAGE
    assert (term.starts_on, term.ends_on) == (dt.date(2026, 12, 14), dt.date(2027, 6, 14))
    assert WeekWish.objects.filter(engineer=team.carla, wish="avoid").count() == 2
    assert Message.objects.get().kind == "application_accepted"
    assert "Carla is accepted from Mon 14 Dec 2026" in page_of_next(team.anna, answer)


def page_of_next(who: Engineer, answer: Answer) -> str:
    """The page that the answer leads to, with the cookies that it set."""
    client = signed_in(who)
    client.cookies.update(answer.cookies)
    return _text(client.get(answer.headers["Location"]))


@pytest.mark.parametrize("starts_on", ["2026-12-07", "2026-12-15", "2026-11-23", "soon", ""])
def test_a_start_that_was_not_offered_is_refused_beside_the_select(
    team: TeamAtWork, application: Application, starts_on: str
) -> None:
    answer = _accept(team.anna, application, starts_on)

    assert answer.status_code == 422
    assert 'class="errs"' in _text(answer)
    assert not Term.objects.filter(engineer=team.carla).exists()


def test_an_application_decided_meanwhile_is_told_and_nothing_written(
    team: TeamAtWork, application: Application
) -> None:
    _decline(team.max, application, "The team is full.")

    answer = _accept(team.anna, application)

    assert answer.status_code == 409
    assert "This application was declined in the meantime." in _text(answer)
    assert not Term.objects.filter(engineer=team.carla).exists()


def test_a_term_over_another_term_is_refused_in_words(
    team: TeamAtWork, application: Application
) -> None:
    builders.make_escalation_term(team=team.rotation.team, engineer=team.carla, starts_on=NEXT_WEEK)

    answer = _accept(team.anna, application)

    assert answer.status_code == 409
    assert "Carla already serves in Core (level 2)" in _text(answer)


def test_nobody_accepts_their_own(team: TeamAtWork) -> None:
    own = builders.make_application(team=team.rotation.team, engineer=team.anna)

    answer = _accept(team.anna, own, NEXT_WEEK.isoformat())

    assert answer.status_code == 422
    assert "This is your own application: another manager decides." in _text(answer)


def test_only_managers_of_the_team_decide(team: TeamAtWork, application: Application) -> None:
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))
    people = [team.ben, team.carla, otto, builders.make_finance(), builders.make_admin()]

    answers = [_accept(person, application).status_code for person in people]
    answers += [_decline(person, application, "No.").status_code for person in people]

    assert answers == [404] * 10
    assert Application.objects.get(pk=application.pk).state == Application.State.SUBMITTED


# ------------------------------------------------------------------ declining
def test_declining_tells_the_applicant_why(team: TeamAtWork, application: Application) -> None:
    answer = _decline(team.anna, application, "The team is full until spring.")

    application.refresh_from_db()
    assert answer.status_code == 302
    assert application.decline_reason == "The team is full until spring."
    assert "The team is full until spring." in Message.objects.get().body


@pytest.mark.parametrize(
    ("reason", "words"),
    [("", "Say why in a line"), ("   ", "Say why in a line"), ("x" * 501, "At most 500")],
)
def test_declining_without_a_fitting_reason_is_refused_and_stays_open(
    team: TeamAtWork, application: Application, reason: str, words: str
) -> None:
    answer = _decline(team.anna, application, reason)

    assert answer.status_code == 422
    assert words in _text(answer)
    assert "<details open>" in _text(answer)


# ------------------------------------------------------------------ many
def test_the_page_takes_as_many_queries_for_a_thousand_as_for_ten(team: TeamAtWork) -> None:
    _apply(team, 0, 10)
    few = queries_of(team.anna, PAGE)

    _apply(team, 10, 1000)

    assert queries_of(team.anna, PAGE) == few
    assert "Page 1 of 50" in page_of(team.anna, PAGE)


def _apply(team: TeamAtWork, first: int, last: int) -> None:
    """Half of them wait, half were declined."""
    people = Engineer.objects.bulk_create(
        Engineer(name=f"P{number}", email=f"p{number}@example.com", created_at=NOW)
        for number in range(first, last)
    )
    Application.objects.bulk_create(
        Application(
            team=team.rotation.team,
            engineer=person,
            motivation="Yes.",
            earliest_start_on=TODAY + WEEK,
            submitted_at=NOW,
            state="declined" if number % 2 else "submitted",
            decided_at=NOW if number % 2 else None,
            decided_by=team.anna if number % 2 else None,
            decline_reason="Full." if number % 2 else "",
        )
        for number, person in enumerate(people)
    )
