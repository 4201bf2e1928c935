"""Rates from a past day and offices' calendars by the API."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from compensation.models import Entry, Rate, Recalculation
from compensation.operations import recalculating, weeks
from tests import builders
from tests.api.people import api_of
from tests.compensation.rows import SWEEP, make_rate
from volunteers.models import CalendarVersion, Engineer, Office, PublicHoliday

if TYPE_CHECKING:
    from tests.api.client import LocalApi
    from tests.api.people import Cast

OCTOBER = [dt.date(2026, 10, day) for day in (5, 12, 19)]
OUTSIDE_FINANCE = ("anna", "ben", "carla", "max", "ada")
NEW = {
    "office": "dublin",
    "level": "primary",
    "effective_from": "2026-10-12",
    "weekly": "650.01",
    "holiday": "90.00",
    "reason": "The agreement came late.",
}
DAY = {"date": "2026-10-07", "name": "Founders’ day"}
CHANGES = "office-calendars/dublin/changes/"


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Ben's three weeks of October have ended and are paid."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    for week_date in OCTOBER:
        builders.make_shift(
            level=builders.level_of(cast.rotation), week_date=week_date, holder=cast.ben
        )
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)
    return cast


@pytest.fixture
def grace(paid: Cast) -> LocalApi:
    """A second person of finance."""
    assert paid.ben.pk
    return api_of(builders.make_finance(name="Grace"))


def _sweep() -> None:
    recalculating.recalculate_weeks(actor=SWEEP, now=builders.NOW)


# ------------------------------------------------------------------ rates
def test_one_proposes_another_approves_and_the_weeks_follow(paid: Cast, grace: LocalApi) -> None:
    made = paid.api("finn").post("rates/proposals/", **NEW).expect(201)
    number = made["proposal"]["id"]

    assert made["proposal"]["weekly"] == {"amount": "650.01", "minor": 65001, "currency": "EUR"}
    assert (made["impact"]["weeks"], made["impact"]["people"]) == (2, 1)
    assert made["impact"]["totals"][0]["after"]["amount"] == "1300.02"

    done = grace.post(f"rates/proposals/{number}/approve/", note="Agreed.").expect(200)
    _sweep()

    assert done["proposal"]["version"] == "dublin-primary-v2"
    assert done["progress"] == {"done": 0, "waiting": 2, "failures": []}
    again = grace.get(f"rates/proposals/{number}/").expect(200)
    assert again["progress"]["done"] == 2
    assert Entry.objects.count() == 7
    assert grace.all("rates/")[0]["retroactive"] is True


def test_who_proposed_it_does_not_approve_it(paid: Cast) -> None:
    finn = paid.api("finn")
    number = finn.post("rates/proposals/", **NEW).expect(201)["proposal"]["id"]

    refused = finn.post(f"rates/proposals/{number}/approve/").expect(403)

    assert refused["code"] == "OWN_REQUEST"
    assert Rate.objects.count() == 1
    finn.post(f"rates/proposals/{number}/withdraw/").expect(200)
    assert finn.post(f"rates/proposals/{number}/withdraw/").expect(409)["code"] == "ALREADY_DECIDED"


def test_declining_needs_a_word(paid: Cast, grace: LocalApi) -> None:
    number = paid.api("finn").post("rates/proposals/", **NEW).expect(201)["proposal"]["id"]

    assert grace.post(f"rates/proposals/{number}/decline/").expect(400)["code"] == "NOTE_INVALID"
    done = grace.post(f"rates/proposals/{number}/decline/", note="Wrong day.").expect(200)

    assert (done["proposal"]["state"], done["note"]) == ("declined", "Wrong day.")
    assert [line["state"] for line in grace.all("rates/proposals/")] == ["declined"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"effective_from": "2026-12-01"}, "RATE_NOT_RETROACTIVE"),
        ({"weekly": "650,01"}, "INVALID"),
        ({"reason": ""}, "INVALID"),
        ({"office": "paris"}, "INVALID"),
    ],
)
def test_what_cannot_be_proposed_is_refused(paid: Cast, changed: dict[str, str], code: str) -> None:
    assert (
        paid.api("finn").post("rates/proposals/", **{**NEW, **changed}).expect(400)["code"] == code
    )


@pytest.mark.parametrize("name", OUTSIDE_FINANCE)
def test_nobody_else_sees_or_does_any_of_it_and_the_attempt_is_recorded(
    paid: Cast, name: str
) -> None:
    number = paid.api("finn").post("rates/proposals/", **NEW).expect(201)["proposal"]["id"]
    api = paid.api(name)

    for address in ("rates/proposals/", f"rates/proposals/{number}/", "office-calendars/"):
        api.get(address).expect(403)
    api.get("office-calendars/dublin/").expect(403)
    api.post(f"rates/proposals/{number}/approve/").expect(403)
    api.post(CHANGES, add=[DAY], reason="So.").expect(403)

    subjects = AuditEvent.objects.filter(verb="was refused").values_list("subject", flat=True)
    assert sorted(subjects) == [
        f"approving rate proposal {number}",
        "changing the calendar of dublin",
    ]


# ------------------------------------------------------------------ calendars
def test_a_change_is_tried_first_and_then_made(paid: Cast) -> None:
    finn = paid.api("finn")

    tried = finn.post(CHANGES, add=[DAY], reason="Forgotten.", dry_run=True).expect(200)
    assert not CalendarVersion.objects.exists()
    made = finn.post(CHANGES, add=[DAY], reason="Forgotten.").expect(200)

    assert tried["offered"] == made["offered"]
    assert made["number"] == 1
    assert made["offered"][0]["differences"] == [
        {"amount": "90.00", "minor": 9000, "currency": "EUR"}
    ]
    page = finn.get("office-calendars/dublin/?year=2026").expect(200)
    assert {"is_company": True, **DAY} in page["days"]
    assert page["changes"][0]["reason"] == "Forgotten."
    assert page["changes"][0]["weeks"][0]["state"] == "offered"


def test_two_of_finance_pay_weeks_by_the_change(paid: Cast, grace: LocalApi) -> None:
    finn = paid.api("finn")
    finn.post(CHANGES, add=[DAY], reason="Forgotten.").expect(200)
    asked = finn.post(f"{CHANGES}1/ask/", reason="It was promised.").expect(200)
    assert asked["request"]["state"] == "proposed"

    assert finn.post(f"{CHANGES}1/approve/").expect(403)["code"] == "OWN_REQUEST"
    grace.post(f"{CHANGES}1/approve/", note="").expect(200)
    _sweep()

    assert Entry.objects.get(kind="HOL:2026-10-07").amount_minor == 9000
    assert Recalculation.objects.get().state == "done"


def test_weeks_are_kept_declined_and_taken_back(paid: Cast, grace: LocalApi) -> None:
    finn = paid.api("finn")
    finn.post(CHANGES, add=[DAY], reason="Forgotten.").expect(200)

    kept = finn.post(f"{CHANGES}1/keep/").expect(200)
    assert kept["weeks"][0]["state"] == "kept"
    finn.post(f"{CHANGES}1/ask/", reason="After all.").expect(200)
    finn.post(f"{CHANGES}1/withdraw/").expect(200)
    finn.post(f"{CHANGES}1/ask/", reason="After all.").expect(200)
    declined = grace.post(f"{CHANGES}1/decline/", note="No.").expect(200)

    assert declined["request"]["state"] == "declined"
    finn.post(f"{CHANGES}2/keep/").expect(404)


def test_years_are_loaded_and_days_removed(paid: Cast) -> None:
    finn = paid.api("finn")

    finn.post(CHANGES, years=[2027]).expect(200)
    finn.post(CHANGES, remove=["2027-12-25"], reason="We work.").expect(200)
    again = finn.post(CHANGES, years=[2027]).expect(200)

    assert again["number"] is None
    assert not PublicHoliday.objects.filter(date="2027-12-25").exists()
    lines = finn.all("office-calendars/")
    assert [line["office"] for line in lines] == ["dublin"]


@pytest.mark.parametrize(
    "body",
    [
        {"add": [DAY]},
        {"add": [DAY, DAY], "reason": "So."},
        {"years": [2027], "remove": ["2027-12-25"], "reason": "So."},
        {"years": [1999]},
        {"remove": ["25.12.2027"], "reason": "So."},
        {"add": [{"date": "2026-10-07"}], "reason": "So."},
        {"reason": "Nothing."},
    ],
)
def test_what_cannot_be_changed_is_refused(paid: Cast, body: dict[str, object]) -> None:
    paid.api("finn").post(CHANGES, **body).expect(400)

    assert not CalendarVersion.objects.exists()
