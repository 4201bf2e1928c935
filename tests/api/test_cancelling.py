from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rotation.models import Shift
from tests import builders

if TYPE_CHECKING:
    from tests.api.people import Cast

WHY = "No releases in that week."


@pytest.fixture
def shift(cast: Cast) -> Shift:
    return builders.make_shift(level=builders.level_of(cast.rotation), holder=cast.ben)


def test_a_week_is_cancelled_and_restored(cast: Cast, shift: Shift) -> None:
    anna = cast.api("anna")

    cancelled = anna.post(f"shifts/{shift.pk}/cancel/", reason=WHY).expect(200)
    again = anna.post(f"shifts/{shift.pk}/cancel/", reason=WHY).expect(409)
    restored = anna.post(f"shifts/{shift.pk}/restore/").expect(200)
    nothing = anna.post(f"shifts/{shift.pk}/restore/").expect(409)

    assert cancelled["cancelled_at"] is not None
    assert [each["engineer"] for each in cancelled["stints"]] == [None]
    assert again["code"] == "SHIFT_CANCELLED"
    assert restored["cancelled_at"] is None
    assert [each["engineer"]["name"] for each in restored["stints"]] == ["Ben"]
    assert nothing["code"] == "SHIFT_NOT_CANCELLED"


def test_a_reason_is_asked_for(cast: Cast, shift: Shift) -> None:
    for body in ({}, {"reason": ""}, {"reason": "x" * 501}):
        refused = cast.api("anna").post(f"shifts/{shift.pk}/cancel/", **body).expect(400)

        assert "reason" in refused["fields"]


def test_only_the_teams_managers_do(cast: Cast, shift: Shift) -> None:
    for who in ("ben", "carla"):
        api = cast.api(who)
        api.post(f"shifts/{shift.pk}/cancel/", reason=WHY).expect(404)
        api.post(f"shifts/{shift.pk}/restore/").expect(404)

    assert Shift.objects.get().cancelled_at is None
