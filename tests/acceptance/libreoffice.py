"""LibreOffice, which opens a workbook as finance does and writes each sheet as CSV.

It is not part of Rota: Debian and Ubuntu have it as `libreoffice-calc-nogui`.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib

MISSING = "LibreOffice is not installed (Debian: apt install libreoffice-calc-nogui)"
_OPEN_SECONDS = 180
# Comma, quotes, UTF-8, from the first line, cells as they are shown, every sheet in a file.
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


def program() -> str | None:
    """Where LibreOffice is; None when it is not on this machine."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def sheets_as_shown(workbook: pathlib.Path, folder: pathlib.Path) -> dict[str, list[list[str]]]:
    """The rows of each sheet by its title, every cell as LibreOffice shows it.

    Raises:
        FileNotFoundError: LibreOffice is not installed.
    """
    found = program()
    if found is None:
        raise FileNotFoundError(MISSING)
    # A profile of its own: an office that the developer has open is left alone.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [found, "--headless", profile, "--convert-to", _EVERY_SHEET, "--outdir", folder, workbook],
        check=True,
        capture_output=True,
        timeout=_OPEN_SECONDS,
        env={**os.environ, "HOME": str(folder)},
    )
    return {
        path.stem.removeprefix(f"{workbook.stem}-"): _rows(path)
        for path in sorted(folder.glob(f"{workbook.stem}-*.csv"))
    }


def _rows(path: pathlib.Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))
