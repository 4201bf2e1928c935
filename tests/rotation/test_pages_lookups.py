from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from rotation.models import Level, Lookup, SyncRun
from rotation.operations import lookups
from tests import builders
from tests.builders import NOW
from tests.rotation.pages import (
    SLUG,
    TeamAtWork,
    actor,
    heading,
    mark_published,
    page_of,
    signed_in,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
PAGERDUTY = f"/rotations/{SLUG}/pagerduty/"
EXISTING = f"{PAGERDUTY}existing/"
WEEK = {
    "week": "2026-12-07",
    "starts_at": "2026-12-07T12:00:00+00:00",
    "ends_at": "2026-12-14T12:00:00+00:00",
    "changes": True,
    "before": [],
    "after": [
        {
            "who": "Ben",
            "starts_at": "2026-12-07T17:30:00+00:00",
            "ends_at": "2026-12-14T09:00:00+00:00",
        }
    ],
}
LEVEL = {
    "level": "primary",
    "schedule_ref": "",
    "schedule_name": "",
    "trouble": "",
    "writes": 1,
    "unmatched": [],
    "differs": [],
    "left": [],
    "nobody": [],
    "weeks": [WEEK, {**WEEK, "week": "2026-12-14", "changes": False}],
}
PLAN: dict[str, Any] = {
    "failure": "",
    "unmatched": [],
    "steps": [
        {
            "level": "primary",
            "action": "create_schedule",
            "reason": "The level has no schedule in PagerDuty yet.",
            "method": "POST",
            "path": "/schedules",
            "body": {"schedule": {"name": "Core: primary"}},
        }
    ],
    "levels": [LEVEL],
    "policy": {
        "policy_ref": "",
        "policy_name": "",
        "trouble": "",
        "writes": 0,
        "further_rules": 0,
        "services": [],
    },
}
OBJECT: dict[str, Any] = {
    "kind": "schedule",
    "ref": "PHUMAN1",
    "name": "Ops by hand",
    "description": "",
    "time_zone": "Europe/Dublin",
    "layers": [
        {"name": "Nights", "starts_at": NOW.isoformat(), "ends_at": None, "people": ["Gil"]}
    ],
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


def _answered(team: TeamAtWork, kind: str, result: dict[str, Any] | None, **fields: Any) -> Lookup:
    return Lookup.objects.create(
        rotation=team.rotation,
        level=team.primary if kind != "plan" else None,
        kind=kind,
        queued_at=NOW,
        result=result,
        **{"state": "done", "finished_at": NOW, "schedule_version": 1, **fields},
    )


def _page(team: TeamAtWork, lookup: Lookup) -> str:
    return page_of(team.anna, f"/lookups/{lookup.pk}/")


def test_asking_for_the_plan_leaves_a_question_and_shows_how_far_it_is(team: TeamAtWork) -> None:
    asked = signed_in(team.anna).post(f"{PAGERDUTY}plan/")

    lookup = Lookup.objects.get()
    lookups.claim_lookup(lookup_id=lookup.pk, now=NOW, real_now=NOW, holder="worker")
    lookups.tell_progress(lookup_id=lookup.pk, holder="worker", said="Comparing level 2")
    answer = signed_in(team.anna).get(f"/lookups/{lookup.pk}/")
    page = answer.content.decode()
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/lookups/{lookup.pk}/")
    assert heading(page) == "PagerDuty is being read"
    assert "Comparing level 2" in page
    assert answer.headers["Refresh"] == "3"


def test_a_plan_shows_counts_weeks_and_requests_before_it_is_carried_out(team: TeamAtWork) -> None:
    page = _page(team, _answered(team, "plan", PLAN))

    assert heading(page) == "1 request would bring PagerDuty in line"
    assert "Primary: 1 week will change" in page
    assert "1 week stays as in PagerDuty now." in page
    assert "Mon 7 Dec 2026" in page
    assert "<bdi>Ben</bdi>" in page
    assert "Make the schedule" in page
    assert "POST /schedules" in page
    assert "Carry it out" in page


def test_nothing_to_write_offers_nothing_to_carry_out(team: TeamAtWork) -> None:
    unchanged = {**LEVEL, "weeks": [{**WEEK, "changes": False}]}

    page = _page(team, _answered(team, "plan", {**PLAN, "steps": [], "levels": [unchanged]}))

    assert heading(page) == "PagerDuty shows the published schedule"
    assert "Carry it out" not in page


def test_what_stands_in_the_way_is_said_on_the_plan(team: TeamAtWork) -> None:
    blocked = {
        **LEVEL,
        "level": "escalation",
        "differs": ["2027-03-22"],
        "nobody": [{"week": "2026-12-07", "seconds": 7200, "who": "Gil"}],
        "left": [{**WEEK["after"][0], "who": "Eva"}],  # type: ignore[index]  # a list of one
    }

    page = _page(team, _answered(team, "plan", {**PLAN, "levels": [blocked]}))

    assert heading(page) == "Not everything can be written"
    assert "PagerDuty’s preview differs, so this level is not written." in page
    assert "Mon 22 Mar 2027" in page
    assert "PagerDuty does not know <bdi>Gil</bdi>" in page
    assert "Left alone: 1 override that Rota did not make." in page


def test_a_failed_question_says_why_and_can_be_asked_again(team: TeamAtWork) -> None:
    lookup = _answered(team, "plan", None, state="failed", failure="PagerDuty answered 503.")

    page = _page(team, lookup)

    assert heading(page) == "PagerDuty could not be read"
    assert "PagerDuty answered 503." in page
    assert "Ask again" in page


def test_the_search_names_what_it_needs_and_keeps_what_was_typed(team: TeamAtWork) -> None:
    client = signed_in(team.anna)

    empty = client.post(EXISTING, {"what": "primary", "query": " "})
    good = client.post(EXISTING, {"what": "policy", "query": "ops"})

    assert empty.status_code == 422
    assert "Write a part of its name, or its id." in empty.content.decode()
    assert good.status_code == 302
    lookup = Lookup.objects.get()
    assert (lookup.kind, lookup.query, lookup.level) == ("search", "ops", None)


def test_what_was_found_says_its_kind_and_why_it_is_refused(team: TeamAtWork) -> None:
    found = [
        {"ref": "P1", "name": "Ops", "description": "", "kind": "layers", "refusal": ""},
        {"ref": "P2", "name": "P2", "description": "", "kind": "v3", "refusal": "Shift-based."},
    ]

    page = _page(team, _answered(team, "search", {"found": found, "more": False}, query="ops"))

    assert heading(page) == "2 matches for “ops”"
    assert "layer-based schedule P1" in page
    assert "shift-based schedule P2" in page
    assert "Shift-based." in page
    assert page.count("See what would be overwritten") == 1


def test_looking_at_one_asks_what_would_become_of_it(team: TeamAtWork) -> None:
    signed_in(team.anna).post(EXISTING, {"what": "escalation", "ref": "PHUMAN1"})

    lookup = Lookup.objects.get()
    assert (lookup.kind, lookup.query) == ("adoption", "PHUMAN1")
    assert lookup.level == team.escalation


def test_an_adoption_is_shown_and_confirmed(team: TeamAtWork) -> None:
    result = {"refusal": "", "object": OBJECT, "plan": PLAN}
    lookup = _answered(team, "adoption", result, query="PHUMAN1")

    page = _page(team, lookup)
    confirmed = signed_in(team.anna).post(f"/lookups/{lookup.pk}/adopt/")
    again = signed_in(team.anna).post(f"/lookups/{lookup.pk}/adopt/")

    level = Level.objects.get(pk=team.primary.pk)
    assert heading(page) == "What becomes of “Ops by hand”"
    assert "<b>Nights</b>: Gil, without end" in page
    assert "Its layers end now and stay readable" in page
    assert (confirmed.status_code, confirmed.headers["Location"]) == (302, PAGERDUTY)
    assert (level.pagerduty_schedule_ref, level.schedule_is_adopted) == ("PHUMAN1", True)
    assert SyncRun.objects.get().cause == "anna@example.com adopted PHUMAN1"
    assert again.status_code == 409


def test_what_is_in_use_stands_beside_the_search_and_can_be_given_back(team: TeamAtWork) -> None:
    Level.objects.filter(pk=team.primary.pk).update(
        pagerduty_schedule_ref="PHUMAN1", schedule_is_adopted=True
    )

    page = page_of(team.anna, EXISTING)
    signed_in(team.anna).post(f"{PAGERDUTY}own/", {"what": "primary"})

    assert "schedule PHUMAN1, adopted" in page
    assert "Let Rota make its own" in page
    assert Level.objects.get(pk=team.primary.pk).pagerduty_schedule_ref == ""


def test_an_upgraded_schedule_leads_to_choosing_another(team: TeamAtWork) -> None:
    Level.objects.filter(pk=team.primary.pk).update(
        pagerduty_schedule_ref="PNEW",
        schedule_trouble=Level.Trouble.UPGRADED,
        schedule_trouble_since=NOW,
    )

    page = page_of(team.anna, PAGERDUTY)

    assert "was upgraded in PagerDuty" in page
    assert f'href="{EXISTING}"' in page
    assert "Let Rota make its own" in page_of(team.anna, EXISTING)


def test_only_the_teams_managers_and_admins_ask_and_adopt(team: TeamAtWork) -> None:
    lookup = _answered(team, "plan", PLAN)
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))
    people = [team.anna, builders.make_admin(), team.ben, otto]

    seen = [signed_in(one).get(f"/lookups/{lookup.pk}/").status_code for one in people]
    asked = [signed_in(one).post(f"{PAGERDUTY}plan/").status_code for one in people]

    assert seen == [200, 200, 404, 404]
    assert asked == [302, 302, 404, 404]


def test_before_publication_there_is_no_plan() -> None:
    team = team_at_work()

    with pytest.raises(lookups.NothingToPlanError):
        lookups.ask_plan(rotation_id=team.rotation.pk, actor=actor(team.anna), now=NOW)
