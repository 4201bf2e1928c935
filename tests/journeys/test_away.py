"""Somebody is away over a published week: cover is asked of those days and taken from the mail.

PagerDuty shows it, and once the week is over each is paid for the time carried.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from common import clock
from tests.api.client import HttpApi
from tests.journeys.boards import now_of
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH
from tests.journeys.simulated import Simulated
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    import pathlib

    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
GRACE = "grace.murphy@rota.example"
SLUG = "platform-out-of-hours"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Week:
    """A published week that one person carries, and the Saturday on which they are away."""

    shift_id: int
    holder: str
    email: str
    day: dt.date
    ends_at: dt.datetime


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_a_day_away_in_a_published_week_ends_as_cover_that_is_paged_and_paid(
    demo: RunningParts, people: Pages, device: Device
) -> None:
    week = _week(demo)
    holder = _enter(people, week.holder, device)

    since = clock.real_now().timestamp()
    seen = [*_add_day(holder, week), *_ask(holder, week)]
    request = _request(demo, week)
    taker: dict[str, Any] = request["asks"][0]["engineer"]
    address = _email(demo, taker["id"])
    demo.wait_for(lambda: _link(demo, address, since))
    _take(people.open(device=device), _link(demo, address, since), taker["name"])
    demo.wait_for(lambda: _shown(demo, request) == [taker["name"]])
    grace = _api(demo, GRACE)
    after = week.ends_at + dt.timedelta(hours=2)
    demo.set_clock((after - clock.real_now()).total_seconds())
    demo.wait_for(lambda: _paid(grace, taker["name"], week) and _paid(grace, week.holder, week))

    hours = [(_instant(request["starts_at"]), _instant(request["ends_at"]))]
    assert _paid(grace, taker["name"], week) == hours
    assert all(
        end <= hours[0][0] or start >= hours[0][1] for start, end in _paid(grace, week.holder, week)
    )
    assert seen == [(False, [])] * 3
    assert people.problems == []


def _week(demo: RunningParts) -> Week:
    now = now_of(demo)
    # Those whom the demo's page of sign-in offers.
    known = Visitor(demo.address).get("/sign-in/").text
    api = _api(demo, NIAMH)
    shifts: list[Any] = api.get(f"rotations/{SLUG}/shifts/").expect(200)["shifts"]
    shift = next(
        each
        for each in shifts
        if each["level"] == "primary"
        and each["holder"]
        and each["holder"]["name"] in known
        and len(each["stints"]) == 1
        and _instant(each["starts_at"]) > now + dt.timedelta(hours=2)
        and not api.all(f"shifts/{each['id']}/cover-requests/")
    )
    return Week(
        shift_id=shift["id"],
        holder=shift["holder"]["name"],
        email=_email(demo, shift["holder"]["id"]),
        day=dt.date.fromisoformat(shift["week_date"]) + dt.timedelta(days=5),
        ends_at=_instant(shift["ends_at"]),
    )


def _enter(people: Pages, name: str, device: Device) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name=name).click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _add_day(page: Page, week: Week) -> list[tuple[bool, list[object]]]:
    """The day is entered; what the page says before and after it is saved."""
    page.goto("/absences/")
    page.get_by_label("First day").fill(week.day.isoformat())
    page.get_by_label("Last day").fill(week.day.isoformat())
    page.get_by_role("button", name="Add these days").click()
    expect(page.locator("#means")).to_contain_text("Not saved yet: you hold 1 published week")
    before = _seen(page)
    page.get_by_role("button", name="Add these days all the same").click()
    expect(page.locator(".banner.warn").first).to_contain_text("You still hold the week")
    return [before, _seen(page)]


def _ask(page: Page, week: Week) -> list[tuple[bool, list[object]]]:
    """Cover is asked of the best of those who can take just that day."""
    name = re.compile(rf"^Ask for cover\s*:.* Sat {week.day.day} ")
    page.get_by_role("link", name=name).click()
    expect(page.locator("#id_part_part")).to_be_checked()
    expect(page.locator("main")).to_contain_text("1 day, of which 24 h on call")
    found = _seen(page)
    page.locator("#id_asked label").first.click()
    page.get_by_role("button", name="Ask for cover").click()
    expect(page.locator(".banner.ok").first).to_contain_text("1 person is asked by mail")
    return [found]


def _take(page: Page, link: str, name: str) -> None:
    """Whoever has the mail takes it, without signing in."""
    page.goto(link)
    page.get_by_role("button", name="Take this cover").click()
    expect(page.locator("h1")).to_have_text(f"{name} has it")


def _request(demo: RunningParts, week: Week) -> dict[str, Any]:
    listed: list[dict[str, Any]] = _api(demo, week.email).all(
        f"shifts/{week.shift_id}/cover-requests/"
    )
    return listed[-1]


def _paid(grace: HttpApi, name: str, week: Week) -> list[tuple[dt.datetime, dt.datetime]]:
    """The times of the week for which that person has entries, in order, as finance reads them."""
    entries = [
        each
        for each in grace.all("entries/", scope="all")
        if each["shift"] == week.shift_id and each["engineer"]["name"] == name
    ]
    return sorted((_instant(one["segment_start"]), _instant(one["segment_end"])) for one in entries)


def _api(demo: RunningParts, address: str) -> HttpApi:
    return HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(address).make_token())


def _email(demo: RunningParts, engineer_id: int) -> str:
    return str(_api(demo, NIAMH).get(f"people/{engineer_id}/").expect(200)["email"])


def _link(demo: RunningParts, address: str, since: float) -> str:
    """The path of the newest link that asks that person since then, empty before it is there."""
    folder: pathlib.Path = demo.options.data / "mail"
    found = ""
    for path in sorted(folder.glob("*"), key=lambda each: each.stat().st_mtime):
        for part in path.read_bytes().split(b"-" * 79 + b"\n"):
            message = email.message_from_bytes(part, policy=email.policy.default)
            body = message.get_body(preferencelist=("plain",))
            link = re.search(r"/covers/by-mail/\S+", body.get_content() if body else "")
            if link is not None and message["To"] == address and path.stat().st_mtime > since:
                found = link[0]
    return found


def _shown(demo: RunningParts, request: dict[str, Any]) -> list[str]:
    """Whom PagerDuty's final schedule names in that time."""
    simulated = Simulated(demo.sim_address)
    refs = {each["name"].split(": ")[-1]: each["id"] for each in simulated.schedules()}
    start, end = (
        f"{_instant(request[name]).astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        for name in ("starts_at", "ends_at")
    )
    found = simulated.final(refs["primary"], start, end)
    return [name for name, _start, _end in sorted(found, key=lambda entry: entry[1])]


def _seen(page: Page) -> tuple[bool, list[object]]:
    return is_cut(page), list(complaints(page))


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
