from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation import tasks
from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarEntry, CalendarState, Shift
from rotation.operations import calendars, covers
from rotation.operations.covers import WantedCover
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.calendars import events_of, make_feed, tell, times, titles
from tests.rotation.pages import TeamAtWork, actor, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from rotation.models import CalendarFeed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    return builders.make_shift(level=team.primary, holder=team.ben)


@pytest.fixture
def bens(team: TeamAtWork) -> CalendarFeed:
    return make_feed(team.ben)


def _cover(
    team: TeamAtWork, shift: Shift, first: dt.datetime | None, last: dt.datetime | None
) -> int:
    """Dora takes that time, agreed as managers do it."""
    wanted = WantedCover(
        shift_id=shift.pk,
        to_engineer_id=team.volunteers[1].pk,
        starts_at=first,
        ends_at=last,
    )
    return covers.enter_cover(wanted=wanted, actor=actor(team.anna), now=NOW).pk


def test_a_published_draft_stands_in_everybodys_calendar(team: TeamAtWork) -> None:
    publish(team, solved_draft(team, weeks=8))
    feeds = [make_feed(one) for one in (*team.volunteers, team.anna, team.max)]
    tell()

    held = Shift.objects.exclude(holder=None)
    assert held.count() == 16
    assert sum(len(events_of(feed)) for feed in feeds) == 16
    for feed in feeds:
        for event in events_of(feed):
            shift = held.get(holder=feed.engineer, starts_at=event["DTSTART"].dt)
            assert event["DTEND"].dt == shift.ends_at
            assert event["STATUS"] == "CONFIRMED"


def test_past_weeks_of_the_term_stay_in_the_calendar(team: TeamAtWork, bens: CalendarFeed) -> None:
    for number in range(4):
        builders.make_shift(
            level=team.primary, week_date=THIS_WEEK - 10 * number * WEEK, holder=team.ben
        )
    tell()

    assert len(events_of(bens)) == 4


