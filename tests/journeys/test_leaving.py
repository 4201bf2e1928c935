"""Somebody leaves early from a phone: a repair is proposed, published, and PagerDuty follows."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from portal.demo_people import ENGINEERS, PEOPLE
from tests.api.client import HttpApi
from tests.journeys.boards import WEEK, Cell, board_of, is_in_pagerduty, mails, now_of
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH
from tests.journeys.simulated import Simulated
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.one_engine
PATIENCE = 90_000
DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Leaver:
    """Who leaves at which handover, and the published weeks that they held after it."""

    name: str
    email: str
    left_on: dt.date
    weeks: frozenset[Cell]


def test_who_leaves_early_is_out_of_the_schedule_and_of_pagerduty(
    demo: RunningParts, people: Pages
) -> None:
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(NIAMH).make_token())
    before = board_of(api)
    leaver = _chosen(demo, before)
    phone = _enter(people, leaver.name, device=PHONE)

    seen = _leave(phone, leaver)
    draft_id = _proposed(demo, api, leaver)
    demo.wait_for(lambda: not _entries_after(demo, leaver))
    niamh = _enter(people, "Niamh Kelly")
    found = _look_at(niamh, _enter(people, "Niamh Kelly", device=PHONE), leaver)
    _publish(niamh, draft_id)

    after = board_of(api)
    assert seen == len(leaver.weeks)
    _check(before, after, leaver)
    demo.wait_for(lambda: is_in_pagerduty(demo, after))
    assert not _entries_after(demo, leaver)
    told = mails(demo, f"{leaver.name} leaves ")
    assert told
    assert all("Nobody has to give a reason for leaving." in mail for mail in told)
    assert (found, people.problems) == ([], [])


def _check(before: dict[Cell, str], after: dict[Cell, str], leaver: Leaver) -> None:
    """Weeks before the last handover stay with the leaver, later ones go to others."""
    theirs = {cell for cell, who in after.items() if who == leaver.name}
    assert not [cell for cell in theirs if _is_after(cell, leaver)]
    assert all(after[cell] for cell in leaver.weeks if cell[0] == "primary")
    assert {cell for cell, who in before.items() if who == leaver.name} - leaver.weeks <= theirs


def _chosen(demo: RunningParts, board: dict[Cell, str]) -> Leaver:
    """Who of the demo's engineers holds the first primary week from the third on, from there on."""
    people = {person.name: person.email for person in PEOPLE if person.role == ENGINEERS}
    soon = (now_of(demo) + 3 * WEEK).date()
    week, name = min(
        (week, holder)
        for (level, week), holder in board.items()
        if level == "primary" and holder in people and dt.date.fromisoformat(week) > soon
    )
    left_on = dt.date.fromisoformat(week)
    return Leaver(
        name=name,
        email=people[name],
        left_on=left_on,
        weeks=frozenset(
            cell
            for cell, holder in board.items()
            if holder == name and dt.date.fromisoformat(cell[1]) >= left_on
        ),
    )


def _enter(people: Pages, name: str, *, device: Device = DESKTOP) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name=name).click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _leave(page: Page, leaver: Leaver) -> int:
    """From home, on a day that is no handover; how many weeks the page said become open."""
    page.get_by_role("link", name="Leave early").click()
    assert _faults(page) == []
    page.get_by_label("The first day without on-call").fill((leaver.left_on - 3 * DAY).isoformat())
    page.get_by_role("button", name="See what it means").click()
    expect(page.locator("h1")).to_contain_text("You leave on")
    expect(page.get_by_text("You chose")).to_be_visible()
    assert _faults(page) == []
    weeks = page.locator("section", has=page.locator("#w")).locator("ul.items li").count()
    page.get_by_role("button", name="Leave on").click()
    expect(page.locator(".banner.ok")).to_contain_text("The managers are told")
    expect(page.get_by_role("button", name="Stay after all")).to_be_visible()
    assert _faults(page) == []
    return weeks


def _faults(page: Page) -> list[object]:
    return [*complaints(page), *(["it is cut"] if is_cut(page) else [])]


def _proposed(demo: RunningParts, api: HttpApi, leaver: Leaver) -> int:
    """The id of the repair that is ready for a decision because somebody leaves."""

    def ready() -> list[int]:
        drafts: list[Any] = api.all("drafts/")
        return [
            each["id"]
            for each in drafts
            if each["kind"] == "repair"
            and each["state"] == "ready"
            and leaver.name in each["cause"]
        ]

    demo.wait_for(ready, seconds=90)
    return ready()[0]


def _look_at(page: Page, phone: Page, leaver: Leaver) -> list[object]:
    """What is wrong with the leaver's page as a manager sees it, on a desktop and on a phone."""
    found = []
    for each in (page, phone):
        each.goto("/people/")
        each.get_by_role("link", name=leaver.name).first.click()
        each.get_by_role("link", name="See its end").click()
        expect(each.locator("h1")).to_contain_text(f"{leaver.name} leaves on")
        found += _faults(each)
    return found


def _publish(page: Page, draft_id: int) -> None:
    page.goto(f"/drafts/{draft_id}/")
    page.get_by_role("button", name="Publish").last.click()
    expect(page.locator(".banner.ok")).to_contain_text("Published", timeout=PATIENCE)


def _is_after(cell: Cell, leaver: Leaver) -> bool:
    return dt.date.fromisoformat(cell[1]) >= leaver.left_on


def _entries_after(demo: RunningParts, leaver: Leaver) -> list[tuple[str, str, str]]:
    """What PagerDuty still shows of the leaver from the evening of the last handover on."""
    simulated = Simulated(demo.sim_address)
    since = f"{leaver.left_on.isoformat()}T18:00:00Z"
    until = f"{(leaver.left_on + 40 * WEEK).isoformat()}T00:00:00Z"
    return [
        entry
        for schedule in simulated.schedules()
        for entry in simulated.final(schedule["id"], since, until)
        if entry[0] in {leaver.name, leaver.email}
    ]
