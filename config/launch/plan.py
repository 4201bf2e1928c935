"""The parts of a copy and the words that start each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from config.launch.processes import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.launch.data_folder import DataFolder
    from config.launch.options import Options

# A copy on a machine where everybody is root, a container say: Celery's advice is not for it.
AS_ROOT = ("-W", "ignore:You're running the worker with superuser privileges")


def python(name: str, *words: str, environment: Mapping[str, str]) -> Command:
    """This interpreter with these words."""
    return Command(name=name, words=(sys.executable, *words), environment=environment)


def setup(folder: DataFolder, *, environment: Mapping[str, str]) -> Command:
    """The database brought up to date and the demo company loaded; ends by itself."""
    words = ("-m", "config.launch.prepare", "--accounts", str(folder.accounts))
    return python("setup", *words, environment=environment)


def simulator(options: Options, folder: DataFolder, *, environment: Mapping[str, str]) -> Command:
    """The PagerDuty simulator."""
    state, clock = str(folder.simulator_state), str(folder.clock)
    return python(
        "pagerduty",
        *("-m", "pagerduty_simulator", "--port", str(options.sim_port)),
        *("--state", state, "--clock-file", clock),
        environment=environment,
    )


def web(environment: Mapping[str, str]) -> Command:
    """The web server, on the loopback address."""
    words = ("-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application")
    return python("web", *words, environment=environment)


def worker(environment: Mapping[str, str]) -> Command:
    """The Celery worker, with the processes that its settings ask for."""
    return _celery("worker", "--without-gossip", "--without-mingle", environment=environment)


def beat(environment: Mapping[str, str]) -> Command:
    """Celery's clock, which starts the sweeps."""
    return _celery("beat", "--pidfile=", environment=environment)


def _celery(name: str, *flags: str, environment: Mapping[str, str]) -> Command:
    words = ("-m", "celery", "--quiet", "-A", "config.celery:app", name, "--loglevel", "INFO")
    return python(name, *AS_ROOT, *words, *flags, environment=environment)
