"""Instants as whole seconds since 1970, and how PagerDuty writes and reads them."""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo

DAY = 86_400
WEEK = 7 * DAY

_ZONE_NAME = re.compile(r"[A-Z][A-Za-z_]*(?:/[A-Za-z0-9_+-]+)+")
_AREAS = re.compile(
    "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific"
)
_EARLIEST_YEAR = 1970
_LATEST_YEAR = 2200


class UnreadableTimeError(ValueError):
    """The text is no date or date-time that PagerDuty would take."""


def is_zone(name: object) -> bool:
    """Whether PagerDuty takes this name: `Europe/London` and `Etc/UTC` yes, `UTC` and `GMT` no."""
    return isinstance(name, str) and _is_zone(name)


@functools.cache
def _is_zone(name: str) -> bool:
    if not _ZONE_NAME.fullmatch(name) or not _AREAS.match(name):
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The zone of a name that `is_zone` has accepted."""
    return zoneinfo.ZoneInfo(name)


def instant(text: object, *, zone: dt.tzinfo) -> int:
    """The instant that the text names; a date means its midnight, no offset means the zone's.

    Raises:
        UnreadableTimeError: not a text, no ISO 8601 date-time, or a year far away.
    """
    moment = _moment(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp())


def offset_seconds(text: object) -> int:
    """The offset that the text itself carries, in seconds; 0 for `Z` and for none.

    Raises:
        UnreadableTimeError: as for `instant`.
    """
    offset = _moment(text).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _moment(text: object) -> dt.datetime:
    if not isinstance(text, str):
        raise UnreadableTimeError(f"{text!r} is not a date-time")
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableTimeError(f"{text!r} is not a date-time") from error
    if not _EARLIEST_YEAR < moment.year < _LATEST_YEAR:
        raise UnreadableTimeError(f"{text!r} is too far away")
    return moment


def written(at: int, *, zone: dt.tzinfo) -> str:
    """ISO 8601 in the zone's wall clock with its offset, `Z` where the zone itself is UTC."""
    moment = dt.datetime.fromtimestamp(at, tz=zone)
    if moment.tzname() == "UTC":
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat(timespec="seconds")


def written_utc(at: int) -> str:
    """ISO 8601 in UTC with `Z`: the form of the state file."""
    return written(at, zone=dt.UTC)


def wall(at: int, *, zone: dt.tzinfo) -> dt.datetime:
    """What the zone's clocks show at the instant, without an offset."""
    return dt.datetime.fromtimestamp(at, tz=zone).replace(tzinfo=None)


def from_wall(shown: dt.datetime, *, zone: dt.tzinfo) -> int:
    """The instant at which the zone's clocks show this time.

    The first one where they show it twice; where a change skips it, as far after the change as
    the shown time lies in the skipped hour.
    """
    return int(shown.replace(tzinfo=zone).timestamp())
