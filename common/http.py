"""What HTTP's doorways share: the id that follows one request through everything it causes."""

from __future__ import annotations

import contextvars

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The running request's or task's id, empty outside one."""
