from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client

from common import sealing
from outbox.models import Message
from rotation.models import Incident, Page, WebhookEvent, WebhookRefusal
from rotation.operations import hook_events
from tests import builders
from tests.rotation import hooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db
State = WebhookEvent.State
BODY = json.dumps(hooks.event("triggered", assignees=["PBEN"])).encode()
GOOD = hooks.signature(BODY)


@pytest.fixture(autouse=True)
def _at_the_builders_time() -> Iterator[None]:
    with time_machine.travel(builders.NOW, tick=False):
        yield


@pytest.fixture
def stranger() -> Client:
    """Somebody without a session, whose requests are checked as a browser's."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def test_a_signed_event_is_stored_as_it_came_and_answered_202(stranger: Client) -> None:
    hooks.make_subscription()

    answer = hooks.send(stranger, BODY, webhook_ref="delivery-1")

    event = WebhookEvent.objects.get()
    assert answer.status_code == 202
    assert event.state == State.WAITING
    assert (event.event_type, event.incident_ref) == ("incident.triggered", "QINC1")
    assert event.webhook_ref == "delivery-1"
    assert event.body == json.loads(BODY)
    assert event.occurred_at == hooks.NIGHT


@pytest.mark.parametrize("refs", [("one", "one"), ("one", "two"), ("", "")])
def test_the_same_event_again_is_answered_202_and_stored_once(
    refs: tuple[str, str], stranger: Client
) -> None:
    hooks.make_subscription()

    answers = [hooks.send(stranger, BODY, webhook_ref=ref) for ref in refs]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert WebhookEvent.objects.count() == 1


def test_one_delivery_is_stored_once_whatever_its_event_is_called(stranger: Client) -> None:
    hooks.make_subscription()

    for ref in ("01A", "01B"):
        event = hooks.event("triggered", ref=ref)
        assert hooks.send(stranger, event, webhook_ref="delivery-1").status_code == 202

    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="none"),
        pytest.param(f"v1={'0' * 64}", id="wrong"),
        pytest.param(GOOD.replace("v1=", "v2="), id="another version"),
        pytest.param(f"v1={GOOD[3:].upper()}", id="upper case"),
        pytest.param(hooks.signature(json.dumps(json.loads(BODY), indent=1).encode()), id="resent"),
    ],
)
def test_a_wrong_signature_is_403_counted_and_not_stored(header: str, stranger: Client) -> None:
    hooks.make_subscription()

    answer = hooks.send(stranger, BODY, header=header)

    assert answer.status_code == 403
    assert not WebhookEvent.objects.exists()
    assert WebhookRefusal.objects.get().count == 1


def test_both_secrets_are_good_while_they_rotate(stranger: Client) -> None:
    now = builders.NOW
    hooks.make_subscription(ref="POLD", secret="old", retired_at=now)
    hooks.make_subscription(ref="PNEW", secret="new")

    both = f"{hooks.signature(BODY, 'unknown')},{hooks.signature(BODY, 'new')}"
    old = hooks.send(stranger, hooks.event("triggered", ref="01B"), header="")
    answers = [hooks.send(stranger, BODY, header=both)]
    answers.append(hooks.send(stranger, BODY, header=hooks.signature(BODY, "new")))

    assert old.status_code == 403
    assert [answer.status_code for answer in answers] == [202, 202]


def test_a_secret_replaced_long_ago_is_good_no_more(stranger: Client) -> None:
    hooks.make_subscription(retired_at=builders.LONG_AGO)

    assert hooks.send(stranger, BODY).status_code == 403


def test_without_a_secret_everything_is_refused(stranger: Client) -> None:
    empty = hooks.signature(BODY, "")

    nothing = hooks.send(stranger, BODY, header=empty)
    hooks.make_subscription(secret="")
    blank = hooks.send(stranger, BODY, header=empty)

    assert (nothing.status_code, blank.status_code) == (403, 403)
    assert not WebhookEvent.objects.exists()


def test_a_secret_that_no_key_opens_refuses_everything(
    stranger: Client, settings: Settings
) -> None:
    hooks.make_subscription()
    settings.ROTA_WEBHOOK_KEYS = []

    assert hooks.send(stranger, BODY).status_code == 403
    assert WebhookRefusal.objects.get().reason == "no key"


def test_the_first_refusal_of_a_day_is_told_to_admins_at_once_and_only_once(
    stranger: Client,
) -> None:
    ada = builders.make_admin()
    hooks.make_subscription()

    for _time in range(3):
        hooks.send(stranger, BODY, header=f"v1={'0' * 64}")

    mail = Message.objects.get()
    assert (mail.to, mail.kind) == (ada.email, "web-hook refused")
    assert "its signature is not made with a secret" in mail.body
    assert WebhookRefusal.objects.get().count == 3


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"event": {"id": "1", "event_type": "pagey.ping"}}', id="a ping"),
        pytest.param(b'{"event": {"id": "1", "event_type": "incident.invented"}}', id="unknown"),
        pytest.param(b"[1, 2]", id="no object"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\x00 not JSON", id="no JSON"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'{"event": [NaN, 1e999, "\\u0000", "\\ud800"]}', id="what no column holds"),
        pytest.param(b'{"event": {"id": 7, "event_type": ["x"], "data": 3}}', id="other types"),
        pytest.param(b'{"event": {"id": "%s"}}' % (b"x" * 500), id="a long id"),
        pytest.param(b'{"n": %s}' % (b"9" * 5000), id="a long number"),
        pytest.param(b'{"n": [%s, -1e308]}' % (b"9" * 4000), id="a number of 4000 digits"),
        pytest.param(b'{"event": %s1%s}' % (b"[" * 480, b"]" * 480), id="as deep as is read"),
        pytest.param(b'{"event": %s1%s}' % (b"[" * 700, b"]" * 700), id="a little too deep"),
        pytest.param(gzip.compress(b'{"event": {"id": "1"}}'), id="compressed"),
        pytest.param(b"\xef\xbb\xbf" + b'{"event": {"id": "1"}}', id="a byte order mark"),
        pytest.param(
            b'{"event": {"id": "1", "occurred_at": "0001-01-01T00:00:00+14:00"}}', id="year 1"
        ),
    ],
)
def test_whatever_is_signed_is_kept_and_answered_202(body: bytes, stranger: Client) -> None:
    hooks.make_subscription()

    answers = [hooks.send(stranger, body) for _time in range(2)]

    event = WebhookEvent.objects.get()
    assert [answer.status_code for answer in answers] == [202, 202]
    assert event.state == State.IGNORED
    assert event.incident_ref == ""


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        pytest.param("one\x00two", "one\ufffdtwo", id="NUL"),
        pytest.param("half \ud800 a pair", "half \ufffd a pair", id="a lone surrogate"),
        pytest.param("x" * 10_000, "x" * 500, id="a long one"),
        pytest.param("\u202eright to left", "\u202eright to left", id="another direction"),
        pytest.param({"nested": "thing"}, "{'nested': 'thing'}", id="no text"),
    ],
)
def test_a_title_that_no_column_holds_is_read_all_the_same(
    title: Any, kept: str, stranger: Client
) -> None:
    hooks.Cast()
    hooks.make_subscription()

    answer = hooks.send(stranger, hooks.event("triggered", assignees=["PBEN"], title=title))

    event = WebhookEvent.objects.get()
    assert answer.status_code == 202
    assert hook_events.handle(
        event_id=event.pk, holder="worker", now=builders.NOW, real_now=builders.NOW
    )
    assert Incident.objects.get().title == kept
    assert Page.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"id": ""}, id="no incident"),
        pytest.param({"id": 7}, id="an incident that is a number"),
        pytest.param({"assignees": "PBEN"}, id="people that are a text"),
        pytest.param({"assignees": {"id": "PBEN"}}, id="people that are one"),
        pytest.param({"service": [1]}, id="a service that is a list"),
        pytest.param({"teams": [3]}, id="teams that are numbers"),
    ],
)
def test_what_speaks_of_an_incident_and_makes_no_sense_fails_where_people_see_it(
    change: dict[str, Any], stranger: Client
) -> None:
    hooks.Cast()
    hooks.make_subscription()

    document = hooks.event("triggered")
    document["event"]["data"] |= change
    answer = hooks.send(stranger, document)

    event = WebhookEvent.objects.get()
    assert answer.status_code == 202
    hook_events.handle(event_id=event.pk, holder="worker", now=builders.NOW, real_now=builders.NOW)
    event.refresh_from_db()
    assert (event.state, bool(event.failure)) == (State.FAILED, True)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_an_event_of_another_age_fails_where_people_see_it(at: str, stranger: Client) -> None:
    hooks.Cast()
    hooks.make_subscription()
    document = hooks.event("triggered", assignees=["PBEN"])
    document["event"]["occurred_at"] = at

    answer = hooks.send(stranger, document)

    event = WebhookEvent.objects.get()
    assert answer.status_code == 202
    assert hook_events.handle(
        event_id=event.pk, holder="worker", now=builders.NOW, real_now=builders.NOW
    )
    event.refresh_from_db()
    assert event.state == State.FAILED
    assert f"in the year {int(at[:4])}" in event.failure


def test_an_event_whose_id_is_a_number_is_one_event(stranger: Client) -> None:
    hooks.Cast()
    hooks.make_subscription()
    documents = [hooks.event("triggered", assignees=["PBEN"]), hooks.event("resolved")]
    documents[0]["event"]["id"] = 7

    for document in documents:
        assert hooks.send(stranger, document).status_code == 202
    for event in WebhookEvent.objects.all():
        hook_events.handle(
            event_id=event.pk, holder="worker", now=builders.NOW, real_now=builders.NOW
        )

    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {State.DONE}


def test_a_signed_event_of_another_content_type_is_taken_too(stranger: Client) -> None:
    hooks.make_subscription()

    answer: Any = stranger.generic(
        "POST",
        hooks.PATH,
        BODY,
        content_type="application/x-www-form-urlencoded",
        headers={"X-PagerDuty-Signature": GOOD},
    )

    assert answer.status_code == 202


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_405(method: str, stranger: Client) -> None:
    answer: Any = stranger.generic(method, hooks.PATH)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


def test_more_than_256_kib_is_413_and_not_read(stranger: Client) -> None:
    hooks.make_subscription()
    body = b'{"event": "' + b"x" * (256 * 1024) + b'"}'

    assert hooks.send(stranger, body).status_code == 413
    assert hooks.send(stranger, body[: 256 * 1024]).status_code == 202
    assert WebhookEvent.objects.count() == 1


def test_while_the_database_is_away_pagerduty_is_asked_to_come_again(stranger: Client) -> None:
    hooks.make_subscription()

    def away(*_arguments: Any) -> None:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(away):
        answer = hooks.send(stranger, BODY)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert hooks.send(stranger, BODY).status_code == 202


def test_no_secret_is_stored_as_it_is() -> None:
    subscription = hooks.make_subscription()

    assert hooks.SECRET not in subscription.secret
    assert sealing.is_key(hooks.SECRET) is False
