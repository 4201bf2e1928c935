"""Busy days from a calendar of the reader's own, by its address or as a file; nothing is kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache

from common.fetching import MOST_BYTES, SECONDS
from common.refusals import RefusedError
from volunteers.models import Posting
from volunteers.queries.profiles import NO_ZONE
from volunteers.reading.calendar_days import BusyDays

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = pathlib.Path(__file__).resolve().parents[2]
AHEAD = dt.timedelta(days=365)
# To start, to resolve a name with a resolver that hangs, and to work the days out.
MARGIN_SECONDS = 8


class CalendarRefusedError(RefusedError):
    """No days could be read; the message says why."""

    code = "CALENDAR_UNREADABLE"


class CalendarBusyError(RefusedError):
    """The person's last calendar is still being read."""

    code = "CALENDAR_IN_PROGRESS"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where to read: an address, or else a file's bytes, sent in that `field`."""

    address: str = ""
    file: bytes = b""
    field: str = "file"

    @property
    def named(self) -> str:
        """The field that it was typed or chosen in."""
        return "address" if self.address else self.field


def read_busy_days(
    *, source: Source, engineer_id: int, now: dt.datetime, seconds: float = SECONDS
) -> list[BusyDays]:
    """The busy days of the coming year, from yesterday on, in order of time.

    One calendar at a time for each person, so that slow servers hold up nobody else.

    Raises:
        CalendarRefusedError: nothing is named, it is too large, or there is no calendar to read.
        CalendarBusyError: another one of that person's is being read.
    """
    if not source.address and not source.file:
        message = "Write the calendar’s address, or choose a file."
        raise CalendarRefusedError(message, fields={"address": message})
    if len(source.file) > MOST_BYTES:
        message = f"The file is larger than {MOST_BYTES // 1024 // 1024} MB."
        raise CalendarRefusedError(message, fields={source.named: message})
    lock = f"busy-days:{engineer_id}"
    if not cache.add(lock, 1, timeout=seconds + MARGIN_SECONDS):
        raise CalendarBusyError("Your last calendar is still being read. Try again in a moment.")
    try:
        answer = _answer(source, _asked(source, engineer_id, now, seconds), seconds)
    finally:
        cache.delete(lock)
    if "refused" in answer:
        raise CalendarRefusedError(answer["refused"], fields={source.named: answer["refused"]})
    return [
        BusyDays(
            first_day=dt.date.fromisoformat(each["first_day"]),
            last_day=dt.date.fromisoformat(each["last_day"]),
            title=each["title"],
            is_likely=each["is_likely"],
        )
        for each in answer["days"]
    ]


def _asked(source: Source, engineer_id: int, now: dt.datetime, seconds: float) -> Mapping[str, Any]:
    address = source.address.strip()
    if address.lower().startswith("webcal://"):
        address = "https://" + address[len("webcal://") :]
    postings = Posting.objects.filter(engineer_id=engineer_id).order_by("starts_on", "pk")
    zones = list(postings.values_list("starts_on", "office__time_zone"))
    return {
        "address": address,
        "allows_local": settings.ROTA_MODE in {"demo", "test"},
        "seconds": seconds,
        "zones": [(str(day), zone) for day, zone in zones] or [(str(dt.date.min), NO_ZONE)],
        "from_day": str(now.date() - dt.timedelta(days=1)),
        "until_day": str(now.date() + AHEAD),
    }


def _answer(source: Source, asked: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """What the process says; one that ends without a word was given too much, or something odd."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "volunteers.reading.calendar_child"],
            input=json.dumps(asked).encode() + b"\n" + source.file,
            capture_output=True,
            check=False,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **_certificates()},
            timeout=seconds + MARGIN_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return {"refused": f"The calendar did not answer within {seconds:g} seconds."}
    if done.returncode:
        return {"refused": "Rota cannot read this calendar: it is broken, or far too much."}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _certificates() -> dict[str, str]:
    """Where the machine keeps the authorities that it trusts, if that is another place."""
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    return {name: os.environ[name] for name in names if name in os.environ}
