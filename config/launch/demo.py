"""The order of a start: Redis and the simulator, the database, then web, worker and beat."""

from __future__ import annotations

import contextlib
import http.client
import os
from typing import TYPE_CHECKING

from config.launch import data_folder, environment, plan, ports, redis_server, schema
from config.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.launch.data_folder import DataFolder
    from config.launch.log import Log
    from config.launch.options import Options
    from config.launch.supervisor import Supervisor

READY_SECONDS = 90.0
SIMULATOR_SECONDS = 20.0


def check_ports(options: Options) -> None:
    """Return when both ports are free.

    Raises:
        LaunchError: one is taken.
    """
    ports.require_free(options.port, variable="ROTA_PORT")
    ports.require_free(options.sim_port, variable="ROTA_SIM_PORT")


def run(options: Options, folder: DataFolder, *, log: Log, supervisor: Supervisor) -> None:
    """Start every part, say where they are, keep them running until somebody stops them.

    Raises:
        LaunchError: the database cannot be prepared, or a part dies again and again.
        StoppedError: it was stopped before everything ran.
    """
    with supervisor.listening(), _redis(options, folder, supervisor=supervisor) as redis_url:
        chosen = environment.variables(options, folder, mode="demo", redis_url=redis_url)
        folder.write_private(data_folder.ENVIRONMENT, environment.as_file(chosen))
        children = environment.for_children(os.environ, chosen)
        supervisor.start(plan.simulator(options, folder, environment=children))
        _prepare(options, folder, children=children, supervisor=supervisor)
        for command in (plan.web, plan.worker, plan.beat):
            supervisor.start(command(children))
        ready = supervisor.until(lambda: answers(options.port, "/readyz"), seconds=READY_SECONDS)
        _announce(options, folder, log=log, ready=ready)
        supervisor.watch()


def answers(port: int, path: str) -> bool:
    """Whether GET on this port of the loopback address is answered with 200."""
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


@contextlib.contextmanager
def _redis(options: Options, folder: DataFolder, *, supervisor: Supervisor) -> Iterator[str]:
    if options.redis_url:
        yield options.redis_url
        return
    listening = folder.redis_socket()
    try:
        log = folder.logs / "redis.log"
        supervisor.start(redis_server.command(listening, log=log, environment=os.environ))
        yield listening.url
    finally:
        supervisor.stop()
        listening.remove()


def _prepare(
    options: Options, folder: DataFolder, *, children: dict[str, str], supervisor: Supervisor
) -> None:
    """Bring the database up to date; a start that finds its own as it left it does not ask."""
    state = schema.digest()
    if not options.database_url and folder.is_prepared(state):
        return
    # The demo's people get their accounts at the simulator.
    supervisor.until(lambda: answers(options.sim_port, "/"), seconds=SIMULATOR_SECONDS)
    if supervisor.run(plan.setup(folder, environment=children)):
        raise LaunchError("The database could not be prepared: the lines above say why.")
    folder.write_private(data_folder.PREPARED, state)


def _announce(options: Options, folder: DataFolder, *, log: Log, ready: bool) -> None:
    lines = [
        "",
        f"Rota is at {options.address}",
        f"The PagerDuty simulator is at {options.sim_address}",
        *_accounts(folder),
        f"Data and log are in {options.data}. Ctrl-C stops everything.",
        "",
    ]
    if not ready:
        lines.insert(1, f"Not everything is ready: {options.address}/readyz says what is missing.")
    for line in lines:
        log.write("rota", line)


def _accounts(folder: DataFolder) -> list[str]:
    try:
        return folder.accounts.read_text(encoding="utf-8").rstrip().splitlines()
    except FileNotFoundError:
        return []
