"""The folder that holds all of a copy's data: made, held by one copy at a time, emptied."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import secrets
import shutil
from typing import IO, TYPE_CHECKING

from common import sealing
from config.launch import redis_server
from config.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.launch.redis_server import RedisSocket

LOCK = "lock"
SECRET_KEY = "secret-key"  # noqa: S105 - a file's name
WEBHOOK_KEY = "webhook-key"
ENVIRONMENT = "demo.env"
SIMULATOR_STATE = "pagerduty.json"
LOGS = "log"
ACCOUNTS = "accounts.txt"
DATABASE = "rota.sqlite3"
PREPARED = "prepared"
REDIS_FOLDER = "redis-folder"
# What a demo leaves, by name: a folder that somebody chose badly keeps what is not Rota's.
DEMO_DATA = (
    DATABASE,
    PREPARED,
    "rota.sqlite3-wal",
    "rota.sqlite3-shm",
    "clock",
    "mail",
    "beat-schedule",
    "beat-schedule.bak",
    "beat-schedule.dat",
    "beat-schedule.db",
    "beat-schedule.dir",
    SIMULATOR_STATE,
    ENVIRONMENT,
    ACCOUNTS,
    LOGS,
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DataFolder:
    """A folder with mode 700 that this process holds until it ends."""

    path: pathlib.Path

    @property
    def clock(self) -> pathlib.Path:
        """The file with the demo's offset in seconds."""
        return self.path / "clock"

    @property
    def simulator_state(self) -> pathlib.Path:
        """The PagerDuty simulator's file."""
        return self.path / SIMULATOR_STATE

    @property
    def logs(self) -> pathlib.Path:
        """The folder of the log."""
        return self.path / LOGS

    @property
    def accounts(self) -> pathlib.Path:
        """The file that lists who can sign in to the demo."""
        return self.path / ACCOUNTS

    def is_prepared(self, digest: str) -> bool:
        """Whether the database is here and was brought to this state of the sources before."""
        note = self.path / PREPARED
        here = (self.path / DATABASE).exists() and note.exists()
        return here and note.read_text(encoding="ascii") == digest

    def redis_socket(self) -> RedisSocket:
        """A new place for this copy's Redis; the one that a killed start left is removed."""
        note = self.path / REDIS_FOLDER
        if note.exists():
            redis_server.remove_left(pathlib.Path(note.read_text(encoding="utf-8")))
        listening = redis_server.make_socket()
        self.write_private(REDIS_FOLDER, str(listening.folder))
        return listening

    def secret_key(self) -> str:
        """The copy's own key, made the first time and readable by its owner alone."""
        path = self.path / SECRET_KEY
        if not path.exists():
            self.write_private(SECRET_KEY, secrets.token_urlsafe(64) + "\n")
        return path.read_text(encoding="ascii").strip()

    def webhook_key(self) -> str:
        """The copy's own key for the secrets of web-hooks, made the first time."""
        path = self.path / WEBHOOK_KEY
        if not path.exists():
            key = base64.urlsafe_b64encode(secrets.token_bytes(sealing.KEY_BYTES))
            self.write_private(WEBHOOK_KEY, key.decode("ascii") + "\n")
        return path.read_text(encoding="ascii").strip()

    def write_private(self, name: str, text: str) -> None:
        """Write a file that its owner alone can read, all or nothing."""
        draft = self.path / f"{name}.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            file.write(text)
        draft.replace(self.path / name)

    def remove_demo(self) -> None:
        """Remove what the demo wrote; its keys stay."""
        for name in DEMO_DATA:
            path = self.path / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def held(path: pathlib.Path) -> Iterator[DataFolder]:
    """The folder, made if need be, for this process alone inside the block.

    Raises:
        LaunchError: the folder cannot be made or written, or another copy runs on it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        lock = (path / LOCK).open("a+", encoding="ascii")
    except OSError as error:
        raise LaunchError(f"The data folder {path} cannot be used: {error.strerror}.") from error
    with lock:
        _lock(lock, path)
        yield DataFolder(path=path)


def _lock(lock: IO[str], path: pathlib.Path) -> None:
    # The kernel lets go of it when the process ends, however it ends.
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        raise LaunchError(
            f"Rota is already running on {path} (process {lock.read().strip()}): stop it, or set"
            " ROTA_DATA_DIR, ROTA_PORT and ROTA_SIM_PORT for a second copy."
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
