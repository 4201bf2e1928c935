from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from audit.operations import Actor
from outbox.models import Message
from rotation.models import HandoverNote, Rotation, Shift
from rotation.operations import handover_notes
from rotation.queries import handover_notes as queries
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    del rotation
    return builders.make_ben()


@pytest.fixture
def carla() -> Engineer:
    return builders.make_carla()


@pytest.fixture
def running(rotation: Rotation, ben: Engineer) -> Shift:
    level = builders.level_of(rotation)
    return builders.make_shift(level=level, week_date=THIS_WEEK, holder=ben)


@pytest.fixture
def following(running: Shift, carla: Engineer) -> Shift:
    return builders.make_shift(level=running.level, week_date=NEXT_WEEK, holder=carla)


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def _write(shift: Shift, by: Engineer, text: str = "Quiet.", at: dt.datetime = NOW) -> HandoverNote:
    return handover_notes.write_note(shift_id=shift.pk, text=text, actor=_actor(by), now=at)


def _confirm(note: HandoverNote, by: Engineer, seen: int | None = 1) -> None:
    handover_notes.confirm_note(note_id=note.pk, seen=seen, actor=_actor(by), now=NOW)


def test_a_note_is_changed_until_it_is_confirmed(
    running: Shift, following: Shift, ben: Engineer, carla: Engineer
) -> None:
    del following
    _write(running, ben)
    note = _write(running, ben, "Not so quiet.")
    assert (HandoverNote.objects.count(), note.version) == (1, 2)

    _confirm(note, carla, seen=2)
    with pytest.raises(handover_notes.HandoverConfirmedError):
        _write(running, ben, "One more thing.")


def test_who_confirms_another_text_than_stands_there_is_told(
    running: Shift, ben: Engineer, carla: Engineer
) -> None:
    note = _write(running, ben)
    _write(running, ben, "The disk is full.")

    for seen in (1, None):
        with pytest.raises(handover_notes.HandoverChangedError):
            _confirm(note, carla, seen=seen)
    assert HandoverNote.objects.get().confirmed_at is None


def test_the_author_hears_once_that_it_was_read(
    running: Shift, ben: Engineer, carla: Engineer
) -> None:
    note = _write(running, ben)

    _confirm(note, carla)
    _confirm(note, carla)

    (mail,) = Message.objects.all()
    assert (mail.to, mail.subject) == (ben.email, "Carla has read your handover")


def test_a_late_note_is_mailed_to_who_is_on_call_by_then(
    running: Shift, following: Shift, ben: Engineer, carla: Engineer
) -> None:
    _write(running, ben, at=running.ends_at - HOUR)
    assert Message.objects.count() == 0

    _write(running, ben, "Restart the\nqueue.", at=following.starts_at + HOUR)
    (mail,) = Message.objects.all()
    assert mail.to == carla.email
    assert "  Restart the\n  queue." in mail.body


@pytest.mark.parametrize("days", [-1, 22])
def test_a_note_is_written_from_the_start_until_two_weeks_after_the_end(
    running: Shift, ben: Engineer, days: int
) -> None:
    with pytest.raises(handover_notes.HandoverTimeError):
        _write(running, ben, at=running.starts_at + dt.timedelta(days=days))


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001, "\x00"])
def test_a_note_that_says_nothing_or_too_much_is_refused(
    running: Shift, ben: Engineer, text: str
) -> None:
    with pytest.raises(handover_notes.HandoverNoteError):
        _write(running, ben, text)


def test_home_asks_for_the_note_in_the_last_day_and_the_next_one_to_read_it(
    running: Shift, following: Shift, ben: Engineer, carla: Engineer
) -> None:
    def tasks(who: Engineer, at: dt.datetime) -> list[tuple[int, str]]:
        found = queries.tasks_of(engineer_id=who.pk, now=at)
        return [(task.about_id, task.by) for task in found]

    assert tasks(ben, running.ends_at - 25 * HOUR) == []
    assert tasks(ben, running.ends_at - HOUR) == [(running.pk, "")]
    note = _write(running, ben, at=running.ends_at - HOUR)
    assert tasks(ben, running.ends_at - HOUR) == []
    assert tasks(carla, following.starts_at - HOUR) == []
    assert tasks(carla, following.starts_at) == [(running.pk, "Ben")]
    _confirm(note, carla)
    assert tasks(carla, following.starts_at) == []


def test_the_next_one_reads_and_confirms_on_the_page_and_a_stranger_sees_nothing(
    running: Shift, following: Shift, ben: Engineer, carla: Engineer, rotation: Rotation
) -> None:
    builders.make_term(team=rotation.team, engineer=carla, starts_on=THIS_WEEK - WEEK)
    note = _write(running, ben, "Look at <b>this</b>.")
    del following
    reader, stranger = Client(), Client()
    reader.force_login(carla)
    stranger.force_login(builders.make_engineer(name="Otto"))

    page = reader.get(f"/shifts/{running.pk}/handover/").content.decode()
    assert "Look at &lt;b&gt;this&lt;/b&gt;." in page
    assert "I have read it" in page
    assert stranger.get(f"/shifts/{running.pk}/handover/").status_code == 404
    assert stranger.post(f"/handover-notes/{note.pk}/confirm/", {"seen": 1}).status_code == 404
    assert "Look at" not in stranger.get(f"/shifts/{running.pk}/").content.decode()

    assert reader.post(f"/handover-notes/{note.pk}/confirm/", {"seen": 1}).status_code == 302
    note.refresh_from_db()
    assert note.confirmed_by == carla
