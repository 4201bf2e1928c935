from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Draft, Shift
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import (
    SLUG,
    TeamAtWork,
    heading,
    page_of,
    publish,
    queries_of,
    signed_in,
    solved_draft,
    team_at_work,
)
from volunteers.models import Absence, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
MAKE = f"/rotations/{SLUG}/draft/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _page(team: TeamAtWork, draft: Draft) -> str:
    return page_of(team.anna, f"/drafts/{draft.pk}/")


def _publish(team: TeamAtWork, draft: Draft, **sent: str) -> Answer:
    return signed_in(team.anna).post(f"/drafts/{draft.pk}/publish/", sent)


def _later(absence_of: TeamAtWork, number: int, first: dt.date) -> Absence:
    """An absence that was entered after the draft was solved."""
    absence = builders.make_absence(
        engineer=absence_of.volunteers[number], starts_on=first, ends_on=first + WEEK
    )
    Absence.objects.filter(pk=absence.pk).update(created_at=NOW + dt.timedelta(minutes=5))
    return absence


# ------------------------------------------------------------------ the list
def test_the_list_without_drafts_leads_to_the_first(team: TeamAtWork) -> None:
    page = page_of(team.anna, "/drafts/")

    assert heading(page) == "No draft waits"
    assert "Make the first draft" in page


def test_a_draft_that_waits_is_the_lists_answer(team: TeamAtWork) -> None:
    builders.make_draft(rotation=team.rotation, requested_by=team.anna)

    page = page_of(team.max, "/drafts/")

    assert heading(page) == "Draft 1 waits for you"
    assert "Mon 30 Nov to Mon 28 Dec 2026" in page
    assert "4 weeks, both levels" in page


def test_an_engineer_is_told_who_sees_drafts(team: TeamAtWork) -> None:
    page = page_of(team.ben, "/drafts/", status=403)

    assert heading(page) == "Only the managers of an on-call team see its drafts."


def test_the_list_takes_as_many_queries_for_a_thousand_drafts_as_for_ten(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation)
    fields = {
        "rotation": team.rotation,
        "state": Draft.State.DISCARDED,
        "first_week_date": NEXT_WEEK,
        "weeks": 4,
        "policy": draft.policy,
        "base_version": 0,
        "requested_at": NOW,
        "closed_at": NOW,
        "closed_by": team.anna,
    }
    Draft.objects.bulk_create(Draft(number=number, **fields) for number in range(2, 11))
    few = queries_of(team.anna, "/drafts/")

    Draft.objects.bulk_create(Draft(number=number, **fields) for number in range(11, 1001))

    assert queries_of(team.anna, "/drafts/") == few
    assert "Page 20 of 20" in page_of(team.anna, "/drafts/?page=20")


# ------------------------------------------------------------------ asking
def test_the_form_offers_the_policys_horizon_from_the_next_handover(team: TeamAtWork) -> None:
    page = page_of(team.anna, MAKE)

    assert "Make a draft from" in heading(page)
    assert "Mon 30 Nov 2026" in heading(page)
    assert 'name="weeks" value="26"' in page
    assert "Nobody is told, and PagerDuty is not touched." in page


def test_asking_leaves_a_draft_that_waits_and_leads_to_it(team: TeamAtWork) -> None:
    answer = signed_in(team.anna).post(MAKE, {"weeks": "12"})

    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"/drafts/{draft.pk}/"
    assert (draft.state, draft.weeks, draft.requested_by) == ("queued", 12, team.anna)


@pytest.mark.parametrize("weeks", ["0", "54", "many", "", "1e9", "-3"])
def test_weeks_that_make_no_draft_are_said_beside_the_field(team: TeamAtWork, weeks: str) -> None:
    answer = signed_in(team.anna).post(MAKE, {"weeks": weeks})

    assert answer.status_code == 422
    assert 'class="msg"' in _text(answer)
    assert not Draft.objects.exists()


def test_a_second_draft_while_one_is_made_is_refused(team: TeamAtWork) -> None:
    builders.make_draft(rotation=team.rotation, state=Draft.State.QUEUED)

    answer = signed_in(team.max).post(MAKE, {"weeks": "4"})

    assert answer.status_code == 409
    assert "Draft 1 is being made; wait or cancel it." in _text(answer)


