from __future__ import annotations

import datetime as dt
import gzip
import logging
import re
from typing import TYPE_CHECKING

import icalendar
import pytest
import time_machine
from django.conf import settings as product_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarEntry, CalendarFeed, Shift
from rotation.operations import calendar_feeds
from rotation.operations.calendar_feeds import FeedAlreadyThereError, FeedStoppedError
from rotation.queries import calendar_feeds as queries
from tests import builders
from tests.builders import NOW
from tests.rotation.calendars import (
    bytes_of,
    events_of,
    fetch,
    make_feed,
    path_of,
    secret_of,
    tell,
)
from tests.rotation.pages import TeamAtWork, actor, team_at_work
from volunteers.operations import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
FAMILY = "👩‍👩‍👧‍👦"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    shift = builders.make_shift(level=team.primary, holder=team.ben)
    tell()
    return shift


@pytest.fixture
def feed(team: TeamAtWork, shift: Shift) -> CalendarFeed:
    del shift
    return make_feed(team.ben)


# ------------------------------------------------------------------ the address
def test_a_secret_is_256_bits_and_no_two_are_alike(team: TeamAtWork) -> None:
    held = Held(rotation_id=team.rotation.pk)
    secrets = [secret_of(make_feed(one, held)) for one in team.volunteers]

    assert len(set(secrets)) == len(secrets)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)


def test_the_address_opens_without_a_session_and_only_whole(feed: CalendarFeed) -> None:
    secret = secret_of(feed)

    assert fetch(feed).status_code == 200
    for wrong in (secret[:-1], secret + "A", secret.swapcase(), "A" * 43, feed.digest, feed.nonce):
        assert Client().get(f"/calendar/{wrong}.ics").status_code == 404


def test_a_replaced_address_is_gone_at_once_and_the_new_one_answers(feed: CalendarFeed) -> None:
    old = path_of(feed)
    assert Client().get(old).status_code == 200

    new = calendar_feeds.replace_feed(feed_id=feed.pk, actor=actor(feed.engineer), now=NOW)

    assert Client().get(old).status_code == 404
    assert path_of(new) != old
    assert fetch(new).status_code == 200


def test_a_stopped_address_is_gone_at_once_for_good(feed: CalendarFeed) -> None:
    calendar_feeds.stop_feed(feed_id=feed.pk, actor=actor(feed.engineer), now=NOW)

    assert fetch(feed).status_code == 404
    with pytest.raises(FeedStoppedError):
        calendar_feeds.replace_feed(feed_id=feed.pk, actor=actor(feed.engineer), now=NOW)
    again = make_feed(feed.engineer)
    assert fetch(feed).status_code == 404
    assert fetch(again).status_code == 200


def test_the_calendar_of_a_closed_account_is_gone(feed: CalendarFeed) -> None:
    people.deactivate_engineer(engineer_id=feed.engineer_id, actor=actor(feed.engineer), now=NOW)

    answer = fetch(feed)

    assert answer.status_code == 404
    assert b"VCALENDAR" not in answer.content


def test_an_account_that_is_opened_again_does_not_bring_its_address_back(
    feed: CalendarFeed,
) -> None:
    people.deactivate_engineer(engineer_id=feed.engineer_id, actor=actor(feed.engineer), now=NOW)
    assert calendar_feeds.stop_of_closed_accounts(now=NOW) == 1
    assert calendar_feeds.stop_of_closed_accounts(now=NOW) == 0
    people.reactivate_engineer(engineer_id=feed.engineer_id, actor=actor(feed.engineer), now=NOW)

    assert fetch(feed).status_code == 404
    event = AuditEvent.objects.get(verb="stopped")
    assert (event.actor, event.concerned) == ("sweep:sweep_calendars", [feed.engineer.email])


def test_one_person_has_one_address_of_a_calendar(team: TeamAtWork, feed: CalendarFeed) -> None:
    with pytest.raises(FeedAlreadyThereError):
        make_feed(feed.engineer)
    for held in (Held(rotation_id=team.rotation.pk), Held(level_id=team.primary.pk)):
        make_feed(team.ben, held)
        make_feed(team.carla, held)
        with pytest.raises(FeedAlreadyThereError):
            make_feed(team.ben, held)


def test_nobody_stops_or_replaces_the_address_of_another(
    team: TeamAtWork, feed: CalendarFeed
) -> None:
    for change in (calendar_feeds.stop_feed, calendar_feeds.replace_feed):
        with pytest.raises(FeedStoppedError):
            change(feed_id=feed.pk, actor=actor(team.anna), now=NOW)

    assert fetch(feed).status_code == 200


