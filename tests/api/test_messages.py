from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from knox.models import AuthToken

from outbox.models import ChatHook, Message, TurnedOff
from rotation.models import HandoverNote, Rotation
from tests import builders
from tests.builders import THIS_WEEK, WEEK

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
ADDRESS = "http://127.0.0.1:9/services/T0/B0/sEcReT"


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


def _client(engineer: Engineer) -> Client:
    _row, token = AuthToken.objects.create(user=engineer)
    return Client(headers={"Authorization": f"Token {token}"})


def _put(client: Client, path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
    answer = client.put(f"/api/v1/{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


def test_mails_are_read_and_chosen() -> None:
    ben = builders.make_ben()
    client = _client(ben)
    mails = client.get("/api/v1/me/mails/").json()["mails"]
    assert all(mail["is_wanted"] for mail in mails)
    wanted = [mail["kind"] for mail in mails if mail["kind"] != "cover_taken"]

    status, body = _put(client, "me/mails/", {"wanted": wanted})

    assert status == 200
    off = [mail["kind"] for mail in body["mails"] if not mail["is_wanted"]]  # type: ignore[attr-defined]
    assert off == ["cover_taken"]
    assert TurnedOff.objects.get().engineer == ben


def test_a_chat_is_set_tried_and_removed_and_its_address_never_given_out(
    rotation: Rotation,
) -> None:
    client = _client(builders.make_anna(team=rotation.team))

    status, body = _put(client, "rotations/core/chat/", {"address": ADDRESS})
    assert (status, body["is_set"]) == (200, True)
    assert "sEcReT" not in f"{body}{client.get('/api/v1/rotations/core/chat/').content!r}"
    assert "sEcReT" not in ChatHook.objects.get().address

    assert client.post("/api/v1/rotations/core/chat/").json()["waiting"] == 1
    assert client.delete("/api/v1/rotations/core/chat/").status_code == 204
    assert client.post("/api/v1/rotations/core/chat/").status_code == 409
    assert Message.objects.get().state == Message.State.DROPPED


def test_an_address_that_is_none_is_refused_by_name(rotation: Rotation) -> None:
    client = _client(builders.make_anna(team=rotation.team))

    status, body = _put(client, "rotations/core/chat/", {"address": "ftp://x"})

    assert (status, body["code"]) == (400, "CHAT_ADDRESS_REFUSED")
    assert ChatHook.objects.count() == 0


def test_the_page_of_a_chat_shows_that_it_is_set_and_not_where(rotation: Rotation) -> None:
    client = Client()
    client.force_login(builders.make_anna(team=rotation.team))

    wrong = client.post("/rotations/core/chat/", {"address": f"ftp{ADDRESS}"})
    assert wrong.status_code == 422
    assert "sEcReT" not in wrong.content.decode()
    client.post("/rotations/core/chat/", {"address": ADDRESS})
    client.post("/rotations/core/chat/test/")
    page = client.get("/rotations/core/chat/").content.decode()

    assert "Core posts to its chat" in page
    assert "sEcReT" not in page
    assert Message.objects.get().chat == ChatHook.objects.get()


def test_a_handover_note_is_written_read_and_confirmed(rotation: Rotation) -> None:
    ben, carla = builders.make_ben(), builders.make_carla()
    level = builders.level_of(rotation)
    week = THIS_WEEK - WEEK
    shift = builders.make_shift(level=level, week_date=week, holder=ben)
    builders.make_shift(level=level, week_date=week + WEEK, holder=carla)
    builders.make_term(team=rotation.team, engineer=carla, starts_on=week)
    path = f"/api/v1/shifts/{shift.pk}/handover-notes/"
    for writer, status in ((ben, 200), (carla, 404)):
        answer = _client(writer).post(path, {"text": "Quiet."}, content_type="application/json")
        assert answer.status_code == status
    (note,) = _client(carla).get(path).json()["notes"]
    assert note["can_confirm"]

    confirm = f"/api/v1/handover-notes/{note['id']}/confirm/"
    reader = _client(carla)
    for version, status in ((note["version"] + 1, 409), (note["version"], 204)):
        answer = reader.post(confirm, {"version": version}, content_type="application/json")
        assert answer.status_code == status

    assert HandoverNote.objects.get().confirmed_by == carla
