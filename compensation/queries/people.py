"""Where people belonged on a date, for pay: office, cost centre and public holidays."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from volunteers.access import in_force
from volunteers.models import Engineer, Posting, PublicHoliday, RoleGrant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The office, by slug and by name, and the cost centre of one posting."""

    office: str
    office_name: str
    cost_centre: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Postings:
    """The postings of some people, asked with a date; `by_engineer` is in order of start."""

    by_engineer: Mapping[int, list[tuple[dt.date, Place]]]

    def place(self, engineer_id: int, on: dt.date) -> Place | None:
        """Where the person belonged on the date; None before the first posting."""
        found = [place for start, place in self.by_engineer.get(engineer_id, []) if start <= on]
        return found[-1] if found else None


def postings_of(engineer_ids: Iterable[int]) -> Postings:
    """Every posting of the people, in one query."""
    by_engineer: dict[int, list[tuple[dt.date, Place]]] = collections.defaultdict(list)
    rows = Posting.objects.filter(engineer_id__in=set(engineer_ids)).select_related("office")
    for row in rows.order_by("starts_on", "pk"):
        place = Place(
            office=row.office.slug, office_name=row.office.name, cost_centre=row.cost_centre
        )
        by_engineer[row.engineer_id].append((row.starts_on, place))
    return Postings(by_engineer=by_engineer)


def holidays_of(
    offices: Iterable[str], *, first: dt.date, last: dt.date
) -> dict[str, frozenset[dt.date]]:
    """The public holidays of each office, by slug, from the first date to the last."""
    slugs = set(offices)
    dates: dict[str, set[dt.date]] = {slug: set() for slug in slugs}
    rows = PublicHoliday.objects.filter(office__slug__in=slugs, date__range=(first, last))
    for slug, date in rows.values_list("office__slug", "date"):
        dates[slug].add(date)
    return {slug: frozenset(found) for slug, found in dates.items()}


def people_of(engineer_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and e-mail of the people by id."""
    rows = Engineer.objects.filter(pk__in=set(engineer_ids)).values_list("pk", "name", "email")
    return {pk: (name, email) for pk, name, email in rows}


def finance_addresses(*, now: dt.datetime) -> list[str]:
    """E-mails of everybody with the finance role in force, in alphabetical order."""
    grants = RoleGrant.objects.filter(in_force(now), role=RoleGrant.Role.FINANCE)
    active = grants.filter(engineer__is_active=True).order_by("engineer__email").distinct()
    return list(active.values_list("engineer__email", flat=True))
