"""The environment, read once at start; a wrong value stops the process with one line."""

from __future__ import annotations

import enum
import os
import pathlib

from django.core.exceptions import ImproperlyConfigured


class Mode(enum.StrEnum):
    """What this process is for; only demo and test may move the clock or name demo people."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


def text(name: str, default: str = "") -> str:
    """The variable's text without surrounding spaces, or the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    """The variable as a whole number.

    Raises:
        ImproperlyConfigured: it holds something else.
    """
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}: it takes a whole number.")
    return int(value)


def flag(name: str, *, default: bool) -> bool:
    """The variable as yes or no: 1, true, yes, on against 0, false, no, off.

    Raises:
        ImproperlyConfigured: it holds something else.
    """
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: it takes yes or no.")


def words(name: str) -> list[str]:
    """The variable's parts between commas, without empty ones."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def mode() -> Mode:
    """The process's mode from ROTA_MODE, production when unset.

    Raises:
        ImproperlyConfigured: it names no mode.
    """
    value = text("ROTA_MODE", Mode.PRODUCTION)
    if value not in set(Mode):
        raise ImproperlyConfigured(f"ROTA_MODE is {value!r}: production, demo or test.")
    return Mode(value)


def fill_from(path: pathlib.Path) -> None:
    """Set what the file's NAME=value lines say and nobody set yet; nothing without the file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        name, _equals, value = line.partition("=")
        os.environ.setdefault(name, value)


def secret(name: str) -> str:
    """A secret from NAME, or from the file that NAME_FILE names, or empty.

    Raises:
        ImproperlyConfigured: the file cannot be read.
    """
    path = text(f"{name}_FILE")
    if not path:
        return text(name)
    try:
        return pathlib.Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error
