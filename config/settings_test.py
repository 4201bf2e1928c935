"""Settings of the tests: the product's own, on the engine that ROTA_TEST_DATABASE names.

What a test starts in a process of its own inherits these variables.
"""

from __future__ import annotations

import os
import pathlib
import tempfile
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Nothing of the developer's shell leaks into a test. The folder is made by the tests that use it.
_FOLDER = pathlib.Path(tempfile.gettempdir()) / f"rota-test-{os.getpid()}"
_INHERITED = ("ROTA_", "PAGERDUTY_", "EMAIL_", "REDIS_URL", "DATABASE_URL")
_KEPT = ("ROTA_TEST_DATABASE",)
for _name in [name for name in os.environ if name.startswith(_INHERITED) and name not in _KEPT]:
    del os.environ[_name]
os.environ |= {
    "ROTA_MODE": "test",
    "ROTA_SECRET_KEY": "made-up-for-the-tests-and-never-used-anywhere-else-0123456789",
    "ROTA_WEBHOOK_KEY": "bWFkZS11cC1mb3ItdGhlLXRlc3RzLWFuZC1uby1vbmU=",
    "ROTA_DATA_DIR": str(_FOLDER),
    "ROTA_CLOCK_FILE": str(_FOLDER / "clock"),
    "ROTA_HOSTS": "testserver,127.0.0.1,localhost",
    # No broker and no PagerDuty: a message stays in this process, nobody answers on port 9.
    "REDIS_URL": "memory://",
    "PAGERDUTY_API_URL": "http://127.0.0.1:9",
    "PAGERDUTY_API_TOKEN": "made-up",
}

from config.settings import *  # noqa: E402, F403 - after the environment that it reads

ROTA_TEST_DATABASE = os.environ.get("ROTA_TEST_DATABASE", "postgresql")

_OPTIONS: dict[str, dict[str, Any]] = {
    "postgresql": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "rota",
        "USER": "rota",
        "HOST": str(_FOLDER / "not-started"),  # tests/conftest.py starts the server and says where
        "TEST": {"NAME": "rota_test"},
    },
    "sqlite": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(_FOLDER / "rota.sqlite3"),
        # A file, so that two processes and two threads lock each other as they do in the product.
        "TEST": {"NAME": str(_FOLDER / "test.sqlite3")},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;"
            ),
        },
    },
}
if ROTA_TEST_DATABASE not in _OPTIONS:
    raise ImproperlyConfigured(
        f"ROTA_TEST_DATABASE is {ROTA_TEST_DATABASE!r}: postgresql or sqlite."
    )
DATABASES = {"default": _OPTIONS[ROTA_TEST_DATABASE]}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A real one takes a tenth of a second for each person of a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
