from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

import pytest

from audit.operations import Actor
from rotation.domain import incident_records
from rotation.models import Incident, LevelName, Page, Service, WebhookEvent
from rotation.operations import hook_events, incidents
from rotation.queries import hook_work
from tests import builders
from tests.rotation import hooks
from volunteers.models import Team

pytestmark = pytest.mark.django_db
NOW, NIGHT = builders.NOW, hooks.NIGHT
MINUTE = dt.timedelta(minutes=1)
State = WebhookEvent.State


def rows() -> dict[str, Any]:
    """What stands in the three tables, without ids."""
    drop = {"id", "_state"}
    return {
        model.__name__: [
            {name: value for name, value in vars(row).items() if name not in drop}
            for row in model._default_manager.order_by("pk")
        ]
        for model in (Incident, Page, Service)
    }


@pytest.fixture
def cast() -> hooks.Cast:
    return hooks.Cast()


TRIGGERED = hooks.event("triggered", assignees=["PBEN"])
ESCALATED = hooks.event("escalated", at=NIGHT + 15 * MINUTE, assignees=["PANNA"])
ACKNOWLEDGED = hooks.event("acknowledged", at=NIGHT + 20 * MINUTE, agent="PANNA")
RESOLVED = hooks.event("resolved", at=NIGHT + 60 * MINUTE, agent="PANNA")
STORY = (TRIGGERED, ESCALATED, ACKNOWLEDGED, RESOLVED)


def test_an_incident_becomes_a_page_for_each_person_notified(cast: hooks.Cast) -> None:
    hooks.handle(*STORY)

    incident = Incident.objects.get()
    first, second = Page.objects.order_by("paged_at")
    assert incident.rotation == cast.rotation
    assert (incident.title, incident.number) == ("Queue stands still", 37)
    assert incident.service is not None
    assert incident.service.name == "Inbox"
    assert incident.triggered_at == NIGHT
    assert incident.acknowledged_at == NIGHT + 20 * MINUTE
    assert incident.resolved_at == NIGHT + 60 * MINUTE
    assert incident.escalations == 1
    assert (first.engineer, first.shift, first.acknowledged_at) == (cast.ben, cast.shift, None)
    assert (second.engineer, second.shift) == (cast.anna, cast.level2)
    assert second.level is not None
    assert second.level.name == LevelName.ESCALATION
    assert second.acknowledged_at == NIGHT + 20 * MINUTE
    assert first.in_on_call_hours


@pytest.mark.usefixtures("cast")
def test_any_order_and_any_repetition_gives_the_same_rows() -> None:
    hooks.handle(*STORY)
    wanted = rows()

    for order in itertools.permutations(STORY):
        for model in (Page, Incident, Service, WebhookEvent):
            model._default_manager.all().delete()
        hooks.handle(*order, *random.Random(1).sample(order, 2))  # noqa: S311 - a fixed draw
        found = rows()
        for name in ("Incident", "Page", "Service"):
            assert _without_ids(found[name]) == _without_ids(wanted[name]), order


