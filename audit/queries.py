"""Reading the audit trail: who sees what of it, what was asked for, newest first."""

from __future__ import annotations

import dataclasses
import datetime as dt
import heapq
import re
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from audit.models import AuditEvent, Mention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model, QuerySet

BATCH = 1000
_ROW = re.compile(r"\b(application|cover|term|absence|pay period) ([\d-]+)(?= of | to |$)")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which events somebody sees: all, or those of teams and areas, and what names them."""

    person: str
    sees_all: bool = False
    teams: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is asked for; `actors` None means anybody, `what` is a part of the words."""

    actors: tuple[str, ...] | None = None
    what: str = ""
    area: str = ""
    from_at: dt.datetime | None = None
    until_at: dt.datetime | None = None


Place = tuple[dt.datetime, int]


def key_of(row: Model) -> str:
    """How a row is named in mentions."""
    return f"{row._meta.model_name}:{row.pk}"  # noqa: SLF001 - Django's documented API


def key_of_person(email: str) -> str:
    """How a person, or a sweep, is named in mentions."""
    return f"person:{email}"


def keys_in(subject: str) -> list[str]:
    """The row that an event's words name by its id: `cover 12 of Core`."""
    named = _ROW.search(subject)
    return [f"{named[1]}:{named[2]}"] if named else []


def newest(*, scope: Scope, wanted: Wanted, after: Place | None, number: int) -> list[AuditEvent]:
    """That many events, newest first, those after a place only; a query for each reason to see.

    Each query walks one index in the order of the page, so that a page costs the same wherever it
    lies; one query for all reasons would sort every event that somebody may see.
    """
    branches = [list(_events(reason, wanted, after)[:number]) for reason in _reasons(scope)]
    if not scope.sees_all:
        named = _naming(key_of_person(scope.person), wanted, after)[:number]
        branches.append([mention.event for mention in named])
    found = {event.pk: event for branch in branches for event in branch}
    return heapq.nlargest(number, found.values(), key=place_of)


def every(*, scope: Scope, wanted: Wanted) -> Iterator[AuditEvent]:
    """All of them, newest first, read in batches; what happens meanwhile is newer and stays out."""
    after: Place | None = None
    while batch := newest(scope=scope, wanted=wanted, after=after, number=BATCH):
        yield from batch
        after = place_of(batch[-1])


def place_of(event: AuditEvent) -> Place:
    """Where an event stands among the others."""
    return event.at, event.pk


def history(*, scope: Scope, keys: Iterable[str], number: int) -> list[AuditEvent]:
    """The newest events that name any of the rows and that the scope lets see; one query."""
    named = Mention.objects.filter(event=OuterRef("pk"), key__in=list(keys))
    rows = AuditEvent.objects.filter(Exists(named)).filter(_seen(scope))
    return list(rows.order_by("-at", "-pk")[:number])


def rows_named(*, events: Iterable[AuditEvent]) -> dict[int, list[str]]:
    """The rows that each event names, people left out; one query."""
    rows = Mention.objects.filter(event__in=[event.pk for event in events])
    found: dict[int, list[str]] = {}
    for event_id, key in (
        rows.exclude(key__startswith="person:").order_by("pk").values_list("event_id", "key")
    ):
        found.setdefault(event_id, []).append(key)
    return found


def _reasons(scope: Scope) -> list[Q]:
    if scope.sees_all:
        return [Q()]
    reasons = []
    if scope.teams:
        # Neither pay nor somebody's days away are the team's.
        apart = Q(area=AuditEvent.Area.MONEY) | Q(subject__startswith="absence ")
        reasons += [Q(team=team) & ~apart for team in sorted(scope.teams)]
    reasons += [Q(area=area) for area in sorted(scope.areas)]
    return reasons


def _seen(scope: Scope) -> Q:
    if scope.sees_all:
        return Q()
    own = Mention.objects.filter(event=OuterRef("pk"), key=key_of_person(scope.person))
    seen = Q(Exists(own))
    for reason in _reasons(scope):
        seen |= reason
    return seen


def _events(reason: Q, wanted: Wanted, after: Place | None) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(reason, _asked(wanted), _times(wanted))
    if after is not None:
        rows = rows.filter(_beyond(after, "pk"))
    return rows.order_by("-at", "-pk")


def _naming(key: str, wanted: Wanted, after: Place | None) -> QuerySet[Mention]:
    rows = Mention.objects.filter(_asked(wanted, "event__"), _times(wanted), key=key)
    if after is not None:
        rows = rows.filter(_beyond(after, "event_id"))
    return rows.select_related("event").order_by("-at", "-event_id")


def _beyond(after: Place, column: str) -> Q:
    """After the place; the time stands there twice so that an index begins at it."""
    at, pk = after
    return Q(at__lte=at) & (Q(at__lt=at) | Q(**{f"{column}__lt": pk}))


def _times(wanted: Wanted) -> Q:
    times = Q()
    if wanted.from_at is not None:
        times &= Q(at__gte=wanted.from_at)
    if wanted.until_at is not None:
        times &= Q(at__lt=wanted.until_at)
    return times


def _asked(wanted: Wanted, path: str = "") -> Q:
    asked = Q()
    if wanted.area:
        asked &= Q(**{f"{path}area": wanted.area})
    if wanted.what:
        asked &= Q(**{f"{path}verb__icontains": wanted.what}) | Q(
            **{f"{path}subject__icontains": wanted.what}
        )
    if wanted.actors is not None:
        names = list(wanted.actors)
        by = Q(**{f"{path}actor__in": names}) | Q(**{f"{path}on_behalf_of__in": names})
        asked &= by
    return asked
