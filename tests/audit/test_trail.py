from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEvent
from audit.operations import Actor, Area, record
from common.http import request_id
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def _record(subject: str = "draft 1") -> AuditEvent:
    record(
        actor=Actor(name="anna@example.com", engineer_id=1),
        now=NOW,
        area=Area.SCHEDULE,
        verb="published",
        subject=subject,
        team="core",
        concerned=["ben@example.com", "anna@example.com", "ben@example.com"],
    )
    return AuditEvent.objects.latest("pk")


def test_an_event_carries_the_id_of_its_request_and_each_person_once() -> None:
    token = request_id.set("request-0815")

    event = _record()
    request_id.reset(token)

    assert event.request_id == "request-0815"
    assert event.concerned == ["anna@example.com", "ben@example.com"]


def test_an_event_leaves_no_trace_when_its_change_is_taken_back() -> None:
    with transaction.atomic():
        _record()
        transaction.set_rollback(True)

    assert not AuditEvent.objects.exists()


def test_nobody_changes_or_deletes_what_was_recorded() -> None:
    event = _record()

    for change in (
        lambda: AuditEvent.objects.filter(pk=event.pk).update(verb="discarded"),
        lambda: connection.cursor().execute("DELETE FROM audit_auditevent"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_a_sweep_is_no_person() -> None:
    with pytest.raises(LookupError, match="sweep:weeks"):
        Actor.sweep("weeks").person_id  # noqa: B018 - asking is the point
