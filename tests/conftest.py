"""What every test gets: its engine, closed sockets, an empty cache; parts start when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.services import marks, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["tests.services.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks and the closing lines."""
    marks.register(config)
    config.pluginmanager.register(summary.Summary(), "rota-summary")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by what it asks for, and leave out what there is nothing to compare with."""
    marks.apply(config, items)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Start the engine's server, if it has one, just before the test database is made."""
    request.getfixturevalue("data_folder")
    if settings.ROTA_TEST_DATABASE == "postgresql":
        server = request.getfixturevalue("postgresql")
        settings.DATABASES["default"]["HOST"] = server.host
