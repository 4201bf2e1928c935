"""REDIS_URL as Celery's transport takes it."""

from __future__ import annotations

import urllib.parse


def broker_url(redis_url: str) -> str:
    """The same address for Celery, which names a unix socket in a way of its own.

    `unix://:secret@/run/redis.sock?db=1` becomes
    `redis+socket://:secret@/run/redis.sock?virtual_host=1`; every other address stays as it is.
    """
    if not redis_url.startswith("unix://"):
        return redis_url
    parts = urllib.parse.urlsplit(redis_url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    database = query.pop("db", "0")
    query["virtual_host"] = database
    return f"redis+socket://{parts.netloc}{parts.path}?{urllib.parse.urlencode(query)}"
