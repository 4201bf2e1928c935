from __future__ import annotations

import io
import os
import pathlib
import signal
import socket
import stat
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from config.launch import data_folder, environment, options, ports, redis_server, schema
from config.launch.errors import LaunchError
from config.launch.log import Log
from config.launch.processes import Command, Part
from config.launch.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(tmp_path: pathlib.Path, screen: io.StringIO) -> Iterator[Log]:
    made = Log(screen, folder=tmp_path / "log", coloured=False)
    yield made
    made.close()


def shell(name: str, script: str) -> Command:
    return Command(name=name, words=("sh", "-c", script), environment=os.environ)


@pytest.mark.parametrize("text", ["0", "65536", "eight", "80.5", "-1"])
def test_a_port_that_is_none_is_named_in_one_line(text: str) -> None:
    with pytest.raises(LaunchError, match=r"^ROTA_SIM_PORT is '.*1 and 65535\.$"):
        options.from_environment({"ROTA_SIM_PORT": text})


def test_two_parts_do_not_share_a_port() -> None:
    with pytest.raises(LaunchError, match="both 8001"):
        options.from_environment({"ROTA_PORT": "8001"})


def test_without_variables_a_copy_lives_in_the_checkout() -> None:
    chosen = options.from_environment({})

    assert (chosen.port, chosen.sim_port) == (8000, 8001)
    assert chosen.data == options.ROOT / ".data"
    assert (chosen.redis_url, chosen.database_url) == ("", "")


@pytest.mark.real_parts
def test_a_taken_port_is_said_in_one_line_that_names_the_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(LaunchError, match=rf"^Port {port} is taken: set ROTA_PORT to another"):
            ports.require_free(port, variable="ROTA_PORT")


def test_a_data_folder_is_its_owners_alone_and_keeps_its_key(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a" / "dä ta"

    with data_folder.held(path) as folder:
        first = folder.secret_key()
    with data_folder.held(path) as folder:
        second = folder.secret_key()

    assert len(first) > 50
    assert first == second
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE((path / "secret-key").stat().st_mode) == 0o600


def test_a_data_folder_is_held_by_one_at_a_time(tmp_path: pathlib.Path) -> None:
    with (
        data_folder.held(tmp_path),
        pytest.raises(LaunchError, match="already running"),
        data_folder.held(tmp_path),
    ):
        pass


def test_a_reset_removes_the_demo_and_nothing_else(tmp_path: pathlib.Path) -> None:
    with data_folder.held(tmp_path) as folder:
        key = folder.secret_key()
        for name in ("rota.sqlite3", "clock", "pagerduty.json", "mine.txt"):
            (tmp_path / name).write_text("x", encoding="ascii")
        (tmp_path / "mail").mkdir()
        (tmp_path / "mail" / "1.log").write_text("x", encoding="ascii")

        folder.remove_demo()

        assert folder.secret_key() == key
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "mine.txt", "secret-key"}


def test_a_database_is_prepared_again_when_anything_that_makes_its_tables_changed(
    tmp_path: pathlib.Path,
) -> None:
    root = tmp_path / "checkout"
    (root / "rotation" / "migrations").mkdir(parents=True)
    (root / "requirements.txt").write_text("django==5.2", encoding="ascii")
    with data_folder.held(tmp_path / "data") as folder:
        folder.write_private("prepared", schema.digest(root))
        assert not folder.is_prepared(schema.digest(root))  # the database itself is missing
        (tmp_path / "data" / "rota.sqlite3").touch()
        assert folder.is_prepared(schema.digest(root))

        (root / "rotation" / "migrations" / "0002_more.py").write_text("x", encoding="ascii")

        assert not folder.is_prepared(schema.digest(root))


def test_a_demo_is_given_no_door_to_the_real_world(tmp_path: pathlib.Path) -> None:
    chosen = options.from_environment({"ROTA_DATA_DIR": str(tmp_path), "ROTA_SIM_PORT": "9001"})
    outer = {
        "PATH": "/bin",
        "PAGERDUTY_API_URL": "https://api.pagerduty.com",
        "PAGERDUTY_API_TOKEN_FILE": "/run/token",
        "EMAIL_HOST": "smtp.example.org",
    }

    with data_folder.held(tmp_path) as folder:
        own = environment.variables(chosen, folder, mode="demo", redis_url="unix:///r.sock")
    given = environment.for_children(outer, own)

    assert given["PATH"] == "/bin"
    assert given["PAGERDUTY_API_URL"] == "http://127.0.0.1:9001"
    assert {"PAGERDUTY_API_TOKEN_FILE", "EMAIL_HOST"}.isdisjoint(given)


