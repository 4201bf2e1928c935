"""One request and its answer, as the handlers of the API see them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import refusals, times

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from pagerduty_simulator.state import Json

_MOST_PER_PAGE = 100
_USUAL_PER_PAGE = 25
_LAST_RECORD = 10_000
LAST_ITEM = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who makes a change, as audit records name them: a person in a browser, or an API key."""

    id: str = "PKEY001"
    kind: str = "api_key"
    summary: str = "API key"
    method: str = "api_token"
    token_end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that is let in: parsed, authenticated, with the time at which it counts."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Any = None
    sender: str = ""
    now: int
    base_url: str
    failing_items: frozenset[int] = frozenset()
    author: Author = field(default_factory=Author)

    def text(self, name: str) -> str | None:
        """The parameter's last value; None when it was not sent."""
        values = self.query.get(name)
        return values[-1] if values else None

    def texts(self, name: str) -> Sequence[str]:
        """All values of a parameter such as `include[]`."""
        return self.query.get(name, ())

    def flag(self, name: str) -> bool:
        """Whether the parameter is `true` or `1`; `True` is not a truth that PagerDuty names."""
        return self.text(name) in {"true", "1"}

    def instant(self, name: str, *, zone: dt.tzinfo) -> int | None:
        """The parameter as an instant; None when it was not sent.

        Raises:
            RefusedError: 400 when it is no date or date-time.
        """
        text = self.text(name)
        if text is None:
            return None
        try:
            return times.instant(text, zone=zone)
        except times.UnreadableTimeError as error:
            raise refusals.invalid(f"{name}: {error}", code=refusals.BAD_TIMES) from error

    def zone(self, usual: str) -> dt.tzinfo:
        """The zone of the parameter `time_zone`, or the usual one.

        Raises:
            RefusedError: 400 when there is no such zone.
        """
        name = self.text("time_zone") or usual
        if not times.is_zone(name):
            raise refusals.invalid(f"time_zone {name!r} is not a known time zone")
        return times.zone_named(name)

    def document(self, name: str) -> Json:
        """The object that the body wraps under this name.

        Raises:
            RefusedError: 400 when the body has no such object.
        """
        if not isinstance(self.body, dict) or not isinstance(self.body.get(name), dict):
            raise refusals.invalid(f"The request body must be an object with {name!r}")
        found: Json = self.body[name]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: a status and a JSON body, or none."""

    status: int
    body: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """Classic pagination: which part of a list is asked for."""

    limit: int
    offset: int
    counted: bool

    def of(self, name: str, items: list[Json]) -> Json:
        """The page's answer for the whole list of items."""
        return {
            name: items[self.offset : self.offset + self.limit],
            "limit": self.limit,
            "offset": self.offset,
            "more": self.offset + self.limit < len(items),
            "total": len(items) if self.counted else None,
        }


def page(call: Call) -> Page:
    """The page that a call asks for: 25 records unless it says more, 100 at most.

    Raises:
        RefusedError: 400 for figures that are none, and past the 10,000th record.
    """
    limit = min(_figure(call, "limit", _USUAL_PER_PAGE), _MOST_PER_PAGE)
    offset = _figure(call, "offset", 0)
    if limit < 1:
        raise refusals.invalid("limit must be at least 1")
    if limit + offset > _LAST_RECORD:
        raise refusals.invalid(f"Offset and limit together must not exceed {_LAST_RECORD}")
    return Page(limit, offset, call.flag("total"))


def _figure(call: Call, name: str, usual: int) -> int:
    text = call.text(name)
    if text is None or text == "":
        return usual
    if not re.fullmatch(r"\d{1,9}", text):
        raise refusals.invalid(f"{name} must be a whole number that is not negative")
    return int(text)


def named(items: Iterable[Json], wanted: str | None) -> list[Json]:
    """The items whose name contains the wanted text, whatever its case."""
    if not wanted:
        return list(items)
    return [item for item in items if wanted.casefold() in item["name"].casefold()]
