"""One world for the tests of a module, undone after it; each test undoes what it does itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import transaction

from tests import builders
from tests.guards.asking import Visitor, visitors
from tests.guards.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker


@pytest.fixture(autouse=True)
def _no_line_for_each_refusal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "django.request")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The rows, at the builders' time."""
    del django_db_setup
    with (
        django_db_blocker.unblock(),
        time_machine.travel(builders.NOW, tick=False),
        transaction.atomic(),
    ):
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def everybody(world: World) -> dict[str, Visitor]:
    """Each viewer, signed in as far as they can be."""
    return visitors(world)
