from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rotation.models import Level, Lookup, Rotation
from tests.builders import NOW

if TYPE_CHECKING:
    from tests.api.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(cast: Cast) -> str:
    Rotation.objects.filter(pk=cast.rotation.pk).update(schedule_version=1)
    return f"rotations/{cast.rotation.slug}/"


def _answer(result: dict[str, Any]) -> None:
    Lookup.objects.update(state="done", finished_at=NOW, schedule_version=1, result=result)


def test_a_plan_is_asked_for_and_read_once_it_is_there(cast: Cast, path: str) -> None:
    anna = cast.api("anna")

    asked = anna.post(f"{path}lookups/", kind="plan").expect(202)
    _answer({"steps": []})
    read = anna.get(f"lookups/{asked['id']}/").expect(200)
    listed = anna.get(f"{path}lookups/").expect(200)

    assert (asked["state"], asked["what"], asked["result"]) == ("queued", "", None)
    assert (read["state"], read["result"], read["schedule_version"]) == ("done", {"steps": []}, 1)
    assert [row["id"] for row in listed["results"]] == [asked["id"]]


def test_a_schedule_is_searched_looked_at_and_adopted(cast: Cast, path: str) -> None:
    anna = cast.api("anna")

    search = anna.post(f"{path}lookups/", kind="search", what="primary", query="ops").expect(202)
    asked = anna.post(f"{path}lookups/", kind="adoption", what="primary", query="PHUMAN1")
    lookup_id = asked.expect(202)["id"]
    too_soon = anna.post(f"lookups/{lookup_id}/adopt/").expect(409)
    _answer({"refusal": "", "object": {"name": "Ops"}})
    adopted = anna.post(f"lookups/{lookup_id}/adopt/").expect(202)

    assert (search["kind"], search["what"], search["query"]) == ("search", "primary", "ops")
    assert too_soon["code"] == "NOT_ADOPTABLE"
    assert adopted["adopted_at"] is not None
    level = Level.objects.get(rotation=cast.rotation, name="primary")
    assert (level.pagerduty_schedule_ref, level.schedule_is_adopted) == ("PHUMAN1", True)


def test_rota_makes_its_own_again(cast: Cast, path: str) -> None:
    Rotation.objects.update(pagerduty_policy_ref="PHUMAN2", pagerduty_policy_is_adopted=True)

    cast.api("anna").post(f"{path}own/", what="policy").expect(204)

    rotation = Rotation.objects.get(pk=cast.rotation.pk)
    assert (rotation.pagerduty_policy_ref, rotation.pagerduty_policy_is_adopted) == ("", False)


def test_a_search_says_what_it_lacks(cast: Cast, path: str) -> None:
    anna = cast.api("anna")

    without_what = anna.post(f"{path}lookups/", kind="search", query="ops").expect(400)
    without_name = anna.post(f"{path}lookups/", kind="search", what="policy").expect(400)

    assert "what" in without_what["fields"]
    assert "query" in without_name["fields"]
