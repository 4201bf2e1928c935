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
def held_time() -> Iterator[time_machine.Traveller]:
    """Time stands still until a test moves it."""
    with time_machine.travel(builders.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(db: None) -> Cast:
    """Anna, Ben, Carla and the others."""
    del db
    return make_cast()
