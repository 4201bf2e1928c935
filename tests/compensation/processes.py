"""Processes of their own on the test's database, and waiting for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable


def database_url() -> str:
    """The test database's address, as DATABASE_URL takes it."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    host = quote(str(values["HOST"]), safe="")
    return f"postgresql://{values['USER']}@{host}/{values['NAME']}"


def environment() -> dict[str, str]:
    """What a process needs to work on the test's database."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def manage(*words: str) -> subprocess.Popen[str]:
    """A command of the product, started; what it prints waits to be read."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait until the condition holds; the test fails when it never does."""
    pause = threading.Event()
    for _ in range(int(seconds * 100)):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail(f"not within {seconds:.0f} seconds")
