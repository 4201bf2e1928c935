from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from common import clock
from rotation.models import (
    Cover,
    DriftCheck,
    Lookup,
    PeopleCheck,
    WebhookCare,
    WebhookEvent,
    WeekQuestion,
)
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from rotation.models import Rotation

pytestmark = pytest.mark.django_db
PATIENCE = dt.timedelta(minutes=5)


def _oldest(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/readyz").json()["waiting"]["oldest"]
    return found


def _question(rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    WeekQuestion.objects.create(
        rotation=rotation,
        level=builders.level_of(rotation),
        week_date=builders.NEXT_WEEK,
        asked_at=at,
        schedule_version=rotation.schedule_version,
        state=WeekQuestion.State.FAILED if is_over else WeekQuestion.State.QUEUED,
    )


def _people_check(_rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    state = PeopleCheck.State.DONE if is_over else PeopleCheck.State.QUEUED
    PeopleCheck.objects.create(cause="daily", queued_at=at, state=state)


def _failed_people_check(_rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    PeopleCheck.objects.create(
        cause="daily",
        queued_at=at,
        state=PeopleCheck.State.FAILED,
        next_try_at=None if is_over else at,
    )


def _drift_check(rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    state = DriftCheck.State.DONE if is_over else DriftCheck.State.RUNNING
    DriftCheck.objects.create(rotation=rotation, queued_at=at, state=state)


def _lookup(rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    state = Lookup.State.DONE if is_over else Lookup.State.QUEUED
    Lookup.objects.create(rotation=rotation, kind=Lookup.Kind.PLAN, queued_at=at, state=state)


def _event(_rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    state = WebhookEvent.State.DONE if is_over else WebhookEvent.State.WAITING
    WebhookEvent.objects.create(
        event_ref="01A", event_type="incident.triggered", received_at=at, body={}, state=state
    )


def _order(_rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    if not is_over:
        WebhookCare.objects.create(asked=WebhookCare.Order.ROTATE, asked_at=at)


def _week(rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    shift = builders.make_shift(level=builders.level_of(rotation))
    shift.starts_at, shift.ends_at = at - dt.timedelta(days=7), at
    shift.completed_at = at if is_over else None
    shift.save()


def _request(rotation: Rotation, at: dt.datetime, *, is_over: bool) -> None:
    """Ben asks for cover of a week that runs; his request ended at that time."""
    ben = builders.make_ben()
    shift = builders.make_shift(level=builders.level_of(rotation), holder=ben)
    shift.starts_at, shift.ends_at = at, clock.now() + dt.timedelta(days=6)
    shift.save()
    cover = builders.make_cover(shift=shift, from_engineer=ben, to_engineer=None, starts_at=at)
    if is_over:
        cover.state, cover.closed_at = Cover.State.EXPIRED, at
        cover.save()


KINDS: dict[str, Callable[..., None]] = {
    "question": _question,
    "people_check": _people_check,
    "drift_check": _drift_check,
    "lookup": _lookup,
    "web_hook": _event,
    "web_hook_order": _order,
    "week": _week,
    "cover_request": _request,
}


def test_nothing_that_waits_has_no_age(client: Client) -> None:
    oldest = _oldest(client)

    assert set(oldest.values()) == {None}
    assert set(KINDS) < set(oldest)


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_waits_and_nobody_takes_is_seen_from_outside(kind: str, client: Client) -> None:
    KINDS[kind](builders.make_rotation(), clock.now() - PATIENCE, is_over=False)

    oldest = _oldest(client)

    assert PATIENCE.total_seconds() <= oldest.pop(kind) < 2 * PATIENCE.total_seconds()
    assert set(oldest.values()) == {None}


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_over_waits_no_more(kind: str, client: Client) -> None:
    KINDS[kind](builders.make_rotation(), clock.now() - PATIENCE, is_over=True)

    assert set(_oldest(client).values()) == {None}


def test_a_check_of_people_that_failed_waits_for_its_next_time(client: Client) -> None:
    rotation = builders.make_rotation()
    _failed_people_check(rotation, clock.now() - PATIENCE, is_over=False)
    assert _oldest(client)["people_check"] >= PATIENCE.total_seconds()

    PeopleCheck.objects.all().delete()
    _failed_people_check(rotation, clock.now() - PATIENCE, is_over=True)
    assert _oldest(client)["people_check"] is None
