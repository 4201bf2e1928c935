from __future__ import annotations

import pytest
from kombu import Connection

from config import broker


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("redis://:s3cret@redis:6379/0", "redis://:s3cret@redis:6379/0"),
        ("rediss://redis:6380/2", "rediss://redis:6380/2"),
        ("memory://", "memory://"),
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
        (
            "unix://:s3cret@/run/r.sock?db=3",
            "redis+socket://:s3cret@/run/r.sock?virtual_host=3",
        ),
    ],
)
def test_celery_is_given_the_same_redis_in_its_own_spelling(given: str, wanted: str) -> None:
    assert broker.broker_url(given) == wanted


def test_celery_reaches_the_redis_that_the_cache_reaches(redis_url: str) -> None:
    with Connection(broker.broker_url(redis_url)) as connection:
        connection.ensure_connection(max_retries=1)

        assert connection.connected
