"""A human changes PagerDuty by hand: a manager adopts the one, and has the other put back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.api.client import HttpApi
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH, ROTATION
from tests.journeys.simulated import Simulated
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
DRIFT = "rotations/platform-out-of-hours/drift/"
DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Swap:
    """A day of a published week, and who can take it."""

    shift_id: int
    holder: str
    taker: str
    starts_at: dt.datetime


def test_a_swap_made_in_pagerduty_is_adopted_without_a_write(
    demo: RunningParts, people: Pages
) -> None:
    api, sim, niamh = _api(demo), Simulated(demo.sim_address), _enter(people)
    swap = _swap(demo, api, weeks_ahead=2)
    _override(sim, swap)
    _look(demo, api, niamh)
    writes = sim.writes()

    niamh.goto(ROTATION)
    marked = niamh.locator(".board .sh.drift").all_inner_texts()
    niamh.get_by_role("link", name="See and decide").click()
    niamh.get_by_role("button", name="Adopt theirs as a cover").click()
    demo.wait_for(lambda: _is_settled(api))
    _look(demo, api, niamh)

    assert len(marked) == 1
    assert "≠" in marked[0]
    assert _carriers(api, swap) == [swap.holder, swap.taker, swap.holder]
    assert sim.writes() == writes
    assert _choices(api)[0] == []
    assert _choices(api)[1][0] == "adopt"
    assert people.problems == []


def test_a_swap_that_nobody_wants_is_put_back(demo: RunningParts, people: Pages) -> None:
    api, sim, niamh = _api(demo), Simulated(demo.sim_address), _enter(people)
    swap = _swap(demo, api, weeks_ahead=4)
    _override(sim, swap)
    _look(demo, api, niamh)
    writes = sim.writes()

    phone = _enter(people, device=PHONE)
    phone.goto(f"{ROTATION}pagerduty/")
    expect(phone.get_by_role("button", name="Leave and tell me")).to_be_visible()
    on_a_phone = (is_cut(phone), complaints(phone))
    niamh.goto(f"{ROTATION}pagerduty/")
    niamh.get_by_role("button", name="Put ours back").click()
    demo.wait_for(lambda: _is_settled(api))
    _look(demo, api, niamh)

    assert _carriers(api, swap) == [swap.holder]
    assert [each.split()[0] for each in sim.writes()[len(writes) :]] == ["DELETE"]
    assert _choices(api)[0] == []
    assert _choices(api)[1][0] == "restore"
    assert on_a_phone == (False, [])
    assert people.problems == []


def _api(demo: RunningParts) -> HttpApi:
    token = Visitor(demo.address).sign_in(NIAMH).make_token()
    return HttpApi(base_url=demo.address, token=token)


def _carriers(api: HttpApi, swap: Swap) -> list[str]:
    """Who carries the week, one after the other."""
    stints = api.get(f"shifts/{swap.shift_id}/").expect(200)["stints"]
    return [each["engineer"]["name"] for each in stints]


def _choices(api: HttpApi) -> tuple[list[str], list[str]]:
    """What was chosen for the differences that are open, and for those that are over."""
    found = api.get(DRIFT).expect(200)
    return [each["choice"] for each in found["open"]], [each["choice"] for each in found["over"]]


def _enter(people: Pages, *, device: Device = DESKTOP) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Niamh Kelly").click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _look(demo: RunningParts, api: HttpApi, page: Page) -> None:
    """Ask for a comparison on the page, and wait until it was made."""
    before = api.get(DRIFT).expect(200)["checked_at"]
    page.goto(f"{ROTATION}pagerduty/")
    page.get_by_role("button", name="Look now").click()
    demo.wait_for(lambda: api.get(DRIFT).expect(200)["checked_at"] != before)


def _is_settled(api: HttpApi) -> bool:
    runs: list[Any] = api.all("rotations/platform-out-of-hours/sync-runs/")
    return bool(runs[0]["state"] == "done")


def _swap(demo: RunningParts, api: HttpApi, *, weeks_ahead: int) -> Swap:
    time = Simulated(demo.sim_address).call("GET", "/_sim/time")
    earliest = dt.datetime.fromisoformat(time["now"]) + weeks_ahead * dt.timedelta(weeks=1)
    shifts: list[Any] = api.get("rotations/platform-out-of-hours/shifts/").expect(200)["shifts"]
    shift = next(
        each
        for each in shifts
        if each["level"] == "primary"
        and each["holder"]
        and len(each["stints"]) == 1
        and dt.datetime.fromisoformat(each["starts_at"]) > earliest
    )
    starts_at = dt.datetime.fromisoformat(shift["starts_at"]) + 2 * DAY
    candidates = api.get(
        f"shifts/{shift['id']}/cover-candidates/",
        starts_at=starts_at.isoformat(),
        ends_at=(starts_at + DAY).isoformat(),
    ).expect(200)["candidates"]
    return Swap(
        shift_id=shift["id"],
        holder=shift["holder"]["name"],
        taker=candidates[0]["engineer"]["name"],
        starts_at=starts_at,
    )


def _override(sim: Simulated, swap: Swap) -> None:
    """What a human does in PagerDuty."""
    users = sim.call("GET", "/users?limit=100")["users"]
    user_ref = next(each["id"] for each in users if each["name"] == swap.taker)
    ref = next(each["id"] for each in sim.schedules() if each["name"].endswith(": primary"))
    item = {
        "start": swap.starts_at.isoformat(),
        "end": (swap.starts_at + DAY).isoformat(),
        "user": {"id": user_ref, "type": "user_reference"},
    }
    sim.call("POST", f"/schedules/{ref}/overrides", {"overrides": [item]})
