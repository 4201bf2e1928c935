from __future__ import annotations

import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from config.launch import demo
from config.launch.options import ROOT
from tests.config.launched import LaunchedCopy, processes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.real_parts


@pytest.fixture
def outer() -> Iterator[pathlib.Path]:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rota-launch-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def copy(outer: pathlib.Path) -> Iterator[LaunchedCopy]:
    launched = LaunchedCopy(outer / "dä ta", outer / "output")
    yield launched
    launched.close()


def run(copy: LaunchedCopy, module: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=copy.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def named(copy: LaunchedCopy, word: str) -> list[int]:
    return [pid for pid, words in processes_of(copy.folder).items() if word in words]


def test_everything_starts_at_once_is_guarded_and_stops_on_ctrl_c(copy: LaunchedCopy) -> None:
    copy.start()

    assert demo.answers(copy.port, "/readyz")
    assert demo.answers(copy.sim_port, "/")
    assert stat.S_IMODE(copy.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((copy.folder / "secret-key").stat().st_mode) == 0o600
    second, reset = run(copy, "config.launch"), run(copy, "config.launch.reset")
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert "already running" in second.stderr
    assert (reset.returncode, reset.stdout) == (1, "")
    assert demo.answers(copy.port, "/readyz")

    assert copy.press_ctrl_c() == 0
    assert processes_of(copy.folder) == {}
    assert "Traceback" not in copy.output


def test_kill_9_of_the_parent_leaves_no_process_and_the_next_start_is_quick(
    copy: LaunchedCopy,
) -> None:
    copy.start()
    before = (copy.folder / "secret-key").read_bytes()

    copy.send(signal.SIGKILL)
    copy.until_nothing_runs()

    seconds = copy.start()
    assert seconds < 10
    assert (copy.folder / "secret-key").read_bytes() == before
    copy.send(signal.SIGHUP)  # the terminal is closed
    assert copy.wait() == 0
    assert processes_of(copy.folder) == {}


def test_what_dies_is_started_again_and_all_ends_with_the_process_that_asked_for_it(
    copy: LaunchedCopy, redis_url: str
) -> None:
    copy.environment["REDIS_URL"] = redis_url
    # As make does it: a process in between, which waits for the parent.
    words = '"$0" -m config.launch --with-parent; exit $?'
    copy.start("sh", "-c", words, sys.executable)
    assert named(copy, "redis-server") == []

    for pid in named(copy, "gunicorn"):
        copy.kill(pid)
    copy.until(lambda: "web was ended by SIGKILL: starting it again" in copy.output, 10)
    copy.until(lambda: demo.answers(copy.port, "/healthz"), 30)

    copy.send(signal.SIGKILL)
    copy.until_nothing_runs()
