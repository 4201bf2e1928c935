from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, Drift, DriftCheck, Rotation, SyncRun
from tests import builders
from tests.guards.world import make_drift

if TYPE_CHECKING:
    from tests.api.people import Cast
    from volunteers.models import Engineer

PATH = "rotations/core/drift/"


@pytest.fixture
def dora(cast: Cast) -> Engineer:
    dora = builders.make_engineer(name="Dora Hale")
    builders.make_term(team=cast.team, engineer=dora, accepted_by=cast.anna)
    return dora


@pytest.fixture
def drift(cast: Cast, dora: Engineer) -> Drift:
    Rotation.objects.filter(pk=cast.rotation.pk).update(schedule_version=1)
    shift = builders.make_shift(level=builders.level_of(cast.rotation), holder=cast.ben)
    return make_drift(shift, by=dora)


def test_a_manager_reads_what_differs_and_whether_somebody_looks(cast: Cast, drift: Drift) -> None:
    body = cast.api("anna").get(PATH).expect(200)

    assert (body["checked_at"], body["is_looking"], body["over"]) == (None, False, [])
    [line] = body["open"]
    assert (line["id"], line["level"], line["cause"]) == (drift.pk, "primary", "override")
    assert (line["wanted"], line["written"], line["shown"]) == ("Somebody", "nobody", "Dora Hale")
    assert (line["choice"], line["why_not_adopt"]) == ("", "")


def test_adopting_gives_the_drift_with_its_cover(cast: Cast, drift: Drift) -> None:
    line = cast.api("anna").post(f"{PATH}{drift.pk}/adopt/").expect(200)

    assert (line["choice"], line["cover_shift"]) == ("adopt", Cover.objects.get().shift_id)


def test_putting_back_leaves_a_sync(cast: Cast, drift: Drift) -> None:
    line = cast.api("anna").post(f"{PATH}{drift.pk}/restore/", seen="").expect(200)

    assert line["choice"] == "restore"
    assert SyncRun.objects.get().cause == f"drift {drift.pk} is put back"


def test_a_choice_made_on_an_older_one_is_a_conflict(cast: Cast, drift: Drift) -> None:
    cast.api("anna").post(f"{PATH}{drift.pk}/leave/").expect(200)

    refused = cast.api("anna").post(f"{PATH}{drift.pk}/restore/").expect(409)
    again = cast.api("anna").post(f"{PATH}{drift.pk}/restore/", seen="leave").expect(200)

    assert refused["code"] == "DRIFT_DECIDED"
    assert again["choice"] == "restore"


def test_an_unknown_choice_is_refused_with_the_fields_name(cast: Cast, drift: Drift) -> None:
    answer = cast.api("anna").post(f"{PATH}{drift.pk}/leave/", seen="maybe").expect(400)

    assert "seen" in answer["fields"]


def test_looking_again_leaves_one_check(cast: Cast, drift: Drift) -> None:
    del drift
    first = cast.api("anna").post(f"{PATH}check/").expect(202)
    cast.api("ada").post(f"{PATH}check/").expect(202)

    assert first["is_looking"] is True
    assert DriftCheck.objects.count() == 1


def test_engineers_read_none_of_it_and_admins_do_not_decide(cast: Cast, drift: Drift) -> None:
    cast.api("carla").get(PATH).expect(404)
    cast.api("ada").get(PATH).expect(200)
    cast.api("ada").post(f"{PATH}{drift.pk}/leave/").expect(404)
