"""Somebody who shadows looks on: no shift, no cover, no page, no pay, and seen everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from common.periods import Period
from common.refusals import RefusedError
from compensation.models import Entry
from compensation.operations import weeks
from rotation.models import Shift
from rotation.operations import covers
from rotation.operations.covers import Seen, WantedCover
from rotation.queries import cover_people, coverage, syncing, worked
from rotation.queries import planning as facts
from rotation.queries.board_facts import board_facts
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.compensation.rows import make_rate
from tests.rotation.pages import (
    TeamAtWork,
    actor,
    mark_published,
    page_of,
    publish,
    solved_draft,
    team_at_work,
)
from volunteers.models import Engineer, Office, Term
from volunteers.queries import served, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
SHADOWED = [NEXT_WEEK, NEXT_WEEK + WEEK]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def carla(team: TeamAtWork) -> Engineer:
    """Carla joins next week and shadows for two weeks."""
    builders.make_posting(engineer=team.carla, office=Office.objects.get())
    builders.make_term(
        team=team.rotation.team,
        engineer=team.carla,
        starts_on=NEXT_WEEK,
        shadow_weeks=2,
        accepted_by=team.anna,
    )
    return team.carla


def test_a_plan_leaves_them_out_of_the_weeks_in_which_they_shadow(
    team: TeamAtWork, carla: Engineer
) -> None:
    plan = facts.plan_for(
        rotation=team.rotation,
        policy=team.rotation.policies.get(),
        first_week_date=NEXT_WEEK,
        weeks=8,
    )

    [person] = [one for one in plan.levels[0].people if one.engineer_id == carla.pk]
    active = [NEXT_WEEK + n * WEEK for n in range(8) if person.is_active_in(NEXT_WEEK + n * WEEK)]
    assert active == [NEXT_WEEK + n * WEEK for n in range(2, 8)]


def test_a_draft_gives_them_no_week_while_they_shadow_even_when_nobody_else_is_there(
    team: TeamAtWork, carla: Engineer
) -> None:
    for volunteer in team.volunteers:
        Term.objects.filter(engineer=volunteer).update(ends_on=NEXT_WEEK)

    draft = solved_draft(team, weeks=4)

    held = {shift.week_date: shift.holder_id for shift in draft.shifts.filter(level=team.primary)}
    assert [held[day] for day in SHADOWED] == [None, None]
    assert carla.pk in held.values()


def test_publishing_asks_again_and_refuses_a_week_in_which_the_holder_came_to_shadow(
    team: TeamAtWork, carla: Engineer
) -> None:
    draft = builders.make_draft(rotation=team.rotation, weeks=1)
    builders.make_draft_shift(draft=draft, level=team.primary, week_date=NEXT_WEEK, holder=carla)

    with pytest.raises(RefusedError, match="Carla"):
        publish(team, draft)

    assert not Shift.objects.filter(holder=carla).exists()


def test_they_cannot_cover_while_they_shadow_and_can_from_their_first_week_on(
    team: TeamAtWork, carla: Engineer
) -> None:
    def can(week_date: dt.date) -> tuple[bool, str]:
        row = builders.make_shift(level=team.primary, week_date=week_date, holder=team.ben)
        shift = worked.worked_shift(shift_id=row.pk)
        part = cover_people.part_of(
            shift=shift,
            rotation=team.rotation,
            period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
            now=NOW,
        )
        found = cover_people.candidates(shift=shift, rotation=team.rotation, part=part, now=NOW)
        [one] = [each for each in found if each.engineer_id == carla.pk]
        return one.can, one.why

    assert can(SHADOWED[1]) == (False, "is in a term from Mon 14 Dec 2026, 12:00 GMT")
    assert can(NEXT_WEEK + 2 * WEEK) == (True, "")


def test_a_manager_cannot_enter_them_for_a_week_in_which_they_shadow(
    team: TeamAtWork, carla: Engineer
) -> None:
    shift = builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)
    wanted = WantedCover(
        shift_id=shift.pk, to_engineer_id=carla.pk, seen=Seen(engineer_id=team.ben.pk)
    )

    with pytest.raises(covers.CoverInvalidError, match="Carla is in a term from Mon 14 Dec 2026"):
        covers.enter_cover(wanted=wanted, actor=actor(team.anna), now=NOW)


def test_pagerduty_is_told_of_nobody_who_shadows(team: TeamAtWork, carla: Engineer) -> None:
    for week_date in SHADOWED:
        builders.make_shift(level=team.primary, week_date=week_date, holder=team.ben)
    mark_published(team.rotation, team.anna)

    levels = syncing.levels_to_sync(rotation=team.rotation, now=NOW)

    assert [set(level.names) for level in levels] == [{team.ben.pk}] * 2
    assert carla.pk not in {
        stint.person for level in levels for week in level.shifts for stint in week.stints
    }


def test_a_completed_week_pays_whoever_was_on_call_and_not_their_shadow(
    team: TeamAtWork, carla: Engineer
) -> None:
    make_rate(office=Office.objects.get(), weekly_minor=60000)
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)

    weeks.complete_weeks(actor=actor(team.anna), now=NOW + 3 * WEEK)

    assert set(Entry.objects.values_list("engineer_id", flat=True)) == {team.ben.pk}
    assert not Entry.objects.filter(engineer=carla).exists()


def test_fairness_and_limits_count_their_time_from_their_first_week_on_call(
    team: TeamAtWork, carla: Engineer
) -> None:
    [line] = [
        line
        for line in service.services_of(team_id=team.rotation.team_id)
        if line.engineer_id == carla.pk
    ]

    assert (line.joins_on, line.starts_on) == (NEXT_WEEK, NEXT_WEEK + 2 * WEEK)
    [term] = [
        term
        for term in served.served_terms(team_id=team.rotation.team_id)
        if term.engineer_id == carla.pk
    ]
    assert term.starts_on == NEXT_WEEK + 2 * WEEK


def test_a_term_left_while_shadowing_holds_no_week_on_call(
    team: TeamAtWork, carla: Engineer
) -> None:
    Term.objects.filter(engineer=carla).update(left_on=NEXT_WEEK + WEEK)

    [line] = [
        line
        for line in service.services_of(team_id=team.rotation.team_id)
        if line.engineer_id == carla.pk
    ]

    assert line.starts_on == line.ends_on == NEXT_WEEK + WEEK


def test_whoever_only_shadows_does_not_count_as_one_who_can_be_on_call(
    team: TeamAtWork, carla: Engineer
) -> None:
    with time_machine.travel(NOW + WEEK, tick=False):
        seen = board_facts(rotation=team.rotation, first=NEXT_WEEK, now=NOW + WEEK)

    assert carla.pk in {line.engineer_id for line in seen.services}
    assert coverage.size(seen, minimum=1).people == 5


# ------------------------------------------------------------------ seen
def test_the_board_and_the_list_say_whom_they_shadow(team: TeamAtWork, carla: Engineer) -> None:
    assert carla.pk
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)
    mark_published(team.rotation, team.anna)

    board = page_of(team.ben, "/rotations/core/")
    listed = page_of(team.ben, "/rotations/core/?layout=list")

    assert "shadows Ben" in board
    assert "Shadows, not paged" in board
    assert "Carla shadows Ben" in listed


def test_the_weeks_page_says_who_shadows(team: TeamAtWork, carla: Engineer) -> None:
    assert carla.pk
    with_her = builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)
    level_2 = builders.make_shift(level=team.escalation, week_date=NEXT_WEEK, holder=team.anna)
    later = builders.make_shift(level=team.primary, week_date=NEXT_WEEK + 2 * WEEK, holder=team.ben)
    mark_published(team.rotation, team.anna)

    pages = [page_of(team.ben, f"/shifts/{each.pk}/") for each in (with_her, level_2, later)]

    assert "<bdi>Carla</bdi> shadows Ben: looks on, is not paged and not paid." in pages[0]
    assert "<bdi>Carla</bdi> shadows" not in pages[1] + pages[2]


def test_their_home_says_whom_they_shadow_and_when(team: TeamAtWork, carla: Engineer) -> None:
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)
    mark_published(team.rotation, team.anna)

    page = page_of(carla, "/")

    assert "You shadow first" in page
    assert "You shadow Ben" in page
    assert "Nobody is published yet" in page
    assert "You shadow first" not in page_of(team.ben, "/")
