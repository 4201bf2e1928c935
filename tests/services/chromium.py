"""A Chromium for the browser tests: one that is installed, else Playwright's, else Debian's."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_SECONDS = 300
# What Chromium asks of the network by itself is switched off; the sandbox refuses root.
FLAGS = (
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),
)


class NoBrowserError(Exception):
    """No Chromium is here; the message says what to install."""


def path() -> pathlib.Path:
    """The program that is here.

    Raises:
        NoBrowserError: none is.
    """
    for name in INSTALLED:
        found = shutil.which(name)
        if found:
            return pathlib.Path(found)
    own = _playwrights()
    if own.is_file():
        return own
    raise NoBrowserError(
        "No Chromium is here: install one (Debian: apt install chromium), or run"
        " .venv/bin/python -m playwright install --with-deps chromium."
    )


def ensure() -> pathlib.Path:
    """The program that is here, after installing one where there was none.

    Raises:
        NoBrowserError: none can be installed.
    """
    for install in (_install_playwrights, _install_debians):
        with contextlib.suppress(NoBrowserError, subprocess.SubprocessError, OSError):
            return _working()
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            install()
    try:
        return _working()
    except (subprocess.SubprocessError, OSError) as error:
        raise NoBrowserError(f"The Chromium that is here does not run: {error}") from error


def _working() -> pathlib.Path:
    found = path()
    subprocess.run([found, "--version"], check=True, capture_output=True, timeout=30)
    return found


def _install_playwrights() -> None:
    sys.stdout.write("No Chromium is here: asking Playwright for its own …\n")
    sys.stdout.flush()
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _install_debians() -> None:
    if shutil.which("apt-get") is None:
        return
    sys.stdout.write("Playwright's does not come or does not run: asking Debian for chromium …\n")
    sys.stdout.flush()
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")


def _run(*words: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        words, env=environment, check=True, capture_output=True, timeout=DOWNLOAD_SECONDS
    )


def _playwrights() -> pathlib.Path:
    with sync_playwright() as playwright:
        return pathlib.Path(playwright.chromium.executable_path)


def main() -> int:
    """Make sure that one is here; 1 with one line if not."""
    try:
        ensure()
    except NoBrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
