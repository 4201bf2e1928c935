"""Whoever was accepted is reached by a page before their first shift, or both sides are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from common.clocks import Clocks
from outbox.models import Message
from rotation import people_checking
from rotation.models import PeopleCheck
from rotation.operations import people_checks
from rotation.queries import people_facts
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY, WEEK
from tests.rotation.pages import actor, page_of
from volunteers.operations import application_decisions

if TYPE_CHECKING:
    import datetime as dt

    from rotation.models import Rotation
    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
FIRST = NEXT_WEEK + 3 * WEEK


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation(holiday_office=builders.make_office())


@pytest.fixture
def anna(rotation: Rotation) -> Engineer:
    return builders.make_anna(team=rotation.team)


@pytest.fixture
def carla(rotation: Rotation, anna: Engineer) -> Engineer:
    """Accepted from next week on, a shadow for two weeks, first published three weeks later."""
    carla = builders.make_carla()
    application = builders.make_application(team=rotation.team, engineer=carla)
    application_decisions.accept_application(
        application_id=application.pk,
        starts_on=NEXT_WEEK,
        term_weeks=26,
        shadow_weeks=2,
        actor=actor(anna),
        today=TODAY,
        now=NOW,
    )
    builders.make_shift(level=builders.level_of(rotation), week_date=FIRST, holder=carla)
    return carla


def _check(gateway: HttpGateway, *, now: dt.datetime) -> None:
    people_checks.queue_check(cause="a test", now=now)
    check = PeopleCheck.objects.get(state=PeopleCheck.State.QUEUED)
    clocks = Clocks(now=lambda: now, real_now=lambda: now)
    people_checking.check_people(check_id=check.pk, gateway=gateway, holder="w", clocks=clocks)


def _mails(to: Engineer) -> list[tuple[str, str]]:
    rows = Message.objects.filter(to=to.email).order_by("pk")
    return list(rows.values_list("kind", "body"))


def test_a_newcomer_whom_no_page_reaches_is_told_at_once_and_managers_before_the_first_shift(
    carla: Engineer, anna: Engineer, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    simulator.put_state({"users": []})
    assert people_facts.is_due(now=NOW)

    _check(gateway, now=NOW)
    welcome, missing = _mails(carla)
    too_far = _mails(anna)
    _check(gateway, now=NOW + 2 * WEEK)

    assert welcome[0] == "application_accepted"
    assert "have a PagerDuty account with this address" in welcome[1]
    assert missing[0] == "cannot_be_paged"
    assert too_far == []
    [(kind, body)] = _mails(anna)
    assert kind == "team_cannot_be_paged"
    assert "Carla" in body
    assert "on call from Mon 21 Dec 2026" in body
    assert len(_mails(carla)) == 2
    with time_machine.travel(NOW + 2 * WEEK, tick=False):
        assert "PagerDuty cannot reach you" in page_of(carla, "/")


def test_of_a_newcomer_whom_a_page_reaches_nobody_hears(
    carla: Engineer, anna: Engineer, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    user: dict[str, Any] = {"id": "PCARLA", "name": "Carla", "email": "carla@example.com"}
    simulator.put_state({"users": [user]})

    _check(gateway, now=NOW)
    _check(gateway, now=NOW + 2 * WEEK)

    assert [kind for kind, _body in _mails(carla)] == ["application_accepted"]
    assert _mails(anna) == []
