"""The closing lines: what ran where."""

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
ENGINES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
RAN = ("passed", "failed", "error")


class Summary:
    """Prints what ran, and leaves it in test-results/ for the last lines of `make test`."""

    def __init__(self) -> None:
        """Nothing ran yet."""
        self._asking = {"database": 0, "reference": 0}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what asks for a database, and what compares with the reference material."""
        if report.when == "setup":
            for mark in self._asking:
                self._asking[mark] += mark in report.keywords

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line on the engine, one on the reference material."""
        if terminalreporter.config.option.collectonly or hasattr(
            terminalreporter.config, "workerinput"
        ):
            return
        counts = {name: len(terminalreporter.stats.get(name, [])) for name in RAN} | self._asking
        for line in (engine_line(settings.ROTA_TEST_DATABASE, counts), reference_line(counts)):
            terminalreporter.write_line(line)
        RESULTS.mkdir(exist_ok=True)
        result = RESULTS / f"{settings.ROTA_TEST_DATABASE}.json"
        result.write_text(json.dumps(counts), encoding="utf-8")


def engine_line(engine: str, counts: dict[str, int]) -> str:
    """What ran in the run on this engine."""
    ran = sum(counts[name] for name in RAN)
    return (
        f"{ENGINES[engine]}: {ran} tests ran, {counts['database']} of them with the database;"
        f" {counts['passed']} passed."
    )


def reference_line(counts: dict[str, int]) -> str:
    """Whether the tests that compare with reference material could run."""
    if marks.REFERENCE.is_dir():
        return f"../shared is here: the {counts['reference']} tests that compare with it ran."
    return "../shared is not here: the tests that compare with it were left out."


def main() -> int:
    """Print the last lines of `make test`; 1 if a run failed."""
    results = {
        engine: json.loads((RESULTS / f"{engine}.json").read_text(encoding="utf-8"))
        for engine in ENGINES
    }
    lines = [engine_line(engine, counts) for engine, counts in results.items()]
    lines.append("PostgreSQL, Redis, Chromium and the PagerDuty simulator were real ones.")
    lines.append(reference_line(results["postgresql"]))
    sys.stdout.write("\n".join(lines) + "\n")
    bad = any(counts["failed"] or counts["error"] for counts in results.values())
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