@pytest.mark.parametrize("who", ["ben", "carla", "otto"])
def test_only_managers_of_the_team_make_and_see_its_drafts(team: TeamAtWork, who: str) -> None:
    draft = builders.make_draft(rotation=team.rotation)
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))
    client = signed_in({"ben": team.ben, "carla": team.carla, "otto": otto}[who])

    answers = [
        client.get(MAKE),
        client.post(MAKE, {"weeks": "4"}),
        client.get(f"/drafts/{draft.pk}/"),
        client.post(f"/drafts/{draft.pk}/publish/"),
        client.post(f"/drafts/{draft.pk}/discard/"),
        client.post(f"/drafts/{draft.pk}/cancel/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert Draft.objects.get().state == Draft.State.READY


# ------------------------------------------------------------------ being made
@pytest.mark.parametrize(
    ("state", "words"),
    [("queued", "Draft 1 waits for a worker"), ("solving", "Draft 1 is being solved")],
)
def test_a_draft_that_is_being_made_shows_progress_and_looks_again(
    team: TeamAtWork, state: str, words: str
) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=state)

    answer = signed_in(team.anna).get(f"/drafts/{draft.pk}/")

    assert heading(_text(answer)) == words
    assert answer.headers["Refresh"] == "3"
    assert "<progress" in _text(answer)


def test_a_draft_that_is_being_made_can_be_stopped(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.QUEUED)

    answer = signed_in(team.anna).post(f"/drafts/{draft.pk}/cancel/", follow=True)

    assert heading(_text(answer)) == "Draft 1 was stopped"
    assert "Refresh" not in answer.headers


def test_stopping_a_draft_that_is_ready_already_is_refused(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation)

    answer = signed_in(team.anna).post(f"/drafts/{draft.pk}/cancel/")

    assert answer.status_code == 409
    assert "Draft 1 is ready by now." in _text(answer)


def test_a_draft_without_a_solution_says_why(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.FAILED)
    Draft.objects.filter(pk=draft.pk).update(failure="Agreed covers contradict the rules: Ben.")

    page = _page(team, draft)

    assert heading(page) == "Draft 1 has no solution"
    assert "Agreed covers contradict the rules: Ben." in page
    assert "The published schedule is unchanged." in page
    assert "Solve again" in page


# ------------------------------------------------------------------ weighing
def test_a_first_draft_says_that_nothing_was_published_before(team: TeamAtWork) -> None:
    page = _page(team, solved_draft(team))

    assert heading(page) == "Nothing has been published before: 16 shifts"
    assert "Proven best" in page
    assert "Every week has both levels" in page
    assert "Publish 8 weeks" in page
    assert "Publishing e-mails 7 people their weeks" in page


def test_a_draft_shows_who_has_which_week_on_both_levels(team: TeamAtWork) -> None:
    draft = solved_draft(team)

    page = _page(team, draft)

    for shift in draft.shifts.select_related("level", "holder"):
        assert shift.holder is not None
        level = "Primary" if shift.level.name == "primary" else "Level 2"
        said = f", {level}, {shift.holder.name}, week of {shift.week_date:%a} "
        assert said in page


def test_each_persons_load_stands_beside_the_fair_share(team: TeamAtWork) -> None:
    page = _page(team, solved_draft(team, weeks=10))

    loads = page.split('id="f">', 1)[1].split("</table>", 1)[0]
    assert loads.count('<td class="num strong">2.0</td><td class="num">2.0</td>') == 5
    assert loads.count('<td class="num strong">5.0</td><td class="num">5.0</td>') == 2
    assert 'style="' not in page


def test_changes_are_told_old_to_new_with_the_reason(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    shift = Shift.objects.filter(level=team.primary).order_by("week_date")[2]
    assert shift.holder is not None
    builders.make_absence(
        engineer=shift.holder, starts_on=shift.week_date, ends_on=shift.week_date + WEEK
    )

    page = _page(team, solved_draft(team))

    assert " of 16 shifts change" in heading(page)
    assert "What changes, and why" in page
    assert f"{shift.holder.name} is away." in page
    assert 'class="sr">becomes</span>' in page


def test_a_draft_that_changes_nothing_says_so(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    publish(team, draft)
    again = builders.make_draft(rotation=team.rotation, weeks=8)
    for shift in draft.shifts.all():
        builders.make_draft_shift(
            draft=again, level=shift.level, week_date=shift.week_date, holder=shift.holder
        )

    page = _page(team, again)

    assert heading(page) == "Nothing changes: version 1 stays as it is"
    assert "Publishing e-mails nobody" in page


def test_a_gap_says_what_keeps_each_person_from_it(team: TeamAtWork) -> None:
    tuesday = NEXT_WEEK + 3 * WEEK + dt.timedelta(days=1)
    for volunteer in team.volunteers:
        builders.make_absence(
            engineer=volunteer, starts_on=tuesday, ends_on=tuesday + dt.timedelta(days=2)
        )

    page = _page(team, solved_draft(team))

    assert "One gap: why nobody can take it" in page
    assert "Mon 21 Dec 2026" in page
    assert "Ben, Dora Hale, Eve Moss, Finn Roth and Gus Vane</b> are away." in page


def test_a_gap_says_who_rests_after_which_week(team: TeamAtWork) -> None:
    Term.objects.filter(engineer__in=team.volunteers[1:]).update(left_on=NEXT_WEEK)

    page = _page(team, solved_draft(team, weeks=4))

    assert "Ben</b> is resting" in page
    assert "the week of Mon" in page
