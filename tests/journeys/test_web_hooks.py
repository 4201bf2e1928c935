"""Web-hooks against the running product: a database that is away, bodies that never end."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import pathlib
import shutil
import socket
import tempfile
import time
from typing import TYPE_CHECKING, Any

import pytest

from common import clock
from tests.builders import NOW
from tests.rotation import hooks
from tests.services.parts import RunningParts
from tests.services.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.one_engine, pytest.mark.real_parts]

MAKE = "from tests.rotation import hooks; hooks.make_subscription(); hooks.Cast()"
COUNT = """
from rotation.models import *
events = WebhookEvent.objects.filter(incident_ref__startswith="QINC")
print(*(events.filter(state=s).count() for s in ("waiting", "done", "failed")), events.count(),
      Incident.objects.filter(ref__startswith="QINC").count(),
      Page.objects.filter(incident__ref__startswith="QINC").count())
"""
EVENTS = [
    json.dumps(hooks.event("triggered", incident=f"QINC{number}", assignees=["PBEN"])).encode()
    for number in range(10)
]


class Copy:
    """A copy of the product on a PostgreSQL of its own, which knows one secret."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.server = PostgreSQL()
        self.parts = RunningParts(folder / "data", database_url=self.server.create("hooks"))
        self.parts.set_clock((NOW - clock.real_now()).total_seconds())
        self.parts.manage("shell", "-c", MAKE)
        self.parts.start("redis", "web", "worker", "beat")

    def close(self) -> None:
        self.parts.close()
        self.server.stop()

    def ask(
        self, method: str, path: str = hooks.PATH, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str]]:
        """Status and headers of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.parts.options.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, dict(answer.getheaders())

    def send(self, body: bytes) -> tuple[int, dict[str, str]]:
        """One signed event."""
        headers = {
            "Content-Type": "application/json",
            "X-PagerDuty-Signature": hooks.signature(body),
        }
        return self.ask("POST", body=body, **headers)

    def counts(self) -> list[int]:
        """Events that wait, are done, have failed, all of them; incidents; pages."""
        return [int(word) for word in self.parts.manage("shell", "-v", "0", "-c", COUNT).split()]


@pytest.fixture(scope="module")
def copy() -> Iterator[Copy]:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-hooks-"))
    made = Copy(folder)
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_events_sent_while_the_database_is_away_are_each_read_once_when_it_is_back(
    copy: Copy,
) -> None:
    with copy.server.away():
        away = [copy.send(body) for body in EVENTS]
    # PagerDuty sends again what was answered so, now and then more than once.
    back = [copy.send(body)[0] for body in [*EVENTS, *EVENTS[::-1]]]

    assert {status for status, _headers in away} == {503}
    assert {headers["Retry-After"] for _status, headers in away} == {"30"}
    assert back == [202] * 20
    copy.parts.wait_for(lambda: copy.counts() == [0, 10, 0, 10, 10, 10], seconds=90)


def test_what_is_no_event_is_refused_and_stops_nobody_else(copy: Copy) -> None:
    large = b"x" * (300 * 1024)

    assert copy.ask("GET")[0] == 405
    assert copy.ask("PUT", body=b"{}")[0] == 405
    assert copy.ask("POST", body=large)[0] == 413
    assert copy.ask("POST", body=b"<a/>", **{"Content-Type": "text/xml"})[0] == 403
    assert copy.ask("GET", "/healthz")[0] == 200


def test_a_signed_body_in_chunks_is_taken_and_bounded_like_any_other(copy: Copy) -> None:
    body = json.dumps(hooks.event("triggered", incident="QCHUNKS")).encode()
    head = {"X-PagerDuty-Signature": hooks.signature(body)}

    assert _in_chunks(copy, [body[:100], body[100:]], head) == 202
    assert _in_chunks(copy, [body, b" "], head) == 403
    assert _in_chunks(copy, [b"x" * 65536] * 5, head) == 413


def _in_chunks(copy: Copy, chunks: list[bytes], head: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", copy.parts.options.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", hooks.PATH, iter(chunks), head, encode_chunked=True)
        return connection.getresponse().status


def test_chunks_that_are_none_are_refused(copy: Copy) -> None:
    assert _raw(copy, b"Transfer-Encoding: chunked\r\n\r\nno number\r\n") == b"400"
    assert _raw(copy, b"Content-Length: -1\r\n\r\n") == b"400"


def test_a_compressed_body_is_never_unpacked(copy: Copy) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    head = {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    assert copy.ask("POST", body=bomb, **head)[0] == 403
    head["X-PagerDuty-Signature"] = hooks.signature(bomb)
    assert copy.ask("POST", body=bomb, **head)[0] == 202


def _raw(copy: Copy, rest: bytes) -> bytes:
    """The status that a request gets whose head and body end in `rest`."""
    with socket.create_connection(("127.0.0.1", copy.parts.options.port), timeout=60) as sent:
        sent.sendall(f"POST {hooks.PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + rest)
        return sent.recv(64).split()[1]


def _drip(copy: Copy) -> socket.socket:
    """A request whose body is announced and does not come."""
    stuck = socket.create_connection(("127.0.0.1", copy.parts.options.port), timeout=60)
    head = f"POST {hooks.PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
    stuck.sendall(head.encode() + b"{")
    return stuck


def test_a_body_that_does_not_come_is_given_up_while_others_are_served(copy: Copy) -> None:
    started = time.monotonic()
    stuck = [_drip(copy) for _number in range(5)]

    served = copy.ask("GET", "/healthz")[0]
    soon = time.monotonic() - started
    answers: list[Any] = [each.recv(64) for each in stuck]
    took = time.monotonic() - started
    for each in stuck:
        each.close()

    assert served == 200
    assert soon < 5
    assert [answer.split()[1] for answer in answers] == [b"408"] * 5
    assert 8 < took < 20
