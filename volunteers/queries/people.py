"""People with the facts that change by date: where they work and which rights they have."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from common.cleaning import Cleaner
from volunteers.models import Engineer, ManagerGrant, Posting, PublicHoliday, RoleGrant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PostingLine:
    """Where somebody works on a day and who pays for them; some have no team."""

    office_id: int
    office_name: str
    office_slug: str
    time_zone: str
    currency: str
    team_name: str | None
    cost_centre: str
    starts_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """One person; `roles` are "admin" and "finance" in force, `manages` names on-call teams."""

    engineer_id: int
    name: str
    email: str
    employee_number: str
    is_active: bool
    posting: PostingLine | None
    roles: tuple[str, ...]
    manages: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Who an e-mail belongs to, and whether they can sign in with a password."""

    engineer_id: int
    name: str
    email: str
    has_password: bool


def postings_on(*, engineer_ids: Iterable[int], date: dt.date) -> dict[int, PostingLine]:
    """Each person's posting with the latest start not after the date; one query.

    Without an entry are those who had none yet.
    """
    rows = (
        Posting.objects.filter(engineer_id__in=list(engineer_ids), starts_on__lte=date)
        .select_related("office", "team")
        .order_by("engineer_id", "starts_on", "pk")
    )
    return {row.engineer_id: _posting_line(row) for row in rows}


def people_found(*, people: QuerySet[Engineer], text: str = "") -> QuerySet[Engineer]:
    """Those of `people` whose name, e-mail or number holds the text, in order of name."""
    wanted = text.replace("\0", "").strip()
    if wanted:
        people = people.filter(
            Q(name__icontains=wanted)
            | Q(email__icontains=wanted.lower())
            | Q(employee_id__icontains=wanted)
        )
    return people.order_by("name", "pk")


def account_of(*, email: str) -> Account | None:
    """The account with that e-mail however it is written, or None."""
    cleaner = Cleaner()
    address = cleaner.email("email", email)
    engineer = Engineer.objects.filter(email=address).first()
    if engineer is None or cleaner.problems:
        return None
    return Account(
        engineer_id=engineer.pk,
        name=engineer.name,
        email=engineer.email,
        has_password=engineer.has_usable_password(),
    )


def people_lines(
    *, people: QuerySet[Engineer], date: dt.date, now: dt.datetime
) -> list[PersonLine]:
    """One line for each, in the order of `people`; four queries however many there are.

    `date` says which posting counts, `now` which roles.
    """
    page = list(people)
    ids = [person.pk for person in page]
    postings = postings_on(engineer_ids=ids, date=date)
    roles = _grouped(
        RoleGrant.objects.filter(_in_force(now), engineer_id__in=ids)
        .order_by("role", "pk")
        .values_list("engineer_id", "role")
    )
    manages = _grouped(
        ManagerGrant.objects.filter(_in_force(now), engineer_id__in=ids)
        .order_by("team__name", "pk")
        .values_list("engineer_id", "team__name")
    )
    return [
        PersonLine(
            engineer_id=person.pk,
            name=person.name,
            email=person.email,
            employee_number=person.employee_id or "",
            is_active=person.is_active,
            posting=postings.get(person.pk),
            roles=roles.get(person.pk, ()),
            manages=manages.get(person.pk, ()),
        )
        for person in page
    ]


def holidays_of(
    *, office_ids: Iterable[int], from_date: dt.date, until_date: dt.date
) -> dict[int, dict[dt.date, str]]:
    """Names by date for each office, `until_date` excluded, in order of date; one query."""
    found: dict[int, dict[dt.date, str]] = {office_id: {} for office_id in office_ids}
    rows = PublicHoliday.objects.filter(
        office_id__in=list(found), date__gte=from_date, date__lt=until_date
    )
    for holiday in rows.order_by("date", "pk"):
        found[holiday.office_id][holiday.date] = holiday.name
    return found


def _in_force(now: dt.datetime) -> Q:
    return Q(granted_from__lte=now) & (Q(until__isnull=True) | Q(until__gt=now))


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    grouped: collections.defaultdict[int, list[str]] = collections.defaultdict(list)
    for engineer_id, value in pairs:
        grouped[engineer_id].append(value)
    return {engineer_id: tuple(values) for engineer_id, values in grouped.items()}


def _posting_line(posting: Posting) -> PostingLine:
    return PostingLine(
        office_id=posting.office_id,
        office_name=posting.office.name,
        office_slug=posting.office.slug,
        time_zone=posting.office.time_zone,
        currency=posting.office.currency,
        team_name=posting.team.name if posting.team else None,
        cost_centre=posting.cost_centre,
        starts_on=posting.starts_on,
    )
