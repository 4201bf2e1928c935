from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, Shift, SyncRun
from tests import builders

if TYPE_CHECKING:
    from tests.api.people import Cast
    from volunteers.models import Engineer

SATURDAY, SUNDAY = "2026-12-05T12:00:00Z", "2026-12-06T12:00:00Z"


@pytest.fixture
def dora(cast: Cast) -> Engineer:
    dora = builders.make_engineer(name="Dora Hale")
    builders.make_term(team=cast.team, engineer=dora, accepted_by=cast.anna)
    return dora


@pytest.fixture
def shift(cast: Cast) -> Shift:
    return builders.make_shift(level=builders.level_of(cast.rotation), holder=cast.ben)


def test_a_manager_enters_a_part_and_everybody_reads_it(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    path = f"shifts/{shift.pk}/covers/"

    made = (
        cast.api("anna")
        .post(path, to_engineer=dora.pk, starts_at=SATURDAY, ends_at="2026-12-06T13:00:00+01:00")
        .expect(201)
    )
    listed = cast.api("carla").all(path)
    stints = cast.api("carla").get(f"shifts/{shift.pk}/").expect(200)["stints"]

    assert listed == [made]
    assert made["from_engineer"] == {"id": cast.ben.pk, "name": "Ben"}
    assert made["to_engineer"] == {"id": dora.pk, "name": "Dora Hale"}
    assert (made["starts_at"], made["ends_at"]) == (SATURDAY, SUNDAY)
    assert (made["state"], made["entered_by"], made["can_be_undone"]) == ("accepted", "Anna", True)
    assert [each["engineer"]["name"] for each in stints] == ["Ben", "Dora Hale", "Ben"]
    assert SyncRun.objects.count() == 1


def test_candidates_are_ranked_with_what_it_does_to_each(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    builders.make_shift(
        level=builders.level_of(cast.rotation),
        week_date=builders.NEXT_WEEK + 2 * builders.WEEK,
        holder=dora,
    )
    away = builders.make_engineer(name="Eve Moss")
    builders.make_term(team=cast.team, engineer=away, accepted_by=cast.anna)
    builders.make_absence(
        engineer=away, starts_on=dt.date(2026, 12, 5), ends_on=dt.date(2026, 12, 6), note="Secret."
    )

    answer = cast.api("anna").get(
        f"shifts/{shift.pk}/cover-candidates/", starts_at=SATURDAY, ends_at=SUNDAY
    )

    body = answer.expect(200)
    first, last = body["candidates"]
    assert (body["starts_at"], body["ends_at"]) == (SATURDAY, SUNDAY)
    assert first["engineer"] == {"id": dora.pk, "name": "Dora Hale"}
    assert (first["can"], first["serves_at_level"]) == (True, True)
    assert (first["load_before"], first["load_after"]) == ("1.00", "1.19")
    assert (first["clear_weeks_before"], first["clear_weeks_after"]) == (None, 1)
    assert first["warnings"] == [
        "1 clear week from the week of Mon 14 Dec 2026, the policy wants 3"
    ]
    assert (last["can"], last["code"], last["why"]) == (False, "away", "is away then")
    assert b"Secret" not in answer.raw


def test_a_cover_is_undone(cast: Cast, dora: Engineer, shift: Shift) -> None:
    anna = cast.api("anna")
    made = anna.post(f"shifts/{shift.pk}/covers/", to_engineer=dora.pk).expect(201)

    undone = anna.post(f"covers/{made['id']}/undo/").expect(200)
    again = anna.post(f"covers/{made['id']}/undo/").expect(409)

    assert (undone["state"], undone["can_be_undone"]) == ("undone", False)
    assert again["code"] == "COVER_MOVED_ON"


def test_whom_the_caller_saw_has_to_be_on_call_still(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    refused = (
        cast.api("anna")
        .post(f"shifts/{shift.pk}/covers/", to_engineer=dora.pk, from_engineer=None)
        .expect(409)
    )

    assert refused["code"] == "COVER_TAKEN"
    assert "Ben Mon 30 Nov, 12:00 to" in refused["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2026-12-05T12:00:00"),
        ("starts_at", "2026-12-05"),
        ("starts_at", 1764000000),
        ("starts_at", "2026-12-05T12:00:00+25:00"),
        ("starts_at", "0001-01-01T00:00:00+14:00"),
        ("ends_at", "2026-12-09T12:00:00Z"),
        ("ends_at", "2026-11-30T12:00:00Z"),
        ("to_engineer", "1"),
        ("to_engineer", 2**31 - 1),
        ("to_engineer", 2**40),
        ("for", 1),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    field: str, value: object, cast: Cast, dora: Engineer, shift: Shift
) -> None:
    body = {"to_engineer": dora.pk, field: value}

    refused = cast.api("anna").post(f"shifts/{shift.pk}/covers/", **body).expect(400)

    assert list(refused["fields"]) == [field]
    assert not Cover.objects.exists()


def test_a_week_that_was_paid_answers_by_its_code(cast: Cast, dora: Engineer, shift: Shift) -> None:
    Shift.objects.update(completed_at=builders.NOW)

    refused = cast.api("anna").post(f"shifts/{shift.pk}/covers/", to_engineer=dora.pk).expect(409)

    assert refused["code"] == "SHIFT_COMPLETED"


def test_who_is_relieved_asks_who_can_and_takes_it_back_but_enters_none(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    made = cast.api("anna").post(f"shifts/{shift.pk}/covers/", to_engineer=dora.pk).expect(201)

    cast.api("ben").post(f"shifts/{shift.pk}/covers/", to_engineer=cast.ben.pk).expect(404)
    cast.api("ben").get(f"shifts/{shift.pk}/cover-candidates/").expect(200)
    assert cast.api("ben").post(f"covers/{made['id']}/undo/").expect(200)["state"] == "undone"


def test_nobody_else_enters_undoes_or_asks_who_can(
    cast: Cast, dora: Engineer, shift: Shift
) -> None:
    made = cast.api("anna").post(f"shifts/{shift.pk}/covers/", to_engineer=dora.pk).expect(201)

    for name in ("carla", "max", "finn", "ada"):
        api = cast.api(name)
        api.post(f"shifts/{shift.pk}/covers/", to_engineer=cast.ben.pk).expect(404)
        api.get(f"shifts/{shift.pk}/cover-candidates/").expect(404)
        api.post(f"covers/{made['id']}/undo/").expect(404)
    assert Cover.objects.get().state == "accepted"
