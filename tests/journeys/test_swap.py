"""A swap agreed as a whole, and a shift handed over now: PagerDuty shows who is on call."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.api.client import HttpApi
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH
from tests.journeys.simulated import Simulated
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
SLUG = "platform-out-of-hours"
MAYA = "Maya Okafor"


def test_a_swap_and_a_shift_handed_over_now_are_in_pagerduty(
    demo: RunningParts, people: Pages
) -> None:
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(NIAMH).make_token())
    _desktop, maya = [_see_swap(people, device) for device in (DESKTOP, PHONE)]
    maya.get_by_role("button", name="Agree to the swap").click()
    expect(maya.locator("h1")).to_have_text("The swap is agreed")
    swap = api.get(f"swap-offers/{maya.url.rstrip('/').rpartition('/')[2]}/").expect(200)
    for half in (swap["asked"], swap["returned"]):
        demo.wait_for(lambda half=half: _shown(demo, half) == [half["to_engineer"]["name"]])  # type: ignore[misc]

    running, cover = _hand_over(demo, api, people)
    demo.wait_for(lambda: cover["to_engineer"]["name"] in _shown(demo, running))
    assert people.problems == []


def _hand_over(demo: RunningParts, api: HttpApi, people: Pages) -> tuple[Any, Any]:
    """A manager asks the team for whoever is on call, and the first who can takes over."""
    found = Simulated(demo.sim_address).call("GET", "/_sim/time")
    now = dt.datetime.fromisoformat(found["now"])
    shifts: list[Any] = api.get(f"rotations/{SLUG}/shifts/").expect(200)["shifts"]
    running = next(each for each in shifts if each["level"] == "primary" and _runs(each, now))
    _phone, page = [_see_take_over(people, running, device) for device in (PHONE, DESKTOP)]
    page.get_by_role("button", name="Ask the team to take over").click()
    expect(page.locator(".banner.ok")).to_contain_text("asked by mail now")
    number = page.url.rstrip("/").rpartition("/")[2]
    asked = api.get(f"covers/{number}/").expect(200)
    first = asked["asks"][0]["engineer"]["id"]
    taken = api.post(f"covers/{number}/take/", engineer=first).expect(200)
    return running, taken


def _see_swap(people: Pages, device: Device) -> Page:
    page = _enter(people, MAYA, device)
    page.get_by_role("link", name="See both weeks").click()
    assert (is_cut(page), list(complaints(page))) == (False, [])
    return page


def _see_take_over(people: Pages, running: Any, device: Device) -> Page:
    page = _enter(people, "Niamh Kelly", device)
    page.goto(f"/shifts/{running['id']}/")
    page.get_by_role("link", name="Ask the team to take over now").click()
    assert (is_cut(page), list(complaints(page))) == (False, [])
    return page


def _runs(shift: Any, now: dt.datetime) -> bool:
    starts_at, ends_at = (
        dt.datetime.fromisoformat(shift[name]) for name in ("starts_at", "ends_at")
    )
    return starts_at <= now < ends_at


def _enter(people: Pages, name: str, device: Device) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name=name).first.click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _shown(demo: RunningParts, half: Any) -> list[str]:
    """Whom the final schedule names in that time, each once."""
    simulated = Simulated(demo.sim_address)
    refs = {each["name"].split(": ")[-1]: each["id"] for each in simulated.schedules()}
    level = "primary" if half["level"] == "primary" else "level 2"
    found = simulated.final(refs[level], half["starts_at"], half["ends_at"])
    return sorted({name for name, _start, _end in found})
