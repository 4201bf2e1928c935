"""Solves a schedule in the neutral file format, without a database."""

from __future__ import annotations

import pathlib
import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from rotation.solver import problem, solution, solve

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAD_INPUT = 2
INFEASIBLE = 3


class Command(BaseCommand):
    help = "Solves INSTANCE.json and writes the result; exit 0 result, 3 infeasible, 2 bad input."
    requires_system_checks = ()
    _reported = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The two files, the limit, and whether to report on the way."""
        parser.add_argument("instance", metavar="INSTANCE.json")
        parser.add_argument("--output", required=True, metavar="RESULT.json")
        parser.add_argument("--time-limit", type=float, default=300.0, metavar="SECONDS")
        parser.add_argument(
            "--progress", action="store_true", help="Report objective, best and bound to stderr."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Solve and write.

        Raises:
            CommandError: a file cannot be read or written, or the instance is malformed.
        """
        try:
            text = pathlib.Path(options["instance"]).read_text(encoding="utf-8")
            instance = problem.from_json(text)
        except (OSError, UnicodeDecodeError, problem.ProblemError) as error:
            raise CommandError(f"{options['instance']}: {error}", returncode=BAD_INPUT) from error
        found = solve.solve(
            instance,
            time_limit=options["time_limit"],
            on_progress=self._report if options["progress"] else _say_nothing,
        )
        try:
            pathlib.Path(options["output"]).write_text(
                solution.result_json(found), encoding="utf-8"
            )
        except OSError as error:
            raise CommandError(f"{options['output']}: {error}", returncode=BAD_INPUT) from error
        self.stdout.write(_line(instance, found))
        if found.status == "infeasible":
            sys.exit(INFEASIBLE)

    def _report(self, objective: str, best: int, bound: int) -> None:
        line = f"{objective}: {best} (at least {bound})"
        if line != self._reported:
            self.stderr.write(line)
        self._reported = line


def _say_nothing(_objective: str, _best: int, _bound: int) -> None:
    return


def _line(instance: problem.Problem, found: solution.Solution) -> str:
    if found.status == "infeasible":
        pins = [f"{each.week} {each.level} {each.code}" for each in found.explanations]
        return f"infeasible: {'; '.join(pins)}"
    figures = [
        f"{name} {found.objectives[name]} (at least {found.bounds.get(name, '?')})"
        for name in instance.objectives
    ]
    return f"{found.status}: {', '.join(figures)}; {found.wall_seconds:.2f} s"