def test_a_cover_parts_the_week_between_the_two(
    team: TeamAtWork, shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    first, last = shift.starts_at + 2 * DAY, shift.starts_at + 3 * DAY

    _cover(team, shift, first, last)
    tell(LATER)

    assert [times(event) for event in events_of(bens)] == [
        (shift.starts_at, first),
        (last, shift.ends_at),
    ]
    doras = events_of(make_feed(team.volunteers[1]))
    assert [times(event) for event in doras] == [(first, last)]
    assert "You cover for Ben." in str(doras[0]["DESCRIPTION"])


def test_what_somebody_gives_away_is_called_off_and_kept(
    team: TeamAtWork, shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    before = events_of(bens)[0]

    _cover(team, shift, None, None)
    tell(LATER)
    after = events_of(bens)[0]

    assert after["STATUS"] == "CANCELLED"
    assert after["SUMMARY"] == "Cancelled: On call: Core, primary"
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt == after["DTSTAMP"].dt == LATER
    assert before["DTSTAMP"].dt == after["CREATED"].dt == NOW


def test_a_cover_that_is_undone_brings_the_same_event_back(
    team: TeamAtWork, shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    uid = events_of(bens)[0]["UID"]
    cover_id = _cover(team, shift, None, None)
    tell(LATER)
    covers.undo_cover(cover_id=cover_id, actor=actor(team.anna), now=NOW)

    tell(LATER)
    (event,) = events_of(bens)

    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (uid, "CONFIRMED", 2)
    (doras,) = events_of(make_feed(team.volunteers[1]))
    assert doras["STATUS"] == "CANCELLED"


def test_an_event_keeps_its_name_while_its_time_changes(
    team: TeamAtWork, shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    uid = events_of(bens)[0]["UID"]
    assert uid == f"core.primary.{NEXT_WEEK}.{team.ben.pk}.on-call.1@127.0.0.1"

    _cover(team, shift, shift.ends_at - DAY, None)
    tell(LATER)
    (event,) = events_of(bens)

    assert event["UID"] == uid
    assert event["DTEND"].dt == shift.ends_at - DAY
    assert event["SEQUENCE"] == 1


def test_another_draft_moves_weeks_and_calls_the_old_ones_off(
    team: TeamAtWork, shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    Shift.objects.filter(pk=shift.pk).update(holder=team.volunteers[2], version=2)
    calendars.note_changed(rotation_id=team.rotation.pk, now=LATER)

    tell(LATER)

    assert [event["STATUS"] for event in events_of(bens)] == ["CANCELLED"]
    assert titles(make_feed(team.volunteers[2])) == ["On call: Core, primary"]


def test_publishing_and_covers_say_by_themselves_that_events_are_due(
    team: TeamAtWork, shift: Shift
) -> None:
    tell()
    state = CalendarState.objects.get()
    assert state.told == state.wanted

    _cover(team, shift, None, None)

    state.refresh_from_db()
    assert state.told < state.wanted
    tell()
    state.refresh_from_db()
    assert state.told == state.wanted


def test_nothing_is_written_while_nothing_changes(team: TeamAtWork, shift: Shift) -> None:
    builders.make_shift(level=team.escalation, holder=team.anna)
    assert tell() == 2
    before = list(CalendarEntry.objects.order_by("pk").values())

    for hours in range(1, 5):
        assert tell(NOW + dt.timedelta(hours=hours)) == 0

    assert list(CalendarEntry.objects.order_by("pk").values()) == before
    assert shift.calendar_entries.get().sequence == 0


def test_what_nobody_noted_is_found_a_quarter_of_an_hour_later(
    shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    Shift.objects.filter(pk=shift.pk).update(holder=None)

    assert tell(NOW + dt.timedelta(minutes=14)) == 0
    assert tell(NOW + dt.timedelta(minutes=15)) == 2

    assert [event["STATUS"] for event in events_of(bens)] == ["CANCELLED"]


def test_a_sweep_that_did_not_run_for_weeks_misses_nothing(
    team: TeamAtWork, bens: CalendarFeed
) -> None:
    shift = builders.make_shift(level=team.primary, week_date=THIS_WEEK, holder=team.ben)
    tell()
    builders.make_cover(shift=shift, from_engineer=team.ben, to_engineer=team.volunteers[1])

    tell(NOW + 6 * WEEK)

    assert [event["STATUS"] for event in events_of(bens)] == ["CANCELLED"]


def test_two_workers_at_once_tell_it_once(team: TeamAtWork, shift: Shift) -> None:
    tell()
    _cover(team, shift, None, None)
    stale = CalendarState.objects.select_related("rotation").get()
    tell(LATER)

    with pytest.raises(calendars._MovedOnError):
        calendars._tell(stale, LATER)


def test_a_new_name_is_told_in_every_calendar_that_shows_it(team: TeamAtWork, shift: Shift) -> None:
    feed = make_feed(team.carla, Held(rotation_id=team.rotation.pk))
    tell()
    team.ben.name = "Benedict"
    team.ben.save(update_fields=["name"])

    tell(LATER)
    (event,) = events_of(feed)

    assert event["SUMMARY"] == "Benedict on call: Core, primary"
    assert event["SEQUENCE"] == 1
    assert shift.calendar_entries.get().name == "Benedict"


def test_a_rotations_calendar_shows_everybody_and_the_gaps(team: TeamAtWork) -> None:
    builders.make_shift(level=team.primary, holder=team.ben)
    builders.make_shift(level=team.escalation, holder=team.anna)
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK + WEEK)
    both = make_feed(team.carla, Held(rotation_id=team.rotation.pk))
    level2 = make_feed(team.carla, Held(level_id=team.escalation.pk))
    tell()

    assert sorted(titles(both)) == [
        "Anna on call: Core, level 2",
        "Ben on call: Core, primary",
        "Nobody on call: Core, primary",
    ]
    assert titles(level2) == ["Anna on call: Core, level 2"]


def test_a_gap_that_is_filled_is_called_off(team: TeamAtWork) -> None:
    shift = builders.make_shift(level=team.primary)
    feed = make_feed(team.carla, Held(level_id=team.primary.pk))
    tell()
    _cover(team, shift, None, None)

    tell(LATER)

    assert sorted(titles(feed)) == [
        "Cancelled: Nobody on call: Core, primary",
        "Dora Hale on call: Core, primary",
    ]


def test_a_cancelled_week_is_nobodys_and_no_gap(team: TeamAtWork, shift: Shift) -> None:
    feed = make_feed(team.carla, Held(level_id=team.primary.pk))
    tell()
    Shift.objects.filter(pk=shift.pk).update(cancelled_at=shift.starts_at - DAY)

    tell(LATER)

    assert [event["STATUS"] for event in events_of(feed)] == ["CANCELLED"]


def test_what_was_called_off_leaves_three_months_after_its_time(
    team: TeamAtWork, shift: Shift, bens: CalendarFeed
) -> None:
    tell()
    _cover(team, shift, None, None)
    tell(LATER)
    assert len(events_of(bens)) == 1

    with time_machine.travel(shift.ends_at + 125 * DAY, tick=False):
        assert events_of(bens) == []


def test_a_shadow_sees_beside_whom_they_go_and_nobody_else_sees_them(team: TeamAtWork) -> None:
    term = builders.make_term(team=team.rotation.team, engineer=team.carla, starts_on=NEXT_WEEK)
    term.shadow_weeks = 2
    term.save(update_fields=["shadow_weeks"])
    for number in range(3):
        week_date = NEXT_WEEK + number * WEEK
        builders.make_shift(level=team.primary, week_date=week_date, holder=team.ben)
        builders.make_shift(level=team.escalation, week_date=week_date, holder=team.anna)
    carlas = make_feed(team.carla)
    whole = make_feed(team.carla, Held(rotation_id=team.rotation.pk))
    tell()

    events = events_of(carlas)

    assert titles(carlas) == ["Shadow Ben: Core, primary"] * 2
    assert "PagerDuty does not page you" in str(events[0]["DESCRIPTION"])
    assert all(event.walk("VALARM") == [] for event in events)
    assert len(titles(whole)) == 6
    assert not any("Shadow" in title for title in titles(whole))


def test_a_shadow_follows_the_cover(team: TeamAtWork, shift: Shift) -> None:
    term = builders.make_term(team=team.rotation.team, engineer=team.carla, starts_on=NEXT_WEEK)
    term.shadow_weeks = 1
    term.save(update_fields=["shadow_weeks"])
    carlas = make_feed(team.carla)
    tell()
    before = events_of(carlas)[0]["UID"]
    _cover(team, shift, None, None)

    tell(LATER)
    (event,) = events_of(carlas)

    assert event["SUMMARY"] == "Shadow Dora Hale: Core, primary"
    assert (event["UID"], event["SEQUENCE"]) == (before, 1)


def test_readiness_says_how_long_a_change_waits_to_be_told(
    team: TeamAtWork, shift: Shift, client: Client
) -> None:
    def waits() -> object:
        return client.get("/readyz").json()["waiting"]["oldest"]["calendar"]

    tell()
    assert waits() is None
    _cover(team, shift, None, None)

    with time_machine.travel(NOW + dt.timedelta(minutes=5), tick=False):
        assert waits() == 300


def test_a_rotation_whose_weeks_cannot_be_read_does_not_hold_up_the_others(
    team: TeamAtWork, shift: Shift
) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    builders.make_shift(level=builders.level_of(other), holder=team.ben)
    Shift.objects.filter(pk=shift.pk).update(day_windows=[["no time", "at all"]])

    tasks.sweep_calendars()

    assert [entry.level.rotation for entry in CalendarEntry.objects.all()] == [other]
    untold = CalendarState.objects.get(looked_at=None)
    assert untold.rotation == team.rotation
