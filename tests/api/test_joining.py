"""Joining by API: kept, changed, listed, accepted as a shadow, and the places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import builders
from tests.builders import NEXT_WEEK
from volunteers.models import Application, Term

if TYPE_CHECKING:
    from tests.api.client import Api
    from tests.api.people import Cast

WISH = {"team": "core", "motivation": "I like nights.", "earliest_start_on": "2026-12-02"}
DRAFT = "me/application-drafts/core/"


@pytest.fixture
def sent(cast: Cast) -> str:
    """The path of Carla's application."""
    made = cast.api("carla").post("applications/", **WISH, experience="Inbox.").expect(201)
    return f"applications/{made['id']}/"


def _read(api: Api, path: str) -> dict[str, object]:
    found: dict[str, object] = api.get(path).expect(200)
    return found


def test_carla_waits_on_the_list_is_accepted_as_a_shadow_and_reads_her_history(
    cast: Cast, sent: str
) -> None:
    carla, anna = cast.api("carla"), cast.api("anna")
    builders.make_application(
        team=cast.team, engineer=builders.make_engineer(name="Zoe"), state="waitlisted"
    )

    listed = anna.post(f"{sent}waiting-list/").expect(200)
    moved = anna.post(f"{sent}waiting-list/move/", direction="up", seen_place=2).expect(200)
    late = anna.post(f"{sent}waiting-list/move/", direction="up", seen_place=2)
    off = anna.post(f"{sent}waiting-list/leave/").expect(200)
    accepted = anna.post(
        f"{sent}accept/", starts_on="2026-12-04", ends_on="2027-03-01", shadow_weeks=2
    ).expect(200)

    assert (listed["state"], listed["ahead"], moved["ahead"]) == ("waitlisted", 1, 0)
    assert late.expect(409)["code"] == "WAITING_LIST_MOVED"
    assert (off["state"], off["ahead"]) == ("submitted", None)
    term = Term.objects.get(pk=accepted["term"])
    assert (str(term.starts_on), str(term.ends_on), term.shadow_weeks) == (
        "2026-12-07",
        "2027-03-01",
        2,
    )
    [listed_term] = [each for each in carla.all("terms/") if each["id"] == term.pk]
    assert listed_term["shadow_weeks"] == 2
    steps = carla.get(f"{sent}history/").expect(200)
    assert [(step["what"], step["by"]) for step in steps] == [
        ("Accepted", "Anna"),
        ("Taken off the waiting list, waits for an answer", "Anna"),
        ("Moved up the waiting list", "Anna"),
        ("Put on the waiting list", "Anna"),
        ("Sent", "Carla"),
    ]


def test_what_was_sent_is_changed_from_the_version_that_was_read(cast: Cast, sent: str) -> None:
    carla = cast.api("carla")
    answers = {"motivation": "Nights, and days.", "earliest_start_on": "2026-12-14"}

    changed = carla.post(f"{sent}change/", **answers, version=1).expect(200)
    stale = carla.post(f"{sent}change/", **answers, version=1)
    odd = carla.post(f"{sent}change/", **answers, version=2, unsuitable_weeks=["2026-12-15"])

    assert (changed["motivation"], changed["version"]) == ("Nights, and days.", 2)
    assert stale.expect(409)["code"] == "APPLICATION_CHANGED"
    assert "not the day of a handover" in str(odd.expect(400))
    assert cast.api("anna").post(f"{sent}change/", **answers, version=2).status == 404


def test_what_is_typed_is_kept_for_oneself_alone_until_it_is_sent(cast: Cast) -> None:
    carla = cast.api("carla")

    none_yet = carla.get(DRAFT)
    kept = carla.call("PUT", DRAFT, {"motivation": "I li"}).expect(200)
    others = cast.api("anna").get(DRAFT)
    carla.post("applications/", **WISH).expect(201)

    assert none_yet.status == 404
    assert (kept["motivation"], kept["earliest_start_on"]) == ("I li", None)
    assert others.status == 404
    assert carla.get(DRAFT).status == 404


def test_what_is_kept_can_be_forgotten(cast: Cast) -> None:
    carla = cast.api("carla")
    carla.call("PUT", DRAFT, {"motivation": "I li"}).expect(200)

    assert carla.delete(DRAFT).status == 204
    assert carla.get(DRAFT).status == 404


def test_managers_read_what_accepting_would_do_and_everybody_the_places(
    cast: Cast, sent: str
) -> None:
    effect = _read(cast.api("anna"), f"{sent}effect/")
    places = _read(cast.api("carla"), "rotations/core/places/")

    assert (effect["starts_on"], effect["people"]) == ("2026-12-07", 2)
    assert (places["people"], places["free_from"]) == (0, "2026-11-30")
    assert effect["target_size"] == places["target_size"] == 7
    assert places["waiting_list"] == 0
    assert cast.api("carla").get(f"{sent}effect/").status == 404


def test_an_acceptance_beyond_the_target_size_needs_that_word(cast: Cast, sent: str) -> None:
    for number in range(7):
        builders.make_term(
            team=cast.team, engineer=builders.make_engineer(name=f"E {number}"), starts_on=NEXT_WEEK
        )
    anna = cast.api("anna")

    refused = anna.post(f"{sent}accept/", starts_on="2026-12-07")
    accepted = anna.post(f"{sent}accept/", starts_on="2026-12-07", above_target=True)

    assert refused.expect(409)["code"] == "PLACES_TAKEN"
    assert accepted.expect(200)["state"] == "accepted"


@pytest.mark.parametrize("weeks", [5, -1, "2", True])
def test_shadow_weeks_are_a_small_whole_number(cast: Cast, sent: str, weeks: object) -> None:
    answer = cast.api("anna").post(f"{sent}accept/", starts_on="2026-12-07", shadow_weeks=weeks)

    assert list(answer.expect(400)["fields"]) == ["shadow_weeks"]
    assert Application.objects.get(engineer__name="Carla").state == "submitted"
