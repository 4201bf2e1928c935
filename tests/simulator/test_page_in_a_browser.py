from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.services.browser import DESKTOP, PHONE, Device, Pages, Theme, complaints, is_cut
from tests.simulator.documents import (
    ANNA,
    BEN,
    CARLA,
    OUT_OF_HOURS,
    created,
    layer,
    override,
    team_on_call,
    triggered,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.simulator.running import RunningSimulator


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("device", [DESKTOP, PHONE])
def test_pages_are_clean_in_every_size_and_light(
    simulator: RunningSimulator, browser: Browser, device: Device, theme: Theme
) -> None:
    weeks = layer(ANNA, BEN, start="2026-12-01T09:00:00Z", restrictions=OUT_OF_HOURS)
    made = created(simulator, weeks)
    created(simulator, layer(CARLA), name="Rota level 2 " + "of a very long name" * 8)
    item = override(CARLA, "2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z")
    simulator.call("POST", f"/schedules/{made['id']}/overrides", {"overrides": [item]})
    team = team_on_call(simulator)
    triggered(simulator, team["service"], title="A title of many words " * 10)
    pages = Pages(browser, base_url=simulator.base_url)
    page = pages.open(device=device, theme=theme)

    found = []
    for path in ("/", f"/_sim/schedules/{made['id']}"):
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        found += [*complaints(page), *(["too wide"] if is_cut(page) else [])]
    page.goto("/")
    page.get_by_role("link", name="Rota primary").first.click()
    expect(page).to_have_title("Rota primary – PagerDuty simulator")
    pages.close()

    assert found == []
    assert pages.problems == []


def test_an_incident_and_an_override_are_made_by_hand_without_a_script(
    simulator: RunningSimulator, browser: Browser
) -> None:
    made = team_on_call(simulator)
    pages = Pages(browser, base_url=simulator.base_url)
    page = pages.open(device=DESKTOP, theme=Theme.LIGHT)

    page.goto("/")
    page.get_by_text("Trigger an incident").click()
    page.get_by_label("Title").fill("Checkout is down")
    page.get_by_role("button", name="Trigger it").click()
    expect(page.get_by_role("status")).to_have_text("The incident is open.")
    page.get_by_role("button", name="Acknowledge incident #1").click()
    expect(page.get_by_role("row", name="Checkout is down")).to_contain_text("acknowledged")
    page.goto(f"/_sim/schedules/{made['schedule']}")
    page.get_by_text("Add an override").click()
    page.get_by_label("Person", exact=True).select_option("Carla Outside")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status")).to_have_text("The override is added.")
    expect(page.get_by_role("button", name="Remove the override of Carla")).to_be_visible()
    pages.close()

    assert pages.problems == []
