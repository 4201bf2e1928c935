from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from django.test import override_settings

if TYPE_CHECKING:
    from django.core.cache.backends.base import BaseCache

AWAY = {
    "default": {
        "BACKEND": "config.cache.ForgivingCache",
        "LOCATION": "unix:///nowhere/redis.sock",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True},
    }
}


def _cache(location: str) -> BaseCache:
    settings = {"default": {**AWAY["default"], "LOCATION": location}}
    with override_settings(CACHES=settings):
        return caches.create_connection("default")


def test_nobody_waits_for_a_lock_while_redis_is_away() -> None:
    cache = _cache("unix:///nowhere/redis.sock")

    assert cache.add("lock", "mine", timeout=5)
    assert cache.get("history", []) == []


def test_a_lock_that_somebody_has_is_not_taken(redis_url: str) -> None:
    cache = _cache(redis_url)

    first, second = cache.add("lock", "mine", timeout=5), cache.add("lock", "yours", timeout=5)
    cache.delete("lock")

    assert (first, second) == (True, False)
