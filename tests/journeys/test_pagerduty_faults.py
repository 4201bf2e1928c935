"""Workers that are killed, a Redis that is emptied and a database that restarts, for real."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import redis

from config.launch.options import ROOT
from tests.journeys.copies import TOKEN, Copy, copy_with

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.one_engine, pytest.mark.real_parts]

TWO_MINUTES = 120.0
NAMES = ("Killed", "One", "Two", "Three")


@pytest.fixture
def copy() -> Iterator[Copy]:
    with copy_with(*NAMES) as made:
        yield made


def _killed_at(copy: Copy, method: str, path: str) -> None:
    """Start a sync of the first team and kill it while PagerDuty is at that request."""
    copy.simulated.call("DELETE", "/_sim/requests")
    copy.fault(method=method, path=path, delay=2, count=1)
    words = ["manage.py", "sync_pagerduty", "--rotation", "killed"]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=copy.parts.environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        copy.parts.wait_for(lambda: _slow(copy))
    finally:
        process.kill()
        process.wait()
    copy.simulated.call("DELETE", "/_sim/faults")
    copy.expire_leases()


def _slow(copy: Copy) -> list[Any]:
    return [each for each in copy.exchanges() if each["fault"] is not None]


def test_a_worker_may_be_killed_at_any_step(copy: Copy) -> None:
    _killed_at(copy, "POST", "/schedules")
    _killed_at(copy, "POST", "/schedules/*/overrides")
    _killed_at(copy, "POST", "/escalation_policies")
    copy.parts.manage("sync_pagerduty", "--rotation", "killed")
    copy.expect_nothing_doubled()

    copy.shell("change('killed')")
    _killed_at(copy, "PUT", "/schedules/*")
    _killed_at(copy, "DELETE", "/schedules/*/overrides/*")
    copy.parts.manage("sync_pagerduty", "--rotation", "killed")

    assert copy.is_in_line("--rotation", "killed")
    copy.expect_nothing_doubled()


def test_whatever_is_doubled_killed_emptied_or_restarted_all_is_written_once(copy: Copy) -> None:
    refused = _refused_calls_of_two_workers_and_two_beats(copy)
    copy.fault(method="*", path="/*", delay=0.2)
    copy.token.write_text(TOKEN, encoding="utf-8")
    copy.parts.wait_for(lambda: len(copy.simulated.writes()) > 1, seconds=TWO_MINUTES)

    _break_everything(copy)
    copy.parts.wait_for(lambda: _unfinished(copy) == 0, seconds=TWO_MINUTES)

    assert refused <= 2
    assert max(each["in_flight"] for each in copy.exchanges()) == 1
    assert copy.is_in_line()
    copy.expect_nothing_doubled()


def _refused_calls_of_two_workers_and_two_beats(copy: Copy) -> int:
    """How often PagerDuty was asked with a token that it does not take, until admins knew."""
    copy.simulated.call("DELETE", "/_sim/requests")
    copy.token.write_text("expired", encoding="utf-8")
    copy.parts.start("redis", "worker", "worker2", "beat", "beat2")
    copy.parts.wait_for(lambda: _mails(copy))
    return len(copy.exchanges())


def _break_everything(copy: Copy) -> None:
    """One worker is stopped and one killed, Redis is emptied and killed, the database restarts."""
    parts = copy.parts
    parts.stop("worker2")
    parts.kill("worker")
    redis.from_url(parts.redis_url).flushall()
    copy.server.restart()
    parts.kill("redis", "beat")
    copy.expire_leases()
    parts.start("redis", "worker", "worker2", "beat")
    copy.simulated.call("DELETE", "/_sim/faults")


def _unfinished(copy: Copy) -> int:
    """For how many teams the last run is not done."""
    query = (
        "SELECT count(*) FROM rotation_syncrun r WHERE state <> 'done' AND NOT EXISTS"
        " (SELECT 1 FROM rotation_syncrun n WHERE n.rotation_id = r.rotation_id AND n.id > r.id)"
    )
    return copy.count(query)


def _mails(copy: Copy) -> int:
    return copy.count("SELECT count(*) FROM outbox_message WHERE kind = 'pagerduty_token_refused'")
