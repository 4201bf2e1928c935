from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from common.clocks import Clocks
from rotation import answering
from rotation.models import Shift, WeekQuestion
from tests import builders
from tests.api.test_drafts import solve

if TYPE_CHECKING:
    from tests.api.people import Cast

ASKED = {"level": "primary", "week_date": "2026-12-07"}


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    for name in ("Eva", "Finja", "Hal", "Ida"):
        builders.make_term(team=cast.team, engineer=builders.make_engineer(name=name))
    builders.make_escalation_term(team=cast.team, engineer=cast.anna)
    return cast


def _draft(cast: Cast) -> int:
    """A solved draft's id."""
    asked = cast.api("anna").post("rotations/core/drafts/", weeks=4).expect(201)
    solve(asked["id"])
    return int(asked["id"])


def _publish(cast: Cast, draft_id: int) -> Shift:
    """The published shift of the week that is asked about."""
    publish = cast.api("anna").post(f"drafts/{draft_id}/publish/", escalation_gaps_confirmed=True)
    publish.expect(200)
    return Shift.objects.get(level__name="primary", week_date=ASKED["week_date"])


def _work() -> None:
    """Answer what waits, as a worker does."""
    for question_id in WeekQuestion.objects.values_list("pk", flat=True):
        answering.answer_question(
            question_id=question_id,
            holder="worker",
            clocks=Clocks(now=lambda: builders.NOW, real_now=lambda: builders.NOW),
        )


def test_a_manager_asks_about_a_week_of_a_draft_and_reads_who_could_take_it(
    staffed: Cast,
) -> None:
    anna, draft_id = staffed.api("anna"), _draft(staffed)

    asked = anna.post(f"drafts/{draft_id}/questions/", **ASKED).expect(201)
    waiting = anna.get(f"questions/{asked['id']}/").expect(200)
    _work()
    answered = anna.get(f"questions/{asked['id']}/").expect(200)

    assert waiting == asked
    assert (asked["state"], asked["people"], asked["asked_by"]) == ("queued", [], "Anna")
    assert (asked["rotation"], asked["draft"], asked["week_date"]) == (
        "core",
        draft_id,
        "2026-12-07",
    )
    assert answered["state"] == "answered"
    assert answered["order"][0] == "gaps"
    assert set(answered["base"]) == set(answered["order"])
    holder, *others = answered["people"]
    assert (holder["holds"], holder["why"]) == (True, None)
    assert {each["engineer"]["name"] for each in answered["people"]} == {
        "Ben",
        "Eva",
        "Finja",
        "Hal",
        "Ida",
    }
    assert all(set(each["costs"]) == set(answered["order"]) for each in others)


def test_a_published_week_is_asked_about_by_its_shift(staffed: Cast) -> None:
    shift = _publish(staffed, _draft(staffed))
    anna = staffed.api("anna")

    first = anna.post(f"shifts/{shift.pk}/questions/").expect(201)
    _work()
    again = anna.post(f"shifts/{shift.pk}/questions/").expect(201)

    assert (first["draft"], first["state"]) == (None, "queued")
    assert (again["id"], again["state"]) == (first["id"], "answered")


def test_what_cannot_be_asked_is_refused_with_its_code(staffed: Cast) -> None:
    anna, draft_id = staffed.api("anna"), _draft(staffed)
    address = f"drafts/{draft_id}/questions/"

    level = anna.post(address, level="third", week_date="2026-12-07")
    week = anna.post(address, level="primary", week_date="2027-12-06")
    day = anna.post(address, level="primary", week_date="soon")
    unknown = anna.post(address, **ASKED, who="ben")
    builders.make_term(team=staffed.team, engineer=builders.make_engineer(name="Jo"))
    stale = anna.post(address, **ASKED)
    anna.post(f"drafts/{draft_id}/discard/").expect(200)
    discarded = anna.post(address, **ASKED)

    assert "level" in level.expect(400)["fields"]
    assert week.expect(400)["code"] == "QUESTION_INVALID"
    assert "week_date" in day.expect(400)["fields"]
    assert "who" in unknown.expect(400)["fields"]
    assert stale.expect(409)["code"] == "QUESTION_STALE"
    assert discarded.expect(409)["code"] == "QUESTION_DRAFT_NOT_READY"
    assert WeekQuestion.objects.count() == 0


def test_questions_are_for_the_teams_managers(staffed: Cast) -> None:
    draft_id = _draft(staffed)
    question = staffed.api("anna").post(f"drafts/{draft_id}/questions/", **ASKED).expect(201)
    shift = _publish(staffed, draft_id)
    before = AuditEvent.objects.count()

    for name in ("ben", "carla", "max", "finn", "ada"):
        api = staffed.api(name)
        api.post(f"drafts/{draft_id}/questions/", **ASKED).expect(404)
        api.post(f"shifts/{shift.pk}/questions/").expect(404)
        api.get(f"questions/{question['id']}/").expect(404)

    assert WeekQuestion.objects.count() == 1
    assert AuditEvent.objects.count() == before
