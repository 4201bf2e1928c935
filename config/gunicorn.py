"""The web server's settings, for `make run` and for production; read by gunicorn, not by Rota."""

from __future__ import annotations

import os
import pathlib

# Loopback unless the place says otherwise: a container does, a laptop does not.
bind = os.environ.get("ROTA_BIND") or f"127.0.0.1:{os.environ.get('ROTA_PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or "1")
threads = int(os.environ.get("ROTA_WEB_THREADS") or "8")
timeout = 60
graceful_timeout = 10
keepalive = 5
# Heartbeat files in memory, so that a busy disk kills no worker.
worker_tmp_dir = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
loglevel = "warning"
