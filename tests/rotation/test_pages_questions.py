from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Shift, WeekQuestion
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.asking import ASKED_WEEK, answered, ask, ask_about_shift, holder_of
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    page_of,
    publish,
    queries_of,
    signed_in,
    solved_draft,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _page(team: TeamAtWork, question: WeekQuestion) -> str:
    return page_of(team.anna, f"/questions/{question.pk}/")


def test_a_manager_asks_about_a_week_of_a_draft_with_one_button(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    week = f"/drafts/{draft.pk}/weeks/primary/{ASKED_WEEK}/"

    page = page_of(team.anna, week)
    answer = signed_in(team.anna).post(f"{week}ask/")

    question = WeekQuestion.objects.get()
    assert f'action="{week}ask/"' in page
    assert answer.headers["Location"] == f"/questions/{question.pk}/"
    assert (question.draft, question.week_date) == (draft, ASKED_WEEK)
    assert "It is being answered" in page_of(team.anna, week)


def test_a_manager_asks_about_a_published_week_with_one_button(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    shift = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK)

    page = page_of(team.anna, f"/shifts/{shift.pk}/")
    answer = signed_in(team.anna).post(f"/shifts/{shift.pk}/ask/", follow=True)

    assert "Ask who else could" in page
    assert "in the published schedule" in _text(answer)
    assert WeekQuestion.objects.get().draft is None
    assert "Ask who else could" not in page_of(team.ben, f"/shifts/{shift.pk}/")


def test_a_question_that_waits_looks_again_by_itself(team: TeamAtWork) -> None:
    question = ask(team, solved_draft(team))

    answer = signed_in(team.anna).get(f"/questions/{question.pk}/")

    assert answer.headers["Refresh"] == "3"
    assert heading(_text(answer)) == "Who else could take the week of Mon 14 Dec 2026?"
    assert "<progress" in _text(answer)
    assert "Asked by Anna" in _text(answer)


def test_the_answer_says_who_could_and_what_it_would_cost(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    question = ask(team, draft)
    answered(question)

    answer = signed_in(team.anna).get(f"/questions/{question.pk}/")

    page = _text(answer)
    assert "Refresh" not in answer.headers
    assert heading(page) == "4 people could take the week of Mon 14 Dec 2026"
    assert f"Primary, in draft 1. {holder_of(draft).name} has it." in page
    rows = page.split("Who could, and what it would cost", 1)[1].split("</table>", 1)[0]
    assert rows.count("Must carry it<span") == 4
    assert f"<bdi>{holder_of(draft).name}</bdi>" not in rows
    assert "would change hands" in rows
    assert "Everybody at this level could take the week." in page


def test_the_answer_says_who_cannot_and_why(team: TeamAtWork) -> None:
    builders.make_absence(
        engineer=team.volunteers[1], starts_on=ASKED_WEEK, ends_on=ASKED_WEEK + WEEK
    )
    question = ask(team, solved_draft(team))
    answered(question)

    page = _page(team, question)

    assert heading(page).startswith("3 people could")
    assert '<b class="strong">Dora Hale</b> is away.' in page


def test_somebody_of_the_answer_is_fixed_with_one_button(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    question = ask(team, draft)
    other = next(each.mark for each in answered(question).people if each.can)

    page = _page(team, question)
    week = f"/drafts/{draft.pk}/weeks/primary/{ASKED_WEEK}/"
    answer = signed_in(team.anna).post(
        week, {"who": str(other.engineer_id), "kind": "pin"}, follow=True
    )

    assert f'action="{week}"' in page
    assert f"{other.name} must carry the week of Mon 14 Dec 2026." in _text(answer)


def test_the_answer_about_a_published_week_leads_to_a_cover(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    question = ask_about_shift(team)
    answered(question)

    page = _page(team, question)

    shift = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK)
    assert f'href="/shifts/{shift.pk}/cover/enter/"' in page
    assert "Must carry it" not in page


def test_a_question_that_failed_says_why_and_that_nothing_changed(team: TeamAtWork) -> None:
    question = ask(team, solved_draft(team))
    WeekQuestion.objects.update(state="failed", failure="The facts have changed.", finished_at=NOW)

    page = _page(team, question)

    assert heading(page) == "No answer about the week of Mon 14 Dec 2026"
    assert "The facts have changed." in page
    assert "Nothing has changed." in page


def test_a_question_that_cannot_be_asked_is_refused_on_the_page_it_came_from(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    builders.make_absence(engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK)

    answer = signed_in(team.anna).post(
        f"/drafts/{draft.pk}/weeks/primary/{ASKED_WEEK}/ask/", follow=True
    )

    assert answer.redirect_chain == [(f"/drafts/{draft.pk}/", 302)]
    assert 'class="banner bad"' in _text(answer)
    assert not WeekQuestion.objects.exists()


@pytest.mark.parametrize("who", ["ben", "carla"])
def test_only_managers_of_the_team_ask_and_read(team: TeamAtWork, who: str) -> None:
    publish(team, solved_draft(team))
    question = ask_about_shift(team)
    shift = Shift.objects.get(level=team.primary, week_date=ASKED_WEEK)
    client = signed_in({"ben": team.ben, "carla": team.carla}[who])

    answers = [
        client.get(f"/questions/{question.pk}/"),
        client.post(f"/shifts/{shift.pk}/ask/"),
        client.post(f"/drafts/1/weeks/primary/{ASKED_WEEK}/ask/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_the_answer_takes_as_many_queries_for_many_people_as_for_few(team: TeamAtWork) -> None:
    question = ask(team, solved_draft(team))
    answered(question)
    address = f"/questions/{question.pk}/"
    _also_answer_about(question, "Eva")
    few = queries_of(team.anna, address)

    _also_answer_about(question, *(f"Eva {number}" for number in range(20)))

    assert queries_of(team.anna, address) == few


def _also_answer_about(question: WeekQuestion, *names: str) -> None:
    """People from outside the team stand in the answer, too."""
    question.refresh_from_db()
    one = question.answer["people"][-1]
    people = [builders.make_engineer(name=name) for name in names]
    question.answer["people"] += [{**one, "engineer": each.pk, "holds": False} for each in people]
    question.save()
