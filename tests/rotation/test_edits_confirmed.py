from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.operations import Actor
from rotation.models import Draft, Drift, DriftCheck, Level, Lookup, Shift, SyncRun
from rotation.operations import publishing
from tests import builders
from tests.api.people import api_of
from tests.builders import NOW, WEEK
from tests.rotation.pages import (
    TeamAtWork,
    page_of,
    publish,
    signed_in,
    solved_draft,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
ASKS = "Write over 1 week that somebody changed there"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    """Version 1 is published, and whoever holds the third primary week is away in it by now."""
    team = team_at_work()
    publish(team, solved_draft(team))
    shift = _shift(2)
    assert shift.holder is not None
    builders.make_absence(
        engineer=shift.holder, starts_on=shift.week_date, ends_on=shift.week_date + WEEK
    )
    return team


def _shift(number: int) -> Shift:
    rows = Shift.objects.filter(level__name="primary").select_related("holder", "level__rotation")
    return rows.order_by("week_date")[number]


def _edit(shift: Shift, **facts: object) -> Drift:
    """What a check notices when Tom gives the week to Eva in PagerDuty."""
    return Drift.objects.create(
        **{
            "level": shift.level,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "wanted_ref": "PBEN",
            "wanted_name": "Ben Ito",
            "shown_ref": "PEVA",
            "shown_name": "Eva Stone",
            "cause": Drift.Cause.LAYER,
            "by": "Tom Whitfield",
            "by_at": NOW - dt.timedelta(hours=2),
            "seen_at": NOW,
            **facts,
        }
    )


def _publish(team: TeamAtWork, draft: Draft, *, confirmed: bool) -> int:
    return publishing.publish_draft(
        draft_id=draft.pk,
        escalation_gaps_confirmed=True,
        edits_confirmed=confirmed,
        actor=Actor(name=team.anna.email, engineer_id=team.anna.pk),
        now=NOW,
    )


def test_publishing_asks_before_it_writes_over_a_week_that_somebody_edited(
    team: TeamAtWork,
) -> None:
    shift = _shift(2)
    _edit(shift)
    draft = solved_draft(team)

    page = page_of(team.anna, f"/drafts/{draft.pk}/")
    refused = signed_in(team.anna).post(f"/drafts/{draft.pk}/publish/")

    assert ASKS in page
    assert "shows Eva Stone instead of Ben Ito, by Tom Whitfield, " in page
    assert refused.status_code == 409
    said = refused.content.decode()
    assert "Somebody changed in PagerDuty what this would write over." in said
    assert "Confirm that to publish, or decide first on the PagerDuty page" in said
    assert _shift(2).holder == shift.holder

    ticked = signed_in(team.anna).post(
        f"/drafts/{draft.pk}/publish/", {"edits_confirmed": "on", "escalation_gaps_confirmed": "on"}
    )

    assert ticked.status_code == 302
    assert _shift(2).holder != shift.holder


def test_the_api_asks_and_is_told_alike(team: TeamAtWork) -> None:
    shift = _shift(2)
    _edit(shift)
    draft = solved_draft(team)
    api = api_of(team.anna)

    [edited] = api.get(f"drafts/{draft.pk}/").expect(200)["edited"]
    refused = api.post(f"drafts/{draft.pk}/publish/").expect(409)
    api.post(f"drafts/{draft.pk}/publish/", edits_confirmed=True).expect(200)

    assert (edited["level"], edited["week_date"]) == ("primary", shift.week_date.isoformat())
    assert edited["shown"] == "shows Eva Stone instead of Ben Ito"
    assert refused["code"] == "PAGERDUTY_EDITS_NOT_CONFIRMED"


@pytest.mark.parametrize("facts", [{"choice": "leave"}, {"gone_at": NOW}, {"cause": "override"}])
def test_what_was_decided_is_gone_or_lies_over_the_layers_is_not_asked_about(
    team: TeamAtWork, facts: dict[str, object]
) -> None:
    _edit(_shift(2), **facts)
    draft = solved_draft(team)

    assert ASKS not in page_of(team.anna, f"/drafts/{draft.pk}/")
    assert _publish(team, draft, confirmed=False) == 2


def test_an_edit_of_a_week_that_stays_as_published_is_not_asked_about(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    proposed = dict(
        draft.shifts.filter(level__name="primary").values_list("week_date", "holder_id")
    )
    shifts = [_shift(number) for number in range(8)]
    _edit(next(each for each in shifts if proposed[each.week_date] == each.holder_id))

    assert _publish(team, draft, confirmed=False) == 2


def test_an_edit_that_only_a_sync_has_met_is_asked_about_too(team: TeamAtWork) -> None:
    shift = _shift(2)
    edit = [shift.starts_at.isoformat(), shift.ends_at.isoformat(), "PBEN"]
    DriftCheck.objects.all().delete()
    SyncRun.objects.create(
        rotation=team.rotation,
        state=SyncRun.State.DONE,
        cause="a cover",
        queued_at=NOW,
        finished_at=NOW,
        rests=[{"level": "primary", "what": "It differs.", "edits": [edit]}],
    )
    draft = solved_draft(team)

    page = page_of(team.anna, f"/drafts/{draft.pk}/")

    assert ASKS in page
    with pytest.raises(publishing.EditsNotConfirmedError, match="primary: edited"):
        _publish(team, draft, confirmed=False)
    assert Level.objects.get(name="primary").rotation.schedule_version == 1


def test_the_plan_names_what_was_edited_and_says_that_it_stays(team: TeamAtWork) -> None:
    _edit(_shift(2))
    empty = {"further_rules": 0, "services": []}
    plan = {"steps": [], "levels": [], "unmatched": [], "failure": "", "policy": empty}
    lookup = Lookup.objects.create(
        rotation=team.rotation,
        kind=Lookup.Kind.PLAN,
        state=Lookup.State.DONE,
        queued_at=NOW,
        finished_at=NOW,
        schedule_version=1,
        result=plan,
    )

    page = page_of(team.anna, f"/lookups/{lookup.pk}/")

    assert "shows Eva Stone instead of Ben Ito, by Tom Whitfield, " in page
    assert "Carrying out the plan keeps this until a manager decides." in page
