"""How many shifts a term holds: a wish of the policy, so that more is a warning, not a wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.domain.planning import WEEK

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    Span = tuple[dt.date, dt.date | None]


def shifts_left(
    terms: Iterable[Span],
    *,
    limit: int | None,
    carried: Collection[dt.date],
    first: dt.date,
    until: dt.date,
) -> int | None:
    """How many more shifts the terms hold that meet `[first, until)`, given the weeks carried.

    None where nothing limits them for sure: without a limit, or while an end is open.
    """
    reaching = [
        (starts_on, ends_on)
        for starts_on, ends_on in terms
        if starts_on < until and (ends_on is None or ends_on > first)
    ]
    if limit is None or any(ends_on is None for _starts_on, ends_on in reaching):
        return None
    before = [week for week in carried if week < first]
    done = sum(_count(before, starts_on, ends_on) for starts_on, ends_on in reaching)
    return max(0, limit * len(reaching) - done)


def stretches(span: Span, *, term_weeks: int, until: dt.date) -> list[tuple[dt.date, dt.date]]:
    """What counts as one term: the term itself; one without an end, in pieces of the usual length.

    The pieces go on until one ends after `until`.
    """
    starts_on, ends_on = span
    if ends_on is not None:
        return [(starts_on, ends_on)]
    found: list[tuple[dt.date, dt.date]] = []
    while not found or starts_on <= until:
        found.append((starts_on, starts_on + term_weeks * WEEK))
        starts_on += term_weeks * WEEK
    return found


def held_in(stretch: tuple[dt.date, dt.date], weeks: Iterable[dt.date]) -> int:
    """How many of the weeks lie in the stretch."""
    return _count(weeks, *stretch)


def _count(weeks: Iterable[dt.date], starts_on: dt.date, ends_on: dt.date | None) -> int:
    return sum(1 for week in weeks if starts_on <= week and (ends_on is None or week < ends_on))
