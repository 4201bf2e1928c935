"""Somebody applies, waits on the list, is accepted, shadows, and carries their first week."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROTATION
from tests.journeys.simulated import Simulated
from tests.journeys.test_main_job import expect_in_pagerduty, read_weeks
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
PATIENCE = 90_000
PUBLIC = "/volunteer/platform-out-of-hours/"
SHADOW_WEEKS = 2


@pytest.mark.parametrize(
    ("device", "name"),
    [(DESKTOP, "Elena Marchetti"), (PHONE, "Ruairí Walsh")],
    ids=["desktop", "phone"],
)
def test_from_the_public_page_to_the_first_shift(
    demo: RunningParts, people: Pages, device: Device, name: str
) -> None:
    newcomer = people.open(device=device)
    niamh = people.open(device=device)
    _enter(niamh, "Niamh Kelly")

    _read_the_public_page(newcomer)
    _enter(newcomer, name, already=True)
    _apply(newcomer)
    _put_on_the_list(niamh, name)
    _read_the_place(newcomer)
    _accept_as_a_shadow(niamh, name)
    _publish(niamh)
    weeks = read_weeks(niamh)

    simulated = Simulated(demo.sim_address)
    expect_in_pagerduty(simulated, weeks)
    now = dt.datetime.fromisoformat(simulated.call("GET", "/_sim/time")["now"])
    coming = [week for week in weeks if week.starts_at > now]
    carried = [number for number, week in enumerate(coming) if week.primary == name]
    assert min(carried) >= SHADOW_WEEKS
    _look_at_home(newcomer, beside=coming[0].primary)
    # The browser notes the one acceptance that was refused for want of a place.
    assert [each for each in people.problems if "409 (Conflict)" not in each] == []


def _enter(page: Page, name: str, *, already: bool = False) -> None:
    if not already:
        page.goto("/sign-in/")
    page.get_by_role("button", name=name).click()
    expect(page.locator("header .me summary")).to_contain_text(name)


def _fits(page: Page) -> None:
    assert not is_cut(page), page.url
    assert complaints(page) == [], page.url


def _read_the_public_page(page: Page) -> None:
    """Without signing in; it leads to the form."""
    page.goto(PUBLIC)
    expect(page.locator("main")).to_contain_text("Nobody has to.")
    expect(page.locator("main")).to_contain_text("€600.00")
    _fits(page)
    page.get_by_role("link", name="Sign in to apply").click()


def _apply(page: Page) -> None:
    """Typed, left, found again as it was kept, sent, and changed."""
    page.goto(f"{ROTATION}apply/")
    if page.get_by_role("button", name="Withdraw your application").count():
        page.get_by_role("button", name="Withdraw your application").click()
    expect(page.locator(".facts")).to_contain_text("Nobody has to")
    page.get_by_label("Why would you like to join?").fill("I would like to help at night.")
    expect(page.locator("#kept")).to_contain_text("only you can read it")
    page.goto("/")
    page.goto(f"{ROTATION}apply/")
    expect(page.get_by_label("Why would you like to join?")).to_have_value(
        "I would like to help at night."
    )
    page.get_by_label("Yes", exact=True).check()
    _fits(page)
    page.get_by_role("button", name=re.compile("^(Apply|Join the waiting list)$")).click()
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("What do you know of its systems?").fill("The queue, a little.")
    _fits(page)
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("main")).to_contain_text("The queue, a little.")


def _put_on_the_list(page: Page, name: str) -> None:
    page.goto("/applications/")
    _fits(page)
    page.get_by_role("button", name=f"Put on the waiting list {name}").click()
    expect(page.locator(".banner.ok")).to_contain_text("is on the waiting list")
    page.get_by_role("button", name=f"Up {name}").click()
    expect(page.locator(".banner.ok")).to_contain_text("moved up the waiting list")


def _read_the_place(page: Page) -> None:
    page.goto(f"{ROTATION}apply/")
    expect(page.locator("h1")).to_contain_text("You are on the waiting list")
    expect(page.locator("main")).to_contain_text("Moved up the waiting list")
    _fits(page)
    page.goto("/")
    expect(page.locator("main")).to_contain_text("You are next.")


def _accept_as_a_shadow(page: Page, name: str) -> None:
    page.goto("/applications/")
    card = page.locator("section.panel").filter(has=page.get_by_role("heading", name=name))
    card.get_by_label("Term, from handover to handover").select_option(index=0)
    card.get_by_label("Shadow first").select_option(str(SHADOW_WEEKS))
    card.get_by_role("button", name=f"Accept {name}").click()
    expect(page.locator("main")).to_contain_text("tick that the team may be larger")
    card.get_by_label("The team may be larger than its size").check()
    card.get_by_role("button", name=f"Accept {name}").click()
    expect(page.locator(".banner.ok")).to_contain_text(f"{name} is accepted from")


def _publish(page: Page) -> None:
    page.goto(f"{ROTATION}draft/")
    page.locator("label").filter(has_text="The fairest schedule").click()
    page.locator("main form").get_by_role("button").last.click()
    publish = page.get_by_role("button", name="Publish 26 weeks")
    expect(publish).to_be_visible(timeout=PATIENCE)
    publish.click()
    expect(page.locator(".banner.ok")).to_contain_text("Published 26 weeks")


def _look_at_home(page: Page, *, beside: str) -> None:
    page.goto("/")
    expect(page.locator("main")).to_contain_text("You shadow first")
    expect(page.locator("main")).to_contain_text(f"You shadow {beside}")
    expect(page.locator("main")).to_contain_text("Your next shift")
    _fits(page)
    page.goto(ROTATION)
    expect(page.locator("main")).to_contain_text(f"shadows {beside}")
    _fits(page)
