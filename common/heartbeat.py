"""Signs of life of the worker and of beat, in the cache that all processes share."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache

KEPT_SECONDS = 24 * 3600
EVERY = dt.timedelta(seconds=5)


def leave(part: str, *, real_now: dt.datetime) -> None:
    """Note that the part of that name is alive."""
    cache.set(f"heartbeat:{part}", real_now.isoformat(), timeout=KEPT_SECONDS)


def age(part: str, *, real_now: dt.datetime) -> dt.timedelta | None:
    """How long ago the part was last alive; None when it was not seen for a day."""
    seen = cache.get(f"heartbeat:{part}")
    return None if seen is None else real_now - dt.datetime.fromisoformat(seen)
