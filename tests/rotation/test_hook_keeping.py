from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from rotation.domain import hook_bodies
from rotation.models import Incident, Page, Service, WebhookEvent
from rotation.operations import hook_keeping, hooks_in, incidents
from tests import builders
from tests.rotation import hooks

pytestmark = pytest.mark.django_db
NOW, NIGHT = builders.NOW, hooks.NIGHT
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
State = WebhookEvent.State
TRIGGERED = hooks.event("triggered", assignees=["PBEN"], teams=[{"id": "PT", "summary": "Inbox"}])
STORY = (
    TRIGGERED,
    hooks.event("escalated", at=NIGHT + 15 * MINUTE, assignees=["PANNA"]),
    hooks.event("acknowledged", at=NIGHT + 20 * MINUTE, agent="PANNA"),
    hooks.event("resolved", at=NIGHT + 60 * MINUTE, agent="PANNA", title="Queue went on"),
)
NOISE = {"event": {"id": "01PING", "event_type": "pagey.ping"}}


@pytest.fixture(autouse=True)
def cast() -> hooks.Cast:
    return hooks.Cast()


def _rows() -> dict[str, Any]:
    """What stands in the three tables, without ids and without what was told."""
    drop = {"id", "_state", "told"}
    return {
        model.__name__: [
            {name: value for name, value in vars(row).items() if name not in drop}
            for row in model._default_manager.order_by("pk")
        ]
        for model in (Incident, Page, Service)
    }


def _read_at(at: dt.datetime) -> None:
    WebhookEvent.objects.filter(handled_at__isnull=False).update(handled_at=at)


def _bodies() -> list[Any]:
    return list(WebhookEvent.objects.order_by("pk").values_list("body", flat=True))


def _replay(document: Any) -> bool:
    received = hook_bodies.read(json.dumps(document).encode())
    return hooks_in.store(received=received, webhook_ref="", now=NOW)


def test_after_two_weeks_the_body_is_cut_and_what_it_told_stays_with_the_incident() -> None:
    hooks.handle(*STORY)
    hooks.keep(NOISE)
    before = _rows()
    _read_at(NOW - 14 * DAY)

    assert hook_keeping.forget_old_events(now=NOW) == 5

    assert _bodies() == [{}] * 5
    incidents.rebuild(ref="QINC1", now=NOW)
    assert _rows() == before
    assert hook_keeping.forget_old_events(now=NOW) == 0


def test_before_two_weeks_nothing_is_cut() -> None:
    hooks.handle(*STORY)
    _read_at(NOW - 14 * DAY + MINUTE)

    assert hook_keeping.forget_old_events(now=NOW) == 0
    assert {} not in _bodies()


def test_what_waits_and_what_could_not_be_read_stays_whole_for_a_person() -> None:
    hooks.keep(TRIGGERED)
    broken = hooks.event("escalated", ref="01BAD")
    broken["event"]["data"]["assignees"] = [3]
    hooks.handle(broken)
    _read_at(NOW - 400 * DAY)
    WebhookEvent.objects.update(received_at=NOW - 400 * DAY)

    assert hook_keeping.forget_old_events(now=NOW) == 0

    states = WebhookEvent.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.WAITING, State.FAILED]
    assert {} not in _bodies()


def test_an_event_whose_body_was_cut_is_known_when_it_comes_again() -> None:
    hooks.handle(*STORY)
    _read_at(NOW - 89 * DAY)
    hook_keeping.forget_old_events(now=NOW)

    assert not _replay(TRIGGERED)
    assert WebhookEvent.objects.count() == 4


def test_after_90_days_the_event_is_gone_and_incidents_and_pages_stay() -> None:
    hooks.handle(*STORY)
    hooks.keep(NOISE)
    before = _rows()
    _read_at(NOW - 90 * DAY)

    hook_keeping.forget_old_events(now=NOW)

    assert not WebhookEvent.objects.exists()
    incidents.rebuild(ref="QINC1", now=NOW)
    assert _rows() == before


def test_what_is_replayed_when_even_its_id_is_gone_changes_nothing() -> None:
    hooks.handle(*STORY)
    before = _rows()
    _read_at(NOW - 90 * DAY)
    hook_keeping.forget_old_events(now=NOW)

    hooks.handle(*STORY[::-1])

    assert _rows() == before
    _read_at(NOW - 90 * DAY)
    hook_keeping.forget_old_events(now=NOW)
    assert len(Incident.objects.get().told) == 4


def test_an_event_that_comes_late_joins_what_the_cut_ones_told() -> None:
    hooks.handle(*STORY[:2])
    _read_at(NOW - 20 * DAY)
    hook_keeping.forget_old_events(now=NOW)

    hooks.handle(*STORY[2:])

    incident = Incident.objects.get()
    assert (incident.title, incident.triggered_at) == ("Queue went on", NIGHT)
    assert incident.escalations == 1
    assert incident.resolved_at == NIGHT + 60 * MINUTE
    assert sorted(Page.objects.values_list("user_ref", flat=True)) == ["PANNA", "PBEN"]


def test_an_incident_of_nobody_joins_a_rotation_though_its_events_are_gone(
    cast: hooks.Cast,
) -> None:
    hooks.with_policy(cast.rotation, "POTHER")
    hooks.handle(*STORY)
    assert Incident.objects.get().rotation is None
    _read_at(NOW - 90 * DAY)
    hook_keeping.forget_old_events(now=NOW)

    hooks.with_policy(cast.rotation)
    incidents.rebuild(ref="QINC1", now=NOW)

    assert Incident.objects.get().rotation == cast.rotation
    assert Page.objects.filter(shift=cast.shift).count() == 1


def test_it_goes_on_in_slices_the_oldest_first() -> None:
    for number in range(5):
        hooks.handle(hooks.event("triggered", incident=f"QINC{number}", assignees=["PBEN"]))
    for number, event in enumerate(WebhookEvent.objects.order_by("-pk")):
        WebhookEvent.objects.filter(pk=event.pk).update(handled_at=NOW - (20 + number) * DAY)

    done = [hook_keeping.forget_old_events(now=NOW, most=2) for _time in range(4)]

    assert done == [2, 2, 1, 0]
    assert _bodies() == [{}] * 5


def test_the_oldest_of_a_slice_go_first() -> None:
    hooks.handle(TRIGGERED, STORY[1])
    first, second = WebhookEvent.objects.order_by("pk")
    WebhookEvent.objects.filter(pk=first.pk).update(handled_at=NOW - 15 * DAY)
    WebhookEvent.objects.filter(pk=second.pk).update(handled_at=NOW - 16 * DAY)

    hook_keeping.forget_old_events(now=NOW, most=1)

    cut = WebhookEvent.objects.filter(cut_at__isnull=False)
    assert [event.pk for event in cut] == [second.pk]


def test_the_database_keeps_the_body_of_what_nobody_has_read() -> None:
    event = hooks.keep(TRIGGERED)

    with (
        pytest.raises(IntegrityError, match="webhook_event_is_cut_when_read"),
        transaction.atomic(),
    ):
        WebhookEvent.objects.filter(pk=event.pk).update(cut_at=NOW)
