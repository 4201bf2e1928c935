from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from audit.models import AuditEvent
from outbox.domain import kinds
from outbox.models import Message, TurnedOff
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = "/settings/mails/"


@pytest.fixture
def ben() -> Engineer:
    return builders.make_ben()


@pytest.fixture
def client(ben: Engineer) -> Client:
    client = Client()
    client.force_login(ben)
    return client


def _off(ben: Engineer) -> set[str]:
    return set(TurnedOff.objects.filter(engineer=ben).values_list("kind", flat=True))


def test_what_is_not_ticked_is_turned_off_and_recorded(client: Client, ben: Engineer) -> None:
    wanted = [kind.name for kind in kinds.ALL if kind.name != "weeks_published"]

    answer = client.post(PAGE, {"wanted": [name for name in wanted if name != "chat_test"]})

    assert answer.status_code == 302
    assert _off(ben) == {"weeks_published"}
    assert AuditEvent.objects.get().after == {"turned_off": ["weeks_published"]}
    page = client.get(PAGE).content.decode()
    assert "You have turned off 1 kind of mail" in page


def test_ticking_it_again_turns_it_on(client: Client, ben: Engineer) -> None:
    TurnedOff.objects.create(engineer=ben, kind="weeks_published")

    client.post(PAGE, {"wanted": [k.name for k in kinds.ALL if k.by_mail]})

    assert _off(ben) == set()


def test_nothing_ticked_leaves_what_concerns_a_shift_tomorrow(
    client: Client, ben: Engineer
) -> None:
    client.post(PAGE, {})

    assert "shift_in_a_week" in _off(ben)
    assert "shift_tomorrow" not in _off(ben)


def test_what_comes_to_managers_alone_is_neither_offered_to_others_nor_turned_off_by_them(
    client: Client, ben: Engineer
) -> None:
    assert "each Monday" not in client.get(PAGE).content.decode()
    client.post(PAGE, {})
    assert "digest" not in _off(ben)

    builders.make_manager(engineer=ben, team=builders.make_team())
    assert "each Monday" in client.get(PAGE).content.decode()
    client.post(PAGE, {})
    assert "digest" in _off(ben)


def test_a_kind_that_nobody_knows_is_refused(client: Client, ben: Engineer) -> None:
    answer = client.post(PAGE, {"wanted": ["surprise"]})

    assert answer.status_code == 400
    assert _off(ben) == set()


def test_admins_find_what_was_given_up_on_their_home_page() -> None:
    client = Client()
    client.force_login(builders.make_admin())
    Message.objects.create(
        to="gone@example.com",
        kind="weeks_published",
        subject="x",
        body="y",
        state=Message.State.FAILED,
        created_at=builders.NOW,
    )

    page = client.get("/").content.decode()

    assert "1 message was given up in the last 30 days" in page
    assert "/admin/outbox/message/" in page
