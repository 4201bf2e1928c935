"""The worker and beat leave a sign of life while their loops turn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery.beat import PersistentScheduler
from celery.signals import heartbeat_sent

from common import clock, heartbeat

_LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_left_at = {"worker": _LONG_AGO, "beat": _LONG_AGO}


def _leave_now_and_then(part: str) -> None:
    real_now = clock.real_now()
    if real_now - _left_at[part] >= heartbeat.EVERY:
        _left_at[part] = real_now
        heartbeat.leave(part, real_now=real_now)


@heartbeat_sent.connect
def _worker_is_alive(**_signal: Any) -> None:
    """Celery sends this from the worker's own loop, every two seconds."""
    _leave_now_and_then("worker")


class Scheduler(PersistentScheduler):
    """Celery's own scheduler, seen alive at each turn of its loop."""

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due; returns the seconds until the next look."""
        _leave_now_and_then("beat")
        wait: float = super().tick(*args, **options)
        return wait