def _without_ids(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [
        {name: value for name, value in line.items() if name not in {"incident_id", "service_id"}}
        for line in lines
    ]
    return sorted(kept, key=str)


@pytest.mark.usefixtures("cast")
def test_somebody_given_an_incident_twice_was_paged_once() -> None:
    again = hooks.event("reassigned", at=NIGHT + 5 * MINUTE, assignees=["PBEN", "PANNA"])

    hooks.handle(TRIGGERED, again)

    assert sorted(Page.objects.values_list("user_ref", "paged_at")) == [
        ("PANNA", NIGHT + 5 * MINUTE),
        ("PBEN", NIGHT),
    ]


def test_incidents_of_other_policies_are_kept_without_a_rotation(cast: hooks.Cast) -> None:
    hooks.with_policy(cast.rotation, "POTHER")

    hooks.handle(TRIGGERED)

    assert Incident.objects.get().rotation is None
    assert Page.objects.get().shift is None
    assert not Page.objects.get().in_on_call_hours


def test_what_was_unknown_joins_once_it_is_known(cast: hooks.Cast) -> None:
    hooks.with_policy(cast.rotation, "POTHER")
    hooks.handle(hooks.event("triggered", assignees=["PNEW"]))
    hooks.with_policy(cast.rotation)
    dora = builders.make_engineer(name="Dora")
    assert hook_work.incidents_to_join() == ["QINC1"]
    hooks.know(dora, "PNEW")

    for ref in hook_work.incidents_to_join():
        incidents.rebuild(ref=ref, now=NOW)

    assert Incident.objects.get().rotation == cast.rotation
    assert Page.objects.get().engineer == dora
    assert hook_work.incidents_to_join() == []


def test_a_delegated_incident_belongs_to_the_last_policy_that_is_ours(cast: hooks.Cast) -> None:
    away = {"id": "PAWAY", "type": "escalation_policy_reference"}
    elsewhere = hooks.event("delegated", at=NIGHT + MINUTE, escalation_policy=away)

    hooks.handle(TRIGGERED, elsewhere)

    assert Incident.objects.get().rotation == cast.rotation
    assert Incident.objects.get().policy_ref == hooks.POLICY


def _entry(kind: str, minutes: float, **fields: Any) -> dict[str, Any]:
    at = (NIGHT + minutes * MINUTE).isoformat()
    return {"type": f"{kind}_log_entry", "created_at": at, **fields}


def _record(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    data = TRIGGERED["event"]["data"] | {"incident_number": 37}
    return incident_records.kept(data, entries, read_at=NOW)


LOG = (
    _entry("trigger", 0),
    _entry("assign", 0, assignees=[hooks.user("PBEN")]),
    _entry("notify", 0.5, user=hooks.user("PBEN")),
    _entry("notify", 2.5, user=hooks.user("PBEN")),
    _entry("acknowledge", 3, agent=hooks.user("PBEN")),
    _entry("resolve", 9, agent=hooks.user("PBEN")),
)


def test_pagerdutys_log_says_who_was_notified_and_corrects_what_events_said(
    cast: hooks.Cast,
) -> None:
    hooks.handle(*STORY)

    incidents.keep_record(ref="QINC1", record=_record(*LOG), now=NOW)

    page = Page.objects.get()
    assert (page.engineer, page.shift) == (cast.ben, cast.shift)
    assert page.paged_at == NIGHT + dt.timedelta(seconds=30)
    assert page.acknowledged_at == NIGHT + 3 * MINUTE
    incident = Incident.objects.get()
    assert (incident.escalations, incident.resolved_at) == (0, NIGHT + 9 * MINUTE)


@pytest.mark.usefixtures("cast")
def test_a_late_event_does_not_undo_what_the_log_said() -> None:
    hooks.handle(TRIGGERED)
    incidents.keep_record(ref="QINC1", record=_record(*LOG), now=NOW)
    wanted = rows()

    hooks.handle(ESCALATED, ACKNOWLEDGED)

    assert rows() == wanted


def test_an_incident_that_no_event_told_of_is_made_from_the_log(cast: hooks.Cast) -> None:
    incidents.keep_record(ref="QINC9", record=_record(*LOG), now=NOW)

    incident = Incident.objects.get()
    assert (incident.ref, incident.rotation) == ("QINC9", cast.rotation)
    assert incident.triggered_at == NIGHT
    assert Page.objects.count() == 1


@pytest.mark.usefixtures("cast")
def test_while_an_incident_is_open_the_log_and_events_both_count() -> None:
    hooks.handle(TRIGGERED)
    incidents.keep_record(ref="QINC1", record=_record(*LOG[:3]), now=NOW)

    hooks.handle(ESCALATED)

    assert sorted(Page.objects.values_list("user_ref", flat=True)) == ["PANNA", "PBEN"]


@pytest.mark.parametrize(
    ("zone", "is_asleep"), [("Europe/Dublin", False), ("Europe/Paris", True), ("Asia/Tokyo", False)]
)
def test_sleep_hours_are_those_where_the_carrier_works(
    cast: hooks.Cast,
    zone: str,
    is_asleep: bool,  # noqa: FBT001
) -> None:
    office = builders.make_office(name="There", time_zone=zone)
    builders.make_posting(engineer=cast.ben, office=office)

    hooks.handle(TRIGGERED)

    assert Page.objects.get().in_sleep_hours is is_asleep


def test_a_page_in_office_hours_is_outside_on_call_hours(cast: hooks.Cast) -> None:
    noon = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)

    hooks.handle(hooks.event("triggered", at=noon, assignees=["PBEN"]))

    page = Page.objects.get()
    assert page.shift == cast.shift
    assert not page.in_on_call_hours


def test_whoever_covers_is_the_one_whose_shift_it_is(cast: hooks.Cast) -> None:
    carla = builders.make_carla()
    hooks.know(carla, "PCARLA")
    builders.make_cover(shift=cast.shift, from_engineer=cast.ben, to_engineer=carla)

    hooks.handle(hooks.event("triggered", assignees=["PCARLA"]))

    assert Page.objects.get().shift == cast.shift


@pytest.mark.usefixtures("cast")
def test_a_service_belongs_to_the_home_team_of_the_same_name() -> None:
    Team.objects.create(name="Inbox")

    hooks.handle(hooks.event("triggered", teams=[{"id": "PT", "summary": "Inbox"}]))

    service = Service.objects.get()
    assert service.owner is not None
    assert service.owner.name == "Inbox"


@pytest.mark.usefixtures("cast")
def test_an_event_that_cannot_be_read_fails_where_people_see_it_and_stops_no_other() -> None:
    broken = hooks.event("escalated", ref="01BAD", at=NIGHT + MINUTE)
    broken["event"]["data"]["assignees"] = [3]

    hooks.handle(TRIGGERED, broken, RESOLVED)

    failed = WebhookEvent.objects.get(event_ref="01BAD")
    assert failed.state == State.FAILED
    assert "lacks" in failed.failure
    assert WebhookEvent.objects.filter(state=State.DONE).count() == 2
    assert Incident.objects.get().resolved_at is not None


@pytest.mark.usefixtures("cast")
def test_an_event_whose_workers_die_is_given_up_after_five_tries_and_waits_on_order() -> None:
    event = hooks.keep(TRIGGERED)
    for number in range(hook_events.MOST_TRIES):
        at = NOW + number * 2 * MINUTE
        assert hook_events._claim(event.pk, f"worker {number}", at) is not None
        assert hook_events._claim(event.pk, "another", at) is None

    later = NOW + 60 * MINUTE
    assert not hook_events.handle(event_id=event.pk, holder="last", now=later, real_now=later)

    event.refresh_from_db()
    assert (event.state, event.failure) == (State.FAILED, hook_events.GIVEN_UP)
    ada = builders.make_admin()
    actor = Actor(name=ada.email, engineer_id=ada.pk)
    assert hook_events.try_failed_again(actor=actor, now=NOW) == 1
    assert hook_work.waiting_event_ids(real_now=later) == [event.pk]


@pytest.mark.usefixtures("cast")
def test_an_incident_is_looked_up_once_a_while_after_it_began_and_once_when_it_is_over() -> None:
    hooks.handle(TRIGGERED)
    soon, later = NIGHT + 5 * MINUTE, NIGHT + 16 * MINUTE

    assert hook_work.incidents_to_fill(now=soon) == []
    assert hook_work.incidents_to_fill(now=later) == ["QINC1"]
    incidents.keep_record(ref="QINC1", record=_record(*LOG[:3]), now=later)
    assert hook_work.incidents_to_fill(now=later) == []
    hooks.handle(RESOLVED)
    assert hook_work.incidents_to_fill(now=NOW) == ["QINC1"]
    incidents.keep_record(ref="QINC1", record=_record(*LOG), now=NOW)
    assert hook_work.incidents_to_fill(now=NOW) == []
