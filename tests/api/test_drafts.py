from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from common.clocks import Clocks
from rotation import generation
from rotation.models import Draft, Shift, SyncRun
from tests import builders

if TYPE_CHECKING:
    from tests.api.people import Cast


def solve(draft_id: int) -> None:
    """Solve the draft as a worker does."""
    generation.generate_draft(
        draft_id=draft_id,
        holder="worker",
        clocks=Clocks(now=lambda: builders.NOW, real_now=lambda: builders.NOW),
    )


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    for name in ("Eva", "Finja", "Hal", "Ida"):
        builders.make_term(team=cast.team, engineer=builders.make_engineer(name=name))
    builders.make_escalation_term(team=cast.team, engineer=cast.anna)
    return cast


def test_a_manager_asks_for_a_draft_follows_it_and_publishes_it(staffed: Cast) -> None:
    anna = staffed.api("anna")

    asked = anna.post("rotations/core/drafts/", weeks=4).expect(201)
    waiting = anna.get(f"drafts/{asked['id']}/").expect(200)
    solve(asked["id"])
    ready = anna.get(f"drafts/{asked['id']}/").expect(200)
    refused = anna.post(f"drafts/{asked['id']}/publish/")
    published = anna.post(f"drafts/{asked['id']}/publish/", escalation_gaps_confirmed=True)

    assert (asked["state"], asked["weeks"], asked["rotation"]) == ("queued", 4, "core")
    assert (waiting["shifts"], waiting["stale"]) == ([], None)
    assert (ready["state"], ready["proven"], ready["stale"]) == ("ready", True, None)
    primary = [each for each in ready["shifts"] if each["level"] == "primary"]
    assert [each["week_date"] for each in primary] == [
        "2026-11-30",
        "2026-12-07",
        "2026-12-14",
        "2026-12-21",
    ]
    assert all(each["holder"] and each["is_new"] for each in primary)
    assert refused.expect(409)["code"] == "ESCALATION_GAP_NOT_CONFIRMED"
    assert published.expect(200) == {"schedule_version": 1}
    assert Shift.objects.count() == 8
    assert SyncRun.objects.get().state == "queued"


def test_a_ready_draft_shows_loads_and_the_reason_for_each_gap(staffed: Cast) -> None:
    anna = staffed.api("anna")
    asked = anna.post("rotations/core/drafts/", weeks=4).expect(201)
    solve(asked["id"])

    ready = anna.get(f"drafts/{asked['id']}/").expect(200)

    gaps = [each for each in ready["shifts"] if each["is_gap"]]
    assert {each["level"] for each in gaps} == {"escalation"}
    assert gaps[0]["reasons"][0]["name"] == "Anna"
    levels = {each["level"]: each for each in ready["levels"]}
    assert levels["primary"]["objectives"]["gaps"] == 0
    assert {each["engineer"]["name"] for each in levels["primary"]["people"]} == {
        "Ben",
        "Eva",
        "Finja",
        "Hal",
        "Ida",
    }


def test_a_draft_that_time_has_overtaken_says_so(staffed: Cast) -> None:
    anna = staffed.api("anna")
    asked = anna.post("rotations/core/drafts/", weeks=4).expect(201)
    solve(asked["id"])
    builders.make_term(team=staffed.team, engineer=builders.make_engineer(name="Jo"))

    stale = anna.get(f"drafts/{asked['id']}/").expect(200)["stale"]

    assert stale["is_blocked"] is False
    assert stale["sentences"]


def test_a_draft_is_cancelled_while_it_waits_and_discarded_when_it_is_ready(staffed: Cast) -> None:
    anna = staffed.api("anna")

    first = anna.post("rotations/core/drafts/").expect(201)
    twice = anna.post("rotations/core/drafts/")
    cancelled = anna.post(f"drafts/{first['id']}/cancel/").expect(200)
    second = anna.post("rotations/core/drafts/", weeks=2).expect(201)
    solve(second["id"])
    discarded = anna.post(f"drafts/{second['id']}/discard/").expect(200)
    late = anna.post(f"drafts/{second['id']}/publish/")

    assert twice.expect(409)["code"] == "DRAFT_IN_PROGRESS"
    assert first["weeks"] == 26
    assert (cancelled["state"], discarded["state"]) == ("cancelled", "discarded")
    assert late.expect(409)["code"] == "DRAFT_MOVED_ON"
    assert [each["id"] for each in anna.all("drafts/")] == [second["id"], first["id"]]
    assert anna.all("rotations/core/drafts/") == anna.all("drafts/")


@pytest.mark.parametrize("weeks", [0, 54, -1, 2600, True, "4", 4.0, 1e300, [4]])
def test_weeks_that_are_no_number_from_1_to_53_are_refused(weeks: object, staffed: Cast) -> None:
    answer = staffed.api("anna").post("rotations/core/drafts/", weeks=weeks)

    assert "weeks" in answer.expect(400)["fields"]
    assert Draft.objects.count() == 0


def test_drafts_are_for_the_teams_managers(staffed: Cast) -> None:
    draft = builders.make_draft(rotation=staffed.rotation)
    before = AuditEvent.objects.count()

    for name in ("ben", "carla", "finn", "ada"):
        staffed.api(name).get("drafts/").expect(403)
    assert staffed.api("max").all("drafts/") == []
    for name in ("ben", "carla", "max", "finn", "ada"):
        api = staffed.api(name)
        api.get("rotations/core/drafts/").expect(404)
        api.post("rotations/core/drafts/", weeks=4).expect(404)
        api.get(f"drafts/{draft.pk}/").expect(404)
        for act in ("publish", "discard", "cancel"):
            api.post(f"drafts/{draft.pk}/{act}/").expect(404)
    assert list(Draft.objects.values_list("state", flat=True)) == ["ready"]
    assert AuditEvent.objects.count() == before
