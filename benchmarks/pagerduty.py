"""What PagerDuty is asked for many rotations: calls and seconds, against the simulator.

    python -m benchmarks.pagerduty [--rotations 200] [--weeks 26]

A database and a simulator of its own, in a folder that is removed afterwards. Three rounds: from
nothing, unchanged, and with one cover in each rotation. No pause is kept between calls, so the
seconds are Rota's and the simulator's; the minutes are what the calls take at 713 a minute, which
is what Rota allows itself for one token. Lists are read anew every 356 calls, half a minute's.

To hold, for each rotation: from nothing 3 writes, 6 previews and 7 reads; unchanged 6 reads, one
for each level and window of 90 days; with one cover 1 write and 8 reads. Lists come on top, some
20 reads each half minute for 2,000 people.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[1]


def main() -> None:
    """Set the database up, then measure in a process that Django runs in."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rotations", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=26)
    options = parser.parse_args()
    measure = (
        "from benchmarks import pagerduty_rounds as rounds; "
        f"rounds.measure(rotations={options.rotations}, weeks={options.weeks})"
    )
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (["migrate", "-v0"], ["shell", "-v0", "-c", measure]):
            command = [sys.executable, "manage.py", *arguments]
            subprocess.run(command, check=True, cwd=ROOT, env=_environment(folder))


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {
        "ROTA_MODE": "test",
        "ROTA_DATA_DIR": folder,
        "ROTA_SECRET_KEY": "only-for-measuring-" + "0123456789" * 4,
    }


if __name__ == "__main__":
    main()
