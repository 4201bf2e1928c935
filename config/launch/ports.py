"""Ports on the loopback address."""

from __future__ import annotations

import socket

from config.launch.errors import LaunchError

LOOPBACK = "127.0.0.1"


def require_free(port: int, *, variable: str) -> None:
    """Return when the port can be listened on.

    Raises:
        LaunchError: it is taken; the line names the variable that chooses another.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError as error:
            raise LaunchError(
                f"Port {port} needs more rights than yours: set {variable} to another one."
            ) from error
        except OSError as error:
            raise LaunchError(f"Port {port} is taken: set {variable} to another one.") from error


def free() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
