"""What every test of the API starts from: the cast, at the builders' time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.api.people import Cast, make_cast

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(builders.NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """Anna, Ben, Carla and the others."""
    del db
    return make_cast()
