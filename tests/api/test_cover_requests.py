from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, Shift
from tests import builders

if TYPE_CHECKING:
    from tests.api.people import Cast
    from volunteers.models import Engineer

SATURDAY, SUNDAY = "2026-12-05T12:00:00Z", "2026-12-06T12:00:00Z"


@pytest.fixture
def dora(cast: Cast) -> Engineer:
    """Somebody of the team whom Ben asks; in these tests she calls as Max, who serves too."""
    builders.make_term(team=cast.team, engineer=cast.max, accepted_by=cast.anna)
    return cast.max


@pytest.fixture
def shift(cast: Cast) -> Shift:
    return builders.make_shift(level=builders.level_of(cast.rotation), holder=cast.ben)


def test_the_whole_way_of_a_request(cast: Cast, dora: Engineer, shift: Shift) -> None:
    asked = (
        cast.api("ben")
        .post(
            f"shifts/{shift.pk}/cover-requests/",
            asked=[dora.pk],
            starts_at=SATURDAY,
            ends_at=SUNDAY,
            message="Please.",
        )
        .expect(201)
    )
    waiting = cast.api("max").all("me/cover-requests/")
    taken = cast.api("max").post(f"covers/{asked['id']}/take/").expect(200)
    again = cast.api("max").post(f"covers/{asked['id']}/give-back/").expect(200)
    cast.api("ben").post(f"covers/{again['id']}/withdraw/").expect(200)

    assert [line["id"] for line in waiting] == [asked["id"]]
    assert (asked["state"], asked["message"], asked["open_until"]) == ("open", "Please.", SATURDAY)
    assert asked["asks"][0]["engineer"]["id"] == dora.pk
    assert (taken["state"], taken["to_engineer"]["id"]) == ("accepted", dora.pk)
    assert (again["state"], again["from_engineer"]["id"]) == ("open", cast.ben.pk)
    listed = cast.api("ben").all(f"shifts/{shift.pk}/cover-requests/")
    assert [line["state"] for line in listed] == ["undone", "withdrawn"]


def test_a_no_is_said_once_and_for_all(cast: Cast, dora: Engineer, shift: Shift) -> None:
    asked = cast.api("ben").post(f"shifts/{shift.pk}/cover-requests/", asked=[dora.pk]).expect(201)

    said = [cast.api("max").post(f"covers/{asked['id']}/decline/").expect(200) for _time in "ab"]

    assert [each["asks"][0]["state"] for each in said] == ["declined", "declined"]
    assert cast.api("max").all("me/cover-requests/") == []


def test_the_second_gets_409_with_who_was_first(cast: Cast, dora: Engineer, shift: Shift) -> None:
    asked = cast.api("ben").post(f"shifts/{shift.pk}/cover-requests/").expect(201)
    cast.api("max").post(f"covers/{asked['id']}/take/").expect(200)

    refused = cast.api("max").post(f"covers/{asked['id']}/take/").expect(409)

    assert refused["code"] == "COVER_MOVED_ON"
    assert f"{dora.name} took it a moment ago" in refused["detail"]


def test_a_manager_assigns_it_and_nobody_else_does(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    asked = cast.api("ben").post(f"shifts/{shift.pk}/cover-requests/").expect(201)

    cast.api("max").post(f"covers/{asked['id']}/take/", engineer=cast.anna.pk).expect(404)
    taken = cast.api("anna").post(f"covers/{asked['id']}/take/", engineer=dora.pk).expect(200)

    assert taken["to_engineer"]["id"] == dora.pk


def test_others_neither_read_nor_answer_it(cast: Cast, dora: Engineer, shift: Shift) -> None:
    asked = cast.api("ben").post(f"shifts/{shift.pk}/cover-requests/", asked=[dora.pk]).expect(201)

    cast.api("carla").get(f"covers/{asked['id']}/").expect(404)
    for act in ("take", "decline", "withdraw", "give-back"):
        cast.api("carla").post(f"covers/{asked['id']}/{act}/").expect(404)
    cast.api("carla").post(f"shifts/{shift.pk}/cover-requests/").expect(404)
    assert cast.api("carla").all(f"shifts/{shift.pk}/cover-requests/") == []
    assert Cover.objects.get().state == Cover.State.OPEN


def test_somebody_who_cannot_is_named_beside_the_field(cast: Cast, shift: Shift) -> None:
    refused = (
        cast.api("ben")
        .post(f"shifts/{shift.pk}/cover-requests/", asked=[cast.carla.pk])
        .expect(400)
    )

    assert set(refused["fields"]) == {"asked"}


def test_whoever_asks_reads_who_could(cast: Cast, dora: Engineer, shift: Shift) -> None:
    found = cast.api("ben").get(f"shifts/{shift.pk}/cover-candidates/").expect(200)["candidates"]

    assert dora.pk in {each["engineer"]["id"] for each in found if each["can"]}
    cast.api("carla").get(f"shifts/{shift.pk}/cover-candidates/").expect(404)


def test_who_joins_after_everyone_was_asked_is_asked_too(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    asked = cast.api("ben").post(f"shifts/{shift.pk}/cover-requests/").expect(201)
    assert [each["engineer"]["id"] for each in asked["asks"]] == [dora.pk]
    assert cast.api("carla").all("me/cover-requests/") == []

    term = builders.make_term(team=cast.team, engineer=cast.carla, accepted_by=cast.anna)
    term.created_at = builders.NOW + dt.timedelta(hours=1)
    term.save()

    assert [each["id"] for each in cast.api("carla").all("me/cover-requests/")] == [asked["id"]]
    cast.api("carla").post(f"covers/{asked['id']}/decline/").expect(200)
    assert cast.api("carla").all("me/cover-requests/") == []
    assert [each["id"] for each in cast.api("max").all("me/cover-requests/")] == [asked["id"]]
