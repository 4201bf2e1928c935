"""Two beats, and two readers of one note, at the same moment on the engine of this run."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.operations import Actor
from outbox.models import Message, Notice
from rotation.models import HandoverNote
from rotation.operations import gap_mails, handover_notes, reminders
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK
from tests.compensation.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.timedelta(hours=1)
ROUNDS = 6


def test_two_beats_tell_each_thing_once() -> None:
    rotation = builders.make_rotation()
    builders.make_anna(team=rotation.team)
    level = builders.level_of(rotation)
    for number in range(ROUNDS):
        holder = builders.make_engineer(name=f"Eva {number}")
        week = NEXT_WEEK + number * builders.WEEK
        shift = builders.make_shift(level=level, week_date=week, holder=holder)
        builders.make_shift(level=builders.level_of(rotation, "escalation"), week_date=week)
        Message.objects.all().delete()
        Notice.objects.all().delete()
        at = shift.starts_at - HOUR

        raised = at_once(
            lambda at=at: reminders.remind(now=at),  # type: ignore[misc]
            lambda at=at: reminders.remind(now=at),  # type: ignore[misc]
            lambda at=at: gap_mails.tell_gaps(now=at),  # type: ignore[misc]
            lambda at=at: gap_mails.tell_gaps(now=at),  # type: ignore[misc]
        )

        assert raised == []
        told = list(Message.objects.order_by("kind").values_list("kind", flat=True))
        assert told.count("shift_tomorrow") == 1
        assert told.count("gap_ahead") == 1


def test_a_note_is_confirmed_as_it_was_read_or_changed_before() -> None:
    rotation = builders.make_rotation()
    ben, carla = builders.make_ben(), builders.make_carla()
    level = builders.level_of(rotation)
    shift = builders.make_shift(level=level, week_date=THIS_WEEK, holder=ben)
    author, reader = (Actor(name=one.email, engineer_id=one.pk) for one in (ben, carla))
    for _round in range(ROUNDS):
        HandoverNote.objects.all().delete()
        note = handover_notes.write_note(shift_id=shift.pk, text="Quiet.", actor=author, now=NOW)

        raised = at_once(
            lambda: handover_notes.write_note(
                shift_id=shift.pk, text="The disk is full.", actor=author, now=NOW
            ),
            lambda note=note: handover_notes.confirm_note(  # type: ignore[misc]
                note_id=note.pk, seen=1, actor=reader, now=NOW
            ),
        )

        row = HandoverNote.objects.get()
        assert len(raised) == 1
        confirmed_as_read = row.confirmed_at is not None and row.text == "Quiet."
        changed_before = row.confirmed_at is None and row.text == "The disk is full."
        assert confirmed_as_read or changed_before
