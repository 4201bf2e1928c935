"""The program: `python -m pagerduty_simulator --port N --state FILE`."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys

from pagerduty_simulator.clock import Clock
from pagerduty_simulator.seeds import UnusableStateError
from pagerduty_simulator.sender import Sender
from pagerduty_simulator.server import Server, Stop
from pagerduty_simulator.simulator import Simulator
from pagerduty_simulator.state import UnreadableStateError

_HIGHEST_PORT = 65_535


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; the exit code is 0 after a stop and 1 when it cannot start."""
    asked = _parser().parse_args(arguments)
    if os.environ.get("ROTA_MODE") == "production":
        return _failed("ROTA_MODE is production; this is for demo and test, it pages nobody")
    simulator = Simulator(
        state_file=asked.state,
        clock=Clock(file=asked.clock_file),
        token=asked.token or os.environ.get("PAGERDUTY_API_TOKEN") or None,
    )
    try:
        simulator.load()
    except (OSError, UnreadableStateError, UnusableStateError) as error:
        return _failed(f"the state in {asked.state} cannot be used: {error}")
    try:
        server = Server(asked.host, asked.port, simulator)
    except OSError as error:
        return _failed(f"cannot listen on {asked.host}:{asked.port}: {error.strerror or error}")
    Stop(server)
    simulator.listen_at(server.address)
    Sender(simulator).start()
    sys.stdout.write(f"PagerDuty simulator on {server.address}\n")
    sys.stdout.flush()
    with server:
        server.serve_forever(poll_interval=0.1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pagerduty_simulator",
        description="Answers as PagerDuty's REST API does; pages nobody.",
    )
    parser.add_argument("--port", type=_port, required=True, help="0 lets the system choose one")
    parser.add_argument("--state", type=pathlib.Path, required=True, help="file that keeps all")
    parser.add_argument("--clock-file", type=pathlib.Path, help="file with an offset in seconds")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--token", help="the only token let in (default: $PAGERDUTY_API_TOKEN, else any)"
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _failed(reason: str) -> int:
    sys.stderr.write(f"pagerduty_simulator: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
