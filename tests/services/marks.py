"""Marks that tests get by what they ask for.

`database`: it uses the database, so it runs on both engines.
`one_engine`: it is slow and the engine makes no difference, so it runs on one.
`real_parts`: it talks to servers of its own, so sockets to the loopback address are open.
`reference`: it compares with the reference material that lies beside some checkouts.
"""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = "127.0.0.1"
REFERENCE = pathlib.Path(__file__).resolve().parents[3] / "shared"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "parts", "make_parts"}
REAL_FIXTURES = {"live_server", "parts", "make_parts", "browser", "page", "simulator"}
MARKS = {
    "database": "uses the database: runs on PostgreSQL and on SQLite (given by itself)",
    "one_engine": "uses the database, but says the same on each: runs on the default one only",
    "real_parts": "talks to servers that it starts on the loopback address",
    "reference": "compares with ../shared, and is left out where that is absent",
}


def register(config: pytest.Config) -> None:
    """Make the marks known."""
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def apply(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the marks; deselect what compares with reference material that is not there."""
    for item in items:
        _mark(item)
    if not REFERENCE.is_dir():
        left_out = [item for item in items if item.get_closest_marker("reference")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def _mark(item: pytest.Item) -> None:
    fixtures: Iterable[str] = getattr(item, "fixturenames", ())
    asks = item.get_closest_marker("django_db") or not DATABASE_FIXTURES.isdisjoint(fixtures)
    if asks and not item.get_closest_marker("one_engine"):
        item.add_marker(pytest.mark.database)
    if not REAL_FIXTURES.isdisjoint(fixtures):
        item.add_marker(pytest.mark.real_parts)
    if item.get_closest_marker("real_parts"):
        item.add_marker(pytest.mark.allow_hosts([LOOPBACK]))
