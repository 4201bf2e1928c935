from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Draft, Shift
from tests import builders
from tests.builders import NOW, WEEK
from tests.rotation.figures import draft_figures, drafted, level_figures, person_figures
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
MAKE = f"/rotations/{SLUG}/draft/"
COMPARE = "/drafts/compare/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _two(team: TeamAtWork) -> tuple[Draft, Draft]:
    """Two drafts of two weeks: the second gives the second week to nobody."""
    ben, dora = team.volunteers[:2]
    good = level_figures(person_figures(ben), person_figures(dora, load=150))
    bad = level_figures(person_figures(ben, load=300), objectives={"gaps": 1})
    one = drafted(team, draft_figures(good), ben, dora)
    other = drafted(team, draft_figures(bad), ben, None)
    return one, other


def _compared(one: Draft, other: Draft) -> str:
    return f"{COMPARE}?a={one.pk}&b={other.pk}"


# ------------------------------------------------------------------ comparing
def test_two_drafts_stand_side_by_side_with_the_shifts_that_differ(team: TeamAtWork) -> None:
    one, other = _two(team)

    page = page_of(team.anna, _compared(one, other))

    assert heading(page) == "Drafts 1 and 2 differ in 1 shift"
    row = page.split('rowheader"><span class="nowrap">', 1)[1].split("</tr>", 1)[0]
    assert "Mon 7 Dec 2026" in row
    assert row.index("Dora Hale") < row.index('class="gapline"')


def test_figures_say_which_draft_is_better(team: TeamAtWork) -> None:
    one, other = _two(team)

    page = page_of(team.anna, _compared(one, other))

    gaps = page.split('<th scope="row">Gaps</th>', 1)[1].split("</tr>", 1)[0]
    assert '<td class="num">0</td><td class="num">1</td>' in gaps
    assert "Better" in gaps
    load = page.split("<bdi>Ben</bdi></span></th>", 1)[1].split("</tr>", 1)[0]
    assert "1.0" in load
    assert "(+2.0)" in load


def test_drafts_of_other_weeks_are_compared_where_they_meet(team: TeamAtWork) -> None:
    one, _other = _two(team)
    longer = drafted(team, {}, team.ben, *team.volunteers[1:4])

    page = page_of(team.anna, _compared(one, longer))

    assert "draft 3 has 4 shifts more" in page
    assert "The two cover different weeks" in page
    assert "Draft 1 is</th>" not in page


def test_the_same_drafts_differ_in_nothing(team: TeamAtWork) -> None:
    one = drafted(team, {}, team.ben)
    again = drafted(team, {}, team.ben)

    page = page_of(team.anna, _compared(one, again))

    assert heading(page) == "Drafts 1 and 2 give every shift to the same people"


def test_the_choice_begins_with_the_draft_one_comes_from(team: TeamAtWork) -> None:
    one, other = _two(team)

    page = page_of(team.anna, f"{COMPARE}?a={one.pk}")

    assert heading(page) == "Compare two drafts"
    first, second = page.split('id="id_b"')
    assert f'value="{one.pk}" selected' in first
    assert f'value="{other.pk}" selected' in second


def test_without_two_solved_drafts_there_is_nothing_to_choose(team: TeamAtWork) -> None:
    builders.make_draft(rotation=team.rotation, state=Draft.State.FAILED)

    assert "There are not two solved drafts yet" in page_of(team.anna, COMPARE)


@pytest.mark.parametrize(
    ("b", "words"),
    [
        ("{a}", "Choose another draft than the first."),
        ("{foreign}", "Choose a draft of the list."),
        ("{own_other}", "Choose a draft of the same rotation."),
        ("many", "Choose a draft of the list."),
    ],
)
def test_what_cannot_be_compared_is_said_beside_the_choice(
    team: TeamAtWork, b: str, words: str
) -> None:
    one, _other = _two(team)
    foreign = builders.make_rotation(team=builders.make_team(name="Foreign"))
    own = builders.make_rotation(team=builders.make_team(name="Own"))
    builders.make_manager(engineer=team.anna, team=own.team)
    ids: dict[str, int] = {"a": one.pk}
    for name, rotation in (("foreign", foreign), ("own_other", own)):
        draft = builders.make_draft(rotation=rotation)
        Draft.objects.filter(pk=draft.pk).update(solve_milliseconds=1)
        ids[name] = draft.pk

    answer = signed_in(team.anna).get(COMPARE, {"a": str(one.pk), "b": b.format(**ids)})

    assert answer.status_code == 422
    assert words in _text(answer)


