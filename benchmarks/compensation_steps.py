"""What `benchmarks.compensation` measures, each step in a process that Django runs in."""

from __future__ import annotations

import contextlib
import resource
import time
from typing import TYPE_CHECKING

from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.operations import Actor
from benchmarks.compensation_data import MONTH, NOW
from common.refusals import RefusedError
from compensation import exports
from compensation.models import Entry
from compensation.operations import periods, weeks
from compensation.queries.ledger import verified_ledger
from config.routes import routes
from volunteers.models import Engineer, RoleGrant

if TYPE_CHECKING:
    from collections.abc import Iterator

FINANCE = ("/finance/", "/pay/", "/api/v1/entries/", "/api/v1/periods/", "/api/v1/blocked-shifts/")
KNOWN = {"<month:month>": MONTH, "<slug:month>": MONTH, "<slug:layout>": "detail"}
MORE = (
    "/api/v1/entries/?scope=all&page_size=100",
    f"/finance/periods/{MONTH}/entries/?page=400",
    "/finance/periods/2026-10/",
)
KIB_A_MIB = 1024
PEAK_AT_START = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextlib.contextmanager
def _measured(words: str) -> Iterator[list[str]]:
    """Time the block, and say how far its process grew; the block adds what else to say."""
    said: list[str] = []
    began = time.monotonic()
    yield said
    seconds = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - PEAK_AT_START) / KIB_A_MIB
    print(f"{words}: {seconds:.1f} s, {grown:.0f} MiB more; {' '.join(said)}", flush=True)


def sweep() -> None:
    """Price every shift that has ended."""
    with _measured("sweep") as said:
        found = weeks.complete_weeks(actor=Actor.sweep("weeks"), now=NOW)
        said.append(f"{found.completed:,} weeks, {found.posted:,} entries, {found.failed} failed")


def close() -> None:
    """Close the month, which makes and stores its files."""
    with _measured("close") as said:
        closed = periods.close_period(month=MONTH, actor=Actor.shell(), now=NOW)
        said.append(f"{closed.entries:,} entries in {', '.join(closed.file_names)}")


def files() -> None:
    """Hand out each stored file."""
    for layout, file_format in (("detail", "csv"), ("summary", "csv"), ("detail", "xlsx")):
        with _measured(f"download {layout} {file_format}") as said:
            file = exports.export_file(month=MONTH, layout=layout, file_format=file_format, now=NOW)
            said.append(f"{len(file.content):,} bytes")


def verify() -> None:
    """Follow the whole ledger."""
    with _measured("verify_ledger") as said:
        found = verified_ledger()
        said.append(f"{found.entries:,} entries, fault: {found.fault or 'none'}")


def pages(words: str) -> None:
    """Every page of finance: its queries, milliseconds and bytes."""
    finn = Engineer.objects.get(role_grants__role=RoleGrant.Role.FINANCE)
    client = Client()
    client.force_login(finn)
    print(f"pages {words}, {Entry.objects.count():,} entries in the ledger")
    for address in _addresses():
        client.get(address)
        reset_queries()
        with CaptureQueriesContext(connection) as captured:
            began = time.monotonic()
            try:
                answer = client.get(address)
            except RefusedError as error:
                print(f"  {address}: {error.code}")
                continue
            took = time.monotonic() - began
        slowest = max((float(query["time"]) for query in captured), default=0.0)
        print(
            f"  {answer.status_code} {len(captured):3} queries {1000 * took:7.0f} ms "
            f"(slowest {1000 * slowest:5.0f}) {len(answer.getvalue()):9,} bytes {address}",
            flush=True,
        )


def _addresses() -> list[str]:
    """Those of finance that need no more than a month, from the routes themselves."""
    found = []
    for route in routes():
        path = route.path
        for name, value in KNOWN.items():
            path = path.replace(name, value)
        if path.startswith(FINANCE) and "GET" in route.methods and "<" not in path:
            found.append(path)
    return [*dict.fromkeys(found), *MORE]
