"""How load is shared, person by person, on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import (
    SLUG,
    TeamAtWork,
    heading,
    mark_published,
    page_of,
    queries_of,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import Level, Shift
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = f"/rotations/{SLUG}/fairness/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    """Dora had a week with a holiday, Ben has this week, the next and one with a holiday."""
    team = team_at_work()
    ben, dora, *_others = team.volunteers
    _holiday(builders.make_shift(level=team.primary, week_date=THIS_WEEK - WEEK, holder=dora))
    for week_date in (THIS_WEEK, NEXT_WEEK):
        builders.make_shift(level=team.primary, week_date=week_date, holder=ben)
    _holiday(builders.make_shift(level=team.primary, week_date=NEXT_WEEK + WEEK, holder=ben))
    mark_published(team.rotation, team.anna)
    return team


def _holiday(shift: Shift) -> None:
    shift.holidays, shift.load_hundredths = ["A day off"], 150
    shift.save(update_fields=["holidays", "load_hundredths"])


def _row(page: str, name: str) -> str:
    """A person's row of primary."""
    rows = page.split('id="l-primary"', 1)[1].split("</section>", 1)[0].split("<tr")
    return next(row for row in rows if f"<bdi>{name}</bdi>" in row)


def _many_weeks(level: Level, holder: Engineer, count: int) -> None:
    for number in range(count):
        builders.make_shift(level=level, week_date=NEXT_WEEK + (2 + number) * WEEK, holder=holder)


def test_the_heading_says_who_is_furthest_and_each_row_says_why(team: TeamAtWork) -> None:
    page = page_of(team.ben, PAGE)

    ben, dora = _row(page, "Ben"), _row(page, "Dora Hale")
    assert heading(page) == "Ben is furthest from the fair share, 2.5 above"
    assert "<span>3.5</span>" in ben
    assert "<span>1.0</span>" in ben
    assert "<span>+2.5</span>" in ben
    assert "0 done, 3 to come" in ben
    assert "0 past, 1 to come" in ben
    assert "of fair 0.4" in ben
    assert "1 past, 0 to come" in dora


def test_holidays_carried_before_rota_are_past_ones(team: TeamAtWork) -> None:
    builders.make_history_week(
        level=team.primary, week_date=NEXT_WEEK - 52 * WEEK, holder=team.ben, holidays=["Christmas"]
    )

    ben = _row(page_of(team.anna, PAGE), "Ben")

    assert "1 past, 1 to come" in ben
    assert "1 done, 3 to come" in ben


def test_wishes_are_met_when_the_week_is_theirs_or_when_it_is_not_as_they_wanted(
    team: TeamAtWork,
) -> None:
    for engineer, week_date, wish in (
        (team.ben, NEXT_WEEK, "want"),
        (team.ben, NEXT_WEEK + WEEK, "avoid"),
        (team.volunteers[1], NEXT_WEEK, "avoid"),
        (team.volunteers[1], NEXT_WEEK + 9 * WEEK, "want"),
    ):
        builders.make_wish(
            engineer=engineer, team=team.rotation.team, week_date=week_date, wish=wish
        )

    page = page_of(team.anna, PAGE)

    assert "1 met<small" in _row(page, "Ben")
    assert "1 not met" in _row(page, "Ben")
    assert "1 met<small" in _row(page, "Dora Hale")
    assert "0 not met" in _row(page, "Dora Hale")
    assert "none</span>" in _row(page, "Eve Moss")


def test_more_shifts_in_a_term_than_the_policy_wants_are_a_warning_on_the_person(
    team: TeamAtWork,
) -> None:
    fits = page_of(team.anna, PAGE)
    _many_weeks(team.primary, team.ben, 4)

    over = page_of(team.anna, PAGE)

    assert "Over the limit" not in fits
    assert "Over the limit" in _row(over, "Ben")
    assert "7 shifts in the term from" in over
    assert "the policy wants 6 at most" in over


def test_the_columns_sort_the_people(team: TeamAtWork) -> None:
    usual = page_of(team.anna, PAGE)
    by_name = page_of(team.anna, f"{PAGE}?sort=person")
    by_holidays = page_of(team.anna, f"{PAGE}?sort=holidays")
    odd = page_of(team.anna, f"{PAGE}?sort=pay")

    assert 'aria-sort="descending"><a href="?sort=off"' in usual
    assert 'aria-sort="ascending"><a href="?sort=person"' in by_name
    assert by_name.index("<bdi>Eve Moss") < by_name.index("<bdi>Gus Vane")
    assert by_holidays.index("<bdi>Dora Hale") < by_holidays.index("<bdi>Eve Moss")
    assert 'aria-sort="descending"><a href="?sort=off"' in odd


def test_only_the_team_and_its_managers_read_it(team: TeamAtWork) -> None:
    outside = page_of(team.carla, PAGE, status=403)
    board = page_of(team.carla, f"/rotations/{SLUG}/")
    own_board = page_of(team.ben, f"/rotations/{SLUG}/")

    assert "The people and managers of a team see how its load is shared." in outside
    assert PAGE not in board
    assert f'href="{PAGE}"' in own_board


def test_before_any_week_has_ended_the_loads_are_planned_ones() -> None:
    team = team_at_work()
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)

    page = page_of(team.ben, PAGE)

    assert "No week has ended yet; these are planned loads." in page


def test_the_page_takes_as_many_queries_for_many_weeks_as_for_few(team: TeamAtWork) -> None:
    few = queries_of(team.anna, PAGE)
    _many_weeks(team.primary, team.ben, 10)

    assert queries_of(team.anna, PAGE) == few
