"""The closing lines: on what the tests ran."""

from __future__ import annotations

import json
import pathlib
import sys
from typing import TYPE_CHECKING

from django.conf import settings

from tests.services import marks

if TYPE_CHECKING:
    import pytest

RESULTS = pathlib.Path(__file__).resolve().parents[2] / "test-results"
OUTCOMES = ("passed", "failed", "error", "deselected")


class Summary:
    """Prints what ran, and leaves it in test-results/ for the last lines of `make test`."""

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line on the engine and the parts, one on the reference material."""
        counts = {name: len(terminalreporter.stats.get(name, [])) for name in OUTCOMES}
        for line in lines(settings.ROTA_TEST_DATABASE, counts):
            terminalreporter.write_line(line)
        RESULTS.mkdir(exist_ok=True)
        result = RESULTS / f"{settings.ROTA_TEST_DATABASE}.json"
        result.write_text(json.dumps(counts), encoding="utf-8")


def lines(engine: str, counts: dict[str, int]) -> list[str]:
    """What ran on this engine, in words."""
    ran = sum(counts[name] for name in ("passed", "failed", "error"))
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[engine]
    return [f"{ran} tests ran on {name}, {counts['passed']} passed.", reference_line()]


def reference_line() -> str:
    """Whether the tests that compare with reference material could run."""
    if marks.REFERENCE.is_dir():
        return "../shared is here: what compares with it ran."
    return "../shared is not here: what compares with it was left out."


def main() -> int:
    """Print the last lines of `make test`; 1 if a run left no result or a failure."""
    good = True
    for engine in ("postgresql", "sqlite"):
        path = RESULTS / f"{engine}.json"
        counts = json.loads(path.read_text(encoding="utf-8"))
        good = good and not counts["failed"] and not counts["error"]
        sys.stdout.write(lines(engine, counts)[0] + "\n")
    sys.stdout.write(reference_line() + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
