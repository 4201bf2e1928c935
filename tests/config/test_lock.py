from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def asked(name: str) -> dict[str, str]:
    """Name and version of every line of an input file, of included ones too."""
    found: dict[str, str] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= asked(line.removeprefix("-r ").strip())
        elif match := re.match(r"([\w.-]+)(?:\[\w+\])?(?:==(\S+))?", line):
            found[match[1].lower()] = match[2] or ""
    return found


def locked(name: str) -> dict[str, str]:
    """Name and version of every pin of a lock."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==([^\s;]+)", text, flags=re.MULTILINE))


LOCKS = [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")]


@pytest.mark.parametrize(("source", "lock"), LOCKS)
def test_the_lock_holds_what_is_asked_for(source: str, lock: str) -> None:
    pins = locked(lock)

    wrong = {name for name, version in asked(source).items() if version not in {"", pins.get(name)}}
    missing = asked(source).keys() - pins.keys()

    assert (wrong, missing) == (set(), set())


@pytest.mark.parametrize(("source", "lock"), LOCKS)
def test_every_direct_dependency_says_why_it_is_there(source: str, lock: str) -> None:
    del lock
    lines = (ROOT / source).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("-r ") and "#" not in line] == []


@pytest.mark.parametrize("lock", [lock for _source, lock in LOCKS])
def test_every_pin_has_its_hashes_and_no_registry_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[\w.-]+(?:\[\w+\])?==)", text, flags=re.MULTILINE)[1:]

    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_what_runs_is_what_is_tested() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()
