"""What a page of the audit log costs, near the newest and deep down, for each role.

    python -m benchmarks.audit [EVENTS]

It fills a new SQLite file, or the empty database that DATABASE_URL names, with that many events
(200,000 unless told) and times `audit.queries.newest` 20 times for each question.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
USUAL = 200_000


def main() -> None:
    """Measure in a process of its own, whose settings are the test's."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    words = (
        "import django; django.setup(); from benchmarks import audit_pages; "
        f"audit_pages.run({number})"
    )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-c", words], check=True, cwd=ROOT, env=_environment(folder)
        )


def _environment(folder: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ROTA_MODE": "test",
        "ROTA_DATA_DIR": folder,
        "ROTA_SECRET_KEY": "only-for-measuring-" + "0123456789" * 4,
        "ROTA_HOSTS": "testserver",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


if __name__ == "__main__":
    main()
