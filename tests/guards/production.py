"""Rota as production starts it, in a process of its own: what it says, and its settings."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = ("ROTA_", "PAGERDUTY_", "EMAIL_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
GOOD = {
    "ROTA_MODE": "production",
    "ROTA_SECRET_KEY": "0123456789-made-up-for-one-test-and-nothing-else-abcdefghijkl",
    "ROTA_HOSTS": "rota.example",
    "ROTA_BASE_URL": "https://rota.example",
}
# What a browser meets; the rest of production has no meaning inside a test.
SEEN_FROM_OUTSIDE = (
    "ALLOWED_HOSTS",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SAMESITE",
    "CSRF_COOKIE_SECURE",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "MIDDLEWARE",
    "ROTA_BASE_URL",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_REDIRECT_EXEMPT",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_SECURE",
    "USE_X_FORWARDED_HOST",
)
_PRINT = """
import json
from config import settings
print(json.dumps({name: getattr(settings, name) for name in %r}))
"""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """What a process left: its exit code and all that it printed."""

    code: int
    output: str


def run(*words: str, **environment: str) -> Ended:
    """Run Python with these words; a variable given as empty is not set."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(LEFT_OUT)}
    given = {name: text for name, text in (GOOD | environment).items() if text}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=kept | given,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Ended(code=done.returncode, output=done.stdout + done.stderr)


def outside_settings() -> dict[str, Any]:
    """Production's values of what a browser meets."""
    found: dict[str, Any] = json.loads(run("-c", _PRINT % (SEEN_FROM_OUTSIDE,)).output)
    header = found["SECURE_PROXY_SSL_HEADER"]
    return found | {"SECURE_PROXY_SSL_HEADER": tuple(header) if header else None}
