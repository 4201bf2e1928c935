from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.figures import (
    draft_figures,
    drafted,
    level_figures,
    person_figures,
    schedule_figures,
    solving,
    way,
)
from tests.rotation.pages import (
    TeamAtWork,
    mark_published,
    page_of,
    queries_of,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _page(team: TeamAtWork, draft: Draft) -> str:
    return page_of(team.anna, f"/drafts/{draft.pk}/")


def _part(page: str, heading_id: str) -> str:
    """The panel with that heading."""
    return page.split(f'aria-labelledby="{heading_id}"', 1)[1].split("</section>", 1)[0]


# ------------------------------------------------------------------ while it is solved
def test_progress_tells_what_is_proven_what_is_best_so_far_and_how_good_it_can_get(
    team: TeamAtWork,
) -> None:
    draft = solving(
        team.rotation,
        level="primary",
        objective="unfairness",
        best=5 * 120**2,
        bound=5 * 60**2,
        done=["gaps", "overload"],
    )

    page = _page(team, draft)

    panel = _part(page, "s")
    assert "Fairness, primary: aim 3 of 8" in panel
    assert "Coverage<small>proven</small>" in panel
    assert "best so far typically 1.2 off the fair share, cannot be better than 0.6" in panel
    assert 'max="16" value="2"' in panel
    assert "Stop it" in page


def test_progress_before_the_first_note_says_that_it_is_solving(team: TeamAtWork) -> None:
    panel = _part(_page(team, solving(team.rotation)), "s")

    assert "<progress" in panel
    assert "solving since" in panel


# ------------------------------------------------------------------ how good it is
def test_a_draft_that_nothing_can_better_says_so_in_words(team: TeamAtWork) -> None:
    figures = draft_figures(level_figures(person_figures(team.ben)))

    page = _page(team, drafted(team, figures, team.ben))

    assert "Proven best<small>" in page
    assert "Proven best: no other schedule is better" in page
    assert "Nothing that your policy asks for can be better." in page


def test_what_is_not_proven_says_level_by_level_how_far_the_best_may_be(team: TeamAtWork) -> None:
    open_level = level_figures(
        person_figures(team.ben),
        objectives={"gaps": 3, "unfairness": 50**2},
        bounds={"gaps": 1, "unfairness": 20**2},
    )
    other = level_figures(person_figures(team.anna), level="escalation")

    page = _page(team, drafted(team, draft_figures(open_level, other), team.ben, None))

    panel = _part(page, "q")
    assert "coverage within 2 gaps of the best" in page
    assert "fairness: within 0.2 weeks a person of the best possible" in panel
    primary, level_2 = panel.split('rowheader">1. Coverage', 1)[1].split("</td>")[:2]
    assert "3 gaps" in primary
    assert "within 2 gaps of the best possible" in primary
    assert "no gap" in level_2
    assert "proven best" in level_2


def test_levels_that_were_solved_together_share_one_verdict(team: TeamAtWork) -> None:
    figures = draft_figures(
        level_figures(person_figures(team.ben), objectives={"gaps": 1}),
        level_figures(person_figures(team.ben), level="escalation", objectives={"gaps": 1}),
    )

    panel = _part(_page(team, drafted(team, figures, team.ben)), "q")

    assert 'columnheader">Both levels' in panel
    assert "<span>1 gap<small" in panel


def test_an_older_draft_without_figures_still_shows_its_weeks(team: TeamAtWork) -> None:
    page = _page(team, drafted(team, {}, team.ben))

    assert "Every week of the draft" in page
    assert "What fairness buys" not in page
    assert 'id="proof"' not in page


def test_a_draft_from_before_holidays_and_wishes_were_counted_shows_its_loads(
    team: TeamAtWork,
) -> None:
    person = {"engineer": team.ben.pk, "shifts": 1, "load": 100, "prior_load": 0, "fair": 80}
    level = {"level": "primary", "objectives": {"gaps": 0}, "bounds": {}, "people": [person]}

    page = _page(team, drafted(team, {"levels": [level]}, team.ben))

    assert "Ben" in _part(page, "f")
    assert "Holidays" not in _part(page, "f")
    assert "best found, not proven" in _part(page, "q")


# ------------------------------------------------------------------ who carries what
def test_each_person_has_load_holidays_wishes_and_closest_shifts(team: TeamAtWork) -> None:
    ben = person_figures(
        team.ben,
        load=250,
        fair=200,
        holidays=1,
        fair_holidays=60,
        wishes_met=2,
        wishes_unmet=1,
        shortest_spacing=4,
    )

    page = _page(team, drafted(team, draft_figures(level_figures(ben)), team.ben))

    row = _part(page, "f").split("Ben</bdi>", 1)[1].split("</tr>", 1)[0]
    assert '<td class="num strong">2.5</td><td class="num">2.0</td><td class="num">+0.5</td>' in row
    assert '1 <span class="soft">of 0.6</span>' in row
    assert '<span class="see">2 of 3</span>' in row
    assert "4 weeks</td>" in row
    assert "<dt>Wishes met</dt><dd>2 of 3<small>1 not met</small>" in page


def test_the_table_says_what_fairness_buys_against_taking_turns(team: TeamAtWork) -> None:
    better = person_figures(team.ben, load=250, fair=200, shortest_spacing=4)
    worse = person_figures(team.ben, load=400, fair=200, shortest_spacing=2)
    level = level_figures(better, round_robin=schedule_figures(worse, gaps=2))

    panel = _part(_page(team, drafted(team, draft_figures(level), team.ben)), "t")

    assert (
        "Taken in turn, 2 weeks would have nobody and somebody would be 2.0 off the fair share; "
        "here it is 0.5 with no gap." in panel
    )
    row = panel.split("Furthest from fair share</th>", 1)[1].split("</tr>", 1)[0]
    assert '2.0</td><td class="num strong">0.5' in row
    assert "Better" in row


def test_the_published_schedule_stands_beside_when_all_its_weeks_are_there(
    team: TeamAtWork,
) -> None:
    for each in (team.primary, team.escalation):
        builders.make_shift(level=each, week_date=NEXT_WEEK, holder=team.ben)
    mark_published(team.rotation, team.anna)
    before = schedule_figures(person_figures(team.ben, load=300), gaps=1)
    level = level_figures(person_figures(team.ben), published=before)

    panel = _part(_page(team, drafted(team, draft_figures(level), team.ben)), "t")

    assert '<th scope="col" class="num">Published</th>' in panel
    row = panel.split("Furthest from fair share</th>", 1)[1].split("</tr>", 1)[0]
    assert '<td class="num soft">2.0</td><td class="num strong">0.0</td>' in row


# ------------------------------------------------------------------ gaps
def test_a_gap_says_what_closes_it(team: TeamAtWork) -> None:
    week = str(NEXT_WEEK)
    ways = [
        way("rest", team.ben),
        way("absence", team.volunteers[1]),
        way("volunteer", since=week),
    ]
    level = level_figures(
        person_figures(team.ben),
        objectives={"gaps": 1},
        closings=[{"week": week, "ways": ways}],
    )

    page = _page(team, drafted(team, draft_figures(level), None))

    panel = _part(page, "g")
    assert "One gap: why nobody can take it, and what closes it" in panel
    assert "<li>Ben’s rest is one week short.</li>" in panel
    assert "<li>Dora Hale is away then; being there closes it.</li>" in panel
    assert "<li>One more volunteer from Mon 30 Nov 2026 closes this gap.</li>" in panel


def test_one_volunteer_who_closes_most_gaps_is_named_first(team: TeamAtWork) -> None:
    closings = [
        {
            "week": str(NEXT_WEEK + number * WEEK),
            "ways": [way("volunteer", closes=2, since=str(NEXT_WEEK))],
        }
        for number in range(3)
    ]
    level = level_figures(person_figures(team.ben), objectives={"gaps": 3}, closings=closings)

    page = _page(team, drafted(team, draft_figures(level), None, None, None))

    head = _part(page, "g").split("</header>", 1)[0]
    assert "One more volunteer from Mon 30 Nov 2026 closes 2 of 3 gaps." in head


def test_gaps_of_new_weeks_are_not_held_against_the_published_ones(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=None)
    builders.make_shift(level=team.escalation, week_date=NEXT_WEEK, holder=team.anna)
    mark_published(team.rotation, team.anna)
    level = level_figures(person_figures(team.ben), objectives={"gaps": 1})

    page = _page(team, drafted(team, draft_figures(level), team.ben, None))

    assert "<dt>Gaps</dt><dd>1 → 0<small>1 more in new weeks</small>" in page
    assert "<dt>Furthest from fair share</dt><dd>0.0<small>" in page


def test_who_would_hold_more_shifts_than_a_term_should_is_named(team: TeamAtWork) -> None:
    level = level_figures(person_figures(team.ben))

    some = _page(team, drafted(team, draft_figures(level), *[team.ben] * 6))
    more = _page(team, drafted(team, draft_figures(level), *[team.ben] * 7))

    assert "the policy wants 6 at most" not in some
    assert "Ben, primary: 7 shifts in the term from" in more


def test_the_page_asks_as_much_for_many_weeks_and_people_as_for_few(team: TeamAtWork) -> None:
    few = drafted(team, draft_figures(level_figures(person_figures(team.ben))), team.ben)
    many = drafted(
        team,
        draft_figures(level_figures(*(person_figures(each) for each in team.volunteers))),
        *(team.volunteers[number % 5] for number in range(26)),
    )

    assert queries_of(team.anna, f"/drafts/{many.pk}/") == queries_of(
        team.anna, f"/drafts/{few.pk}/"
    )