def test_the_secret_is_nowhere_in_the_database(feed: CalendarFeed) -> None:
    secret = secret_of(feed)
    fetch(feed)
    calendar_feeds.keep_fetches()

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            assert secret not in repr(cursor.fetchall()), table


def test_another_key_shows_the_address_no_more_yet_it_goes_on(
    feed: CalendarFeed, settings: Settings
) -> None:
    path, old = path_of(feed), product_settings.SECRET_KEY

    settings.SECRET_KEY = old[::-1]
    assert queries.own_feed(feed).address == ""
    assert Client().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [old]
    assert queries.own_feed(feed).address.endswith(path)


def test_each_change_is_recorded_without_the_address(feed: CalendarFeed) -> None:
    new = calendar_feeds.replace_feed(feed_id=feed.pk, actor=actor(feed.engineer), now=NOW)
    calendar_feeds.stop_feed(feed_id=new.pk, actor=actor(feed.engineer), now=NOW)

    events = list(AuditEvent.objects.order_by("pk"))
    assert [event.verb for event in events] == ["made", "replaced", "stopped"]
    assert {event.area for event in events} == {"access"}
    told = repr([(event.subject, event.before, event.after) for event in events])
    assert secret_of(feed) not in told
    assert feed.nonce not in told


@pytest.mark.parametrize("logger", ["django.request", "django.server", ""])
def test_no_line_of_the_log_holds_a_secret(
    logger: str, feed: CalendarFeed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    calendar_feeds.stop_feed(feed_id=feed.pk, actor=actor(feed.engineer), now=NOW)

    assert fetch(feed).status_code == 404
    if logger:
        logging.getLogger(logger).warning("%s: %s", "Not Found", path_of(feed))

    assert "/calendar/[secret].ics" in caplog.text
    assert secret_of(feed) not in caplog.text


# ------------------------------------------------------------------ what it costs
def test_who_has_it_already_gets_304_without_the_calendar(feed: CalendarFeed) -> None:
    first = fetch(feed)

    by_tag = fetch(feed, if_none_match=first.headers["ETag"])
    by_time = fetch(feed, if_modified_since=first.headers["Last-Modified"])

    assert first.headers["Cache-Control"] == "private, no-cache"
    for answer in (by_tag, by_time):
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]


def test_a_change_gives_another_version(team: TeamAtWork, feed: CalendarFeed) -> None:
    tag = fetch(feed).headers["ETag"]
    builders.make_shift(level=team.primary, week_date=builders.THIS_WEEK, holder=team.ben)
    tell(NOW + 15 * MINUTE)

    answer = fetch(feed, if_none_match=tag)

    assert answer.status_code == 200
    assert answer.content.count(b"BEGIN:VEVENT") == 2
    assert answer.headers["ETag"] != tag


def test_what_changes_elsewhere_leaves_ones_own_calendar_as_it_is(
    team: TeamAtWork, feed: CalendarFeed
) -> None:
    tag = fetch(feed).headers["ETag"]
    builders.make_shift(level=team.primary, week_date=builders.THIS_WEEK, holder=team.volunteers[1])
    tell(NOW + 15 * MINUTE)

    assert fetch(feed, if_none_match=tag).status_code == 304


