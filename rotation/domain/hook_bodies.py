"""A web-hook's body as it can be stored, whatever it holds, and what it is about.

Source: PagerDuty developer docs, webhooks/01-Overview.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math
import re
from typing import Any

LONGEST_REF = 100
LONGEST_TYPE = 64
INCIDENT_EVENTS = (
    "incident.triggered",
    "incident.acknowledged",
    "incident.escalated",
    "incident.reassigned",
    "incident.delegated",
    "incident.resolved",
)
# What PostgreSQL's JSON and texts cannot hold: NUL, and halves of a pair.
_NOT_STORED = re.compile("[\x00\ud800-\udfff]")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A body as it is stored.

    `event_ref` is PagerDuty's id of the event, or one made of the bytes where there is none, so
    that the same body is always the same event. `incident_ref` is empty for what is no event of an
    incident that pages are counted by.
    """

    event_ref: str
    event_type: str
    incident_ref: str
    occurred_at: dt.datetime | None
    document: Any

    @property
    def is_counted(self) -> bool:
        """Whether it tells something that pages are counted by."""
        return self.event_type in INCIDENT_EVENTS


def read(body: bytes) -> Received:
    """What the body holds; nothing in it is refused."""
    document = _document(body)
    event = document.get("event") if isinstance(document, dict) else None
    event = event if isinstance(event, dict) else {}
    data = event.get("data")
    return Received(
        event_ref=_ref(event.get("id"), body),
        event_type=stored_text(event.get("event_type"))[:LONGEST_TYPE],
        incident_ref=stored_text(data.get("id"))[:LONGEST_TYPE] if isinstance(data, dict) else "",
        occurred_at=instant_or_none(event.get("occurred_at")),
        document=document,
    )


def instant_or_none(value: Any) -> dt.datetime | None:
    """The ISO instant in UTC to the second, None for anything else."""
    try:
        found = dt.datetime.fromisoformat(value).replace(microsecond=0)
        return None if found.tzinfo is None else found.astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _document(body: bytes) -> Any:
    """The JSON with what a database cannot hold taken out; `{"raw": text}` for what is none."""
    try:
        return _clean(json.loads(body))
    except (ValueError, RecursionError):
        return {"raw": stored_text(body.decode("utf-8", errors="replace"))}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {stored_text(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return stored_text(value) if isinstance(value, str) else value


def stored_text(value: Any) -> str:
    """The text with what PostgreSQL cannot hold replaced; empty for what is no text."""
    return _NOT_STORED.sub("\ufffd", value) if isinstance(value, str) else ""


def _ref(value: Any, body: bytes) -> str:
    ref = stored_text(value)
    if ref and len(ref) <= LONGEST_REF:
        return ref
    return f"sha256:{hashlib.sha256(ref.encode() or body).hexdigest()}"