def test_a_redis_is_for_one_user_and_shows_its_password_to_nobody() -> None:
    listening = redis_server.make_socket()
    command = redis_server.command(listening, log=pathlib.Path("redis.log"), environment={})

    mode = stat.S_IMODE(listening.folder.stat().st_mode)
    listening.remove()

    assert mode == 0o700
    assert len(bytes(listening.folder / redis_server.SOCKET)) <= redis_server.LONGEST_SOCKET_PATH
    assert listening.password not in repr(command) + repr(listening) + " ".join(command.words)
    assert "maxmemory-policy noeviction" in command.stdin
    assert f"requirepass {listening.password}" in command.stdin
    assert "\nport 0\n" in "\n" + command.stdin


def test_what_a_killed_start_left_of_redis_is_removed_by_the_next(tmp_path: pathlib.Path) -> None:
    with data_folder.held(tmp_path) as folder:
        left = folder.redis_socket()
        again = folder.redis_socket()

        assert not left.folder.exists()
        again.remove()


def test_only_a_folder_of_ours_is_removed(tmp_path: pathlib.Path) -> None:
    redis_server.remove_left(tmp_path)

    assert tmp_path.is_dir()


def test_each_line_bears_the_name_of_its_part(log: Log, screen: io.StringIO) -> None:
    log.write("web", "here")
    log.write("pagerduty", "there")

    assert screen.getvalue() == "web       | here\npagerduty | there\n"


def test_a_screen_that_is_gone_does_not_stop_the_log(tmp_path: pathlib.Path) -> None:
    screen = io.StringIO()
    log = Log(screen, folder=tmp_path, coloured=False)
    screen.close()

    log.write("web", "still here")
    log.close()

    assert "still here" in (tmp_path / "rota.log").read_text(encoding="utf-8")


def test_a_part_that_dies_is_started_again(log: Log, screen: io.StringIO) -> None:
    supervisor = Supervisor(log, parent=0)
    with supervisor.listening():
        first = supervisor.start(shell("beat", "echo here; exec sleep 60"))
        supervisor.until(lambda: "here" in screen.getvalue(), seconds=10)
        os.kill(first.pid, signal.SIGKILL)

        again = supervisor.until(lambda: screen.getvalue().count("here") == 2, seconds=10)

    assert again
    assert "beat was ended by SIGKILL: starting it again" in screen.getvalue()


def test_a_part_that_dies_again_and_again_stops_the_rest(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.launch.supervisor.RESTART_PAUSE", 0.0)
    supervisor = Supervisor(log, parent=0)
    with supervisor.listening():
        steady = supervisor.start(shell("web", "exec sleep 60"))
        supervisor.start(shell("beat", "exit 3"))

        with pytest.raises(LaunchError, match="beat dies again and again"):
            supervisor.watch()

    assert steady.code() == -signal.SIGTERM


def test_a_request_to_stop_reaches_every_part(log: Log, screen: io.StringIO) -> None:
    supervisor = Supervisor(log, parent=0)
    with supervisor.listening():
        parts = [supervisor.start(shell(name, "exec sleep 60")) for name in ("redis", "web")]
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()

        supervisor.watch()

    assert [part.code() for part in parts] == [-signal.SIGTERM, -signal.SIGTERM]
    assert screen.getvalue() == ""


def test_a_part_ends_with_the_process_that_started_it() -> None:
    # A parent that ends without a word: it starts a part, prints its number and kills itself.
    script = (
        "import os, signal, sys\n"
        "from config.launch.processes import Command, Part\n"
        "command = Command(name='x', words=('sleep', '60'), environment=os.environ)\n"
        "part = Part(command, write=print)\n"
        "print(part.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    lines: list[str] = []
    words = (sys.executable, "-c", script)
    command = Command(name="parent", words=words, environment=os.environ, stdin="go\n")
    parent = Part(command, write=lambda _name, line: lines.append(line))
    parent.wait(20)
    parent.end()

    assert len(lines) == 1
    started = pathlib.Path("/proc") / lines[0]
    deadline = threading.Event()
    for _attempt in range(50):
        if not started.exists() or " Z " in (started / "stat").read_text():
            break
        deadline.wait(0.1)
    assert not started.exists() or " Z " in (started / "stat").read_text()
