"""Texts that identify an entry's content: kinds, instants and idempotency keys."""

from __future__ import annotations

import dataclasses
import datetime as dt

BASE = "BASE"
HOLIDAY = "HOL"
ADJUSTMENT = "ADJ"
REVERSAL = "REV"
SEPARATOR = "|"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class KeyParts:
    """What makes an entry this entry and no other."""

    shift: str
    person: str
    segment_start: dt.datetime
    rate_version: str
    kind: str
    revision: int = 1


def entry_key(parts: KeyParts) -> str:
    """The key `shift | person | segment start | rate version | kind | r<revision>`.

    Raises:
        ValueError: a part contains the separator, so that two entries could share a key.
    """
    texts = [
        parts.shift,
        parts.person,
        instant_text(parts.segment_start),
        parts.rate_version,
        parts.kind,
        f"r{parts.revision}",
    ]
    for text in texts:
        if SEPARATOR in text:
            raise ValueError(f"{text!r} cannot be part of a key: it contains {SEPARATOR!r}")
    return SEPARATOR.join(texts)


def at_revision(key: str, revision: int) -> str:
    """The key of an entry with the same parts that was made later."""
    stem, _separator, _revision = key.rpartition(SEPARATOR)
    return f"{stem}{SEPARATOR}r{revision}"


def revision_of(key: str) -> int:
    """How often the shift had been priced when the entry was made; 0 for other keys."""
    text = key.rpartition(SEPARATOR)[2]
    digits = text.removeprefix("r")
    return int(digits) if text != digits and digits.isascii() and digits.isdigit() else 0


def reversal_key(key: str) -> str:
    """The key of the entry that takes back the one with this key."""
    return f"{REVERSAL}{SEPARATOR}{key}"


def adjustment_key(*, adjustment: int, person: str) -> str:
    """The key of an amount by hand, `ADJ|12|7`: each is posted once."""
    return SEPARATOR.join((ADJUSTMENT, str(adjustment), person))


def holiday_kind(date: dt.date) -> str:
    """The kind of a supplement for a public holiday, `HOL:2026-05-25`."""
    return f"{HOLIDAY}:{date.isoformat()}"


def holiday_of(kind: str) -> dt.date | None:
    """The date of a public holiday's supplement; None for any other kind."""
    prefix, _colon, date = kind.partition(":")
    return dt.date.fromisoformat(date) if prefix == HOLIDAY else None


def instant_text(instant: dt.datetime) -> str:
    """An aware instant in UTC to the second, `2026-05-25T08:00:00Z`."""
    utc = instant.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    return f"{utc.isoformat()}Z"
