"""Repairs, rules by hand, solving again and comparing by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from rotation.models import Draft, DraftRule, Shift
from tests import builders
from tests.api.test_drafts import solve

if TYPE_CHECKING:
    from tests.api.people import Cast


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    for name in ("Eva", "Finja", "Hal", "Ida"):
        builders.make_term(team=cast.team, engineer=builders.make_engineer(name=name))
    builders.make_escalation_term(team=cast.team, engineer=cast.anna)
    return cast


@pytest.fixture
def published(staffed: Cast) -> Cast:
    """Eight published weeks."""
    anna = staffed.api("anna")
    draft = anna.post("rotations/core/drafts/", weeks=8).expect(201)
    solve(draft["id"])
    anna.post(f"drafts/{draft['id']}/publish/", escalation_gaps_confirmed=True).expect(200)
    return staffed


def _made(cast: Cast, **wanted: Any) -> dict[str, Any]:
    draft: dict[str, Any] = cast.api("anna").post("rotations/core/drafts/", **wanted).expect(201)
    solve(draft["id"])
    return draft


def test_a_manager_asks_for_a_repair_which_says_what_it_is_for(published: Cast) -> None:
    lost = Shift.objects.filter(holder=published.ben).earliest("week_date")
    builders.make_absence(
        engineer=published.ben, starts_on=lost.week_date, ends_on=lost.week_date + builders.WEEK
    )

    draft = _made(published, kind="repair")

    assert (draft["kind"], draft["weeks"]) == ("repair", 8)
    assert draft["cause"].startswith("Ben is away")
    changes = published.api("anna").get(f"drafts/{draft['id']}/").expect(200)["shifts"]
    changed = [each for each in changes if each["is_changed"]]
    assert str(lost.week_date) in {each["week_date"] for each in changed}


def test_a_repair_takes_a_cause_in_the_managers_own_words(published: Cast) -> None:
    draft = _made(published, kind="repair", cause="Ben would like a rest.")

    assert draft["cause"] == "Ben would like a rest."


def test_a_repair_of_nothing_and_an_unknown_kind_are_refused(staffed: Cast) -> None:
    anna = staffed.api("anna")

    nothing = anna.post("rotations/core/drafts/", kind="repair")
    unknown = anna.post("rotations/core/drafts/", kind="small")
    long = anna.post("rotations/core/drafts/", cause="x" * 301)

    assert nothing.expect(409)["code"] == "NOTHING_TO_REPAIR"
    assert "kind" in unknown.expect(400)["fields"]
    assert "cause" in long.expect(400)["fields"]


def _kept_away(cast: Cast, draft: dict[str, Any]) -> dict[str, Any]:
    """A rule that keeps the holder of the first week from it."""
    holder = Shift.objects.get(level__name="primary", week_date=builders.NEXT_WEEK).holder_id
    rule = {"level": "primary", "week_date": str(builders.NEXT_WEEK), "kind": "forbid"}
    answer = cast.api("anna").post(f"drafts/{draft['id']}/rules/", **rule, engineer=holder)
    found: dict[str, Any] = answer.expect(201)
    return found


def _again(cast: Cast, draft: dict[str, Any]) -> dict[str, Any]:
    again: dict[str, Any] = cast.api("anna").post(f"drafts/{draft['id']}/solve-again/").expect(201)
    solve(again["id"])
    return again


def test_a_rule_waits_until_the_draft_is_solved_again_and_can_be_taken_back(
    published: Cast,
) -> None:
    anna = published.api("anna")
    draft = _made(published, kind="repair")

    added = _kept_away(published, draft)
    again = _again(published, draft)
    carried = anna.get(f"drafts/{again['id']}/rules/").expect(200)
    gone = anna.delete(f"drafts/{again['id']}/rules/{carried[0]['id']}/")

    assert (added["waits"], added["added_by"]) == (True, published.anna.email)
    assert (again["solved_again_from"], again["kind"]) == (draft["id"], "repair")
    assert [each["waits"] for each in carried] == [False]
    assert gone.status == 204
    assert not DraftRule.objects.filter(draft=again["id"]).exists()
    assert AuditEvent.objects.latest("pk").verb == "no longer kept away"


def test_a_draft_is_compared_with_what_is_published(published: Cast) -> None:
    draft = _made(published, kind="repair")
    rule = _kept_away(published, draft)
    again = _again(published, draft)

    found = published.api("anna").get(f"drafts/{again['id']}/compare/").expect(200)

    assert found["one"] == {"draft": None, "number": None, "weeks": 8, "changes": 0}
    assert found["other"]["changes"] == len(found["weeks"]) > 0
    assert found["weeks"][0]["one"] == rule["engineer"]


def test_a_rule_that_cannot_be_says_which_field_is_wrong(published: Cast) -> None:
    draft = _made(published)
    rule = {"level": "primary", "week_date": str(builders.NEXT_WEEK), "kind": "pin"}

    refused = published.api("anna").post(
        f"drafts/{draft['id']}/rules/", **rule, engineer=published.carla.pk
    )

    assert refused.expect(400)["code"] == "DRAFT_RULE_INVALID"
    assert "Carla has no term" in refused.expect(400)["fields"]["engineer"]


def test_two_drafts_are_compared_by_figures_loads_and_weeks(published: Cast) -> None:
    one, other = _made(published, weeks=8), _made(published, kind="repair")

    found = published.api("anna").get(f"drafts/{one['id']}/compare/?other={other['id']}")

    body = found.expect(200)
    assert (body["one"]["draft"], body["other"]["draft"]) == (one["id"], other["id"])
    assert body["other"]["changes"] == 0
    assert body["figures"][0] == {"title": "Gaps", "one": "4", "other": "4", "better": "equal"}
    assert {each["level"] for each in body["loads"]} == {"primary", "escalation"}
    assert {each["name"] for each in body["objectives"]} >= {"gaps", "changes", "unfairness"}


@pytest.mark.parametrize("other", ["0", "-1", "x", "1.0", "9" * 20, "１２"])  # noqa: RUF001
def test_what_is_no_id_of_a_draft_is_refused(published: Cast, other: str) -> None:
    draft = Draft.objects.get()

    answer = published.api("anna").get(f"drafts/{draft.pk}/compare/?other={other}")

    assert "other" in answer.expect(400)["fields"]


def test_a_draft_of_another_rotation_is_not_there_to_compare(published: Cast) -> None:
    elsewhere = builders.make_rotation(team=builders.make_team(name="Other"))
    builders.make_manager(engineer=published.anna, team=elsewhere.team)
    other = builders.make_draft(rotation=elsewhere)
    draft = Draft.objects.get(rotation__slug="core")

    anna = published.api("anna")

    assert anna.get(f"drafts/{draft.pk}/compare/?other={other.pk}").status == 404
    assert anna.delete(f"drafts/{other.pk}/rules/1/").status == 404
