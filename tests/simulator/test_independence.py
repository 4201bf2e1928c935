from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from pagerduty_simulator.switches import SWITCHES
from tests.simulator.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = ROOT / "pagerduty_simulator"


def _imported() -> Iterator[str]:
    for path in PROGRAM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                yield (node.module or "").split(".")[0]
            elif isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)


def test_the_simulator_needs_the_standard_library_only() -> None:
    foreign = set(_imported()) - set(sys.stdlib_module_names)

    assert foreign == {"pagerduty_simulator"}


def test_the_readme_names_every_switch_with_its_default() -> None:
    text = (PROGRAM / "README.md").read_text(encoding="utf-8")

    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| `?(\w+)", text, re.MULTILINE))

    for name, switch in SWITCHES.items():
        assert rows.get(name) == str(switch.default), name
