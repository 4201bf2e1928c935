"""Requests for cover: of whom, who is asked, what they said, and what became of it."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from common.periods import Period
from rotation.domain import cover_requests as domain
from rotation.models import Cover, CoverAsk, SwapOffer
from rotation.queries import cells
from volunteers.models import Term
from volunteers.queries import contacts, marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AskLine:
    """Somebody who is asked; `state` is waiting or declined."""

    mark: PersonMark
    state: str
    asked_at: dt.datetime
    answered_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RequestLine:
    """One request; `asker` is whose time it is (None: a gap), `taker` who took it.

    `state` is open, accepted, withdrawn, expired or undone; an open one that the sweep has not
    reached counts as expired once its time is over. `by` is who entered the request.
    """

    cover_id: int
    shift_id: int
    rotation_name: str
    rotation_slug: str
    team_id: int
    level: str
    week_date: dt.date
    zone: str
    period: Period
    asker: PersonMark | None
    taker: PersonMark | None
    state: str
    asks_everyone: bool
    is_urgent: bool
    message: str
    by: str
    asked_at: dt.datetime
    accepted_at: dt.datetime | None
    closed_at: dt.datetime | None
    ends_at: dt.datetime
    asks: tuple[AskLine, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be taken."""
        return self.state == Cover.State.OPEN

    @property
    def is_offer(self) -> bool:
        """Whether somebody offers to take over, rather than is asked to."""
        return self.is_open and self.taker is not None

    @property
    def waiting(self) -> list[AskLine]:
        """Those who have not said no."""
        return [ask for ask in self.asks if ask.state == CoverAsk.State.WAITING]

    @property
    def given_back_until(self) -> dt.datetime:
        """Until when who took it can give it back."""
        return domain.given_back_until(self.period.starts_at)

    def ask_of(self, engineer_id: int) -> AskLine | None:
        """What that person was asked and said; None when they were not asked by name."""
        return next((ask for ask in self.asks if ask.mark.engineer_id == engineer_id), None)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OpenLine:
    """An open request in short: whose time it is (empty: a gap's), and what is asked."""

    cover_id: int
    shift_id: int
    asker_id: int | None
    asker: str
    rotation_name: str
    level: str
    zone: str
    period: Period
    message: str
    ends_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OwnOpen:
    """Open requests of a person: `asked` of them, and the time for which they ask, by shift."""

    asked: tuple[OpenLine, ...]
    asking: Mapping[int, Sequence[Period]]


def request_lines(*, covers: QuerySet[Cover], now: dt.datetime) -> list[RequestLine]:
    """Those covers as requests, by the start of their time; a fixed number of queries."""
    found = covers.select_related("shift__level__rotation").order_by("starts_at", "pk")
    rows = list(found)
    if not rows:
        return []
    asks: dict[int, list[CoverAsk]] = collections.defaultdict(list)
    for ask in CoverAsk.objects.filter(cover__in=rows).order_by("asked_at", "pk"):
        asks[ask.cover_id].append(ask)
    teams = {row.shift.level.rotation.team_id for row in rows}
    known: dict[int, PersonMark] = {}
    for of_team in marks.teams_marks(team_ids=teams).values():
        known = {**of_team, **known}
    people = {who for row in rows for who in (row.from_engineer_id, row.to_engineer_id)}
    people |= {ask.engineer_id for each in asks.values() for ask in each}
    known = marks.with_others(known, engineer_ids={who for who in people if who is not None})
    names = contacts.names_of(emails={row.asked_by for row in rows})
    return [_line(row, asks[row.pk], known, names, now) for row in rows]


def asked_of(*, engineer_id: int, now: dt.datetime) -> list[RequestLine]:
    """Open requests that wait for that person's answer, the next first."""
    rows = Cover.objects.filter(_waits_for(engineer_id), state=Cover.State.OPEN)
    return [line for line in request_lines(covers=rows, now=now) if line.is_open]


def _waits_for(engineer_id: int) -> Q:
    """Asked and not answered; where everyone was asked, also who was accepted into the team since.

    Whoever serves only after that time, or has left before it, is not asked.
    """
    asked = CoverAsk.objects.filter(engineer_id=engineer_id)
    waiting = asked.filter(state=CoverAsk.State.WAITING)
    in_team = Term.objects.filter(
        engineer_id=engineer_id,
        team_id=OuterRef("shift__level__rotation__team_id"),
        level=OuterRef("shift__level__name"),
        created_at__gt=OuterRef("asked_at"),
        starts_on__lte=OuterRef("shift__week_date"),
        left_on__isnull=True,
    )
    came_since = Q(Exists(in_team), asks_everyone=True) & ~Q(pk__in=asked.values("cover_id"))
    return Q(pk__in=waiting.values("cover_id")) | came_since


def open_by_shift(*, engineer_id: int) -> dict[int, list[Period]]:
    """The time for which that person asks for cover, by shift, in order of time; one query.

    What a colleague offers to take over is not asked for.
    """
    rows = Cover.objects.filter(
        from_engineer_id=engineer_id, to_engineer__isnull=True, state=Cover.State.OPEN
    )
    found: dict[int, list[Period]] = collections.defaultdict(list)
    for row in rows.order_by("starts_at", "pk"):
        found[row.shift_id].append(Period(starts_at=row.starts_at, ends_at=row.ends_at))
    return found


