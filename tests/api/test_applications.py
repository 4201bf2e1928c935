from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from tests import builders
from volunteers.models import Application, Term

if TYPE_CHECKING:
    from tests.api.people import Cast

WISH = {"team": "core", "motivation": "I like nights.", "earliest_start_on": "2026-12-02"}


def test_carla_applies_and_anna_accepts_from_the_next_handover(cast: Cast) -> None:
    carla, anna = cast.api("carla"), cast.api("anna")

    sent = carla.post("applications/", **WISH, unsuitable_weeks=["2026-12-21"]).expect(201)
    listed = anna.all("applications/")
    accepted = anna.post(f"applications/{sent['id']}/accept/", starts_on="2026-12-04").expect(200)

    assert (sent["state"], sent["engineer"]["name"]) == ("submitted", "Carla")
    assert sent in listed
    assert (accepted["state"], accepted["decided_by"]) == ("accepted", "Anna")
    term = Term.objects.get(pk=accepted["term"])
    assert (term.starts_on.isoformat(), str(term.ends_on)) == ("2026-12-07", "2027-06-07")
    assert list(AuditEvent.objects.order_by("pk").values_list("actor", "verb")) == [
        ("carla@example.com", "applied"),
        ("anna@example.com", "accepted"),
    ]
    assert Message.objects.get().to == "carla@example.com"


def test_an_application_is_declined_with_a_line_or_taken_back(cast: Cast) -> None:
    carla, anna = cast.api("carla"), cast.api("anna")
    sent = carla.post("applications/", **WISH).expect(201)

    empty = anna.post(f"applications/{sent['id']}/decline/", reason="  ")
    declined = anna.post(f"applications/{sent['id']}/decline/", reason="Full.").expect(200)
    again = carla.post("applications/", **WISH).expect(201)
    withdrawn = carla.post(f"applications/{again['id']}/withdraw/").expect(200)
    late = anna.post(f"applications/{again['id']}/accept/", starts_on="2026-12-07")

    assert list(empty.expect(400)["fields"]) == ["reason"]
    assert (declined["state"], declined["decline_reason"]) == ("declined", "Full.")
    assert withdrawn["state"] == "withdrawn"
    assert late.expect(409)["code"] == "APPLICATION_NOT_OPEN"


def test_a_second_open_application_and_one_over_a_term_are_refused(cast: Cast) -> None:
    cast.api("carla").post("applications/", **WISH).expect(201)

    twice = cast.api("carla").post("applications/", **WISH)
    over = cast.api("ben").post("applications/", **WISH)

    assert twice.expect(409)["code"] == "APPLICATION_ALREADY_OPEN"
    assert over.expect(409)["code"] == "TERM_OVERLAPS"
    assert Application.objects.filter(state="submitted").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"team": "none"}, "team"),
        ({"team": "a" * 65}, "team"),
        ({"team": 1}, "team"),
        ({"motivation": ""}, "motivation"),
        ({"motivation": " \n "}, "motivation"),
        ({"motivation": "x" * 2001}, "motivation"),
        ({"motivation": None}, "motivation"),
        ({"motivation": 7}, "motivation"),
        ({"motivation": "\0"}, "motivation"),
        ({"motivation": "\ud800"}, "motivation"),
        ({"earliest_start_on": "2026-11-24"}, "earliest_start_on"),
        ({"earliest_start_on": "2028-01-01"}, "earliest_start_on"),
        ({"earliest_start_on": "2026-02-29"}, "earliest_start_on"),
        ({"earliest_start_on": "0001-01-01"}, "earliest_start_on"),
        ({"earliest_start_on": "9999-12-31"}, "earliest_start_on"),
        ({"earliest_start_on": "10000-01-01"}, "earliest_start_on"),
        ({"earliest_start_on": "2026-6-1"}, "earliest_start_on"),
        ({"earliest_start_on": "20261207"}, "earliest_start_on"),
        ({"earliest_start_on": "2026-W53-1"}, "earliest_start_on"),
        ({"earliest_start_on": 1764547200}, "earliest_start_on"),
        ({"earliest_start_on": "2026-12-07T12:00:00Z"}, "earliest_start_on"),
        ({"unsuitable_weeks": ["2026-12-08"]}, "unsuitable_weeks"),
        ({"unsuitable_weeks": ["2026-12-07"] * 61}, "unsuitable_weeks"),
        ({"unsuitable_weeks": "2026-12-07"}, "unsuitable_weeks"),
        ({"unsuitable_weeks": [[["2026-12-07"]]]}, "unsuitable_weeks.0"),
        ({"told_own_manager": "maybe"}, "told_own_manager"),
        ({"told_own_manager": {"a": 1}}, "told_own_manager"),
        ({"state": "accepted"}, "state"),
        ({"engineer": 1}, "engineer"),
    ],
)
def test_what_makes_no_application_is_refused_by_field(
    change: dict[str, object], field: str, cast: Cast
) -> None:
    before = Application.objects.count()

    answer = cast.api("carla").post("applications/", **{**WISH, **change})

    assert field in answer.expect(400)["fields"]
    assert Application.objects.count() == before


