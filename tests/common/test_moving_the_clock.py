from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from common import clock

if TYPE_CHECKING:
    import pathlib

    from pytest_django import Settings

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clock_file(tmp_path: pathlib.Path, settings: Settings) -> pathlib.Path:
    settings.ROTA_CLOCK_FILE = str(tmp_path / "clock")
    return tmp_path / "clock"


def test_time_moves_to_the_instant_for_all_who_read_the_file(clock_file: pathlib.Path) -> None:
    wanted = clock.real_now() + dt.timedelta(days=30)

    clock.move_to(wanted)

    assert wanted <= clock.now() < wanted + MINUTE
    assert list(clock_file.parent.iterdir()) == [clock_file]


@pytest.mark.parametrize("mode", ["production", ""])
def test_time_is_not_moved_outside_demo_and_test(
    mode: str, clock_file: pathlib.Path, settings: Settings
) -> None:
    settings.ROTA_MODE = mode

    with pytest.raises(clock.ClockFixedError):
        clock.move_to(clock.real_now() + MINUTE)

    assert not clock_file.exists()
