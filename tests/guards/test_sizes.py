from __future__ import annotations

import ast
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_LINES = 400
MOST_FUNCTION_LINES = 45


def _modules() -> list[pathlib.Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [ROOT / name for name in listed if "/migrations/" not in name and (ROOT / name).exists()]


def test_no_module_has_over_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules()
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }

    assert long == {}


def test_no_function_outside_tests_is_over_45_lines_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in _modules()
        if "tests" not in path.relative_to(ROOT).parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and _body_lines(node) > MOST_FUNCTION_LINES
    ]

    assert long == []


def _body_lines(node: ast.FunctionDef) -> int:
    """Lines after the docstring: a long contract is no fault."""
    first = node.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    begins = (first.end_lineno if has_docstring else node.lineno) or node.lineno
    return (node.end_lineno or begins) - begins


def test_no_module_imports_inside_a_function() -> None:
    inner = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _modules()
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]

    assert inner == []
