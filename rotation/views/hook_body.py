"""Reading a body from somebody unknown: bounded in size and in time."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

from django.http import UnreadablePostError
from gunicorn.http.errors import ParseException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

# PagerDuty gives up after five and sends again; whoever waits for longer is somebody else.
SECONDS = 10.0
EVERY_SECONDS = 0.5


class NoBodyError(Exception):
    """The body is not to be had; `status` and `sentence` are the answer to whoever sent it."""

    status = 400
    sentence = "The body is not written as its head says."


class BrokenError(NoBodyError):
    """Its chunks are none."""


class TooLargeError(NoBodyError):
    """It is longer than what is taken."""

    status = 413
    sentence = "At most 256 KiB are taken."


class TooSlowError(NoBodyError):
    """It did not come, or not whole, in time."""

    status = 408
    sentence = "The body did not come in time."


def read(request: HttpRequest, *, most_bytes: int, seconds: float = SECONDS) -> bytes:
    """The whole body, byte for byte: one that says how long it is, or one in chunks.

    Raises:
        TooLargeError: it is longer than that; no more of it was read.
        TooSlowError: it was not here after so many seconds.
        BrokenError: its chunks are none.
    """
    length = _length(request)
    if length > most_bytes:
        raise TooLargeError
    with _deadline(request, seconds) as deadline:
        try:
            if _is_in_chunks(request):
                body: bytes = request.META["wsgi.input"].read(most_bytes + 1)
            else:
                body = request.body
        except ParseException as error:
            raise BrokenError from error
        except (UnreadablePostError, OSError) as error:
            raise TooSlowError from error
    if len(body) > most_bytes:
        raise TooLargeError
    if len(body) < length or deadline.is_over:
        raise TooSlowError
    return body


def _is_in_chunks(request: HttpRequest) -> bool:
    """Whether the server puts chunks together and knows their end; Django reads none of them."""
    coding = str(request.META.get("HTTP_TRANSFER_ENCODING", ""))
    return "chunked" in coding.lower() and bool(request.META.get("wsgi.input_terminated"))


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isdecimal() else 0


class _Deadline:
    """Closes a connection's way in when its time is over: whoever reads finds its end."""

    def __init__(self, connection: socket.socket | None, seconds: float) -> None:
        self._connection, self.is_over = connection, False
        self.at = time.monotonic() + seconds

    def come(self) -> None:
        """The time is over."""
        self.is_over = True
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)


class _Watch:
    """One thread that looks at all deadlines of this process, so that no request needs its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[_Deadline] = set()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def until(self, deadline: _Deadline) -> Iterator[_Deadline]:
        """Let the deadline come while the block runs, never after it."""
        with self._lock:
            self._held.add(deadline)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, daemon=True)
                self._thread.start()
        try:
            yield deadline
        finally:
            with self._lock:
                self._held.discard(deadline)

    def _look(self) -> None:
        while True:
            time.sleep(EVERY_SECONDS)
            with self._lock:
                for deadline in [each for each in self._held if each.at <= time.monotonic()]:
                    self._held.discard(deadline)
                    deadline.come()


_watch = _Watch()


def _deadline(request: HttpRequest, seconds: float) -> contextlib.AbstractContextManager[_Deadline]:
    """Only gunicorn hands the connection out; elsewhere nothing is bounded."""
    connection = request.META.get("gunicorn.socket")
    bounded = connection if isinstance(connection, socket.socket) else None
    return _watch.until(_Deadline(bounded, seconds))
