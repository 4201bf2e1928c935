"""Whom a correction concerns: whose time it moves, and whose pay."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from common import wording
from common.periods import seconds
from compensation.queries.repricing import repriced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.periods import Period
    from compensation.queries.shifts import PayableShift
    from volunteers.queries.contacts import Contact


def moved(before: PayableShift, after: PayableShift) -> set[int]:
    """Everybody whose time is another afterwards."""
    times, times_after = _times(before), _times(after)
    return {one for one in {*times, *times_after} if times[one] != times_after[one]}


def concerned(before: PayableShift, after: PayableShift) -> set[int]:
    """Everybody whose time or pay is another afterwards."""
    return moved(before, after) | {person for person, minor in _differences(after).items() if minor}


def beneficiaries(before: PayableShift, after: PayableShift) -> set[int]:
    """Everybody who has more time or more pay afterwards."""
    times, times_after = _times(before), _times(after)
    longer = {one for one in times_after if seconds(times_after[one]) > seconds(times[one])}
    return longer | {person for person, minor in _differences(after).items() if minor > 0}


def worked_text(payable: PayableShift, people: Mapping[int, Contact]) -> str:
    """Who worked from when to when, in the week's own zone; for the record."""
    zone = payable.shift.time_zone
    return "; ".join(
        f"{_name(stint.person, people)}, "
        f"{wording.span(stint.period.starts_at, stint.period.ends_at, zone)}"
        for stint in payable.shift.stints
    )


def _name(person: str | None, people: Mapping[int, Contact]) -> str:
    if person is None:
        return "nobody"
    known = people.get(int(person))
    return known.name if known else f"person {person}"


def _times(payable: PayableShift) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = collections.defaultdict(list)
    for stint in payable.shift.stints:
        if stint.person is not None:
            found[int(stint.person)].append(stint.period)
    return found


def _differences(after: PayableShift) -> dict[int, int]:
    """What each gets more or less; nobody while the week is not paid or cannot be."""
    if not after.is_completed:
        return {}
    changed = repriced([after])[0].changes
    return {int(person): minor for (person, _currency), minor in changed.differences.items()}
