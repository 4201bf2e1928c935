"""An end for each request: a time-out of single reads never ends an answer that drips.

The library's time-out starts again with each byte. When the time is up the connection is shut from
here, and whoever reads it is told at once. Source: urllib3 2, "Timeout".
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from rotation.pagerduty.gateway import GatewayError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadline:
    """The time for one request over a session, from its first connection to its last byte."""

    def __init__(self, seconds: float) -> None:
        """It runs from `over` on."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_up = False

    @contextlib.contextmanager
    def over(self, session: Any) -> Iterator[None]:
        """Around the session's request.

        Raises:
            UnreachableError: the time was up before the answer had ended.
        """
        self._watch(session)
        timer = threading.Timer(self._seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except GatewayError as error:
            if not self._is_up:
                raise
            raise self._error() from error
        finally:
            timer.cancel()
            self._forget()
        if self._is_up:
            # What was cut in its headers looks like an answer without a body.
            raise self._error()

    def _error(self) -> UnreachableError:
        return UnreachableError(
            f"PagerDuty did not finish its answer within {self._seconds:g} seconds."
        )

    def _watch(self, session: Any) -> None:
        pools = _pools(self)
        for adapter in session.adapters.values():
            adapter.poolmanager.pool_classes_by_scheme = pools
            adapter.proxy_manager_for = _proxied(adapter.proxy_manager_for, pools)

    def hold(self, connection: socket.socket) -> socket.socket:
        """Keep a second handle on it, which outlives its wrapping in TLS; returns it."""
        with self._lock:
            self._sockets.append(socket.socket(fileno=os.dup(connection.fileno())))
        return connection

    def _end(self) -> None:
        with self._lock:
            self._is_up = True
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()


def _proxied(make: Any, pools: dict[str, Any]) -> Any:
    def proxy_manager_for(*args: Any, **options: Any) -> Any:
        manager = make(*args, **options)
        manager.pool_classes_by_scheme = pools
        return manager

    return proxy_manager_for


def _pools(deadline: Deadline) -> dict[str, Any]:
    """urllib3's pools by scheme, whose connections the deadline can shut."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return deadline.hold(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return deadline.hold(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