@pytest.mark.parametrize("starts_on", ["2026-11-24", "2026-11-30", "2026-02-30", None])
def test_a_start_that_has_passed_or_is_too_early_is_refused(
    starts_on: str | None, cast: Cast
) -> None:
    application = builders.make_application(
        team=cast.team, engineer=cast.carla, earliest_start_on=builders.NEXT_WEEK + builders.WEEK
    )

    answer = cast.api("anna").post(f"applications/{application.pk}/accept/", starts_on=starts_on)

    assert list(answer.expect(400)["fields"]) == ["starts_on"]
    assert not Term.objects.filter(engineer=cast.carla).exists()


def test_applications_are_seen_by_their_applicant_the_managers_and_admins(cast: Cast) -> None:
    application = builders.make_application(team=cast.team, engineer=cast.carla)

    for name in ("carla", "anna", "ada"):
        cast.api(name).get(f"applications/{application.pk}/").expect(200)
        assert cast.api(name).all("applications/")
    for name in ("max", "finn"):
        cast.api(name).get(f"applications/{application.pk}/").expect(404)
        assert cast.api(name).all("applications/") == []


def test_only_the_teams_managers_decide_and_only_the_applicant_withdraws(cast: Cast) -> None:
    application = builders.make_application(team=cast.team, engineer=cast.carla)
    at = f"applications/{application.pk}"

    for name in ("carla", "ben", "max", "finn", "ada"):
        cast.api(name).post(f"{at}/accept/", starts_on="2026-11-30").expect(404)
        cast.api(name).post(f"{at}/decline/", reason="No.").expect(404)
    for name in ("anna", "ben", "max", "finn", "ada"):
        cast.api(name).post(f"{at}/withdraw/").expect(404)
    application.refresh_from_db()
    assert application.state == "submitted"


def test_nobody_decides_about_themselves(cast: Cast) -> None:
    application = builders.make_application(team=cast.team, engineer=cast.anna)
    at = f"applications/{application.pk}"

    accepted = cast.api("anna").post(f"{at}/accept/", starts_on="2026-11-30")
    declined = cast.api("anna").post(f"{at}/decline/", reason="No.")

    assert accepted.expect(403)["code"] == "APPLICATION_IS_OWN"
    assert declined.expect(403)["code"] == "APPLICATION_IS_OWN"


def test_terms_are_read_by_all(cast: Cast) -> None:
    found = cast.api("carla").all("terms/")

    assert [(each["engineer"]["name"], each["level"], each["state"]) for each in found] == [
        ("Ben", "primary", "upcoming")
    ]
    assert (found[0]["starts_on"], found[0]["ends_on"]) == ("2026-11-30", "2027-05-31")


def test_a_manager_enters_a_level_2_term_and_ends_it(cast: Cast) -> None:
    anna = cast.api("anna")

    made = anna.post("terms/", team="core", engineer=cast.anna.pk, starts_on="2026-12-01").expect(
        201
    )
    ended = anna.post(f"terms/{made['id']}/end/", left_on="2027-01-04").expect(200)

    assert (made["level"], made["starts_on"], made["ends_on"]) == ("escalation", "2026-12-07", None)
    assert (ended["ends_on"], ended["has_left_early"]) == ("2027-01-04", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on": "2026-11-24"}, "starts_on"),
        ({"ends_on": "2026-12-07"}, "ends_on"),
        ({"ends_on": "2026-12-01"}, "ends_on"),
        ({"team": "none"}, "team"),
        ({"engineer": "1"}, "engineer"),
        ({"engineer": 2**60}, "engineer"),
        ({"engineer": 999999}, "engineer"),
        ({"level": "primary"}, "level"),
    ],
)
def test_what_makes_no_level_2_term_is_refused_by_field(
    change: dict[str, object], field: str, cast: Cast
) -> None:
    body = {"team": "core", "engineer": cast.anna.pk, "starts_on": "2026-12-07"} | change

    answer = cast.api("anna").post("terms/", **body)

    assert field in answer.expect(400)["fields"]
    assert Term.objects.count() == 1


def test_level_2_terms_are_the_teams_managers_to_enter_and_end(cast: Cast) -> None:
    term = builders.make_escalation_term(team=cast.team, engineer=cast.anna)
    primary = Term.objects.get(engineer=cast.ben)

    for name in ("ben", "carla", "max", "finn", "ada"):
        api = cast.api(name)
        api.post("terms/", team="core", engineer=cast.anna.pk, starts_on="2026-12-07").expect(403)
        api.post(f"terms/{term.pk}/end/", left_on="2026-12-07").expect(404)
    cast.api("anna").post(f"terms/{primary.pk}/end/", left_on="2026-12-07").expect(404)
    assert not Term.objects.filter(left_on__isnull=False).exists()
