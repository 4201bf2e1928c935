"""Answers to a request that meet at the same moment, on the engine of this run."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from common.periods import intersection
from common.refusals import RefusedError
from compensation.domain import keys
from compensation.models import Entry
from compensation.operations import weeks
from outbox.models import Message
from rotation.models import Cover, CoverAsk, Shift, SyncRun
from rotation.operations import cover_answers, cover_requests, cover_sweeps, covers, publishing
from rotation.operations.cover_requests import Asking
from rotation.queries import worked
from tests import builders
from tests.builders import NOW, WEEK
from tests.compensation.rows import make_rate
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import TeamAtWork, actor, team_at_work
from volunteers.models import Office

if TYPE_CHECKING:
    from collections.abc import Callable

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def _asked(team: TeamAtWork, shift: Shift) -> Cover:
    asking = Asking(shift_id=shift.pk)
    return cover_requests.request_cover(asking=asking, actor=actor(team.ben), now=NOW)


def _take(cover: Cover, who: Engineer, now: dt.datetime = NOW) -> Callable[[], Cover]:
    return functools.partial(
        cover_answers.take_cover, cover_id=cover.pk, engineer_id=who.pk, actor=actor(who), now=now
    )


def _stints(shift: Shift) -> list[int | None]:
    return [each.person for each in worked.worked_shift(shift_id=shift.pk).stints]


def test_of_two_who_take_it_one_has_it_and_the_other_reads_who() -> None:
    team = team_at_work()
    _ben, dora, eve, *_others = team.volunteers

    for number in range(ROUNDS):
        shift = builders.make_shift(
            level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
        )
        cover = _asked(team, shift)
        raised = at_once(_take(cover, dora), _take(cover, eve))

        cover = Cover.objects.select_related("to_engineer").get(pk=cover.pk)
        assert [type(error) for error in raised] == [covers.CoverMovedOnError]
        assert cover.to_engineer is not None
        assert str(raised[0]).startswith(f"{cover.to_engineer.name} took it a moment ago")
        assert _stints(shift) == [cover.to_engineer_id]
        taken = Message.objects.filter(subject__startswith="You carry", to=cover.to_engineer.email)
        assert taken.count() >= 1
    assert Message.objects.filter(subject__startswith="You carry").count() == ROUNDS


def test_of_a_yes_and_a_withdrawal_one_holds() -> None:
    team = team_at_work()
    dora = team.volunteers[1]

    for number in range(ROUNDS):
        shift = builders.make_shift(
            level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
        )
        cover = _asked(team, shift)
        withdraw = functools.partial(
            cover_requests.withdraw_request, cover_id=cover.pk, actor=actor(team.ben), now=NOW
        )
        raised = at_once(_take(cover, dora), withdraw)

        cover.refresh_from_db()
        assert [type(error) for error in raised] == [covers.CoverMovedOnError]
        is_taken = cover.state == Cover.State.ACCEPTED
        assert _stints(shift) == [dora.pk if is_taken else team.ben.pk]
        assert cover.state in {Cover.State.ACCEPTED, Cover.State.WITHDRAWN}


def test_of_a_yes_and_a_publication_that_moves_the_week_one_holds() -> None:
    team = team_at_work()
    ben, dora, eve, *_others = team.volunteers
    shift = builders.make_shift(level=team.primary, holder=ben)

    for _round in range(ROUNDS):
        CoverAsk.objects.all().delete()
        Cover.objects.all().delete()
        Shift.objects.update(holder=ben)
        shift.refresh_from_db()
        cover = _asked(team, shift)
        team.rotation.refresh_from_db()
        draft = builders.make_draft(rotation=team.rotation, weeks=1)
        builders.make_draft_shift(
            draft=draft, level=team.primary, week_date=builders.NEXT_WEEK, holder=eve
        )
        raised = at_once(
            _take(cover, dora),
            lambda draft=draft: publishing.publish_draft(  # type: ignore[misc]
                draft_id=draft.pk,
                escalation_gaps_confirmed=True,
                actor=actor(team.anna),
                now=NOW,
            ),
        )

        cover.refresh_from_db()
        shift.refresh_from_db()
        is_taken = cover.state == Cover.State.ACCEPTED
        assert [type(error) for error in raised] == [
            publishing.DraftOutdatedError if is_taken else covers.CoverMovedOnError
        ]
        assert shift.holder == (ben if is_taken else eve)
        assert is_taken or cover.state == Cover.State.WITHDRAWN


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_yes_at_the_last_second_counts_wholly_or_not_at_all(seconds: int) -> None:
    team = team_at_work()
    make_rate(office=Office.objects.get(), weekly_minor=60000)
    dora = team.volunteers[1]
    shift = builders.make_shift(level=team.primary, holder=team.ben)
    # The handover lies in office hours; here the last second is on call.
    Shift.objects.update(day_windows=[[shift.starts_at.isoformat(), shift.ends_at.isoformat()]])
    asking = Asking(shift_id=shift.pk, is_urgent=True)
    cover = cover_requests.request_cover(asking=asking, actor=actor(team.ben), now=NOW)
    at = shift.ends_at + dt.timedelta(seconds=seconds)

    raised = at_once(_take(cover, dora, at), _complete(max(at, shift.ends_at)))
    _complete(max(at, shift.ends_at))()  # a sweep leaves a shift that somebody holds to the next

    cover.refresh_from_db()
    is_taken = cover.state == Cover.State.ACCEPTED
    assert [isinstance(error, RefusedError) for error in raised] == ([] if is_taken else [True])
    assert not is_taken or seconds < 0
    assert SyncRun.objects.exists() == is_taken
    assert _stints(shift) == ([team.ben.pk, dora.pk] if is_taken else [team.ben.pk])
    assert _paid(shift) == _carried(shift)


def _complete(now: dt.datetime) -> Callable[[], object]:
    return functools.partial(weeks.complete_weeks, actor=Actor.sweep("sweep_weeks"), now=now)


def _paid(shift: Shift) -> dict[int, int]:
    """Seconds in the ledger by person."""
    return dict(
        Entry.objects.filter(shift=shift, kind=keys.BASE).values_list("engineer", "seconds")
    )


def _carried(shift: Shift) -> dict[int | None, int]:
    """On-call seconds of the stints by person."""
    found = worked.worked_shift(shift_id=shift.pk)
    return {
        each.person: sum(period.seconds for period in intersection(found.windows, [each.period]))
        for each in found.stints
    }


def test_two_sweeps_end_a_request_once() -> None:
    team = team_at_work()
    shift = builders.make_shift(level=team.primary, holder=team.ben)
    cover = _asked(team, shift)
    end = functools.partial(cover_sweeps.settle_request, cover_id=cover.pk, now=shift.starts_at)

    assert at_once(end, end) == []

    told = Message.objects.filter(kind="cover_expired", to=team.ben.email)
    assert told.count() == 1
