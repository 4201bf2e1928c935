"""The chain of fingerprints over the ledger: each covers an entry's fields and the one before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json

from compensation.domain.keys import instant_text

FIRST_HASH = "0" * 64


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """Everything of an entry that its fingerprint covers; ids are those of the database."""

    number: int
    period: str
    engineer_id: int
    shift_id: int | None
    kind: str
    segment_start: dt.datetime | None
    segment_end: dt.datetime | None
    seconds: int
    rate_version: str | None
    amount_minor: int
    currency: str
    earned_on: dt.date
    key: str
    reverses: int | None
    posted_at: dt.datetime


def fingerprint(entry: Sealed, *, previous: str) -> str:
    """The SHA-256, in hexadecimal, of the entry's fields and the fingerprint of the one before."""
    fields = {name: _plain(getattr(entry, name)) for name in entry.__slots__}
    text = json.dumps({**fields, "previous": previous}, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return f"{instant_text(value)}.{value.microsecond:06d}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
