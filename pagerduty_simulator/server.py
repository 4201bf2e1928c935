"""The HTTP side: one thread a connection, answers in one piece, a quiet stop."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import sys
import threading
import time
import traceback
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from pagerduty_simulator import hooks
from pagerduty_simulator.wire import Request, Response, json_response

if TYPE_CHECKING:
    import socketserver

    from pagerduty_simulator.simulator import Simulator

_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_LARGEST_BODY = 64 * 1024 * 1024
_IDLE_SECONDS = 75


class Server(ThreadingHTTPServer):
    """Listens for the simulator."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, simulator: Simulator) -> None:
        """Bind to the address; port 0 lets the system choose.

        Raises:
            OSError: the address is taken or is not ours.
        """
        self.simulator = simulator
        super().__init__((host, port), Handler)

    @property
    def address(self) -> str:
        """The address under which it is reached, without a slash at the end."""
        host, port = self.server_address[0], self.server_address[1]
        return f"http://{host!s}:{port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what broke, unless only the client has gone."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            sys.stderr.write(f"{client_address}: {request}\n{traceback.format_exc()}")


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection and writes the answers."""

    protocol_version = "HTTP/1.1"
    server_version = "pagerduty-simulator"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    server: socketserver.BaseServer

    def _serve(self) -> None:
        body = self._body()
        if isinstance(body, Response):
            self.close_connection = True
            self._send(body)
            return
        request = self._request(body)
        simulator = self._simulator()
        if hooks.is_hook(request.path):
            self._send(hooks.answer(simulator, request))
            return
        with simulator.counting() as in_flight:
            response = simulator.answer(request, in_flight=in_flight)
            if response.delay:
                time.sleep(response.delay)
            if response.drop:
                self._drop()
                return
            self._send(response)
            if response.exchange:
                response.exchange.answered = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve  # noqa: N815

    def _simulator(self) -> Simulator:
        assert isinstance(self.server, Server)  # noqa: S101 - only Server makes handlers
        return self.server.simulator

    def _body(self) -> bytes | Response:
        """The request's body, or the refusal of one that cannot be read."""
        if self.headers.get("transfer-encoding"):
            return json_response(411, {"error": {"message": "Length Required", "code": 2001}})
        length = self.headers.get("content-length", "0")
        if not length.isdecimal():
            return json_response(400, {"error": {"message": "Bad Request", "code": 2001}})
        if int(length) > _LARGEST_BODY:
            return json_response(413, {"error": {"message": "Too Large", "code": 2001}})
        return self.rfile.read(int(length))

    def _request(self, body: bytes) -> Request:
        path, _, query = self.path.partition("?")
        if path.startswith("http://"):
            path = urllib.parse.urlsplit(path).path or "/"
        return Request(
            method=self.command,
            path=path,
            raw_query=query.partition("#")[0],
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            base_url=self._base_url(),
        )

    def _base_url(self) -> str:
        host = self.headers.get("host", "")
        if _HOST.fullmatch(host):
            return f"http://{host}"
        assert isinstance(self.server, Server)  # noqa: S101 - only Server makes handlers
        return self.server.address

    def _send(self, response: Response) -> None:
        bodiless = response.status == HTTPStatus.NO_CONTENT
        headers = dict(response.headers)
        if not bodiless:
            headers.setdefault("content-length", str(len(response.body)))
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(response.body)

    def _drop(self) -> None:
        """Close the connection without a word."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def version_string(self) -> str:
        """The server header's text."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the journal says more than a line could."""


class Stop:
    """Ends a server on SIGTERM and SIGINT."""

    signals: ClassVar = (signal.SIGTERM, signal.SIGINT)

    def __init__(self, server: Server) -> None:
        """Take over both signals."""
        self._server = server
        for number in self.signals:
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: object) -> None:
        # shutdown() waits for the loop that this signal has interrupted.
        threading.Thread(target=self._server.shutdown, daemon=True).start()
