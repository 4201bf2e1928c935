"""Corrections and adjustments through the API: asked for, decided, and by whom not."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from compensation.models import Adjustment, Correction, Entry
from compensation.operations import weeks
from rotation.models import Shift
from tests import builders
from tests.api.client import PREFIX
from tests.compensation.rows import OCTOBER, SWEEP, make_rate
from volunteers.models import Engineer, Office

if TYPE_CHECKING:
    from tests.api.client import LocalApi
    from tests.api.people import Cast


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Ben's week of October is paid."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    level = builders.level_of(cast.rotation)
    builders.make_shift(level=level, week_date=OCTOBER[0], holder=cast.ben)
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)
    return cast


@pytest.fixture
def fay(paid: Cast) -> LocalApi:
    """The second person of finance."""
    builders.make_role(engineer=paid.max, role="finance")
    return paid.api("max")


def asked(cast: Cast, **changes: Any) -> dict[str, Any]:
    night = {
        "engineer": cast.carla.pk,
        "starts_at": "2026-10-06T16:30:00Z",
        "ends_at": "2026-10-07T16:30:00Z",
    }
    return {
        "shift": Shift.objects.get(week_date=OCTOBER[0]).pk,
        "covers": [night],
        "reason": "Carla had Tuesday night.",
        "evidence": "incident 4711",
        **changes,
    }


def test_a_manager_asks_and_finance_approves(paid: Cast) -> None:
    made = paid.api("anna").post("corrections/", **asked(paid)).expect(201)
    assert (made["state"], made["differences"], made["entries"]) == ("proposed", [], [])
    assert [one["name"] for one in made["after"]] == ["Ben", "Carla", "Ben"]

    finn = paid.api("finn")
    seen = finn.get(f"corrections/{made['id']}/").expect(200)
    done = finn.post(f"corrections/{made['id']}/approve/").expect(200)

    assert {one["engineer"]["name"] for one in seen["differences"]} == {"Ben", "Carla"}
    assert done["differences"] == seen["differences"]
    assert sum(one["amount"]["minor"] for one in done["differences"]) == 0
    assert (done["state"], done["entries"]) == ("approved", [2, 3, 4, 5])
    assert Entry.objects.count() == 5


def test_nobody_else_decides_and_each_attempt_is_on_record(paid: Cast, fay: LocalApi) -> None:
    finn = paid.api("finn")
    path = f"corrections/{finn.post('corrections/', **asked(paid)).expect(201)['id']}/"

    refused = [
        paid.api(name).post(f"{path}approve/").expect(403)["code"]
        for name in ("finn", "anna", "ben", "carla", "ada")
    ]

    assert refused[0] == "OWN_REQUEST"
    assert AuditEvent.objects.filter(verb="was refused").count() == 5
    assert Correction.objects.get().state == "proposed"
    assert fay.post(f"{path}decline/").expect(400)["fields"]["note"]
    assert fay.post(f"{path}decline/", note="No incident.").expect(200)["state"] == "declined"
    assert fay.post(f"{path}approve/").expect(409)["code"] == "ALREADY_DECIDED"


def test_only_who_is_concerned_sees_it_and_only_their_own_difference(paid: Cast) -> None:
    made = paid.api("anna").post("corrections/", **asked(paid)).expect(201)
    path = f"corrections/{made['id']}/"

    ben = paid.api("ben").get(path).expect(200)

    assert [one["engineer"]["name"] for one in ben["differences"]] == ["Ben"]
    assert paid.api("max").get(path).status == 404
    assert paid.api("ada").get(path).status == 404
    assert paid.api("max").all("corrections/") == []
    assert len(paid.api("finn").all("corrections/")) == 1


def test_a_week_that_is_not_ones_own_is_not_there(paid: Cast) -> None:
    assert paid.api("max").post("corrections/", **asked(paid)).status == 404
    assert paid.api("ben").post("corrections/", **asked(paid)).status == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"covers": [{"engineer": None, "starts_at": "2026-10-07T00:00:00Z"}]},
        {"covers": "Carla"},
        {"evidence": ""},
        {"reason": None},
        {"more": 1},
    ],
)
def test_what_is_not_right_is_refused_by_field(paid: Cast, changes: dict[str, Any]) -> None:
    answer = paid.api("anna").post("corrections/", **asked(paid, **changes))

    assert any(field.startswith(next(iter(changes))) for field in answer.expect(400)["fields"])
    assert not Correction.objects.exists()


def test_the_same_key_approves_once_and_gets_the_same_answer(paid: Cast) -> None:
    made = paid.api("anna").post("corrections/", **asked(paid)).expect(201)
    finn = paid.api("finn")
    headers = {"Content-Type": "application/json", "Idempotency-Key": "approve-1"}
    path = f"{PREFIX}corrections/{made['id']}/approve/"

    answers = [finn.send("POST", path, json.dumps({}).encode(), headers) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].raw == answers[1].raw
    assert Entry.objects.count() == 5


def test_an_adjustment_is_asked_for_approved_and_taken_back(paid: Cast, fay: LocalApi) -> None:
    values = {
        "engineer": paid.ben.pk,
        "amount": "150.00",
        "earned_on": str(dt.date(2026, 10, 20)),
        "reason": "He trained the new ones.",
        "document": "HR-2026-17",
    }
    anna, finn = paid.api("anna"), paid.api("finn")
    made = anna.post("adjustments/", **values).expect(201)
    path = f"adjustments/{made['id']}/"
    assert paid.api("ben").get(path).status == 404
    assert paid.api("ben").post("adjustments/", **values).status == 403
    assert paid.api("carla").post(f"{path}approve/").status == 403

    done = finn.post(f"{path}approve/").expect(200)
    back = finn.post(f"{path}take-back/", reason="Paid twice.", document="HR-18").expect(201)
    fay.post(f"adjustments/{back['id']}/approve/").expect(200)

    assert (done["entry"], done["amount"]["minor"]) == (2, 15000)
    assert paid.api("ben").get(path).expect(200)["document"] == "HR-2026-17"
    assert back["takes_back"] == 2
    assert sum(entry.amount_minor for entry in Entry.objects.filter(kind="ADJ")) == 0


def test_nobody_asks_for_themselves_nor_a_manager_outside_their_teams(paid: Cast) -> None:
    values = {
        "amount": "1.00",
        "earned_on": str(dt.date(2026, 10, 20)),
        "reason": "Why not.",
        "document": "HR-1",
    }
    own = paid.api("anna").post("adjustments/", engineer=paid.anna.pk, **values)
    other = paid.api("anna").post("adjustments/", engineer=paid.carla.pk, **values)

    assert own.expect(403)["code"] == "BENEFICIARY"
    assert other.status == 404
    assert not Adjustment.objects.exists()
