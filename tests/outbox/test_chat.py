from __future__ import annotations

import datetime as dt
import http.server
import json
import socket
import threading
import urllib.parse
from typing import TYPE_CHECKING, ClassVar

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from common import clock, sealing
from outbox import operations, queries, tasks
from outbox.domain import chat_addresses
from outbox.models import ChatHook, Message
from rotation.operations import chat
from tests import builders
from tests.builders import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from rotation.models import Rotation

PATH = "/services/T000/B000/sEcReT"


class Channel(http.server.BaseHTTPRequestHandler):
    """A chat's incoming web-hook."""

    status: ClassVar[int] = 200
    got: ClassVar[list[tuple[str, str]]] = []
    headers_given: ClassVar[dict[str, str]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, json.loads(body)["text"]))
        self.send_response(self.status)
        for name, value in self.headers_given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"ok" if self.status == 200 else f"no {self.path}".encode())

    def log_message(self, *arguments: object) -> None:
        del arguments


@pytest.fixture
def channel() -> Iterator[str]:
    Channel.status, Channel.headers_given = 200, {}
    Channel.got.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Channel)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


def _set(rotation: Rotation, address: str) -> None:
    chat.set_chat(rotation=rotation, address=address, actor=Actor(name="anna@example.com"), now=NOW)


def _say(rotation: Rotation, text: str = "Ben is on call.") -> None:
    operations.queue_chat(team_id=rotation.team_id, kind="handover", text=text, now=NOW)


pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


def test_a_line_is_posted_once_in_slacks_form_and_rings_nobodys_bell(
    rotation: Rotation, channel: str
) -> None:
    _set(rotation, channel)
    _say(rotation, "<!channel> Ben & <https://evil.example|Anna>")

    assert [tasks.sweep_messages(), tasks.sweep_messages()] == [1, 0]
    assert Channel.got == [(PATH, "&lt;!channel&gt; Ben &amp; &lt;https://evil.example|Anna&gt;")]


@pytest.mark.parametrize(
    ("status", "state"),
    [(404, "failed"), (403, "failed"), (410, "failed"), (500, "queued"), (302, "queued")],
)
def test_a_chat_that_refuses_for_good_is_given_up_and_one_that_fails_is_tried_again(
    rotation: Rotation, channel: str, status: int, state: str
) -> None:
    Channel.status = status
    Channel.headers_given = {"Location": channel}
    _set(rotation, channel)
    _say(rotation)

    tasks.sweep_messages()

    line = Message.objects.get()
    assert (line.state, line.failure) == (state, f"The chat answered {status}.")
    assert len(Channel.got) == 1


def test_a_chat_that_has_too_much_is_left_alone_for_as_long_as_it_says(
    rotation: Rotation, channel: str
) -> None:
    Channel.status, Channel.headers_given = 429, {"Retry-After": "600"}
    _set(rotation, channel)
    for _line in range(3):
        _say(rotation)

    tasks.sweep_messages()

    assert len(Channel.got) == 1
    waits = Message.objects.get(tries=1).next_try_at
    assert waits is not None
    assert dt.timedelta(seconds=590) < waits - clock.real_now() <= dt.timedelta(seconds=600)


def test_a_chat_that_is_away_keeps_no_mail_and_no_other_chat(
    rotation: Rotation, channel: str
) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        _set(rotation, f"http://127.0.0.1:{unused.getsockname()[1]}/")
        _set(other, channel)
        _say(rotation)
        _say(rotation)
        _say(other)
        operations.queue_message(
            to="ben@example.com", kind="weeks_published", subject="x", body="y", now=NOW
        )

        assert tasks.sweep_messages() == 2

    assert Message.objects.filter(tries=1, state="queued").count() == 1


def test_no_page_record_or_failure_holds_the_address(
    rotation: Rotation, channel: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Channel.status = 404
    _set(rotation, channel)
    chat.try_chat(rotation=rotation, actor=Actor(name="shell"), now=NOW)
    tasks.sweep_messages()

    told = [*AuditEvent.objects.values_list("subject", "before", "after")]
    kept = ChatHook.objects.get().address
    failures = list(Message.objects.values_list("failure", "to", "body"))
    said = f"{told}{kept}{failures}{capfd.readouterr()}{queries.chat_of(team_id=rotation.team_id)}"
    assert "sEcReT" not in said
    assert sealing.is_key(kept) is False


def test_taking_the_chat_away_drops_what_waits(rotation: Rotation, channel: str) -> None:
    _set(rotation, channel)
    _say(rotation)

    chat.remove_chat(rotation=rotation, actor=Actor(name="shell"), now=NOW)
    _say(rotation)

    assert tasks.sweep_messages() == 0
    assert Message.objects.get().state == Message.State.DROPPED
    assert Channel.got == []


def test_in_production_a_name_that_leads_inside_is_not_asked(
    rotation: Rotation, channel: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(rotation, "https://hooks.example/services/1")
    settings.IS_PRODUCTION = True
    port = urllib.parse.urlsplit(channel).port
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    _say(rotation)

    tasks.sweep_messages()

    line = Message.objects.get()
    assert (line.state, line.failure) == (
        "failed",
        "The chat’s host is not on the open internet.",
    )
    assert Channel.got == []


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/services/1",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://10.0.0.7/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://redis/x",
        "https://db.internal/x",
        "https://hooks.slack.com:8443/x",
        "https://user:pass@hooks.slack.com/x",
        "https://hooks.slack.com/x#y",
        "ftp://hooks.slack.com/x",
        "https://hooks.slack.com/a b",
        "https://hooks.slack.com/\r\nHost: x",
        "hooks.slack.com/x",
        "https://",
        "https://[/x",
    ],
)
def test_in_production_only_public_https_addresses_are_taken(address: str) -> None:
    assert chat_addresses.refusal(address, anywhere=False)


def test_slacks_own_addresses_are_taken() -> None:
    assert chat_addresses.refusal("https://hooks.slack.com/services/T0/B0/x", anywhere=False) == ""
