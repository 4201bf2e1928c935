from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.models import AuditEvent
from tests import builders
from volunteers.models import Absence

if TYPE_CHECKING:
    from tests.api.people import Cast


def _names(found: list[dict[str, object]]) -> list[object]:
    return [each["name"] for each in found]


def test_people_are_for_managers_and_admins(cast: Cast) -> None:
    for name in ("ben", "carla", "finn"):
        assert cast.api(name).get("people/").expect(403)["code"] == "PERMISSION_DENIED"


def test_somebody_reads_their_own_facts_rights_and_terms(cast: Cast) -> None:
    ben = cast.api("ben").get("me/").expect(200)
    anna = cast.api("anna").get("me/").expect(200)

    assert (ben["name"], ben["email"]) == ("Ben", "ben@example.com")
    assert ben["place"] == {
        "office": "Dublin",
        "time_zone": "Europe/Dublin",
        "team": "",
        "cost_centre": "CC-100",
    }
    assert ben["rights"] == {"is_finance": False, "is_admin": False, "manages": []}
    assert [(each["team"]["slug"], each["state"]) for each in ben["terms"]] == [
        ("core", "upcoming")
    ]
    assert anna["rights"]["manages"] == ["core"]
    assert anna["terms"] == []


def test_a_manager_sees_those_with_a_term_in_their_team_without_payrolls_facts(cast: Cast) -> None:
    found = cast.api("anna").all("people/")

    assert _names(found) == ["Anna", "Ben"]
    assert [each["posting"]["cost_centre"] for each in found] == ["CC-100", ""]
    assert found[0]["manages"] == ["Core"]


def test_an_admin_sees_everybody_and_roles(cast: Cast) -> None:
    found = cast.api("ada").all("people/")

    assert _names(found) == ["Ada", "Anna", "Ben", "Carla", "Dora", "Finn", "Max"]
    assert {each["name"]: each["roles"] for each in found}["Finn"] == ["finance"]


def test_one_person_is_read_by_themselves_their_managers_and_admins(cast: Cast) -> None:
    for name in ("ben", "anna", "ada"):
        body = cast.api(name).get(f"people/{cast.ben.pk}/").expect(200)
        assert (body["name"], [each["level"] for each in body["terms"]]) == ("Ben", ["primary"])
    for name in ("carla", "max", "finn"):
        cast.api(name).get(f"people/{cast.ben.pk}/").expect(404)
    assert cast.api("anna").get(f"people/{cast.ben.pk}/").body["posting"]["cost_centre"] == ""


def test_an_admin_pages_through_people(cast: Cast) -> None:
    first = cast.api("ada").get("people/", page_size=3).expect(200)

    assert _names(first["results"]) == ["Ada", "Anna", "Ben"]
    assert len(cast.api("ada").all("people/", page_size=3)) == 7


def test_everybody_reads_on_call_teams_and_who_manages_them(cast: Cast) -> None:
    found = cast.api("carla").all("on-call-teams/")
    one = cast.api("carla").get("on-call-teams/core/").expect(200)

    assert _names(found) == ["Core", "Edge"]
    assert one == found[0]
    assert _names(one["managers"]) == ["Anna"]


def test_a_team_that_is_not_there_answers_404(cast: Cast) -> None:
    answer = cast.api("carla").get("on-call-teams/none/")

    assert answer.expect(404) == {
        "code": "NOT_FOUND",
        "detail": "There is no such thing, or it is not yours to see.",
        "fields": {},
    }


def test_ben_enters_an_absence_reads_it_and_takes_it_back(cast: Cast) -> None:
    ben = cast.api("ben")

    made = ben.post(
        "absences/", first_day="2026-12-24", last_day="2026-12-27", note="Family"
    ).expect(201)
    listed = ben.all("absences/")
    ben.post(f"absences/{made['id']}/cancel/").expect(204)

    assert listed == [
        {
            "id": made["id"],
            "first_day": "2026-12-24",
            "last_day": "2026-12-27",
            "time_zone": made["time_zone"],
            "note": "Family",
            "published_weeks": [],
        }
    ]
    assert ben.all("absences/") == []
    assert list(AuditEvent.objects.order_by("pk").values_list("actor", "verb")) == [
        ("ben@example.com", "added"),
        ("ben@example.com", "took back"),
    ]


def test_nobody_reads_or_takes_back_anothers_absence(cast: Cast) -> None:
    absence = builders.make_absence(
        engineer=cast.ben,
        starts_on=dt.date(2026, 12, 24),
        ends_on=dt.date(2026, 12, 28),
        note="Family",
    )

    for name in ("anna", "carla", "finn", "ada"):
        assert cast.api(name).all("absences/") == []
        cast.api(name).post(f"absences/{absence.pk}/cancel/").expect(404)
    assert Absence.objects.get().cancelled_at is None


def test_impossible_days_are_refused_by_field(cast: Cast) -> None:
    ben = cast.api("ben")
    ben.post("absences/", first_day="2026-12-24", last_day="2026-12-27").expect(201)

    backwards = ben.post("absences/", first_day="2026-12-30", last_day="2026-12-29")
    twice = ben.post("absences/", first_day="2026-12-25", last_day="2026-12-29")

    assert list(backwards.expect(400)["fields"]) == ["last_day"]
    assert twice.status == 400
    assert twice.body["fields"]
    assert Absence.objects.count() == 1
