"""Somebody is away over weeks that are published: repaired, side by side, with those who must know.

The repair is proposed by itself, changes what it must, and PagerDuty and mails follow.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from portal.demo_people import PEOPLE
from tests.api.client import HttpApi
from tests.journeys.boards import WEEK, Cell, board_of, is_in_pagerduty, mails, now_of
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
PATIENCE = 90_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Away:
    """Four weeks in which somebody holds published weeks on primary."""

    name: str
    first_day: dt.date
    last_day: dt.date
    weeks: frozenset[Cell]


def test_four_weeks_away_change_the_needed_weeks_and_tell_who_must_know(
    demo: RunningParts, people: Pages
) -> None:
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(NIAMH).make_token())
    before = board_of(api)
    away = _chosen(demo, before)
    volunteer = _enter(people, away.name)
    niamh = _enter(people, "Niamh Kelly")

    _report(volunteer, away)
    draft_id = _proposed(demo, api, away)
    demo.wait_for(lambda: mails(demo, "needs a repair"))
    seen = _side_by_side(niamh, draft_id)
    on_a_phone = _seen(_enter(people, "Niamh Kelly", device=PHONE), f"/drafts/{draft_id}/")
    earlier = mails(demo, "Your weeks in")
    _publish(niamh)

    after = board_of(api)
    changed = {cell for cell, holder in after.items() if holder != before[cell]}
    assert away.weeks <= changed == seen
    assert _least_changes(api, draft_id) == len(changed)
    demo.wait_for(lambda: is_in_pagerduty(demo, after))
    demo.wait_for(lambda: set(_told(demo, earlier)) == _concerned(before, after))
    assert "No longer yours" in _told(demo, earlier)[away.name]
    assert (on_a_phone, people.problems) == ((False, []), [])


def _concerned(before: dict[Cell, str], after: dict[Cell, str]) -> set[str]:
    """Everybody who lost or got a week."""
    pairs = [(before[cell], holder) for cell, holder in after.items() if holder != before[cell]]
    return {name for pair in pairs for name in pair if name}


def _enter(people: Pages, name: str, *, device: Device = DESKTOP) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name=name).click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _seen(page: Page, path: str) -> tuple[bool, list[object]]:
    page.goto(path)
    return is_cut(page), list(complaints(page))


def _chosen(demo: RunningParts, board: dict[Cell, str]) -> Away:
    """Who of the demo's people holds the first week at least three weeks ahead, from that week."""
    people = {person.name for person in PEOPLE}
    now = now_of(demo)
    week, name = min(
        (week, holder)
        for (level, week), holder in board.items()
        if level == "primary"
        and holder in people
        and dt.date.fromisoformat(week) > (now + 3 * WEEK).date()
    )
    first = dt.date.fromisoformat(week)
    last = first + 4 * WEEK - dt.timedelta(days=1)
    return Away(
        name=name,
        first_day=first,
        last_day=last,
        weeks=frozenset(
            (level, each)
            for (level, each), holder in board.items()
            if holder == name and first <= dt.date.fromisoformat(each) <= last
        ),
    )


def _report(page: Page, away: Away) -> None:
    page.goto("/absences/")
    page.get_by_label("First day").fill(away.first_day.isoformat())
    page.get_by_label("Last day").fill(away.last_day.isoformat())
    page.get_by_role("button", name="Add these days").click()
    page.get_by_role("button", name="Add these days all the same").click()
    expect(page.locator(".banner")).to_contain_text("Rota proposes a repair to your managers")


def _proposed(demo: RunningParts, api: HttpApi, away: Away) -> int:
    """The id of the repair that is ready for a decision because of the absence."""

    def ready() -> list[int]:
        return [
            each["id"]
            for each in api.all("drafts/")
            if each["kind"] == "repair" and each["state"] == "ready" and away.name in each["cause"]
        ]

    demo.wait_for(ready, seconds=90)
    return ready()[0]


def _side_by_side(page: Page, draft_id: int) -> set[Cell]:
    """The changed weeks as the draft's page lists them, each with its old and its new holder."""
    page.goto(f"/drafts/{draft_id}/")
    links = page.locator("table.changes tbody th a")
    expect(links.first).to_be_visible()
    found: list[str] = links.evaluate_all("links => links.map(a => a.pathname)")
    return {(parts[-2], parts[-1]) for each in found if (parts := each.strip("/").split("/"))}


def _publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").last.click()
    expect(page.locator(".banner.ok")).to_contain_text("Published", timeout=PATIENCE)


def _least_changes(api: HttpApi, draft_id: int) -> int:
    """How many weeks at least change, as proven for each level."""
    levels: list[Any] = api.get(f"drafts/{draft_id}/").expect(200)["levels"]
    return sum(level["bounds"]["changes"] for level in levels)


def _told(demo: RunningParts, earlier: list[str]) -> dict[str, str]:
    """What mails about one's weeks said since then, by whom they greet."""
    texts = [text for text in mails(demo, "Your weeks in") if text not in earlier]
    return {text.split(",", 1)[0].removeprefix("Hello ").strip(): text for text in texts}
