"""How many signed web-hooks a second are stored and answered, and how long each waits.

    python -m benchmarks.web_hooks [--seconds 20] [--senders 32] [--rate 250] [--database-url URL]

The web server alone, as `make run` starts it, on SQLite in a folder that is removed afterwards, or
on the given empty database. With a rate the senders keep to it, so that the times are those at that
load; with 0 they send as fast as they are answered. Of each hundred events ten are repeated and
five have a wrong signature. The senders run on the same machine; what the server itself worked
tells how many it could take on a processor of its own.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import hashlib
import hmac
import http.client
import json
import multiprocessing
import pathlib
import tempfile
import threading
import time

from tests.services.parts import RunningParts

SECRET = "whsec-for-measuring"  # noqa: S105
MAKE = f"from tests.rotation import hooks; hooks.make_subscription(secret='{SECRET}')"
STORED = "from rotation.models import WebhookEvent; print(WebhookEvent.objects.count())"
PROCESSES = 2
Timing = tuple[int, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Load:
    """What one process sends: to which port, how long, in how many threads, how often a second."""

    port: int
    seconds: float
    senders: int
    rate: float


def main() -> None:
    """Start the server, send, and print what came back."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--senders", type=int, default=32)
    parser.add_argument("--rate", type=float, default=250)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = RunningParts(pathlib.Path(folder) / "data", database_url=options.database_url)
        with contextlib.closing(parts):
            parts.manage("shell", "-c", MAKE)
            parts.start("redis", "web")
            load = Load(
                port=parts.options.port,
                seconds=options.seconds,
                senders=options.senders // PROCESSES,
                rate=options.rate / PROCESSES,
            )
            before = parts.cpu_seconds("web")
            timings = _sent(load)
            used = parts.cpu_seconds("web") - before
            _report(timings, options.seconds)
            print(f"the server worked for {1000 * used / len(timings):.2f} ms on each")
            print(f"stored: {parts.manage('shell', '-v', '0', '-c', STORED).strip()}")


def _sent(load: Load) -> list[Timing]:
    with multiprocessing.Pool(PROCESSES) as pool:
        found = pool.starmap(_process, [(load, number) for number in range(PROCESSES)])
    return [each for part in found for each in part]


def _report(timings: list[Timing], seconds: float) -> None:
    took = sorted(each for _status, each in timings)
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))
    times = ", ".join(
        f"{name} {1000 * took[min(int(share * len(took)), len(took) - 1)]:.0f} ms"
        for name, share in shares
    )
    statuses = dict(sorted(collections.Counter(status for status, _each in timings).items()))
    print(f"{len(timings)} requests, {len(timings) / seconds:.0f} a second: {times}; {statuses}")


def _process(load: Load, number: int) -> list[Timing]:
    timings: list[Timing] = []
    started = time.monotonic()
    threads = [
        threading.Thread(target=_send, args=(load, f"{number}-{each}", each, started, timings))
        for each in range(load.senders)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return timings


def _send(load: Load, name: str, place: int, started: float, timings: list[Timing]) -> None:
    """One sender with a connection of its own; its turns lie between those of the others."""
    pause = load.senders / load.rate if load.rate else 0.0
    turn = 0
    connection = http.client.HTTPConnection("127.0.0.1", load.port, timeout=30)
    with contextlib.closing(connection):
        while (
            at := started + turn * pause + place * pause / load.senders
        ) < started + load.seconds:
            now = time.monotonic()
            if now >= started + load.seconds:
                break
            time.sleep(max(0.0, at - now))
            status = _one(connection, name, turn)
            # Where the server is behind, what waited for its turn counts from that turn on.
            timings.append((status, time.monotonic() - (max(at, started) if pause else now)))
            turn += 1


def _one(connection: http.client.HTTPConnection, name: str, turn: int) -> int:
    event = turn - 1 if turn % 10 == 9 else turn
    body = _body(f"{name}-{event}")
    secret = "wrong" if turn % 20 == 7 else SECRET
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-PagerDuty-Signature": f"v1={signature}"}
    connection.request("POST", "/hooks/pagerduty/", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _body(name: str) -> bytes:
    """An event of the length that PagerDuty's have."""
    data = {
        "id": f"Q{name}",
        "type": "incident",
        "title": "Queue stands still",
        "service": {"id": "PSVC1", "type": "service_reference", "summary": "Inbox"},
        "assignees": [{"id": "PBEN", "type": "user_reference", "summary": "Ben Serves"}],
        "escalation_policy": {"id": "PPOLICY", "type": "escalation_policy_reference"},
        "teams": [],
        "urgency": "high",
        "body": "what the alarm said, " * 60,
    }
    event = {
        "id": f"01-{name}",
        "event_type": "incident.triggered",
        "resource_type": "incident",
        "occurred_at": "2026-11-24T22:30:00.414Z",
        "data": data,
    }
    return json.dumps({"event": event}).encode()


if __name__ == "__main__":
    main()
