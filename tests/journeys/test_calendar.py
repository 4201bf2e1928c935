"""Somebody subscribes to their shifts; a cover moves them there, and the address can be ended."""

from __future__ import annotations

import datetime as dt
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
from playwright.sync_api import expect

from tests.api.client import HttpApi
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH
from tests.rotation.test_calendar_programs import Khal
from tests.services.browser import DESKTOP, PHONE, Theme, complaints, is_cut

if TYPE_CHECKING:
    import pathlib

    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
SLUG = "platform-out-of-hours"
FEEDS = "me/calendar-feeds/"
TIMEOUT_SECONDS = 30
NONE_YET = "You have no address yet"


def _fetch(address: str, tag: str = "") -> tuple[int, bytes, str]:
    """What a calendar program gets, which has neither session nor token: status, bytes, version."""
    request = urllib.request.Request(address)  # noqa: S310 - our own server
    if tag:
        request.add_header("If-None-Match", tag)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, answer.read(), answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers.get("ETag", "")


def _events(address: str) -> dict[str, Any]:
    parsed = icalendar.Calendar.from_ical(_fetch(address)[1])
    return {str(event["UID"]): event for event in parsed.walk("VEVENT")}


def test_a_cover_reaches_the_calendars_of_those_it_concerns(
    demo: RunningParts, tmp_path: pathlib.Path
) -> None:
    niamh = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(NIAMH).make_token())
    address = niamh.post(FEEDS, rotation=SLUG, level="primary").expect(201)["address"]
    demo.wait_for(lambda: bool(_events(address)))
    shift, taker = _coverable(niamh)
    uid, before = next(
        (uid, event)
        for uid, event in _events(address).items()
        if event["DTSTART"].dt == dt.datetime.fromisoformat(shift["starts_at"])
    )
    tag = _fetch(address)[2]
    assert _fetch(address, tag)[:2] == (304, b"")

    cover = niamh.post(f"shifts/{shift['id']}/covers/", to_engineer=taker["id"]).expect(201)
    demo.wait_for(lambda: _events(address)[uid]["STATUS"] == "CANCELLED")
    covered = _events(address)
    niamh.post(f"covers/{cover['id']}/undo/").expect(200)
    demo.wait_for(lambda: _events(address)[uid]["STATUS"] == "CONFIRMED")

    assert _fetch(address, tag)[0] == 200
    after = _events(address)[uid]
    assert [event["SEQUENCE"] for event in (before, covered[uid], after)] == [0, 1, 2]
    assert [
        str(event["SUMMARY"]).partition(" on call")[0]
        for event in covered.values()
        if event["DTSTART"] == before["DTSTART"] and event["STATUS"] == "CONFIRMED"
    ] == [taker["name"]]
    khal = Khal(tmp_path / "khal", "Europe/Dublin")
    assert khal.take(_fetch(address)[1]) == ""


def _coverable(api: HttpApi) -> tuple[dict[str, Any], dict[str, Any]]:
    """A coming week of one person on primary, and somebody who can take it."""
    shifts: list[Any] = api.get(f"rotations/{SLUG}/shifts/").expect(200)["shifts"]
    for shift in shifts[2:]:
        if shift["level"] != "primary" or not shift["holder"] or len(shift["stints"]) > 1:
            continue
        asked = api.get(f"shifts/{shift['id']}/cover-candidates/")
        able = [one for one in asked.body["candidates"] if one["can"]] if asked.body else []
        if able:
            return shift, able[0]["engineer"]
    raise AssertionError("nobody can take any week")


@pytest.mark.parametrize(
    ("device", "theme", "script"),
    [(DESKTOP, Theme.LIGHT, True), (DESKTOP, Theme.DARK, True), (PHONE, Theme.DARK, False)],
)
def test_the_page_makes_replaces_and_ends_an_address(
    device: Device, theme: Theme, *, script: bool, demo: RunningParts, people: Pages
) -> None:
    page = people.open(device=device, theme=theme, script=script)
    _subscribe(page, script=script)
    first = _address(page)
    demo.wait_for(lambda: b"On call: Platform out of hours" in _fetch(first)[1])

    page.get_by_role("button", name="Replace").click()
    expect(page.locator(".banner.ok")).to_contain_text("Replaced")
    second = _address(page)
    replaced = (_fetch(first)[0], _fetch(second)[0])
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("h1")).to_have_text(NONE_YET)

    assert (replaced, _fetch(second)[0]) == ((404, 200), 404)
    assert people.problems == []
    # Nothing that was printed knows an address.
    secrets = [one.rpartition("/")[2].removesuffix(".ics") for one in (first, second)]
    assert not [line for line in demo.log() for secret in secrets if secret in line]
    assert [line for line in demo.log("web") if "/calendar/[secret].ics" in line]


def _subscribe(page: Page, *, script: bool) -> None:
    """From the door by home to an address, on pages that are whole and read well."""
    page.goto("/sign-in/")
    page.get_by_role("button", name="Aoife Brennan").click()
    page.get_by_role("link", name="Subscribe").click()
    expect(page.locator("h1")).to_have_text(NONE_YET)
    assert _seen(page, script=script) == (False, [])
    page.get_by_role("button", name="Make the address").click()
    expect(page.locator("h1")).to_have_text("Your shifts in your calendar")
    page.locator("summary", has_text="camera").click()
    expect(page.locator("svg.qr")).to_be_visible()
    opened = page.get_by_role("link", name="Open in calendar").get_attribute("href")
    assert opened == _address(page).replace("http://", "webcal://")
    assert _seen(page, script=script) == (False, [])


def _address(page: Page) -> str:
    return page.get_by_role("textbox", name="Calendar address").input_value()


def _seen(page: Page, *, script: bool) -> tuple[bool, list[object]]:
    # Without scripts axe cannot run either.
    return is_cut(page), list(complaints(page)) if script else []
