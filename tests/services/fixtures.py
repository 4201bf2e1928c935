"""The fixtures that start real parts, each when the first test asks for it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from config.launch import redis_server
from config.launch.processes import Part
from tests.services import chromium
from tests.services.browser import Pages
from tests.services.parts import RunningParts
from tests.services.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


class MakeParts:
    """Makes running copies of the product on the engine of this run; they end with the module."""

    def __init__(self, request: pytest.FixtureRequest, closing: contextlib.ExitStack) -> None:
        """Keep what is needed later."""
        self._request = request
        self._closing = closing
        self._made = 0

    def __call__(self, *, mode: str = "test") -> RunningParts:
        """A copy with an empty, migrated database; nothing of it runs yet."""
        self._made += 1
        # The folder's name is one that people have, and that careless quoting breaks.
        outer = pathlib.Path(tempfile.mkdtemp(prefix="rota-parts-"))
        self._closing.callback(shutil.rmtree, outer, ignore_errors=True)
        parts = RunningParts(outer / "dä ta", database_url=self._database_url(), mode=mode)
        self._closing.callback(parts.close)
        return parts

    def _database_url(self) -> str:
        if settings.ROTA_TEST_DATABASE == "sqlite":
            return ""
        server: PostgreSQL = self._request.getfixturevalue("postgresql")
        return server.create(f"parts_{os.urandom(4).hex()}")


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
    log = listening.folder / "redis.log"
    command = redis_server.command(listening, log=log, environment=os.environ)
    part = Part(command, write=lambda _name, _line: None)
    redis_server.wait(listening)
    yield listening.url
    part.end()
    listening.remove()


@pytest.fixture(scope="module")
def make_parts(request: pytest.FixtureRequest) -> Iterator[MakeParts]:
    """`make_parts()` gives a copy of the product of its own; see `RunningParts`."""
    with contextlib.ExitStack() as closing:
        yield MakeParts(request, closing)


@pytest.fixture(scope="module")
def parts(make_parts: MakeParts) -> RunningParts:
    """The running product with the small demo company, one for the tests of a module."""
    running = make_parts()
    running.start("pagerduty")  # the seed gives the people their accounts there
    running.start("pagerduty")  # the demo's people get their accounts there
    running.manage("seed", "--profile", "small")
    running.start()
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium, one for the tests of a module."""
    program = chromium.path()  # asks Playwright itself, which does not start twice at once
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        yield running
        running.close()


@pytest.fixture
def pages(browser: Browser, parts: RunningParts) -> Iterator[Pages]:
    """Opens pages on the running product: `pages.open(device=PHONE, theme=Theme.DARK)`."""
    opened = Pages(browser, base_url=parts.address)
    yield opened
    opened.close()


@pytest.fixture
def page(pages: Pages) -> Page:
    """A page at the size of a desktop, light, nobody signed in."""
    return pages.open()
