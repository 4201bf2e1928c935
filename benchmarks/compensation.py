"""What pay costs at the size of a large company: pages, the sweep, closing, files, the proof.

    python -m benchmarks.compensation [--people 10000] [--entries 1000000] [--database-url URL]

It fills an empty database with five years of a ledger whose last month has not been priced: one
week in five of each person's has ended there, with three covers each, which makes four entries of
each. Without an address that is a PostgreSQL server of its own, as tests start it, with
`--sqlite` a file; both are removed afterwards. Then, each in a process of its own: every page of
finance with the number of its queries (beside those of a database a hundredth the size), the sweep
over all ended shifts, the close of the month with its files, `verify_ledger`. Memory is the peak
of the process above what it took to start.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from tests.services.postgresql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[1]
SMALLER = 100
FEWEST_PEOPLE = 20
STEPS = (
    "sweep()",
    "pages('with the month open')",
    "close()",
    "pages('with the month closed')",
    "files()",
    "verify()",
    "sweep()",
)


def main() -> None:
    """Fill and measure a small database, then the large one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--database-url", default="")
    parser.add_argument("--small-only", action="store_true")
    options = parser.parse_args()
    people = max(options.people // SMALLER, FEWEST_PEOPLE)
    sizes = [(people, max(options.entries // SMALLER, 8 * people))]
    if not options.small_only:
        sizes.append((options.people, options.entries))
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            with _database(options, pathlib.Path(folder)) as url:
                _measure(url, pathlib.Path(folder), size)


@contextlib.contextmanager
def _database(options: argparse.Namespace, folder: pathlib.Path) -> Iterator[str]:
    """The address of an empty database; a given one is used for the last size only."""
    if options.database_url:
        yield options.database_url
    elif options.sqlite:
        file = folder / "rota.sqlite3"
        yield f"sqlite:///{file}"
        for part in folder.glob("rota.sqlite3*"):
            part.unlink()
    else:
        with contextlib.closing(_Server()) as server:
            yield server.postgresql.create("compensation")


class _Server:
    """A server that is stopped as other things are closed."""

    def __init__(self) -> None:
        self.postgresql = PostgreSQL()

    def close(self) -> None:
        self.postgresql.stop()


def _measure(url: str, folder: pathlib.Path, size: tuple[int, int]) -> None:
    people, entries = size
    print(f"{url.partition(':')[0]}, {people:,} people, {entries:,} entries", flush=True)
    environment = _environment(url, folder)
    fill = f"from benchmarks import compensation_data; compensation_data.fill({people}, {entries})"
    for words in (fill, *(f"from benchmarks import compensation_steps as s; s.{s}" for s in STEPS)):
        code = f"import django; django.setup(); {words}"
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)


def _environment(url: str, folder: pathlib.Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "ROTA_MODE": "test",
        "ROTA_DATA_DIR": str(folder),
        "ROTA_CLOCK_FILE": str(folder / "clock"),
        "ROTA_SECRET_KEY": "only-for-measuring-" + "0123456789" * 4,
        "ROTA_HOSTS": "testserver",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


if __name__ == "__main__":
    main()
