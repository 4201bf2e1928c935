"""Where this copy of Rota runs, read from the environment once."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import TYPE_CHECKING

from config.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HIGHEST_PORT = 65535


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """One copy's folder, ports and the parts it was given; empty text where it starts its own."""

    data: pathlib.Path
    port: int
    sim_port: int
    redis_url: str
    database_url: str

    @property
    def address(self) -> str:
        """Where the browser goes."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sim_address(self) -> str:
        """Where the PagerDuty simulator answers."""
        return f"http://127.0.0.1:{self.sim_port}"


def from_environment(environment: Mapping[str, str]) -> Options:
    """The options of ROTA_DATA_DIR, ROTA_PORT, ROTA_SIM_PORT, REDIS_URL and DATABASE_URL.

    Raises:
        LaunchError: a port is no port, or both are the same.
    """
    port = _port(environment, "ROTA_PORT", 8000)
    sim_port = _port(environment, "ROTA_SIM_PORT", 8001)
    if port == sim_port:
        raise LaunchError(f"ROTA_PORT and ROTA_SIM_PORT are both {port}: give them two ports.")
    folder = environment.get("ROTA_DATA_DIR", "").strip()
    return Options(
        data=pathlib.Path(folder).expanduser().absolute() if folder else ROOT / ".data",
        port=port,
        sim_port=sim_port,
        redis_url=environment.get("REDIS_URL", "").strip(),
        database_url=environment.get("DATABASE_URL", "").strip(),
    )


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "").strip() or str(default)
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise LaunchError(f"{name} is {text!r}: it takes a port between 1 and {HIGHEST_PORT}.")
    return int(text)
