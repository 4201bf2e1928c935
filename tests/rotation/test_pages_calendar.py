from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from rotation.domain.calendar_feeds import Held
from rotation.models import CalendarFeed
from rotation.operations import calendar_feeds
from tests import builders
from tests.builders import NOW
from tests.rotation.calendars import fetch, make_feed, path_of
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    mark_published,
    page_of,
    queries_of,
    signed_in,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _send(engineer: Engineer, path: str, **fields: str) -> HttpResponse:
    answer: HttpResponse = signed_in(engineer).post(path, fields)  # type: ignore[assignment]
    return answer


def _address(page: str) -> str:
    found: list[str] = re.findall(r'value="(http[^"]+/calendar/[^"]+\.ics)"', page)
    return html.unescape(found[0])


def test_who_has_no_address_is_offered_one(team: TeamAtWork) -> None:
    page = page_of(team.ben, "/calendar/")

    assert heading(page) == "You have no address yet"
    assert "Make the address" in page
    assert ".ics" not in page


def test_the_address_is_made_shown_and_answers(team: TeamAtWork) -> None:
    sent = _send(team.ben, "/calendar/", calendar="mine")
    page = page_of(team.ben, "/calendar/")

    assert (sent.status_code, sent.headers["Location"]) == (302, "/calendar/")
    assert heading(page) == "Your shifts in your calendar"
    address = _address(page)
    assert address.startswith("http://127.0.0.1:")
    assert Client().get(address.partition("/calendar/")[1] + address.rpartition("/")[2]).content
    assert f'href="webcal{address.removeprefix("http")}"' in page
    assert "Not fetched yet" in page
    assert 'readonly autocomplete="off"' in page


def test_the_same_address_is_shown_whenever_the_page_is_opened(team: TeamAtWork) -> None:
    make_feed(team.ben)

    assert _address(page_of(team.ben, "/calendar/")) == _address(page_of(team.ben, "/calendar/"))


def test_the_page_is_kept_nowhere_and_is_ones_own(team: TeamAtWork) -> None:
    path = path_of(make_feed(team.ben))

    answer = signed_in(team.ben).get("/calendar/")

    assert "no-store" in answer.headers["Cache-Control"]
    assert path in answer.content.decode()
    for other in (team.anna, team.carla):
        assert path not in page_of(other, "/calendar/")


def test_the_code_for_a_camera_holds_the_address_without_a_style_or_a_script(
    team: TeamAtWork,
) -> None:
    make_feed(team.ben)

    page = page_of(team.ben, "/calendar/")
    drawn = re.findall(r'<svg[^>]*class="qr".*?</svg>', page)

    assert len(drawn) == 1
    assert "style" not in drawn[0]
    assert "script" not in drawn[0]
    assert 'viewBox="0 0 ' in drawn[0]


def test_it_says_when_a_program_last_asked(team: TeamAtWork) -> None:
    builders.make_posting(engineer=team.carla, office=builders.make_office(name="Cork"))
    feed = make_feed(team.carla)
    fetch(feed)
    calendar_feeds.keep_fetches()

    assert "Last fetched" in page_of(team.carla, "/calendar/")
    assert "Wed 25 Nov, 10:00 GMT" in page_of(team.carla, "/calendar/")


def test_replacing_shows_another_address_and_ends_the_old_one(team: TeamAtWork) -> None:
    feed = make_feed(team.ben)
    old = _address(page_of(team.ben, "/calendar/"))

    _send(team.ben, f"/calendar/{feed.pk}/replace/")
    page = page_of(team.ben, "/calendar/")

    assert _address(page) != old
    assert fetch(feed).status_code == 404


def test_stopping_ends_it(team: TeamAtWork) -> None:
    feed = make_feed(team.ben)

    _send(team.ben, f"/calendar/{feed.pk}/stop/")

    assert heading(page_of(team.ben, "/calendar/")) == "You have no address yet"
    assert fetch(feed).status_code == 404


def test_a_second_click_finds_it_made_and_says_so(team: TeamAtWork) -> None:
    make_feed(team.ben)

    answer = _send(team.ben, "/calendar/", calendar="mine")

    assert answer.status_code == 409
    assert "You have an address of this calendar already" in answer.content.decode()
    assert CalendarFeed.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "title"),
    [("core", "<bdi>Core</bdi>"), ("core/escalation", "<bdi>Core</bdi>, level 2")],
)
def test_everybody_subscribes_to_a_teams_calendar(value: str, title: str, team: TeamAtWork) -> None:
    sent = _send(team.carla, "/calendar/", calendar=value)

    assert sent.status_code == 302
    assert title in page_of(team.carla, "/calendar/")


@pytest.mark.parametrize("value", ["", "nothing", "core/third", "core/", "/primary", "9" * 400])
def test_a_calendar_that_is_not_offered_is_refused_beside_the_field(
    value: str, team: TeamAtWork
) -> None:
    answer = _send(team.carla, "/calendar/", calendar=value)

    assert answer.status_code == 422
    assert "hoose a calendar" in answer.content.decode() or "Choose one" in answer.content.decode()
    assert not CalendarFeed.objects.exists()


def test_nobody_has_more_than_twenty(team: TeamAtWork) -> None:
    for number in range(20):
        rotation = builders.make_rotation(team=builders.make_team(name=f"Team {number}"))
        make_feed(team.ben, Held(rotation_id=rotation.pk))

    answer = _send(team.ben, "/calendar/", calendar="mine")

    assert answer.status_code == 409
    assert "Stop one that you do not use." in answer.content.decode()


def test_a_lost_key_is_said_and_the_address_can_be_replaced(team: TeamAtWork) -> None:
    feed = make_feed(team.ben)
    client = signed_in(team.ben)
    CalendarFeed.objects.filter(pk=feed.pk).update(nonce="of another key")

    page = client.get("/calendar/").content.decode()

    assert "made with a key that the server has no more" in page
    assert ".ics" not in page
    client.post(f"/calendar/{feed.pk}/replace/")
    assert ".ics" in client.get("/calendar/").content.decode()


def test_home_and_the_board_lead_there(team: TeamAtWork) -> None:
    mark_published(team.rotation, team.anna)
    builders.make_shift(level=team.primary, holder=team.ben)

    assert 'href="/calendar/"' in page_of(team.ben, "/")
    assert 'href="/calendar/?rotation=core#team"' in page_of(team.ben, "/rotations/core/")
    chosen = page_of(team.carla, "/calendar/?rotation=core")
    assert '<option value="core" selected>' in chosen


def test_the_page_takes_no_more_queries_with_more_addresses(team: TeamAtWork) -> None:
    make_feed(team.ben)
    few = queries_of(team.ben, "/calendar/")
    for number in range(10):
        rotation = builders.make_rotation(team=builders.make_team(name=f"Team {number}"))
        make_feed(team.ben, Held(rotation_id=rotation.pk))

    assert queries_of(team.ben, "/calendar/") == few
