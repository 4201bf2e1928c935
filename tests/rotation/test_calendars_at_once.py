"""Calendars that are told, and addresses that are changed, at the same moment."""

from __future__ import annotations

from functools import partial

import pytest

from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarEntry, CalendarFeed, CalendarState, Cover, Shift
from rotation.operations import calendar_feeds, calendars, covers, publishing
from rotation.operations.calendar_feeds import FeedAlreadyThereError, FeedStoppedError
from rotation.operations.covers import WantedCover
from rotation.queries import worked
from tests import builders
from tests.builders import NOW, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.calendars import make_feed, tell
from tests.rotation.pages import TeamAtWork, actor, solved_draft, team_at_work

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def _cover(team: TeamAtWork, shift: Shift) -> Cover:
    wanted = WantedCover(shift_id=shift.pk, to_engineer_id=team.volunteers[1].pk)
    return covers.enter_cover(wanted=wanted, actor=actor(team.anna), now=NOW)


def _assert_true() -> None:
    """The events that are not called off are exactly the stints of every shift."""
    live = CalendarEntry.objects.filter(is_cancelled=False)
    told = sorted(live.values_list("shift_id", "engineer_id", "starts_at", "ends_at"))
    stints = [
        (shift.shift_id, stint.person, stint.period.starts_at, stint.period.ends_at)
        for shift in worked.worked_shifts(shifts=Shift.objects.all())
        for stint in shift.stints
    ]
    assert told == sorted(stints)


def test_two_workers_tell_each_change_once() -> None:
    team = team_at_work()
    shifts = [
        builders.make_shift(
            level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
        )
        for number in range(ROUNDS)
    ]
    tell()

    for shift in shifts[::2]:
        _cover(team, shift)
        one = partial(calendars.tell_rotation, rotation_id=team.rotation.pk, now=NOW)
        assert at_once(one, one) == []

    tell()
    _assert_true()
    given_away = CalendarEntry.objects.filter(engineer=team.ben, is_cancelled=True)
    assert set(given_away.values_list("sequence", flat=True)) == {1}
    assert given_away.count() == len(shifts[::2])


def test_a_cover_that_is_agreed_while_the_calendar_is_told_comes_next() -> None:
    team = team_at_work()
    shifts = [
        builders.make_shift(
            level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
        )
        for number in range(ROUNDS)
    ]
    calendars.watch_rotations(now=NOW)

    for shift in shifts[::2]:
        told = partial(calendars.tell_rotation, rotation_id=team.rotation.pk, now=NOW)
        assert at_once(partial(_cover, team, shift), told) == []

    state = CalendarState.objects.get()
    assert state.told <= state.wanted
    tell()
    _assert_true()


def test_a_publication_and_the_telling_do_not_stand_in_each_others_way() -> None:
    team = team_at_work()
    for number in range(4):
        builders.make_shift(
            level=team.primary, week_date=builders.NEXT_WEEK + number * WEEK, holder=team.ben
        )
    draft = solved_draft(team, weeks=6)
    calendars.watch_rotations(now=NOW)
    publish = partial(
        publishing.publish_draft,
        draft_id=draft.pk,
        escalation_gaps_confirmed=True,
        actor=actor(team.anna),
        now=NOW,
    )

    raised = at_once(
        publish, partial(calendars.tell_rotation, rotation_id=team.rotation.pk, now=NOW)
    )

    assert raised == []
    tell()
    _assert_true()


def test_of_two_clicks_one_makes_the_address() -> None:
    team = team_at_work()

    for held in (Held(), Held(rotation_id=team.rotation.pk), Held(level_id=team.primary.pk)):
        raised = at_once(partial(make_feed, team.ben, held), partial(make_feed, team.ben, held))

        assert [type(error) for error in raised] == [FeedAlreadyThereError]
    assert CalendarFeed.objects.count() == 3


def test_of_two_replacements_one_is_made() -> None:
    team = team_at_work()
    feed = make_feed(team.ben)
    replace = partial(calendar_feeds.replace_feed, feed_id=feed.pk, actor=actor(team.ben), now=NOW)

    raised = at_once(replace, replace)

    assert [type(error) for error in raised] == [FeedStoppedError]
    assert CalendarFeed.objects.filter(revoked_at__isnull=True).count() == 1