def _queries(feed: CalendarFeed, **headers: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        fetch(feed, **headers)
    return len(captured)


def test_a_poll_takes_two_queries_and_writes_nothing(team: TeamAtWork, feed: CalendarFeed) -> None:
    tag = fetch(feed).headers["ETag"]

    with CaptureQueriesContext(connection) as captured:
        fetch(feed, if_none_match=tag)

    assert len(captured) == 2
    assert all(query["sql"].startswith("SELECT") for query in captured)
    # The bytes of the whole are kept: who comes without a version pays no more.
    assert _queries(feed) == 2
    cache.clear()
    assert _queries(feed) == 3
    whole = make_feed(team.carla, Held(rotation_id=team.rotation.pk))
    assert _queries(whole) == 3
    assert _queries(whole) == 2


def test_the_bytes_are_the_same_until_something_changes(feed: CalendarFeed) -> None:
    first = bytes_of(feed)
    cache.clear()

    with time_machine.travel(NOW + dt.timedelta(days=5), tick=False):
        assert bytes_of(feed) == first


def test_it_comes_packed_to_who_can_unpack(feed: CalendarFeed) -> None:
    plain = bytes_of(feed)

    packed = fetch(feed, accept_encoding="gzip")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain
    again = fetch(feed, accept_encoding="gzip", if_none_match=packed.headers["ETag"])
    assert again.status_code == 304


def test_the_page_learns_when_it_was_last_fetched(feed: CalendarFeed) -> None:
    assert calendar_feeds.keep_fetches() == 0
    fetch(feed)

    assert calendar_feeds.keep_fetches() == 1
    assert calendar_feeds.keep_fetches() == 0

    feed.refresh_from_db()
    assert feed.fetched_at == NOW


# ------------------------------------------------------------------ what it holds
def test_alarms_ring_a_day_and_an_hour_before_in_ones_own_calendar_alone(
    team: TeamAtWork, feed: CalendarFeed
) -> None:
    others = make_feed(team.carla, Held(rotation_id=team.rotation.pk))

    (own,), (shown,) = events_of(feed), events_of(others)

    alarms = [alarm["TRIGGER"].dt for alarm in own.walk("VALARM")]
    assert alarms == [dt.timedelta(days=-1), dt.timedelta(hours=-1)]
    assert shown.walk("VALARM") == []


def test_what_was_called_off_rings_no_more(feed: CalendarFeed) -> None:
    CalendarEntry.objects.update(is_cancelled=True, sequence=1)

    (event,) = events_of(feed)

    assert event["STATUS"] == "CANCELLED"
    assert event.walk("VALARM") == []


def test_an_event_tells_the_on_call_hours_in_the_zone_of_the_rotation(
    feed: CalendarFeed, shift: Shift
) -> None:
    (event,) = events_of(feed)
    lines = str(event["DESCRIPTION"]).splitlines()

    assert event["SUMMARY"] == "On call: Core, primary"
    assert event["TRANSP"] == "TRANSPARENT"
    assert lines[:2] == ["On-call hours:", "Mon 30 Nov, 17:30 to Tue 1 Dec 2026, 09:00 GMT"]
    assert "Fri 4 Dec, 17:30 to Mon 7 Dec 2026, 09:00 GMT" in lines
    assert lines[-1] == event["URL"]
    assert lines[-1].endswith(f"/shifts/{shift.pk}/")


def test_it_holds_neither_pay_nor_days_away(team: TeamAtWork, feed: CalendarFeed) -> None:
    builders.make_absence(
        engineer=team.ben,
        starts_on=builders.NEXT_WEEK,
        ends_on=builders.NEXT_WEEK + dt.timedelta(days=2),
        note="A wedding.",
    )
    tell(NOW + 15 * MINUTE)

    text = bytes_of(feed).decode().lower()

    for word in ("wedding", "away", "eur", "€", "paid", "amount"):
        assert word not in text


def test_lines_are_folded_at_75_octets_between_whole_characters(
    team: TeamAtWork, shift: Shift
) -> None:
    name = f"Zoë {FAMILY * 10}, 名前; \\{'ü' * 20}"
    team.ben.name = name
    team.ben.save(update_fields=["name"])
    tell(NOW + 15 * MINUTE)
    feed = make_feed(team.carla, Held(level_id=shift.level_id))

    written = bytes_of(feed)

    assert written.endswith(b"END:VCALENDAR\r\n")
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut
        assert b"\n" not in line
        assert b"\r" not in line
    (event,) = events_of(feed)
    assert event["SUMMARY"] == f"{name} on call: Core, primary"


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\u2029", "\0"])
def test_no_name_adds_a_line_of_its_own(team: TeamAtWork, shift: Shift, ending: str) -> None:
    CalendarEntry.objects.update(
        name=f"Ben{ending}ATTENDEE:mailto:evil@example.com{ending}END:VEVENT".replace("\0", "\x01")
    )
    feed = make_feed(team.carla, Held(level_id=shift.level_id))

    written = bytes_of(feed)

    assert len(icalendar.Calendar.from_ical(written).walk("VEVENT")) == 1
    unfolded = re.sub(rb"\r\n[ \t]", b"", written).decode()
    assert not [line for line in unfolded.splitlines() if line.startswith("ATTENDEE")]
    assert unfolded.count("\r\n") == len(unfolded.splitlines())
    assert "SUMMARY:Ben ATTENDEE:mailto:evil@example.com END:VEVENT on call" in unfolded
