"""Asks the web process of this machine whether it lives: for a container's health check."""

from __future__ import annotations

import contextlib
import http.client
import os
import sys

SECONDS = 4


def main() -> int:
    """0 if GET /healthz is answered with 200, else 1."""
    port = os.environ.get("ROTA_BIND", "").rpartition(":")[2] or os.environ.get("ROTA_PORT")
    connection = http.client.HTTPConnection("127.0.0.1", int(port or 8000), timeout=SECONDS)
    # As the proxy in front asks: by a host name that is allowed, over HTTPS.
    host = os.environ.get("ROTA_HOSTS", "").split(",")[0].strip() or "127.0.0.1"
    headers = {"Host": host.removeprefix("."), "X-Forwarded-Proto": "https"}
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/healthz", headers=headers)
            return int(connection.getresponse().status != http.HTTPStatus.OK)
        except (OSError, http.client.HTTPException):
            return 1


if __name__ == "__main__":
    sys.exit(main())
