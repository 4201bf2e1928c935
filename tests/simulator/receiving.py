"""A receiver of web-hooks for tests: answers as it is told to and keeps what came."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.running import Json

_PATIENCE_SECONDS = 20.0


class Received(NamedTuple):
    """One request as it came."""

    headers: Mapping[str, str]
    raw: bytes

    @property
    def event(self) -> Json:
        found: Json = json.loads(self.raw)["event"]
        return found

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of the header's signatures is right for the bytes that came."""
        right = "v1=" + hmac.new(secret.encode(), self.raw, hashlib.sha256).hexdigest()
        return right in self.headers.get("x-pagerduty-signature", "").split(",")


class Receiver:
    """Listens on a port of its own; the statuses are answered in turn, the last for ever."""

    def __init__(self) -> None:
        self.statuses = [202]
        self.received: list[Received] = []
        self._changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver.take(Received(headers, raw)))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hooks/pagerduty/?from=pd"

    def take(self, received: Received) -> int:
        with self._changed:
            self.received.append(received)
            self._changed.notify_all()
            return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    def wait_for(self, count: int) -> list[Received]:
        """The first so many requests, once they are there."""
        with self._changed:
            there = self._changed.wait_for(lambda: len(self.received) >= count, _PATIENCE_SECONDS)
            assert there, f"{len(self.received)} of {count} came"
            return self.received[:count]

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
