from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from outbox.models import Message
from rotation.models import Draft, PagerDutyPerson, PolicyVersion, Shift, SyncRun
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import (
    SLUG,
    TeamAtWork,
    heading,
    page_of,
    publish,
    signed_in,
    solved_draft,
    team_at_work,
)
from volunteers.models import Absence, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
MAKE = f"/rotations/{SLUG}/draft/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _page(team: TeamAtWork, draft: Draft) -> str:
    return page_of(team.anna, f"/drafts/{draft.pk}/")


def _publish(team: TeamAtWork, draft: Draft, **sent: str) -> Answer:
    return signed_in(team.anna).post(f"/drafts/{draft.pk}/publish/", sent)


def _later(absence_of: TeamAtWork, number: int, first: dt.date) -> Absence:
    """An absence that was entered after the draft was solved."""
    absence = builders.make_absence(
        engineer=absence_of.volunteers[number], starts_on=first, ends_on=first + WEEK
    )
    Absence.objects.filter(pk=absence.pk).update(created_at=NOW + dt.timedelta(minutes=5))
    return absence


# ------------------------------------------------------------------ publishing
def test_publishing_makes_the_draft_the_schedule_and_leads_to_coverage(team: TeamAtWork) -> None:
    draft = solved_draft(team)

    answer = signed_in(team.anna).post(f"/drafts/{draft.pk}/publish/", follow=True)

    assert answer.redirect_chain == [(f"/rotations/{SLUG}/", 302)]
    assert "Published 8 weeks as version 1. PagerDuty gets them within a minute" in _text(answer)
    assert Shift.objects.count() == 16
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED
    assert Message.objects.filter(kind="weeks_published").count() == 7
    assert heading(_page(team, draft)) == "Draft 1 is published as version 1"


def test_gaps_on_level_2_are_confirmed_by_name(team: TeamAtWork) -> None:
    Term.objects.filter(level="escalation").update(left_on=NEXT_WEEK + 2 * WEEK)
    draft = solved_draft(team, weeks=4)
    assert "Publish with nobody on level 2 in 2 weeks" in _page(team, draft)

    refused = _publish(team, draft)
    confirmed = _publish(team, draft, escalation_gaps_confirmed="on")

    assert refused.status_code == 409
    assert "Level 2 has nobody in 2 weeks" in _text(refused)
    assert "Pages that nobody answers would end there." in _text(refused)
    assert confirmed.status_code == 302
    assert Shift.objects.count() == 8


def test_level_2_that_pagerduty_does_not_know_is_confirmed_like_a_gap(team: TeamAtWork) -> None:
    draft = solved_draft(team, weeks=4)
    holders = draft.shifts.filter(level__name="escalation").values_list("holder", flat=True)
    for engineer_id in set(holders):
        PagerDutyPerson.objects.create(engineer_id=engineer_id, checked_at=NOW)

    page = _page(team, draft)
    refused = _publish(team, draft)
    confirmed = _publish(team, draft, escalation_gaps_confirmed="on")

    assert "Publish with nobody on level 2 in 4 weeks" in page
    assert refused.status_code == 409
    assert "since PagerDuty does not know" in _text(refused)
    assert confirmed.status_code == 302


def test_a_draft_with_level_2_covered_asks_for_no_confirmation(team: TeamAtWork) -> None:
    assert "escalation_gaps_confirmed" not in _page(team, solved_draft(team))


def test_of_two_managers_the_second_is_told_and_keeps_the_draft(team: TeamAtWork) -> None:
    first, second = solved_draft(team), solved_draft(team)
    publish(team, first, by=team.max)

    answer = _publish(team, second)

    second.refresh_from_db()
    assert answer.status_code == 409
    assert "Max Lund published version 1 after this draft was made." in _text(answer)
    assert second.state == Draft.State.READY


def test_a_draft_from_an_older_version_cannot_be_published(team: TeamAtWork) -> None:
    first, second = solved_draft(team), solved_draft(team)
    publish(team, first, by=team.max)

    page = _page(team, second)

    assert "Max Lund published version 1 after this draft was made." in page
    assert "This draft cannot be published any more: solve it again." in page
    assert "Publish 8 weeks" not in page
    assert "Solve again" in page


def test_an_absence_after_the_draft_is_named_and_the_broken_rule_refused(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)
    number, week_date = next(
        (number, shift.week_date)
        for number, volunteer in enumerate(team.volunteers)
        for shift in draft.shifts.filter(holder=volunteer)[:1]
    )
    _later(team, number, week_date)
    name = team.volunteers[number].name

    page = _page(team, draft)
    answer = _publish(team, draft)

    assert f"{name} has other days away." in page
    assert f"{name} is away (week of" in page
    assert "Publishing would be refused. Solve it again." in page
    assert answer.status_code == 409
    assert "Draft 1 no longer fits" in _text(answer)
    assert Draft.objects.get().state == Draft.State.READY
    assert not Shift.objects.exists()


def test_an_absence_in_a_free_week_leaves_the_draft_publishable(team: TeamAtWork) -> None:
    draft = solved_draft(team, weeks=2)
    held = set(draft.shifts.values_list("holder_id", flat=True))
    number = next(n for n, person in enumerate(team.volunteers) if person.pk not in held)
    _later(team, number, NEXT_WEEK)

    page = _page(team, draft)

    assert "has other days away." in page
    assert "solve it again, or publish what still fits" in page
    assert _publish(team, draft).status_code == 302


def test_a_newcomer_after_the_draft_is_named(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    term = builders.make_term(team=team.rotation.team, engineer=team.carla)
    Term.objects.filter(pk=term.pk).update(created_at=NOW + dt.timedelta(minutes=5))

    assert "Carla has a new term." in _page(team, draft)


def test_a_policy_after_the_draft_is_named(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    builders.make_policy(rotation=team.rotation, effective_from=NOW)

    assert PolicyVersion.objects.count() == 2
    assert "Policy version 2 is in force since then." in _page(team, draft)


def test_a_draft_whose_weeks_have_all_started_is_not_published(team: TeamAtWork) -> None:
    draft = solved_draft(team, weeks=1)

    with time_machine.travel(NOW + dt.timedelta(days=14), tick=False):
        page = _page(team, draft)

    assert heading(page) == "Every week of draft 1 has started"
    assert "Make a new draft" in page


def test_publishing_again_is_refused(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    publish(team, draft)

    answer = _publish(team, draft)

    assert answer.status_code == 409
    assert heading(_text(answer)) == "Draft 1 is published as version 1"
    assert "published version 1 after this draft was made" in _text(answer)


def test_the_address_of_publishing_opens_the_draft(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation)

    answer = signed_in(team.anna).get(f"/drafts/{draft.pk}/publish/")

    assert answer.headers["Location"] == f"/drafts/{draft.pk}/"


def test_discarding_leaves_the_schedule_and_says_so(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation)

    answer = signed_in(team.anna).post(f"/drafts/{draft.pk}/discard/", follow=True)

    assert answer.redirect_chain == [("/drafts/", 302)]
    assert "Draft 1 is put aside. The published schedule is unchanged." in _text(answer)
    assert AuditEvent.objects.get().verb == "discarded"
    assert heading(_page(team, draft)) == "Draft 1 was put aside"


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_fail_the_page(
    team: TeamAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("celery.app.base.Celery.send_task", refuse)

    answer = signed_in(team.anna).post(MAKE, {"weeks": "4"})

    assert answer.status_code == 302
    assert Draft.objects.get().state == Draft.State.QUEUED
