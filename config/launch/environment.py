"""The environment that every part of a copy is started with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from config.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.launch.data_folder import DataFolder
    from config.launch.options import Options

# A demo writes to its own simulator and mails into its folder: never to the real ones.
REAL_WORLD = (
    "PAGERDUTY_API_TOKEN_FILE",
    "ROTA_SECRET_KEY_FILE",
    "ROTA_WEBHOOK_KEY_FILE",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_PASSWORD_FILE",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_USE_TLS",
)
SIMULATOR_TOKEN = "simulator"  # noqa: S105 - the simulator takes any


def variables(options: Options, folder: DataFolder, *, mode: str, redis_url: str) -> dict[str, str]:
    """Rota's own variables for this copy: what a command in another shell needs as well."""
    chosen = {
        "ROTA_MODE": mode,
        "ROTA_SECRET_KEY": folder.secret_key(),
        "ROTA_WEBHOOK_KEY": folder.webhook_key(),
        "ROTA_DATA_DIR": str(options.data),
        "ROTA_PORT": str(options.port),
        "ROTA_SIM_PORT": str(options.sim_port),
        "ROTA_CLOCK_FILE": str(folder.clock),
        "ROTA_BASE_URL": options.address,
        "REDIS_URL": redis_url,
        "PAGERDUTY_API_URL": options.sim_address,
        "PAGERDUTY_API_TOKEN": SIMULATOR_TOKEN,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if options.database_url:
        chosen["DATABASE_URL"] = options.database_url
    return chosen


def for_children(outer: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The outer environment without doors to the real world, with the chosen variables."""
    kept = {name: value for name, value in outer.items() if name not in REAL_WORLD}
    return {**kept, **chosen, "PYTHONUNBUFFERED": "1"}


def as_file(chosen: Mapping[str, str]) -> str:
    """The variables as NAME=value lines, in order of name.

    Raises:
        LaunchError: a value has a line break in it.
    """
    for name, value in chosen.items():
        if len(value.splitlines()) > 1:
            raise LaunchError(f"{name} has a line break in it.")
    return "".join(f"{name}={value}{os.linesep}" for name, value in sorted(chosen.items()))
