"""Drafts side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rotation import generation
from rotation.models import Draft, Shift
from rotation.operations import repairs
from rotation.queries import comparison
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import CLOCKS, TeamAtWork, actor, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.queries.comparison import Comparison

pytestmark = pytest.mark.django_db
WEEKS = 12


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    publish(team, solved_draft(team, weeks=WEEKS))
    return team


def _repair(team: TeamAtWork) -> Draft:
    draft = repairs.request_repair(rotation_id=team.rotation.pk, actor=actor(team.anna), now=NOW)
    generation.generate_draft(draft_id=draft.pk, holder="test", clocks=CLOCKS)
    return Draft.objects.select_related("rotation__team").get(pk=draft.pk)


def _away(team: TeamAtWork) -> None:
    first = Shift.objects.filter(holder=team.ben).earliest("week_date").week_date
    builders.make_absence(engineer=team.ben, starts_on=first, ends_on=first + 4 * WEEK)


def _queries(ask: Callable[[], Comparison]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def test_a_draft_of_the_same_schedule_differs_in_nothing(team: TeamAtWork) -> None:
    one, other = _repair(team), _repair(team)

    found = comparison.compare(one, other, now=NOW)
    published = comparison.compare_with_published(one, now=NOW)

    assert found.weeks == published.weeks == ()
    assert (found.only_one, found.only_other) == (0, 0)
    assert {figure.better for figure in found.figures} == {"equal"}
    assert all(row.one == row.other for row in found.objectives)
    assert all(row.one == row.other for row in (*found.loads, *published.loads))


def test_two_drafts_differ_where_they_give_a_week_to_different_people(team: TeamAtWork) -> None:
    before = _repair(team)
    _away(team)
    after = _repair(team)

    found = comparison.compare(before, after, now=NOW)

    assert (found.one.draft_id, found.other.draft_id) == (before.pk, after.pk)
    assert found.one.changes == 0
    assert found.other.changes == len(found.weeks)
    held = {
        (cell.level.name, cell.week_date): cell.holder_id
        for cell in after.shifts.select_related("level")
    }
    for week in found.weeks:
        assert week.one != week.other
        assert week.other is not None
        assert held[week.level, week.week_date] == week.other.engineer_id
    changed = {row.name: (row.one, row.other) for row in found.objectives if row.level == "primary"}
    assert changed["changes"] == (0, len(found.weeks))


def test_the_published_schedule_stands_first_with_the_figures_it_had(team: TeamAtWork) -> None:
    _away(team)
    draft = _repair(team)

    found = comparison.compare_with_published(draft, now=NOW)

    assert (found.one.draft_id, found.one.weeks, found.one.changes) == (None, WEEKS, 0)
    assert found.other.changes == len(found.weeks) > 0
    gaps = next(figure for figure in found.figures if figure.title == "Gaps")
    assert (gaps.one != "0", gaps.other, gaps.better) == (True, "0", "worse")
    assert {row.level for row in found.loads} == {"primary", "escalation"}
    assert all(row.one is not None and row.other is not None for row in found.loads)


def test_weeks_that_only_one_has_are_counted_and_started_ones_left_out(team: TeamAtWork) -> None:
    short, longer = _repair(team), solved_draft(team, weeks=WEEKS + 4)
    longer = Draft.objects.select_related("rotation__team").get(pk=longer.pk)

    found = comparison.compare(short, longer, now=NOW)
    later = comparison.compare(short, longer, now=NOW + 2 * WEEK)

    assert (found.only_one, found.only_other) == (0, 2 * 4)
    assert (later.one.weeks, later.other.weeks) == (WEEKS - 2, WEEKS + 2)
    assert all(week.week_date > NEXT_WEEK for week in later.weeks)


def test_a_draft_without_cells_has_no_figures(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.FAILED)

    found = comparison.compare_with_published(draft, now=NOW)

    assert not any((found.figures, found.objectives, found.loads, found.weeks))
    assert found.only_one == 2 * WEEKS


def test_comparing_takes_the_same_queries_however_long_the_drafts_are(team: TeamAtWork) -> None:
    short = _repair(team)
    longer = solved_draft(team, weeks=2 * WEEKS)
    longer = Draft.objects.select_related("rotation__team").get(pk=longer.pk)

    asked = [
        _queries(lambda: comparison.compare(short, short, now=NOW)),
        _queries(lambda: comparison.compare(longer, longer, now=NOW)),
    ]

    assert asked[0] == asked[1] < 8
