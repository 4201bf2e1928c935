from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import io
import re
import zoneinfo
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NIAMH, ROTATION
from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.services.browser import Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.database

DUBLIN = zoneinfo.ZoneInfo("Europe/Dublin")
NOON = dt.time(12)
WEEKLY = {"Dublin": "600.00", "London": "520.00", "San Francisco": "700.00"}
PATIENCE = 90_000
READ_WEEKS = """() => {
  const rows = []; let month = "";
  for (const e of document.querySelectorAll("#list h3, #list li")) {
    if (e.tagName === "H3") { month = e.textContent.trim(); continue; }
    const name = s => { const n = e.querySelector(s); return n ? n.textContent.trim() : ""; };
    rows.push([month, name("p.d .plain, p.d"), name("p.who .chip bdi"),
               name("p.who .small a")]);
  }
  return rows;
}"""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekOnPage:
    """A week as the rotation page lists it; an empty name is a gap."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    primary: str
    level_2: str


def test_from_an_application_to_the_right_cents(demo: RunningParts, people: Pages) -> None:
    elena = _enter(people, "Elena Marchetti")
    niamh = _enter(people, "Niamh Kelly")
    ada = _enter(people, "Ada Fitzgerald")
    grace = _enter(people, "Grace Murphy")

    _apply(elena)
    _accept(niamh, "Elena Marchetti")
    _draft_and_publish(niamh)
    weeks = read_weeks(niamh)
    expect_in_pagerduty(Simulated(demo.sim_address), weeks)
    months = _move_past_a_handover_and_a_month(ada)
    files = _close(grace, [*_open_before(grace, months[0]), *months])

    assert "Elena Marchetti" in {week.primary for week in weeks}
    _expect_right_cents(files[-1])
    assert people.problems == []


def _enter(people: Pages, name: str) -> Page:
    page = people.open()
    page.goto("/sign-in/")
    page.get_by_role("button", name=name).click()
    expect(page.locator("header .me summary")).to_contain_text(name)
    return page


def _apply(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Apply", exact=True).first.click()
    page.get_by_label("Why would you like to join?").fill("I would like to help at night.")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name=re.compile("^(Apply|Join the waiting list)$")).click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()


def _accept(page: Page, name: str) -> None:
    page.goto("/applications/")
    card = page.locator("section.panel").filter(has_text=name).first
    card.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text(f"{name}")
    expect(page.locator(".banner.ok")).to_be_visible()


def _draft_and_publish(page: Page) -> None:
    page.goto(f"{ROTATION}draft/")
    page.locator("label").filter(has_text="The fairest schedule").click()
    page.locator("main form").get_by_role("button").last.click()
    publish = page.get_by_role("button", name="Publish 26 weeks")
    expect(publish).to_be_visible(timeout=PATIENCE)
    publish.click()
    expect(page.locator(".banner.ok")).to_contain_text("Published 26 weeks as version 3")


def read_weeks(page: Page) -> list[WeekOnPage]:
    """The coming weeks of the list layout, once PagerDuty shows them."""
    page.goto(f"{ROTATION}?layout=list")
    for _ in range(60):
        if "In PagerDuty" in page.locator(".facts:not(.duties)").inner_text():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator(".facts:not(.duties)")).to_contain_text("In PagerDuty")
    weeks = []
    for month, day, primary, level_2 in page.evaluate(READ_WEEKS):
        words = re.match(r"\d+ [A-Z][a-z]{2}", day)
        assert words is not None
        text = f"{words.group()} {month.split()[-1]}"
        date = dt.datetime.strptime(text, "%d %b %Y").date()  # noqa: DTZ007 - a day, no instant
        weeks.append(
            WeekOnPage(
                starts_at=dt.datetime.combine(date, NOON, DUBLIN),
                ends_at=dt.datetime.combine(date + dt.timedelta(days=7), NOON, DUBLIN),
                primary=primary,
                level_2=level_2,
            )
        )
    return weeks


def expect_in_pagerduty(simulated: Simulated, weeks: list[WeekOnPage]) -> None:
    """The final schedule names in each coming week the page's person, and nobody in a gap."""
    refs = {each["name"].split(": ")[-1]: each["id"] for each in simulated.schedules()}
    now = dt.datetime.fromisoformat(simulated.call("GET", "/_sim/time")["now"])
    coming = [week for week in weeks if week.starts_at > now and (week.primary or week.level_2)]
    assert len(coming) >= 20
    until = max(week.ends_at for week in coming)
    for level, name in (("primary", "primary"), ("level_2", "level 2")):
        shown = simulated.final(refs[name], _z(now), _z(until))
        for week in coming:
            inside = {
                who
                for who, start, end in shown
                if dt.datetime.fromisoformat(start) < week.ends_at
                and dt.datetime.fromisoformat(end) > week.starts_at
            }
            wanted = getattr(week, level)
            assert inside == ({wanted} - {"", "Gap"}), (level, week)


