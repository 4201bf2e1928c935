from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Draft, Shift
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import TeamAtWork, heading, mark_published, page_of, team_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


def _shift(team: TeamAtWork, week_date: dt.date = NEXT_WEEK) -> Shift:
    return builders.make_shift(level=team.primary, week_date=week_date, holder=team.ben)


def _page(team: TeamAtWork, shift: Shift) -> str:
    return page_of(team.carla, f"/shifts/{shift.pk}/")


def test_a_coming_week_says_who_carries_it_and_when_it_starts(team: TeamAtWork) -> None:
    page = _page(team, _shift(team))

    assert heading(page) == "Ben carries primary from Mon 30 Nov to Mon 7 Dec 2026"
    assert "Starts in 5 days, at" in page
    assert "125.5 h" in page
    assert "Mon 30 Nov, 17:30 to Tue 1 Dec 2026, 09:00 GMT" in page


def test_a_running_week_says_until_when(team: TeamAtWork) -> None:
    page = _page(team, _shift(team, THIS_WEEK))

    assert heading(page) == "Ben carries primary until Mon 30 Nov 2026, 12:00 GMT"


def test_a_past_week_says_who_carried_it(team: TeamAtWork) -> None:
    page = _page(team, _shift(team, THIS_WEEK - WEEK))

    assert heading(page) == "Ben carried primary from Mon 16 to Mon 23 Nov 2026"


def test_a_week_across_a_clock_change_says_its_hours(team: TeamAtWork) -> None:
    page = _page(team, _shift(team, dt.date(2027, 3, 22)))

    assert heading(page).endswith("from Mon 22 to Mon 29 Mar 2027, 167 h")


def test_holidays_make_the_load(team: TeamAtWork) -> None:
    shift = _shift(team)
    days = ["Christmas Day", "Boxing Day (London)"]
    Shift.objects.filter(pk=shift.pk).update(load_hundredths=175, holidays=days)

    page = _page(team, shift)

    assert "Load 1.75" in page
    assert "<dt>Christmas Day, Boxing Day (London)</dt><dd>+0.75</dd>" in page


def test_a_gap_says_what_keeps_each_person_from_it(team: TeamAtWork) -> None:
    _ben, dora, eve, finn, gus = team.volunteers
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=dora)
    gap = builders.make_shift(level=team.primary, week_date=NEXT_WEEK + WEEK)
    Shift.objects.filter(pk=gap.pk).update(
        gap_reasons=[
            {"engineer": team.ben.pk, "code": "unavailable"},
            {"engineer": dora.pk, "code": "rest"},
            {"engineer": eve.pk, "code": "inactive"},
            {"engineer": finn.pk, "code": "inactive"},
            {"engineer": gus.pk, "code": "other_level"},
        ]
    )

    page = _page(team, gap)

    assert heading(page) == "Nobody carries primary from Mon 7 to Mon 14 Dec 2026"
    assert '<b class="strong">Ben</b> is away.' in page
    assert '<b class="strong">Dora Hale</b> is resting after the week of Mon 30 Nov.' in page
    assert '<b class="strong">Eve Moss and Finn Roth</b> are not in a term then.' in page
    assert '<b class="strong">Gus Vane</b> has the other level in this week.' in page


def test_a_level_without_people_says_so(team: TeamAtWork) -> None:
    gap = builders.make_shift(level=team.escalation)
    Shift.objects.filter(pk=gap.pk).update(gap_reasons=[{"engineer": None, "code": "no_role"}])

    assert "Nobody has a term at this level." in _page(team, gap)


def test_only_managers_of_the_team_are_led_to_a_draft(team: TeamAtWork) -> None:
    gap = builders.make_shift(level=team.primary)
    url = f"/shifts/{gap.pk}/"

    assert "Make a draft" in page_of(team.anna, url)
    assert "Make a draft" not in page_of(team.ben, url)


def test_stints_after_covers_are_listed_with_their_times(team: TeamAtWork) -> None:
    shift = _shift(team)
    builders.make_cover(
        shift=shift,
        from_engineer=team.ben,
        to_engineer=team.volunteers[1],
        starts_at=dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 6, 12, tzinfo=dt.UTC),
    )

    page = _page(team, shift)

    assert "Mon 30 Nov, 12:00 to Sat 5 Dec 2026, 12:00 GMT" in page
    assert "Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT" in page
    assert "Sun 6 Dec, 12:00 to Mon 7 Dec 2026, 12:00 GMT" in page
    assert "Dora Hale" in page


def test_a_shift_says_which_version_wrote_it_and_by_whom(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.PUBLISHED)
    Draft.objects.filter(pk=draft.pk).update(base_version=0, closed_by=team.max)

    page = _page(team, _shift(team))

    assert "Version 1" in page
    assert "by Max Lund, <time" in page


def test_a_shift_leads_to_its_neighbours(team: TeamAtWork) -> None:
    before = _shift(team)
    after = _shift(team, NEXT_WEEK + 2 * WEEK)
    other = builders.make_shift(level=team.escalation, week_date=NEXT_WEEK + WEEK, holder=team.anna)
    shift = _shift(team, NEXT_WEEK + WEEK)

    page = _page(team, shift)

    for neighbour in (before, after, other):
        assert f'<a class="btn" href="/shifts/{neighbour.pk}/">' in page


def test_a_shift_that_is_not_there_is_not_found(team: TeamAtWork) -> None:
    page_of(team.anna, "/shifts/987654321987654321987/", status=404)
