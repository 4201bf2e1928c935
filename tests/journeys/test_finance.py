"""Finance closes a month by the keyboard alone: a cover, a holiday and a correction are in it."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import io
import pathlib
import re
import zoneinfo
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.api.client import HttpApi
from tests.journeys.client import Visitor
from tests.journeys.conftest import NIAMH
from tests.journeys.simulated import Simulated

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.services.browser import Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.database
GRACE = "grace.murphy@rota.example"
DUBLIN = zoneinfo.ZoneInfo("Europe/Dublin")
SLUG = "platform-out-of-hours"
OFFICES = ("dublin", "london", "san-francisco")
PATIENCE = 90_000
MOST_TABS = 300


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A week with a cover over its weekend and a company day in it; `month` is that of its pay."""

    shift_id: int
    holder: str
    taker: str
    holiday: str
    month: str

    @property
    def label(self) -> str:
        """The month as pages call it."""
        return f"{dt.date.fromisoformat(f'{self.month}-01'):%B %Y}"


def test_a_month_is_closed_by_keyboard_and_its_file_is_the_ledger(
    demo: RunningParts, people: Pages
) -> None:
    niamh, grace = _api(demo, NIAMH), _api(demo, GRACE)
    week = _covered_week(demo, niamh, grace)
    _let_it_pass(demo, people, grace, week)
    _ask_for_a_correction(niamh, week)
    page = people.open()

    _sign_in(page)
    _find_what_waits(page, week)
    _approve(page)
    _close(page, week)
    detail, summary = _download(page, "Detail"), _download(page, "Summary")
    _mark_as_sent(page, week)

    _expect_the_ledger(grace, week, detail, summary)
    # The browser notes that the form without its tick was refused.
    assert [each for each in people.problems if "422" not in each] == []


def _api(demo: RunningParts, email: str) -> HttpApi:
    token = Visitor(demo.address).sign_in(email).make_token()
    return HttpApi(base_url=demo.address, token=token)


# ------------------------------------------------------------------ what happens before
def _covered_week(demo: RunningParts, niamh: HttpApi, grace: HttpApi) -> Week:
    """The next whole week: its Wednesday becomes a day off, its weekend somebody else's."""
    now = _now(demo)
    shift = next(
        each
        for each in niamh.get(f"rotations/{SLUG}/shifts/").expect(200)["shifts"]
        if each["level"] == "primary"
        and each["holder"]
        and len(each["stints"]) == 1
        and dt.datetime.fromisoformat(each["starts_at"]) > now
    )
    monday = dt.date.fromisoformat(shift["week_date"])
    holiday = str(monday + dt.timedelta(days=2))
    for office in OFFICES:
        grace.post(
            f"office-calendars/{office}/changes/",
            add=[{"date": holiday, "name": "Founders’ Day"}],
            reason="The company is ten years old.",
        ).expect(200)
    weekend = {
        "starts_at": _noon(monday + dt.timedelta(days=5)),
        "ends_at": _noon(monday + dt.timedelta(days=6)),
    }
    where = f"shifts/{shift['id']}"
    taker = niamh.get(f"{where}/cover-candidates/", **weekend).expect(200)["candidates"][0]
    person = taker["engineer"]
    niamh.post(f"{where}/covers/", to_engineer=person["id"], **weekend).expect(201)
    last = dt.datetime.fromisoformat(shift["ends_at"]) - dt.timedelta(seconds=1)
    return Week(
        shift_id=shift["id"],
        holder=shift["holder"]["name"],
        taker=person["name"],
        holiday=holiday,
        month=f"{last.astimezone(DUBLIN):%Y-%m}",
    )


def _noon(day: dt.date) -> str:
    return dt.datetime.combine(day, dt.time(12), DUBLIN).isoformat()


def _now(demo: RunningParts) -> dt.datetime:
    told = Simulated(demo.sim_address).call("GET", "/_sim/time")["now"]
    return dt.datetime.fromisoformat(told)


def _let_it_pass(demo: RunningParts, people: Pages, grace: HttpApi, week: Week) -> None:
    """Move the demo's time past the week's month, and close what comes before it."""
    ada = people.open()
    ada.goto("/sign-in/")
    ada.get_by_role("button", name="Ada Fitzgerald").click()
    while _checks(grace, week.month)["MONTH_NOT_ENDED"] is False:
        ada.goto("/")
        ada.get_by_text("Move the time").click()
        ada.get_by_role("button", name="To the end of the month").click()
        expect(ada.locator(".demo")).to_be_visible(timeout=PATIENCE)
    demo.wait_for(lambda: _checks(grace, week.month)["UNPROCESSED"])
    still_open = [
        each["period"]
        for each in grace.all("periods/")
        if each["state"] == "open" and each["period"] < week.month
    ]
    for month in sorted(still_open):
        grace.post(f"periods/{month}/close/").expect(200)


def _checks(grace: HttpApi, month: str) -> dict[str, bool]:
    """Whether each check of the month passes; one that nobody knows yet has not ended."""
    answer = grace.get(f"periods/{month}/")
    if answer.status != 200:
        return {"MONTH_NOT_ENDED": False, "UNPROCESSED": False}
    return {check["code"]: check["passes"] for check in answer.body["checks"]}


