"""Times in a text that goes to several readers: marked once, written for each in their own zone."""

from __future__ import annotations

import datetime as dt
import re

from common import wording

# Private letters: nothing that people type means anything between them but two instants.
_MARK = "\ue000{}|{}\ue001"
_MARKED = re.compile("\ue000([0-9]{1,12})\\|([0-9]{0,12})\ue001")


def moment(at: dt.datetime) -> str:
    """A mark for the instant."""
    return _MARK.format(int(at.timestamp()), "")


def span(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """A mark for the time between the two."""
    return _MARK.format(int(starts_at.timestamp()), int(ends_at.timestamp()))


def in_zone(text: str, zone: str) -> str:
    """The text with each mark as `wording` writes it in that zone."""

    def written(found: re.Match[str]) -> str:
        first, last = found[1], found[2]
        if not last:
            return wording.moment(_at(first), zone)
        return wording.span(_at(first), _at(last), zone)

    return _MARKED.sub(written, text)


def _at(seconds: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
