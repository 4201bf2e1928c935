"""Where people belonged on each day: office with its zone, and cost centre."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from volunteers.models import Posting

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

NO_ZONE = "UTC"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The office and the cost centre of one posting."""

    office_id: int
    office_slug: str
    office_name: str
    time_zone: str
    cost_centre: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Postings:
    """The postings of some people, asked with a date; `by_engineer` is in order of start."""

    by_engineer: Mapping[int, list[tuple[dt.date, Place]]]

    def place(self, engineer_id: int, on: dt.date) -> Place | None:
        """Where the person belonged on the date; None before the first posting."""
        found = [place for start, place in self.by_engineer.get(engineer_id, []) if start <= on]
        return found[-1] if found else None

    def zone(self, engineer_id: int, on: dt.date) -> str:
        """The zone on the date; before the first posting that one's, without any UTC."""
        known = self.by_engineer.get(engineer_id, [])
        place = self.place(engineer_id, on) or next((first for _start, first in known), None)
        return place.time_zone if place else NO_ZONE


def postings_of(*, engineer_ids: Iterable[int]) -> Postings:
    """Every posting of the people, in one query."""
    by_engineer: dict[int, list[tuple[dt.date, Place]]] = collections.defaultdict(list)
    rows = Posting.objects.filter(engineer_id__in=set(engineer_ids)).select_related("office")
    for row in rows.order_by("starts_on", "pk"):
        place = Place(
            office_id=row.office_id,
            office_slug=row.office.slug,
            office_name=row.office.name,
            time_zone=row.office.time_zone,
            cost_centre=row.cost_centre,
        )
        by_engineer[row.engineer_id].append((row.starts_on, place))
    return Postings(by_engineer=by_engineer)
