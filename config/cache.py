"""The cache in Redis, without which pages and sign-in go on."""

from __future__ import annotations

from typing import Any

from django_redis.cache import RedisCache


class ForgivingCache(RedisCache):  # type: ignore[misc]  # django-redis has no types
    """While Redis is away nothing is found and nothing is kept, and no lock is ever taken.

    The sign-in's throttle takes its lock by `add` and would otherwise refuse everybody for as long
    as Redis is away. Without Redis it does not count, and says so in no page.
    """

    def add(self, *args: Any, **options: Any) -> bool:
        """False only when the key is really there."""
        added = super().add(*args, **options)
        return added is not False