def due_ids(*, now: dt.datetime) -> list[int]:
    """Open requests that have ended or that somebody is to be told of, the next first; two queries.

    Whoever acts on one asks again under its lock.
    """
    rows = Cover.objects.filter(state=Cover.State.OPEN).order_by("starts_at", "pk")
    begun = SwapOffer.objects.filter(state=SwapOffer.State.OPEN, return_starts_at__lte=now)
    lapsing = set(begun.values_list("cover_id", flat=True))
    return [row.pk for row in rows if row.pk in lapsing or _is_due(row, now)]


def _is_due(row: Cover, now: dt.datetime) -> bool:
    ends_at = _end_of(row)
    last_told_at = max(filter(None, [row.asked_at, row.reminded_at]))
    if row.to_engineer_id is not None:
        return ends_at <= now  # an offer to take over: nobody else is asked
    return (
        ends_at <= now
        or (row.managers_told_at is None and domain.is_managers_turn(ends_at=ends_at, now=now))
        or domain.is_reminder_due(ends_at=ends_at, last_told_at=last_told_at, now=now)
    )


def oldest_overdue_at(*, now: dt.datetime) -> dt.datetime | None:
    """When the request ended that has waited longest to be closed; None when none waits."""
    rows = Cover.objects.filter(state=Cover.State.OPEN, starts_at__lte=now)
    ends = [_end_of(row) for row in rows]
    return min((end for end in ends if end <= now), default=None)


def own_open(*, engineer_id: int, now: dt.datetime) -> OwnOpen:
    """What is asked of that person and what they ask for themselves; one query."""
    concerned = Q(from_engineer_id=engineer_id) | _waits_for(engineer_id)
    lines = _open_lines(Cover.objects.filter(concerned), now)
    asking: dict[int, list[Period]] = collections.defaultdict(list)
    for line in lines:
        if line.asker_id == engineer_id:
            asking[line.shift_id].append(line.period)
    asked = tuple(line for line in lines if line.asker_id != engineer_id)
    return OwnOpen(asked=asked, asking=asking)


def ending_soon(
    *, rotation_ids: Iterable[int], until: dt.datetime, now: dt.datetime
) -> list[OpenLine]:
    """Open requests of these rotations that end by then, the next first; one query."""
    rows = Cover.objects.filter(shift__level__rotation__in=list(rotation_ids), starts_at__lt=until)
    return _open_lines(rows, now)


def _open_lines(covers: QuerySet[Cover], now: dt.datetime) -> list[OpenLine]:
    rows = covers.filter(state=Cover.State.OPEN, to_engineer__isnull=True).select_related(
        "shift__level__rotation", "from_engineer"
    )
    found = [
        OpenLine(
            cover_id=row.pk,
            shift_id=row.shift_id,
            asker_id=row.from_engineer_id,
            asker=row.from_engineer.name if row.from_engineer else "",
            rotation_name=row.shift.level.rotation.name,
            level=row.shift.level.name,
            zone=row.shift.time_zone,
            period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
            message=row.message,
            ends_at=_end_of(row),
        )
        for row in rows.order_by("starts_at", "pk")
    ]
    return [line for line in found if now < line.ends_at]


def _end_of(row: Cover) -> dt.datetime:
    return domain.ends_at(
        starts_at=row.starts_at, part_ends_at=row.ends_at, is_urgent=row.is_urgent
    )


def _line(
    row: Cover,
    asks: Iterable[CoverAsk],
    known: Mapping[int, PersonMark],
    names: Mapping[str, str],
    now: dt.datetime,
) -> RequestLine:
    shift, rotation = row.shift, row.shift.level.rotation
    ends_at = _end_of(row)
    is_over = row.state == Cover.State.OPEN and ends_at <= now
    return RequestLine(
        cover_id=row.pk,
        shift_id=row.shift_id,
        rotation_name=rotation.name,
        rotation_slug=rotation.slug,
        team_id=rotation.team_id,
        level=shift.level.name,
        week_date=shift.week_date,
        zone=shift.time_zone,
        period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
        asker=_mark(row.from_engineer_id, known),
        taker=_mark(row.to_engineer_id, known),
        state=Cover.State.EXPIRED.value if is_over else str(row.state),
        asks_everyone=row.asks_everyone,
        is_urgent=row.is_urgent,
        message=row.message,
        by=names.get(row.asked_by, row.asked_by),
        asked_at=row.asked_at,
        accepted_at=row.accepted_at,
        closed_at=row.closed_at,
        ends_at=ends_at,
        asks=tuple(
            AskLine(
                mark=cells.mark_of(ask.engineer_id, known),
                state=str(ask.state),
                asked_at=ask.asked_at,
                answered_at=ask.answered_at,
            )
            for ask in asks
        ),
    )


def _mark(engineer_id: int | None, known: Mapping[int, PersonMark]) -> PersonMark | None:
    return None if engineer_id is None else cells.mark_of(engineer_id, known)