def _z(instant: dt.datetime) -> str:
    return f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _move_past_a_handover_and_a_month(page: Page) -> list[str]:
    """The months that have ended by then and may still be open, in order."""
    months = [_month(page)]
    for word in ("To the next handover", "To the end of the month"):
        page.goto("/")
        page.get_by_text("Move the time").click()
        page.get_by_role("button", name=word).click()
        expect(page.locator(".demo")).to_be_visible()
        months.append(_month(page))
    return sorted(set(months))[:-1]


def _month(page: Page) -> str:
    page.goto("/")
    told = page.locator(".demo-in > p").inner_text().split("It is ")[1]
    date = dt.datetime.strptime(" ".join(told.split()[1:4]).rstrip(","), "%d %b %Y")  # noqa: DTZ007
    return f"{date:%Y-%m}"


def _open_before(page: Page, month: str) -> list[str]:
    """Earlier months that nobody has closed yet, as on the first days of one; the oldest first."""
    periods = page.request.get("/api/v1/periods/").json()["results"]
    return sorted(
        each["period"] for each in periods if each["state"] == "open" and each["period"] < month
    )


def _close(page: Page, months: list[str]) -> list[tuple[str, str]]:
    """Close each month once its weeks are paid; the detail and summary files of each."""
    files = []
    for month in months:
        address = f"/finance/periods/{month}/"
        button = page.get_by_role("button", name=re.compile("^Close "))
        for _ in range(90):
            page.goto(address)
            if button.count() and button.first.is_enabled():
                break
            page.wait_for_timeout(1000)
        if button.count():
            page.get_by_role("checkbox").check()
            button.click()
            expect(page.locator("main")).to_contain_text("SHA-256")
        files.append((_download(page, address, "detail"), _download(page, address, "summary")))
    return files


def _download(page: Page, address: str, layout: str) -> str:
    """The file, the same bytes twice, with the fingerprint that the page shows."""
    first, second = (
        page.request.get(f"{address}export.csv?layout={layout}&version=1") for _ in range(2)
    )
    fingerprint = hashlib.sha256(first.body()).hexdigest()
    assert first.body() == second.body()
    assert first.headers["x-checksum-sha256"] == fingerprint
    assert fingerprint[:12] in page.locator("main").inner_text().replace(" ", "")
    return first.body().decode()


def _expect_right_cents(files: tuple[str, str]) -> None:
    """A whole week is worth its office's rate to the cent, and the two files agree."""
    detail, summary = (list(csv.DictReader(io.StringIO(file))) for file in files)
    whole = [
        row
        for row in detail
        if row["kind"] == "BASE" and int(row["seconds"]) > 4.5 * 24 * 3600 and not row["reverses"]
    ]
    assert whole
    assert {row["amount"] for row in whole} <= set(WEEKLY.values())
    for row in whole:
        assert row["amount"] == WEEKLY[row["office"]]
    by_person: dict[tuple[str, str], int] = {}
    for row in detail:
        key = (row["employee_id"], row["currency"])
        by_person[key] = by_person.get(key, 0) + int(row["amount"].replace(".", ""))
    assert by_person == {
        (row["employee_id"], row["currency"]): int(row["amount"].replace(".", ""))
        for row in summary
    }
    assert NIAMH not in files[0]
