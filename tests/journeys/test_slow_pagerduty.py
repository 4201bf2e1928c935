"""PagerDuty that is slow, or answers as nobody should, with two workers and a web server."""

from __future__ import annotations

import itertools
import re
import socket
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import celery
import pytest
import redis

from config import broker
from config.launch import ports
from tests.journeys.copies import Copy, copy_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.one_engine, pytest.mark.real_parts]

TEAMS = ("Ash", "Birch", "Cedar", "Elm")
URGENT = ("elm", "cedar")
DELAY = 0.25
SWEEP_SECONDS = 15
SWEEPS = 20  # in five minutes
MOST_REQUESTS = 6
PASS = (
    "UPDATE rotation_pagerdutyaccount SET paused_until = paused_until - interval '{0} seconds'",
    "UPDATE rotation_syncrun SET next_try_at = next_try_at - interval '{0} seconds'",
    "UPDATE rotation_peoplecheck SET next_try_at = next_try_at - interval '{0} seconds'",
)
BAD_ANSWERS: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"status": 502, "body": "<html>Bad gateway</html>"},
    {"status": 503, "headers": {"Content-Type": "text/html"}},
    {"status": 504},
    {"status": 200, "body": "<html><h1>Down for maintenance</h1></html>"},
    {"status": 200, "body": ""},
    {"status": 200, "body": '{"users": [{"id": "P1"'},
    {"drop_before_write": True},
)


@pytest.fixture
def copy() -> Iterator[Copy]:
    with copy_with(*TEAMS) as made:
        yield made


def _page(copy: Copy, session: str, path: str) -> str:
    """What a manager reads there, without the marks of HTML."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{copy.parts.address}{path}", headers={"Cookie": f"sessionid={session}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            text = re.sub(r"<[^>]+>", " ", answer.read().decode())
    except urllib.error.HTTPError as error:
        pytest.fail("\n".join([f"{path} answered {error.code}", *copy.parts.log("web")[-40:]]))
    return " ".join(text.split())


def test_slow_answers_are_awaited_one_at_a_time_and_what_is_urgent_goes_first(copy: Copy) -> None:
    session = copy.shell("sign_in('Anna')")
    copy.shell(f"ask_urgently(*{URGENT!r})")
    copy.parts.start("redis", "web")
    copy.fault(method="*", path="/*", delay=DELAY)
    copy.simulated.call("DELETE", "/_sim/requests")

    copy.parts.start("worker", "worker2", "beat")
    copy.parts.wait_for(lambda: len(_teams_written(copy)) > 1)
    last = _page(copy, session, "/rotations/birch/pagerduty/")
    copy.parts.wait_for(lambda: _waiting(copy) == 0, seconds=90)

    asked = copy.exchanges()
    assert max(each["in_flight"] for each in asked) == 1
    assert _teams_written(copy) == ["Cedar", "Elm", "Ash", "Birch"]
    assert re.search(r"Soon [1-3] other rotations? before it", last)
    assert copy.is_in_line()
    copy.expect_nothing_doubled()


def _teams_written(copy: Copy) -> list[str]:
    """The teams in the order in which PagerDuty got them, each as often as it was begun."""
    written = []
    for each in copy.exchanges():
        if each["method"] == "POST" and each["path"] == "/schedules" and each["answered"]:
            name = each["request_body"]["schedule"]["name"]
            written.append(name.partition(":")[0])
    return [name for name, _again in itertools.groupby(written)]


def _waiting(copy: Copy) -> int:
    return copy.count("SELECT count(*) FROM rotation_syncrun WHERE state <> 'done'")


class Sweeper:
    """Time that goes by for whoever was told to wait, and the sweeps that beat would start."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self._celery = celery.Celery(broker=broker.broker_url(copy.parts.redis_url))
        self._redis = redis.from_url(copy.parts.redis_url)

    def five_minutes(self) -> None:
        for _sweep in range(SWEEPS):
            self._celery.send_task("rotation.sweep_syncs", expires=60)
            self.copy.parts.wait_for(self._is_all_done)
            for statement in PASS:
                self.copy.execute(statement.format(SWEEP_SECONDS))

    def close(self) -> None:
        self._celery.close()
        self._redis.close()

    def _is_all_done(self) -> bool:
        """Whether no message waits, or is in the hands of a worker."""
        return not self._redis.llen("celery") and not self._redis.hlen("unacked")


@pytest.fixture
def sweeper(copy: Copy) -> Iterator[Sweeper]:
    made = Sweeper(copy)
    yield made
    made.close()


def _asked_in_five_minutes(copy: Copy, sweeper: Sweeper, count: Callable[[], int]) -> int:
    copy.execute("DELETE FROM rotation_pagerdutyaccount")
    copy.execute("UPDATE rotation_syncrun SET state = 'queued', next_try_at = NULL")
    before = count()
    sweeper.five_minutes()
    return count() - before


def test_bad_answers_are_asked_for_six_times_in_five_minutes_and_told_to_managers(
    copy: Copy, sweeper: Sweeper
) -> None:
    session = copy.shell("sign_in('Anna')")
    copy.parts.start("redis", "web", "worker", "worker2")
    asked, told = {}, set()
    for fault in BAD_ANSWERS:
        copy.simulated.call("DELETE", "/_sim/faults")
        copy.fault(method="*", path="/*", **fault)
        asked[str(fault)] = _asked_in_five_minutes(copy, sweeper, lambda: len(copy.exchanges()))
        told.add("PagerDuty unreachable since" in _page(copy, session, "/rotations/ash/"))
    copy.simulated.call("DELETE", "/_sim/faults")
    copy.execute(PASS[0].format(900))
    copy.execute(PASS[1].format(900))
    copy.parts.start("beat")
    copy.parts.wait_for(lambda: _waiting(copy) == 0)

    assert {name: 3 <= count <= MOST_REQUESTS for name, count in asked.items()} == dict.fromkeys(
        asked, True
    )
    assert told == {True}
    assert not any("Traceback" in line for line in copy.parts.log())
    assert "unreachable" not in _page(copy, session, "/rotations/ash/")


class Closing:
    """A port at which every connection is taken, counted and closed: no TLS, and no PagerDuty."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()


def test_a_broken_tls_and_a_port_that_refuses_are_tried_six_times_in_five_minutes(
    copy: Copy, sweeper: Sweeper
) -> None:
    session = copy.shell("sign_in('Anna')")
    closing = Closing()
    copy.parts.start("redis", "web")

    copy.parts.environment["PAGERDUTY_API_URL"] = f"https://127.0.0.1:{closing.port}"
    copy.parts.start("worker", "worker2")
    by_tls = _asked_in_five_minutes(copy, sweeper, lambda: closing.connections)
    told = _page(copy, session, "/rotations/ash/")
    closing.close()
    copy.parts.stop("worker", "worker2")

    copy.parts.environment["PAGERDUTY_API_URL"] = f"http://127.0.0.1:{ports.free()}"
    copy.parts.start("worker", "worker2")
    failures = "SELECT coalesce(sum(failures), 0) FROM rotation_pagerdutyaccount"
    refused = _asked_in_five_minutes(copy, sweeper, lambda: copy.count(failures))

    assert 3 <= by_tls <= MOST_REQUESTS
    assert 3 <= refused <= MOST_REQUESTS
    assert "PagerDuty unreachable since" in told
    assert "PagerDuty unreachable since" in _page(copy, session, "/rotations/ash/")
    assert not any("Traceback" in line for line in copy.parts.log())
