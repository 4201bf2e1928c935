"""A manager enters a part cover for somebody: PagerDuty shows it, and no more once it is undone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
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

pytestmark = pytest.mark.database
DUBLIN = zoneinfo.ZoneInfo("Europe/Dublin")
SLUG = "platform-out-of-hours"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Weekend:
    """From Saturday noon to Sunday noon of a published week: whose it is, who can take it."""

    shift_id: int
    holder: str
    taker: str
    starts_at: dt.datetime
    ends_at: dt.datetime


def test_a_cover_is_in_pagerduty_until_it_is_undone(demo: RunningParts, people: Pages) -> None:
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(NIAMH).make_token())
    weekend = _weekend(demo, api)
    niamh = _enter(people)

    _enter_cover(niamh, weekend)
    demo.wait_for(lambda: _shown(demo, weekend) == [weekend.taker])
    around = _shown(demo, weekend, margin=dt.timedelta(hours=1))
    _undo(niamh, weekend)
    demo.wait_for(lambda: _shown(demo, weekend) == [weekend.holder])

    covers = api.all(f"shifts/{weekend.shift_id}/covers/")
    assert around == [weekend.holder, weekend.taker, weekend.holder]
    assert [each["state"] for each in covers] == ["undone"]
    assert people.problems == []


def test_on_a_phone_the_pages_of_a_cover_are_whole_and_read_well(
    demo: RunningParts, people: Pages
) -> None:
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(NIAMH).make_token())
    weekend = _weekend(demo, api, weeks_ahead=5)
    niamh = _enter(people, device=PHONE)

    found = [_seen(niamh, f"/shifts/{weekend.shift_id}/cover/enter/")]
    _enter_cover(niamh, weekend)
    found.append(_seen(niamh, f"/shifts/{weekend.shift_id}/"))
    niamh.get_by_role("link", name="Undo").click()
    found.append(_seen(niamh, niamh.url))

    assert found == [(False, [])] * 3


def _enter(people: Pages, *, device: Device = DESKTOP) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Niamh Kelly").click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _weekend(demo: RunningParts, api: HttpApi, *, weeks_ahead: int = 2) -> Weekend:
    time = Simulated(demo.sim_address).call("GET", "/_sim/time")
    now = dt.datetime.fromisoformat(time["now"])
    shifts: list[Any] = api.get(f"rotations/{SLUG}/shifts/").expect(200)["shifts"]
    earliest = now + weeks_ahead * dt.timedelta(weeks=1)
    shift = next(
        each
        for each in shifts
        if each["level"] == "primary"
        and each["holder"]
        and len(each["stints"]) == 1
        and dt.datetime.fromisoformat(each["starts_at"]) > earliest
    )
    saturday = dt.date.fromisoformat(shift["week_date"]) + dt.timedelta(days=5)
    starts_at, ends_at = (
        dt.datetime.combine(day, dt.time(12), DUBLIN)
        for day in (saturday, saturday + dt.timedelta(days=1))
    )
    candidates = api.get(
        f"shifts/{shift['id']}/cover-candidates/",
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    ).expect(200)["candidates"]
    return Weekend(
        shift_id=shift["id"],
        holder=shift["holder"]["name"],
        taker=candidates[0]["engineer"]["name"],
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _enter_cover(page: Page, weekend: Weekend) -> None:
    page.goto(f"/shifts/{weekend.shift_id}/")
    page.get_by_role("link", name="Enter a cover").click()
    page.get_by_label("Part of it").check()
    page.get_by_label("From, day").select_option(weekend.starts_at.date().isoformat())
    page.get_by_label("From, time, 24 hours").fill("12:00")
    page.get_by_label("To, day").select_option(weekend.ends_at.date().isoformat())
    page.get_by_label("To, time, 24 hours").fill("12:00")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("main")).to_contain_text("1 day, of which 24 h on call")
    page.locator("#id_to_engineer label").filter(has_text=weekend.taker).click()
    page.get_by_role("button", name="Enter the cover").click()
    expect(page.locator(".banner.ok")).to_contain_text(weekend.taker)


def _undo(page: Page, weekend: Weekend) -> None:
    page.goto(f"/shifts/{weekend.shift_id}/")
    page.get_by_role("link", name="Undo").click()
    expect(page.locator("main")).to_contain_text(f"{weekend.holder} carries it again")
    page.get_by_role("button", name="Undo the cover").click()
    expect(page.locator(".banner.ok")).to_contain_text("The cover is undone.")


def _seen(page: Page, path: str) -> tuple[bool, list[object]]:
    page.goto(path)
    return is_cut(page), list(complaints(page))


def _shown(
    demo: RunningParts, weekend: Weekend, *, margin: dt.timedelta = dt.timedelta(0)
) -> list[str]:
    """Whom PagerDuty's final schedule names from then to then, in order of time."""
    simulated = Simulated(demo.sim_address)
    refs = {each["name"].split(": ")[-1]: each["id"] for each in simulated.schedules()}
    found = simulated.final(
        refs["primary"], _z(weekend.starts_at - margin), _z(weekend.ends_at + margin)
    )
    return [name for name, _start, _end in sorted(found, key=lambda entry: entry[1])]


def _z(instant: dt.datetime) -> str:
    return f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
