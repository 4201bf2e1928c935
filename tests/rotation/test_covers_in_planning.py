"""What agreed covers do to the next draft: load, rest, days away, and who stays the holder."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Draft, Shift
from rotation.operations import publishing
from rotation.queries import patterns, planning
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import TeamAtWork, mark_published, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from rotation.domain.planning import PlanLevel, PlanPerson
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
COVERED = NEXT_WEEK + 3 * WEEK
DAY = dt.timedelta(days=1)


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


def _shift(team: TeamAtWork, holder: Engineer | None, week_date: dt.date = COVERED) -> Shift:
    return builders.make_shift(level=team.primary, week_date=week_date, holder=holder)


def _covered(
    team: TeamAtWork, *, by: Engineer, holder: Engineer | None, week_date: dt.date = COVERED
) -> Shift:
    shift = _shift(team, holder, week_date)
    builders.make_cover(shift=shift, from_engineer=holder, to_engineer=by)
    return shift


def _partly_covered(team: TeamAtWork, *, by: Engineer) -> Shift:
    shift = _shift(team, team.ben)
    builders.make_cover(
        shift=shift,
        from_engineer=team.ben,
        to_engineer=by,
        starts_at=shift.starts_at + 4 * DAY,
        ends_at=shift.ends_at,
    )
    return shift


def _plan(team: TeamAtWork, first: dt.date = NEXT_WEEK) -> PlanLevel:
    plan = planning.plan_for(
        rotation=team.rotation,
        policy=patterns.policy_in_force(rotation_id=team.rotation.pk, now=NOW),
        first_week_date=first,
        weeks=8,
    )
    return plan.levels[0]


def _person(level: PlanLevel, engineer: Engineer) -> PlanPerson:
    return next(each for each in level.people if each.engineer_id == engineer.pk)


def _weeks(draft: Draft, engineer: Engineer, level: str = "primary") -> list[dt.date]:
    rows = draft.shifts.filter(holder=engineer, level__name=level).order_by("week_date")
    return list(rows.values_list("week_date", flat=True))


def _holder(draft: Draft, week_date: dt.date = COVERED) -> Engineer | None:
    return draft.shifts.get(level__name="primary", week_date=week_date).holder


def _near(weeks: list[dt.date], week_date: dt.date = COVERED) -> list[dt.date]:
    """Those of the weeks within three weeks of that one, itself left out."""
    return [week for week in weeks if week != week_date and abs(week - week_date) <= 3 * WEEK]


def test_a_week_that_was_covered_wholly_counts_for_who_carried_it(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _covered(team, by=dora, holder=team.ben, week_date=NEXT_WEEK)

    level = _plan(team, NEXT_WEEK + WEEK)

    carried, relieved = _person(level, dora), _person(level, team.ben)
    assert (carried.prior_load, carried.last_week) == (100, NEXT_WEEK)
    assert (relieved.prior_load, relieved.last_week) == (0, None)


def test_a_part_of_a_week_leaves_it_with_its_holder(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _partly_covered(team, by=dora)

    level = _plan(team, COVERED + WEEK)

    assert _person(level, dora).last_week is None
    assert _person(level, team.ben).last_week == COVERED


def test_who_covers_a_whole_week_rests_around_it_and_its_holder_stays(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _covered(team, by=dora, holder=team.ben)

    draft = solved_draft(team)

    assert _holder(draft) == team.ben
    assert _near(_weeks(draft, dora)) == []
    assert draft.shifts.filter(level__name="primary", holder=None).count() == 0
    assert publish(team, draft)


def test_who_gave_a_week_away_need_not_rest_from_it(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _covered(team, by=dora, holder=team.ben)
    for other in team.volunteers[2:]:
        other.terms.update(left_on=COVERED + 2 * WEEK)

    draft = solved_draft(team, weeks=8)

    assert [week for week in _weeks(draft, team.ben) if week > COVERED]
    assert publish(team, draft)


def test_days_away_that_are_covered_do_not_stand_against_a_draft(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _covered(team, by=dora, holder=team.ben)
    builders.make_absence(engineer=team.ben, starts_on=COVERED, ends_on=COVERED + WEEK)

    draft = solved_draft(team)

    assert draft.state == Draft.State.READY
    assert _holder(draft) == team.ben
    assert publish(team, draft)


def test_days_away_that_no_cover_takes_stop_the_draft_and_are_named(team: TeamAtWork) -> None:
    shift = _partly_covered(team, by=team.volunteers[1])
    builders.make_absence(
        engineer=team.ben, starts_on=shift.week_date + DAY, ends_on=shift.week_date + 2 * DAY
    )

    draft = solved_draft(team)

    assert draft.state == Draft.State.FAILED
    assert "Ben in the week of 2026-12-21" in draft.failure


def test_days_away_inside_the_covered_part_do_not(team: TeamAtWork) -> None:
    shift = _partly_covered(team, by=team.volunteers[1])
    builders.make_absence(
        engineer=team.ben, starts_on=shift.week_date + 5 * DAY, ends_on=shift.week_date + 7 * DAY
    )

    assert solved_draft(team).state == Draft.State.READY


def test_a_cover_right_after_ones_last_week_is_no_contradiction(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _shift(team, dora, NEXT_WEEK - WEEK)
    _covered(team, by=dora, holder=team.ben, week_date=NEXT_WEEK)

    draft = solved_draft(team)

    assert draft.state == Draft.State.READY
    assert _holder(draft, NEXT_WEEK) == team.ben
    assert _near(_weeks(draft, dora), NEXT_WEEK) == []
    assert publish(team, draft)


def test_two_covers_of_one_person_within_the_rest_are_no_contradiction(team: TeamAtWork) -> None:
    ben, dora, eve, *_others = team.volunteers
    _covered(team, by=dora, holder=ben)
    _covered(team, by=dora, holder=eve, week_date=COVERED + 2 * WEEK)

    draft = solved_draft(team)

    assert draft.state == Draft.State.READY
    assert (_holder(draft), _holder(draft, COVERED + 2 * WEEK)) == (ben, eve)
    assert _near(_weeks(draft, dora)) == []
    assert publish(team, draft)


def test_two_who_swap_weeks_near_each_other_keep_them(team: TeamAtWork) -> None:
    ben, dora, *_others = team.volunteers
    _covered(team, by=dora, holder=ben)
    _covered(team, by=ben, holder=dora, week_date=COVERED + 2 * WEEK)

    draft = solved_draft(team)

    assert draft.state == Draft.State.READY
    assert (_holder(draft), _holder(draft, COVERED + 2 * WEEK)) == (ben, dora)
    assert publish(team, draft)


def test_a_manager_who_covers_primary_has_no_level_2_in_that_week(team: TeamAtWork) -> None:
    _covered(team, by=team.anna, holder=team.ben)

    draft = solved_draft(team)

    assert COVERED not in _weeks(draft, team.anna, "escalation")
    assert COVERED in _weeks(draft, team.max, "escalation")
    assert publish(team, draft)


def test_a_gap_that_is_covered_wholly_becomes_the_week_of_who_covers_it(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _covered(team, by=dora, holder=None)

    draft = solved_draft(team)

    assert _holder(draft) == dora
    assert _near(_weeks(draft, dora)) == []


def test_who_left_but_is_relieved_of_a_week_stays_its_holder(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    _covered(team, by=dora, holder=team.ben)
    team.ben.terms.update(left_on=COVERED)

    draft = solved_draft(team)

    assert draft.state == Draft.State.READY
    assert _holder(draft) == team.ben
    assert publish(team, draft)


def test_a_cover_agreed_after_solving_that_leaves_too_little_rest_stops_publication(
    team: TeamAtWork,
) -> None:
    dora = team.volunteers[1]
    shift = _shift(team, team.ben)
    draft = solved_draft(team)
    draft.shifts.filter(level__name="primary").exclude(week_date=COVERED).update(holder=None)
    draft.shifts.filter(level__name="primary", week_date=COVERED).update(holder=team.ben)
    draft.shifts.filter(level__name="primary", week_date=COVERED + WEEK).update(holder=dora)
    builders.make_cover(shift=shift, from_engineer=team.ben, to_engineer=dora)

    with pytest.raises(publishing.DraftOutdatedError) as raised:
        publish(team, draft)

    assert "Dora Hale would have 0 clear weeks after the week of Mon 21 Dec" in str(raised.value)