def test_an_engineer_is_told_who_compares_drafts(team: TeamAtWork) -> None:
    page = page_of(team.ben, COMPARE, status=403)

    assert heading(page) == "Only the managers of an on-call team see its drafts."


def test_the_comparison_takes_as_many_queries_for_many_weeks_as_for_few(
    team: TeamAtWork,
) -> None:
    one, other = _two(team)
    weeks = [team.volunteers[number % 5] for number in range(20)]
    long, longer = drafted(team, {}, *weeks), drafted(team, {}, *weeks[1:], team.ben)

    assert queries_of(team.anna, _compared(long, longer)) == queries_of(
        team.anna, _compared(one, other)
    )


def test_a_draft_leads_to_the_comparison_with_the_one_it_was_solved_again_from(
    team: TeamAtWork,
) -> None:
    one, other = _two(team)
    Draft.objects.filter(pk=other.pk).update(solved_again_from=one)

    page = page_of(team.anna, f"/drafts/{other.pk}/")
    listed = page_of(team.anna, "/drafts/")

    assert f'href="{COMPARE}?a={other.pk}&amp;b={one.pk}">Compare with draft 1</a>' in page
    assert "solved again from 1" in listed
    assert "Compare two" in listed


# ------------------------------------------------------------------ repairs
def test_without_anything_published_only_a_schedule_anew_can_be_asked_for(
    team: TeamAtWork,
) -> None:
    assert "A repair" not in page_of(team.anna, MAKE)


def test_what_disturbs_the_schedule_is_named_and_a_repair_offered_first(
    team: TeamAtWork,
) -> None:
    publish(team, solved_draft(team))
    away = _away(team)

    page = page_of(team.anna, MAKE)

    assert "Why a repair is due" in page
    assert f"{away} is away Mon 7 to Mon 14 Dec 2026" in page
    assert 'value="repair" checked' in page


def test_a_repair_takes_the_published_weeks_and_says_its_cause(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    away = _away(team)

    answer = signed_in(team.anna).post(MAKE, {"kind": "repair", "weeks": ""})

    draft = Draft.objects.latest("pk")
    assert answer.headers["Location"] == f"/drafts/{draft.pk}/"
    assert (draft.kind, draft.weeks) == ("repair", 8)
    assert f"{away} is away" in page_of(team.anna, f"/drafts/{draft.pk}/")
    listed = page_of(team.anna, "/drafts/")
    assert f">Repair {draft.number}</a>" in listed
    assert f"{away} is away" in listed


def test_a_schedule_anew_needs_its_number_of_weeks(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))

    answer = signed_in(team.anna).post(MAKE, {"kind": "full", "weeks": ""})

    assert answer.status_code == 422
    assert "Write a number of weeks." in _text(answer)


@pytest.mark.parametrize("kind", ["", "other"])
def test_something_else_than_the_two_is_not_made(team: TeamAtWork, kind: str) -> None:
    publish(team, solved_draft(team))

    answer = signed_in(team.anna).post(MAKE, {"kind": kind, "weeks": "4"})

    assert answer.status_code == 422
    assert "Choose one of the two." in _text(answer)


def _away(team: TeamAtWork) -> str:
    """Whoever has the second published week is away in it; returns the name."""
    shift = Shift.objects.filter(level=team.primary).order_by("week_date")[1]
    assert shift.holder is not None
    builders.make_absence(
        engineer=shift.holder,
        starts_on=shift.week_date,
        ends_on=shift.week_date + WEEK + dt.timedelta(days=1),
    )
    return shift.holder.name
