"""A server that answers a byte at a time, over a real socket."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from rotation.domain.pagerduty_state import Request
from rotation.pagerduty.gateway import UnreachableError
from rotation.pagerduty.http import CALL_SECONDS, HttpGateway

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
A_SCHEDULE = Request(method="POST", path="/schedules", body={"schedule": {"name": "x"}})
pytestmark = pytest.mark.real_parts
WAIT = 0.5
CALL = 1.5


class Dripping:
    """Sends `at_once`, then a byte each tenth of a second for ever."""

    def __init__(self, at_once: bytes) -> None:
        self._at_once = at_once
        self._server = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self.is_over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(self._at_once)
            while not self.is_over.wait(0.1):
                connection.sendall(b"x")

    def close(self) -> None:
        self.is_over.set()
        self._server.close()


@pytest.fixture(
    params=[HEADERS, b"HTTP/1.1 200 OK\r\nX-Long: ", b""], ids=["body", "header", "status"]
)
def dripping(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    server = Dripping(request.param)
    yield server
    server.close()


def test_an_answer_that_drips_ends_with_the_call_and_is_asked_for_once(dripping: Dripping) -> None:
    gateway = HttpGateway(
        url=dripping.url, token=lambda: "token", timeout_seconds=WAIT, call_seconds=CALL
    )

    started = time.monotonic()
    with pytest.raises(UnreachableError, match=r"did not finish its answer within 1\.5 seconds"):
        gateway.send(request=A_SCHEDULE)
    read = time.monotonic()
    with pytest.raises(UnreachableError):
        gateway.find_schedules(query="core")
    ended = time.monotonic()

    assert CALL <= read - started < 2 * CALL
    assert ended - read < 2 * CALL
    assert dripping.connections == 2


def test_no_call_may_take_longer_than_half_a_minute() -> None:
    assert CALL_SECONDS <= 30
