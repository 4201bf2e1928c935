from __future__ import annotations

import logging
import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.db import connection

from audit.models import AuditEvent
from tests.guards.asking import ADMIN, API, Visitor, pages, path_of, routes_below, text_of, tried
from tests.guards.sending import good_posts, send
from tests.guards.world import NUMBER, VIEWERS
from tests.guards.world_of_pay import QUESTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django import Settings

    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

CANARY = "canary-5e1f"
# What Ben wrote or earned, and who else may read it. The sum is that of his weeks of October.
PRIVATE: dict[str, set[str]] = {
    "A wedding.": {"engineer"},
    "617.43": {"engineer", "finance"},
    "61743": {"engineer", "finance"},
    "1,852.29": {"engineer", "finance"},
    "1852.29": {"engineer", "finance"},
    "185229": {"engineer", "finance"},
    NUMBER: {"engineer", "finance", "admin"},
    QUESTION: {"engineer", "finance"},
}
QUESTIONS = ("", "?scope=all&show=all&layout=list&from=2026-09-01&until=2027-06-01")


@pytest.fixture(autouse=True)
def _planted(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Canaries in the place of what only the process may know."""
    monkeypatch.setenv("PAGERDUTY_API_TOKEN", f"{CANARY}-pagerduty")
    settings.REDIS_URL = f"unix://:{CANARY}-redis@/nowhere/redis.sock"
    settings.EMAIL_HOST_PASSWORD = f"{CANARY}-mail"


def _secrets(world: World, everybody: dict[str, Visitor]) -> list[str]:
    """Everything that stands on no page, in no record and in no log."""
    known = [CANARY, django_settings.SECRET_KEY, "md5$", *django_settings.ROTA_WEBHOOK_KEYS]
    known += [person.password for person in world.people.values()]
    known += [visitor.session for visitor in everybody.values() if visitor.session]
    return known + list(world.tokens.values())


def _text(answer: HttpResponse) -> str:
    return f"{dict(answer.headers)}\n{text_of(answer)}"


def _read(visitor: Visitor, world: World) -> Iterator[tuple[str, str]]:
    """Each address that the viewer can ask, with the whole answer; the admin's for admins."""
    below_admin = routes_below(ADMIN) if visitor.name == "admin" else []
    for route in [*pages(), *routes_below(API), *below_admin]:
        for question in QUESTIONS:
            path = path_of(route, world) + question
            yield path, _text(tried(partial(visitor.ask, "GET", path)).answer)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_answer_holds_a_secret_or_what_another_wrote_or_earned(
    viewer: str, world: World, everybody: dict[str, Visitor]
) -> None:
    hidden = [text for text, readers in PRIVATE.items() if viewer not in readers]
    hidden += _secrets(world, everybody)
    # Ben's calendar opens with this; he alone is shown it.
    hidden += [str(world.arguments["secret"])] if viewer != "engineer" else []

    told = [
        f"{path}: {private}"
        for path, text in _read(everybody[viewer], world)
        for private in hidden
        if private in text
    ]

    assert told == []


@pytest.mark.parametrize("viewer", ["engineer", "finance"])
def test_those_who_need_it_do_read_it(
    viewer: str, world: World, everybody: dict[str, Visitor]
) -> None:
    wanted = {text for text, readers in PRIVATE.items() if viewer in readers}
    found = {
        private
        for _path, text in _read(everybody[viewer], world)
        for private in wanted
        if private in text
    }

    assert wanted - found <= {"185229", "1852.29"}


def test_no_record_and_no_line_of_the_log_holds_a_secret_a_note_or_an_amount(
    world: World, everybody: dict[str, Visitor], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secrets = [*_secrets(world, everybody), "At home.", "A wedding.", "617.43", "61743", QUESTION]
    secrets.append(str(world.arguments["secret"]))
    told = []

    for route, post in good_posts():
        sent = send(route, post, world=world, visitor=everybody[post.viewer])
        for event in sent.events:
            row = repr({column.name: getattr(event, column.name) for column in event._meta.fields})
            told += [f"{route.name}: {secret}" for secret in secrets if secret in row]

    assert told == []
    assert [secret for secret in secrets if secret in caplog.text] == []
    assert AuditEvent.objects.exists()


def test_no_mail_and_no_line_of_a_chat_tells_what_another_wrote_or_earned(
    world: World, everybody: dict[str, Visitor]
) -> None:
    reader_of = {person.email: name for name, person in world.people.items()}
    told, mails = [], 0

    for route, post in good_posts():
        for mail in send(route, post, world=world, visitor=everybody[post.viewer]).mails:
            mails += 1
            viewer = reader_of.get(mail.to, "nobody")
            text = f"{mail.subject}\n{mail.body}"
            told += [
                f"{route.name} to {viewer}: {private}"
                for private, readers in PRIVATE.items()
                if viewer not in readers and private in text
            ]

    assert told == []
    assert mails


def test_a_token_is_nowhere_in_the_database_once_it_was_shown(
    world: World, everybody: dict[str, Visitor]
) -> None:
    answer = everybody["engineer"].ask("POST", "/settings/tokens/")
    shown = re.findall(r"\b[0-9a-f]{64}\b", answer.content.decode())

    assert len(shown) == 1
    rows = _everything()
    assert shown[0] not in rows
    assert all(token not in rows for token in world.tokens.values())
    assert shown[0] not in everybody["engineer"].ask("GET", "/settings/").content.decode()


def _everything() -> str:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found.append(repr(cursor.fetchall()))
    return "\n".join(found)