def _ask_for_a_correction(niamh: HttpApi, week: Week) -> None:
    """It turns out that the cover did not come about."""
    niamh.post(
        "corrections/",
        shift=week.shift_id,
        covers=[],
        reason=f"{week.taker} was ill, {week.holder} stayed on call.",
        evidence="Telephone call of Saturday morning.",
    ).expect(201)


# ------------------------------------------------------------------ by keyboard
def _press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Walk to the element with Tab, as somebody without a mouse does, and press the key."""
    expect(wanted).to_be_visible(timeout=PATIENCE)
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            page.keyboard.press(key)
            return
    raise AssertionError("the keyboard does not lead there")


def _sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    _press(page, page.get_by_role("button", name="Grace Murphy"))
    expect(page.locator("header .me summary")).to_contain_text("Grace Murphy", timeout=PATIENCE)


def _find_what_waits(page: Page, week: Week) -> None:
    """From home to the month, which a correction keeps open, and to the correction."""
    _press(page, page.get_by_role("link", name="Periods").first)
    _press(page, page.get_by_role("link", name=week.label, exact=True).first)
    expect(page.locator("h1")).to_contain_text("waits for 1 check", timeout=PATIENCE)
    expect(page.get_by_role("button", name=f"Close {week.label}")).to_have_count(0)
    _press(page, page.get_by_role("link", name=re.compile("asked by Niamh Kelly")))


def _approve(page: Page) -> None:
    _press(page, page.get_by_role("button", name="Approve the correction"))
    expect(page.locator("main")).to_contain_text("approved", timeout=PATIENCE, ignore_case=True)


def _close(page: Page, week: Week) -> None:
    """The pairs stand in the month; without the tick it does not close, with it it does."""
    page.goto(f"/finance/periods/{week.month}/")
    main = page.locator("main")
    expect(main).to_contain_text("Approved by a second person", timeout=PATIENCE)
    expect(main).to_contain_text("Telephone call of Saturday morning.")
    button = page.get_by_role("button", name=f"Close {week.label}")
    _press(page, button)
    expect(main).to_contain_text("then tick this box", timeout=PATIENCE)
    _press(page, page.get_by_role("checkbox", name=re.compile("^I have ")), key="Space")
    _press(page, button)
    expect(page.locator("h1")).to_have_text(f"{week.label} is closed", timeout=PATIENCE)


def _download(page: Page, title: str) -> bytes:
    """The CSV file, whose fingerprint stands on the page."""
    link = page.get_by_role("link", name=re.compile(f"^CSV ?, {title}$"))
    with page.expect_download() as started:
        _press(page, link)
    content = pathlib.Path(started.value.path()).read_bytes()
    expect(page.locator("main")).to_contain_text(hashlib.sha256(content).hexdigest())
    return content


def _mark_as_sent(page: Page, week: Week) -> None:
    _press(page, page.get_by_role("checkbox", name=re.compile("^Summary")), key="Space")
    _press(page, page.get_by_role("button", name="Mark as sent to payroll"))
    expect(page.locator("h1")).to_have_text(f"{week.label} is sent to payroll", timeout=PATIENCE)


# ------------------------------------------------------------------ the file and the ledger
def _expect_the_ledger(grace: HttpApi, week: Week, detail: bytes, summary: bytes) -> None:
    entries = {each["number"]: each for each in grace.all(f"periods/{week.month}/entries/")}
    rows = _rows(detail)

    assert {int(row["entry"]) for row in rows} == set(entries)
    for row in rows:
        entry = entries[int(row["entry"])]
        assert row["amount"] == entry["amount"]["amount"]
        assert row["currency"] == entry["amount"]["currency"]
        assert (row["key"], int(row["seconds"])) == (entry["key"], entry["seconds"])
        assert row["employee_id"] == entry["employee_number"]
    _expect_its_story(rows, week)
    assert _sums(rows) == _sums(_rows(summary))


def _expect_its_story(rows: list[dict[str, str]], week: Week) -> None:
    """The cover was paid, taken back and paid to the holder; the company day has a supplement."""
    of_week = [row for row in rows if row["shift"] == str(week.shift_id)]
    taken_back = [row for row in of_week if row["reverses"]]
    live = _sums([row for row in of_week if row["name"] == week.taker])

    assert week.taker in {row["name"] for row in taken_back}
    assert set(live.values()) == {0}
    assert f"HOL:{week.holiday}" in {row["kind"] for row in of_week}
    base = [row for row in of_week if row["kind"] == "BASE"]
    assert sum(int(row["seconds"]) for row in base) > 0
    assert {row["name"] for row in of_week} == {week.holder, week.taker}


def _rows(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _sums(rows: list[dict[str, str]]) -> dict[tuple[str, str, str], int]:
    """Minor units by person, cost centre and currency, added up as integers."""
    found: dict[tuple[str, str, str], int] = {}
    for row in rows:
        group = (row["employee_id"], row["cost_centre"], row["currency"])
        found[group] = found.get(group, 0) + int(row["amount"].replace(".", ""))
    return found
