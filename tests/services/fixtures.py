"""The fixtures that start real parts, each when the first test asks for it."""

from __future__ import annotations

import os
import pathlib
import shutil
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from config.launch import redis_server
from config.launch.processes import Part
from tests.services.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def data_folder() -> Iterator[pathlib.Path]:
    """The session's data folder, which the settings name; removed at the end."""
    folder = pathlib.Path(settings.DATA_DIR)
    folder.mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL server; `postgresql.create("name")` gives the address of a database."""
    server = PostgreSQL()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a running Redis, as REDIS_URL takes it, on a unix socket."""
    listening = redis_server.make_socket()
    command = redis_server.command(listening, environment=os.environ)
    part = Part(command, write=lambda _name, _line: None)
    redis_server.wait(listening)
    yield listening.url
    part.end()
    listening.remove()
