"""The solver on problems of every kind: is it proven, how long did it think, what does it buy?

    python -m benchmarks.solver [KIND ...] [--seeds N] [--limit SECONDS]

Each problem runs in a process of its own, so that CPU seconds and memory are its own: start-up is
part of them. `off proof` is the distance of the first unproven objective from its bound. The last
columns say how far plain round robin, and "who was on call longest ago", are from fair: the sum of
squares of what people carry above or below their share, divided by the solver's.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks import instances
from rotation.solver import baselines, objectives, problem, solution, solve

EXAMPLES = pathlib.Path(__file__).parents[1] / "tests" / "rotation" / "data" / "scheduling"
REPAIRS = {
    "repair_seven_by_26": ("seven_by_26", instances.REPAIR),
    "repair_daily_182": ("daily_182", instances.REPAIR),
    "repair_sixty_by_104": ("sixty_by_104", instances.REPAIR),
    "fair_then_steady_seven_by_26": ("seven_by_26", instances.FAIR_THEN_STEADY),
    "fair_then_steady_twenty_by_52": ("twenty_by_52", instances.FAIR_THEN_STEADY),
}


def main() -> None:
    """Measure the chosen kinds, by default the examples and one problem of each kind."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--seeds", type=int, default=1, help="problems of each kind")
    parser.add_argument("--limit", type=float, default=300.0, metavar="SECONDS")
    parser.add_argument("--one", metavar="INSTANCE.json", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        sys.stdout.write(json.dumps(_measured(pathlib.Path(options.one), options.limit)))
        return
    print(_line("problem", "result", "CPU s", "MB", "off proof", "round robin", "longest ago"))
    with tempfile.TemporaryDirectory() as folder:
        for path in _files(options.kinds, options.seeds, pathlib.Path(folder)):
            _report(path, options.limit)


def _files(kinds: list[str], seeds: int, folder: pathlib.Path) -> list[pathlib.Path]:
    paths = [] if kinds else sorted(EXAMPLES.glob("e0[1-9]*.json"))
    for name in kinds or [*instances.KINDS, *REPAIRS]:
        for seed in range(seeds):
            path = folder / f"{name}_{seed}.json"
            path.write_text(problem.to_json(_instance(name, seed)), encoding="utf-8")
            paths.append(path)
    return paths


def _instance(name: str, seed: int) -> problem.Problem:
    if name in REPAIRS:
        kind, order = REPAIRS[name]
        return instances.repair(kind, order, seed=seed)
    return instances.drawn(name, seed=seed)


def _report(path: pathlib.Path, limit: float) -> None:
    command = [sys.executable, "-m", "benchmarks.solver", "--one", str(path), "--limit", str(limit)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    print(
        _line(
            path.stem,
            found["status"],
            f"{found['cpu']:.2f}",
            f"{found['megabytes']:.0f}",
            found["off"],
            found["round_robin"],
            found["least_recent"],
        )
    )
    print(f"    {' '.join(found['values'])}")


def _line(*columns: str) -> str:
    widths = (34, 11, 8, 6, 22, 12, 12)
    return "".join(f"{text:<{width}}" for text, width in zip(columns, widths, strict=True))


def _measured(path: pathlib.Path, limit: float) -> dict[str, Any]:
    instance = problem.from_json(path.read_text(encoding="utf-8"))
    found = solve.solve(instance, time_limit=limit)
    figures: dict[str, Any] = {
        "status": found.status,
        "cpu": time.process_time(),
        "megabytes": _peak_megabytes(),
        "values": [f"{name}={found.objectives.get(name, '-')}" for name in instance.objectives],
        "off": _off(instance, found),
        "round_robin": "",
        "least_recent": "",
    }
    if found.status != "infeasible":
        ours = found.objectives["unfairness"]
        for name, rule in (
            ("round_robin", baselines.round_robin),
            ("least_recent", baselines.least_recent),
        ):
            theirs = objectives.objective_values(instance, rule(instance))
            more = theirs["gaps"] - found.objectives["gaps"]
            ratio = f"{theirs['unfairness'] / ours:.1f}" if ours else "-"
            figures[name] = f"{ratio} +{more}g" if more else ratio
    return figures


def _peak_megabytes() -> float:
    """The most memory of this program; `ru_maxrss` would count its parent's too."""
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def _off(instance: problem.Problem, found: solution.Solution) -> str:
    for name in instance.objectives:
        if name in found.objectives and found.bounds.get(name) != found.objectives[name]:
            return f"{name}: {found.bounds.get(name, 'no bound')}"
    return ""


if __name__ == "__main__":
    main()
