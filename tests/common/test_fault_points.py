from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from common import fault_points

if TYPE_CHECKING:
    import pathlib

    from pytest_django import Settings


def _put(settings: Settings, folder: pathlib.Path) -> pathlib.Path:
    settings.DATA_DIR = folder
    point = folder / fault_points.FOLDER / "somewhere"
    point.parent.mkdir()
    point.touch()
    return point


def test_a_process_waits_at_a_fault_point_until_its_file_is_taken_away(
    settings: Settings, tmp_path: pathlib.Path
) -> None:
    point = _put(settings, tmp_path)
    walker = threading.Thread(target=fault_points.pass_by, args=("somewhere",))

    walker.start()
    walker.join(0.3)
    waited = walker.is_alive()
    point.unlink()
    walker.join(5)

    assert waited
    assert not walker.is_alive()
    assert point.with_suffix(".reached").exists()


def test_production_knows_no_fault_points(settings: Settings, tmp_path: pathlib.Path) -> None:
    point = _put(settings, tmp_path)
    settings.ROTA_MODE = "production"

    fault_points.pass_by("somewhere")

    assert not point.with_suffix(".reached").exists()
