"""What calendar feeds of five years cost: bytes, milliseconds and queries of each kind of poll.

    python -m benchmarks.calendars [--years 5] [--polls 200]

A database of its own, in a folder that is removed afterwards. A team of seven carries every week
of these years on both levels, one week in four has a cover, and a seventh of the weeks was told of
somebody else before. First the sweep that tells all of it at once, and one that finds nothing;
then each feed: made for the first time, from the cache, and asked for with its version. The
milliseconds are those of a processor, for the whole request through every middleware.

To hold: the calendar of a person at most 100 kB and 200 ms, that of a rotation at most 1 MB and
one second, once after each change; a poll that has it already two queries and 304.
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
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--polls", type=int, default=200)
    options = parser.parse_args()
    measure = (
        "from benchmarks import calendar_polls as polls; "
        f"polls.measure(years={options.years}, polls={options.polls})"
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
        "ROTA_HOSTS": "testserver",
    }


if __name__ == "__main__":
    main()
