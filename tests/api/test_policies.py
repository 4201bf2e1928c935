from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from rotation.models import PolicyVersion

if TYPE_CHECKING:
    from tests.api.people import Cast

PATH = "rotations/core/policies/"


def test_a_manager_changes_figures_and_the_rest_stays(cast: Cast) -> None:
    made = (
        cast.api("anna")
        .post(PATH, reason="We grow.", target_size=9, holiday_load="0.25")
        .expect(201)
    )

    assert (made["number"], made["changed_by"], made["reason"]) == (2, "Anna", "We grow.")
    assert (made["target_size"], made["minimum_size"], made["holiday_load"]) == (9, 6, "0.25")
    assert made["effective_from"] == "2026-11-25T10:00:00Z"
    assert cast.api("ben").get("rotations/core/").expect(200)["policy"] == made
    assert AuditEvent.objects.get(verb="changed policy").actor == cast.anna.email


def test_everybody_reads_every_version_newest_first(cast: Cast) -> None:
    cast.api("ada").post(PATH, reason="Turns.", objectives=["gaps", "holidays"]).expect(201)

    found = cast.api("carla").all(PATH)

    assert [(each["number"], each["changed_by"]) for each in found] == [(2, "Ada"), (1, "shell")]
    assert found[0]["objectives"] == ["gaps", "holidays"]
    assert "adjacency" in found[1]["objectives"]


def test_no_limit_and_weights_by_office_are_sent_as_json(cast: Cast) -> None:
    api = cast.api("anna")
    api.post(PATH, reason="A limit.", escalation_shifts_per_term=9).expect(201)

    made = api.post(
        PATH, reason="None.", escalation_shifts_per_term=None, holiday_weights={"dublin": "0.75"}
    ).expect(201)

    assert made["escalation_shifts_per_term"] is None
    assert made["holiday_weights"] == {"dublin": "0.75"}


@pytest.mark.parametrize("who", ["ben", "carla", "max", "finn"])
def test_others_read_and_cannot_change(cast: Cast, who: str) -> None:
    answer = cast.api(who).post(PATH, reason="Mine.", target_size=9)

    assert answer.expect(403)["detail"] == (
        "Only managers of the team and admins change how it works."
    )
    assert cast.api(who).get(PATH).status == 200
    assert PolicyVersion.objects.filter(rotation=cast.rotation).count() == 1


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"target_size": 9}, "reason", "required"),
        ({"reason": "x", "target_size": 0}, "target_size", "A number from 1 to 500."),
        ({"reason": "x", "target_size": "many"}, "target_size", "whole number"),
        ({"reason": "x", "target_size": 1.5}, "target_size", "whole number"),
        ({"reason": "x", "minimum_size": 8}, "minimum_size", "not above the target"),
        ({"reason": "x", "term_weeks": None}, "term_weeks", "null"),
        ({"reason": "x", "holiday_load": "0.505"}, "holiday_load", "two decimals"),
        ({"reason": "x", "holiday_load": "50"}, "holiday_load", "A load from 0 to 10."),
        ({"reason": "x", "holiday_weights": {"cork": "0.5"}}, "holiday_weights", "no office"),
        ({"reason": "x", "holiday_weights": {"dublin": 0.5}}, "holiday_weights.dublin", "text"),
        ({"reason": "x", "objectives": ["holidays"]}, "objectives", "gaps and others once each"),
        ({"reason": "x", "objectives": ["gaps", "gaps"]}, "objectives", "once each"),
        ({"reason": "x", "objectives": ["gaps", "sleep"]}, "objectives.1", "not a valid choice"),
        ({"reason": "x", "colour": "red"}, "colour", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, body: dict[str, Any], field: str, message: str
) -> None:
    refused = cast.api("anna").post(PATH, **body).expect(400)

    assert message in refused["fields"][field]
    assert PolicyVersion.objects.filter(rotation=cast.rotation).count() == 1


def test_a_change_made_from_an_old_version_is_a_conflict(cast: Cast) -> None:
    api = cast.api("anna")
    api.post(PATH, reason="We grow.", target_size=9, seen=1).expect(201)

    refused = api.post(PATH, reason="Later.", target_size=8, seen=1).expect(409)

    assert refused["code"] == "POLICY_MOVED_ON"
    assert "Policy 2 was made in the meantime by Anna: “We grow.”" in refused["detail"]
    api.post(PATH, reason="Later.", target_size=8, seen=2).expect(201)


def test_the_same_figures_again_make_no_version(cast: Cast) -> None:
    refused = cast.api("anna").post(PATH, reason="Again.", target_size=7).expect(400)

    assert "Every figure is as in policy 1 already." in refused["detail"]


def test_a_draft_keeps_the_version_that_it_was_made_with(cast: Cast) -> None:
    api = cast.api("anna")
    before = api.post("rotations/core/drafts/", weeks=4).expect(201)
    api.post(PATH, reason="We grow.", target_size=9).expect(201)

    found = api.get(f"drafts/{before['id']}/").expect(200)

    assert found["policy"] == 1
