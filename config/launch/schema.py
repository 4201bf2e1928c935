"""Whether a copy's own database is known to be up to date, without asking it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from config.launch.options import ROOT

if TYPE_CHECKING:
    import pathlib

# Everything that the tables follow from: our migrations and invariants, and others' by their lock.
SOURCES = ("requirements.txt", "*/migrations/*.py", "*/invariants.py")


def digest(root: pathlib.Path = ROOT) -> str:
    """One text for the state of all sources of the tables, in hexadecimal."""
    state = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            state.update(f"{path.relative_to(root)}\n".encode())
            state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()
