"""Covers that meet other decisions at the same moment, on the engine of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, Draft, Shift, SyncRun
from rotation.operations import covers, publishing
from rotation.operations.covers import Seen, WantedCover
from rotation.queries import worked
from tests import builders
from tests.builders import NOW, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import TeamAtWork, actor, team_at_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def _enter(team: TeamAtWork, shift: Shift, to: Engineer) -> Callable[[], Cover]:
    wanted = WantedCover(
        shift_id=shift.pk, to_engineer_id=to.pk, seen=Seen(engineer_id=shift.holder_id)
    )
    return lambda: covers.enter_cover(wanted=wanted, actor=actor(team.anna), now=NOW)


def test_of_two_covers_of_one_time_one_wins_and_the_other_names_the_winner() -> None:
    team = team_at_work()
    _ben, dora, eve, *_others = team.volunteers

    for number in range(ROUNDS):
        shift = builders.make_shift(
            level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
        )
        raised = at_once(_enter(team, shift, dora), _enter(team, shift, eve))

        cover = Cover.objects.select_related("to_engineer").get(shift=shift)
        assert [type(error) for error in raised] == [covers.CoverTakenError]
        assert cover.to_engineer is not None
        assert cover.to_engineer.name in str(raised[0])
        assert [each.person for each in worked.worked_shift(shift_id=shift.pk).stints] == [
            cover.to_engineer_id
        ]
    assert SyncRun.objects.count() == 1


def test_nobody_takes_two_weeks_of_one_time_at_once() -> None:
    team = team_at_work()
    dora = team.volunteers[1]

    for number in range(ROUNDS):
        week_date = builders.NEXT_WEEK + number * WEEK
        shifts = [
            builders.make_shift(level=team.primary, week_date=week_date, holder=team.ben),
            builders.make_shift(level=team.escalation, week_date=week_date, holder=team.max),
        ]
        raised = at_once(*[_enter(team, shift, dora) for shift in shifts])

        assert [type(error) for error in raised] == [covers.CoverInvalidError]
        assert Cover.objects.filter(shift__in=shifts).count() == 1


def _draft_of(team: TeamAtWork, holder: Engineer) -> Draft:
    """A draft of one week that somebody else is to carry."""
    team.rotation.refresh_from_db()
    draft = builders.make_draft(rotation=team.rotation, weeks=1)
    builders.make_draft_shift(
        draft=draft, level=team.primary, week_date=builders.NEXT_WEEK, holder=holder
    )
    return draft


def test_of_a_cover_and_a_publication_that_moves_its_week_one_wins() -> None:
    team = team_at_work()
    ben, dora, eve, *_others = team.volunteers
    shift = builders.make_shift(level=team.primary, holder=ben)

    for _round in range(ROUNDS):
        Cover.objects.all().delete()
        Shift.objects.update(holder=ben)
        shift.refresh_from_db()
        draft = _draft_of(team, dora)
        raised = at_once(
            _enter(team, shift, eve),
            lambda draft=draft: publishing.publish_draft(  # type: ignore[misc]
                draft_id=draft.pk,
                escalation_gaps_confirmed=True,
                actor=actor(team.anna),
                now=NOW,
            ),
        )

        shift.refresh_from_db()
        covered = Cover.objects.exists()
        assert [type(error) for error in raised] == [
            publishing.DraftOutdatedError if covered else covers.CoverTakenError
        ]
        assert shift.holder == (ben if covered else dora)
