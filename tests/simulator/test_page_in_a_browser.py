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
    pages = Pages(browser, base_url=simulator.base_url)
    page = pages.open(device=device, theme=theme)

    found = []
    for path in ("/", f"/_sim/schedules/{made['id']}"):
        page.goto(path)
        found += [*complaints(page), *(["too wide"] if is_cut(page) else [])]
    page.goto("/")
    page.get_by_role("link", name="Rota primary").first.click()
    expect(page).to_have_title("Rota primary – PagerDuty simulator")
    pages.close()

    assert found == []
    assert pages.problems == []
