"""Who serves, who is away and who wishes what: the facts that a schedule is made from."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q

from volunteers.models import Absence, Engineer, Posting, Term, WeekWish
from volunteers.queries.postings import postings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from volunteers.queries.postings import Postings

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A term's time on call as it really runs: `[starts_on, ends_on)`, None being open.

    The weeks from `joins_on` until then are those in which the person shadows: whoever asks who
    can carry, cover, be paid or paged asks `starts_on`.
    """

    term_id: int
    engineer_id: int
    name: str
    email: str
    level: str
    joins_on: dt.date
    starts_on: dt.date
    ends_on: dt.date | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Away:
    """Days away `[starts_on, ends_on)` in the zone of the office on the first of them."""

    engineer_id: int
    starts_on: dt.date
    ends_on: dt.date
    zone: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A week that somebody wants or would rather not have."""

    engineer_id: int
    week_date: dt.date
    wish: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Whom to write to."""

    engineer_id: int
    name: str
    email: str


def contacts_of(*, engineer_ids: Iterable[int]) -> list[Contact]:
    """The active ones of these engineers, in order of name."""
    rows = Engineer.objects.filter(pk__in=list(engineer_ids), is_active=True)
    return [
        Contact(engineer_id=row.pk, name=row.name, email=row.email)
        for row in rows.order_by("name", "pk")
    ]


def services_of(*, team_id: int, from_date: dt.date | None = None) -> list[Service]:
    """Terms of active people with a day from `from_date` on (or all), by level and start."""
    terms = Term.objects.filter(team_id=team_id, engineer__is_active=True)
    if from_date is not None:
        later = Q(ends_on__isnull=True) | Q(ends_on__gt=from_date)
        stays = Q(left_on__isnull=True) | Q(left_on__gt=from_date)
        terms = terms.filter(later & stays)
    return services_among(terms.select_related("engineer"), from_date=from_date)


def services_among(terms: Iterable[Term], *, from_date: dt.date | None = None) -> list[Service]:
    """The same among terms that were read with their people; no query."""
    order = sorted(terms, key=lambda term: (term.level, term.starts_on, term.pk))
    services = [_service(term) for term in order if term.engineer.is_active]
    return [
        each
        for each in services
        if each.ends_on is None
        or (each.ends_on > each.joins_on and (from_date is None or each.ends_on > from_date))
    ]


def absences_of(
    *,
    engineer_ids: Iterable[int],
    from_date: dt.date,
    until_date: dt.date,
    postings: Postings | None = None,
) -> list[Away]:
    """Absences that meet `[from_date, until_date)`, by engineer and first day.

    Two queries; one when the postings of these people are at hand.
    """
    ids = list(engineer_ids)
    known = postings or postings_of(engineer_ids=ids)
    rows = Absence.objects.filter(
        engineer_id__in=ids,
        cancelled_at__isnull=True,
        starts_on__lt=until_date,
        ends_on__gt=from_date,
    )
    return [
        Away(
            engineer_id=row.engineer_id,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            zone=known.zone(row.engineer_id, row.starts_on),
        )
        for row in rows.order_by("engineer_id", "starts_on", "pk")
    ]


def wishes_of(*, team_id: int, from_date: dt.date) -> list[Wish]:
    """Wishes for weeks from `from_date` on, by engineer and week."""
    rows = WeekWish.objects.filter(team_id=team_id, week_date__gte=from_date)
    return [
        Wish(engineer_id=row.engineer_id, week_date=row.week_date, wish=row.wish)
        for row in rows.order_by("engineer_id", "week_date", "pk")
    ]


def home_teams(*, engineer_ids: Iterable[int], date: dt.date) -> dict[int, str]:
    """The name of each engineer's home team on that day, where they have one."""
    rows = Posting.objects.filter(engineer_id__in=list(engineer_ids), starts_on__lte=date).order_by(
        "engineer_id", "starts_on"
    )
    pairs = rows.filter(team__isnull=False).values_list("engineer_id", "team__name")
    return dict(pairs)


def _service(term: Term) -> Service:
    ends_on = min((day for day in (term.ends_on, term.left_on) if day is not None), default=None)
    first = term.starts_on + term.shadow_weeks * WEEK
    return Service(
        term_id=term.pk,
        engineer_id=term.engineer_id,
        name=term.engineer.name,
        email=term.engineer.email,
        level=term.level,
        joins_on=term.starts_on,
        starts_on=first if ends_on is None else min(first, ends_on),
        ends_on=ends_on,
    )
