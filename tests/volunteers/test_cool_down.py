"""The weeks without on-call between two terms of a person, where the policy wants some."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.operations import Actor
from tests import builders
from tests.builders import NOW, THIS_WEEK, TODAY, WEEK
from tests.rotation.pages import page_of, signed_in
from volunteers.models import Application, Engineer, Term
from volunteers.operations.application_decisions import CoolDownError, accept_application

if TYPE_CHECKING:
    import datetime as dt

pytestmark = pytest.mark.django_db

# Ben's last term ended two weeks ago; six weeks are wanted between two terms.
ENDED = THIS_WEEK - 2 * WEEK
WEEKS = 6
FROM = ENDED + WEEKS * WEEK


@pytest.fixture
def application() -> Application:
    rotation = builders.make_rotation()
    builders.make_policy(rotation=rotation, cool_down_weeks=WEEKS)
    anna = builders.make_anna(team=rotation.team)
    ben = builders.make_ben()
    builders.make_posting(engineer=ben, office=builders.make_office())
    builders.make_term(
        team=rotation.team, engineer=ben, starts_on=ENDED - 26 * WEEK, accepted_by=anna
    )
    return builders.make_application(team=rotation.team, engineer=ben)


def _accept(application: Application, starts_on: dt.date, *, weeks: int = WEEKS) -> int:
    anna = Engineer.objects.get(email="anna@example.com")
    return accept_application(
        application_id=application.pk,
        starts_on=starts_on,
        term_weeks=26,
        cool_down_weeks=weeks,
        actor=Actor(name=anna.email, engineer_id=anna.pk),
        today=TODAY,
        now=NOW,
    )


def test_a_start_within_the_cool_down_is_refused_and_says_from_when(
    application: Application,
) -> None:
    with pytest.raises(CoolDownError, match=r"6 weeks without on-call .* from Mon 21 Dec 2026 on"):
        _accept(application, FROM - WEEK)

    application.refresh_from_db()
    assert application.state == Application.State.SUBMITTED
    assert Term.objects.get(pk=_accept(application, FROM)).starts_on == FROM


def test_a_policy_without_one_lets_a_term_follow_at_once(application: Application) -> None:
    assert _accept(application, builders.NEXT_WEEK, weeks=0)


def test_who_left_early_rests_from_that_day_and_who_never_began_does_not(
    application: Application,
) -> None:
    earlier = Term.objects.get()
    Term.objects.update(left_on=ENDED - 10 * WEEK)
    term_id = _accept(application, builders.NEXT_WEEK)
    assert term_id

    Term.objects.filter(pk=term_id).update(left_on=builders.NEXT_WEEK)
    Term.objects.filter(pk=earlier.pk).update(left_on=earlier.starts_on)
    again = builders.make_application(team=application.team, engineer=application.engineer)
    assert _accept(again, builders.NEXT_WEEK)


@time_machine.travel(NOW, tick=False)
def test_managers_are_offered_starts_after_it_and_the_card_says_why(
    application: Application,
) -> None:
    anna = Engineer.objects.get(email="anna@example.com")
    page = html.unescape(page_of(anna, "/applications/"))

    answer = signed_in(anna).post(
        f"/applications/{application.pk}/accept/", {"starts_on": str(FROM - WEEK)}
    )

    assert "the policy’s time between two terms lasts until" in page
    assert f'value="{FROM}"' in page
    assert f'value="{FROM - WEEK}"' not in page.split("starts_on")[1].split("</select>")[0]
    assert answer.status_code == 422


@time_machine.travel(NOW, tick=False)
def test_an_applicant_reads_from_when_a_term_could_start(application: Application) -> None:
    Application.objects.filter(pk=application.pk).update(state="withdrawn", decided_at=NOW)
    page = html.unescape(page_of(application.engineer, "/rotations/core/apply/"))

    assert "You have served here before." in page
    assert "Mon 21 Dec 2026" in page
