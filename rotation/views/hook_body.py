"""Reading a body from somebody unknown: bounded in size and in time."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from django.http import UnreadablePostError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

# PagerDuty gives up after five and sends again; whoever waits for longer is somebody else.
SECONDS = 10.0


class TooLargeError(Exception):
    """The body says that it is longer than what is taken."""


class TooSlowError(Exception):
    """The body did not come, or not whole, in time."""


def read(request: HttpRequest, *, most_bytes: int, seconds: float = SECONDS) -> bytes:
    """The whole body, byte for byte.

    Raises:
        TooLargeError: it is longer than that; nothing of it was read.
        TooSlowError: it was not here after so many seconds.
    """
    length = _length(request)
    if length > most_bytes:
        raise TooLargeError
    with _deadline(request, seconds):
        try:
            body = request.body
        except UnreadablePostError as error:
            raise TooSlowError from error
    if len(body) < length:
        raise TooSlowError
    return body


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isdecimal() else 0


@contextlib.contextmanager
def _deadline(request: HttpRequest, seconds: float) -> Iterator[None]:
    """Close the connection's way in when the time is over: whoever reads finds its end.

    Only gunicorn hands the connection out; elsewhere nothing is bounded.
    """
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        yield
        return
    timer = threading.Timer(seconds, _shut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
