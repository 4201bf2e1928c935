"""Swaps as one agreement: both weeks, what each of the two takes and gives, and which would fit."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Q

from common.periods import Period
from rotation.domain import cover_requests as domain
from rotation.models import SwapOffer
from rotation.queries import cells, cover_page, cover_people, worked
from rotation.queries.cover_people import Given
from volunteers.queries import contacts, marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from rotation.models import Cover, Rotation
    from rotation.queries.cover_people import Facts
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark

MOST = 20


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Half:
    """One of the two weeks: who takes which time of it from whom."""

    shift: WorkedShift
    period: Period
    taker: PersonMark
    giver: PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SwapLine:
    """One swap; `state` is open, agreed, undone, declined, withdrawn or lapsed.

    An open one that cannot be agreed any more counts as lapsed. `asker` asked for cover, `offerer`
    takes it; `decider` is who agrees, `proposer` the other one. `by` is who entered it.
    """

    offer_id: int
    cover_id: int
    rotation_slug: str
    rotation_name: str
    team_id: int
    zone: str
    state: str
    asker: PersonMark
    offerer: PersonMark
    by_asker: bool
    asked: Half
    returned: Half
    by: str
    offered_at: dt.datetime
    closed_at: dt.datetime | None
    open_until: dt.datetime

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == SwapOffer.State.OPEN

    @property
    def halves(self) -> list[Half]:
        """Both weeks, the earlier first."""
        return sorted((self.asked, self.returned), key=lambda half: half.period)

    @property
    def decider(self) -> PersonMark:
        """Who is to agree."""
        return self.offerer if self.by_asker else self.asker

    @property
    def proposer(self) -> PersonMark:
        """Who named the week."""
        return self.asker if self.by_asker else self.offerer


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a swap does to one of the two; `why` ends the sentence that begins with the name."""

    mark: PersonMark
    words: str
    why: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """Time of somebody that may be given in return, and what the swap does to both."""

    shift: WorkedShift
    period: Period
    giver: PersonMark
    effects: tuple[Effect, ...]

    @property
    def key(self) -> str:
        """What names it in a form and in an address."""
        first, last = self.period.starts_at.isoformat(), self.period.ends_at.isoformat()
        return f"{self.shift.shift_id}|{first}|{last}|{self.giver.engineer_id}"

    @property
    def can(self) -> bool:
        """Whether nothing forbids it for either of the two."""
        return not self.why

    @property
    def why(self) -> str:
        """What forbids it, as a sentence without its full stop; empty when nothing does."""
        told = [f"{each.mark.name} {each.why}" for each in self.effects if each.why]
        return "; ".join(told)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The time that is asked for, and whose it is."""

    shift: WorkedShift
    period: Period
    asker_id: int


def swap_lines(*, offers: QuerySet[SwapOffer], now: dt.datetime) -> list[SwapLine]:
    """Those swaps, the newest first; a fixed number of queries."""
    rows = list(offers.select_related("cover__shift__level__rotation").order_by("-pk"))
    if not rows:
        return []
    ids = {row.return_shift_id for row in rows} | {row.cover.shift_id for row in rows}
    shifts = {line.shift_id: line for line in worked.worked_shifts_of(shift_ids=ids)}
    people = {row.engineer_id for row in rows} | {row.cover.from_engineer_id for row in rows}
    known: dict[int, PersonMark] = {}
    teams = {row.cover.shift.level.rotation.team_id for row in rows}
    for of_team in marks.teams_marks(team_ids=teams).values():
        known = {**of_team, **known}
    known = marks.with_others(known, engineer_ids={who for who in people if who is not None})
    names = contacts.names_of(emails={row.offered_by for row in rows})
    return [_line(row, shifts, known, names, now) for row in rows]


def agreed_with(*, cover: Cover, now: dt.datetime) -> SwapLine | None:
    """The agreed swap of which the cover is half; None when it is none."""
    offers = SwapOffer.objects.filter(
        Q(cover=cover) | Q(cover__swapped_by=cover), state=SwapOffer.State.AGREED
    )
    return next(iter(swap_lines(offers=offers, now=now)), None)


def own_fits(*, cover: Cover, engineer_id: int, now: dt.datetime) -> list[Fit]:
    """Time of that person's own that they could give for the cover, the next first."""
    wanted = wanted_of(cover, now)
    rows = worked.waiting_shifts(engineer_id=engineer_id)
    mine = [line for line in rows if line.rotation_id == wanted.shift.rotation_id]
    rotation = cover.shift.level.rotation
    return _fits(wanted, engineer_id, _pieces(mine, now, {engineer_id}), rotation, now)


def others_fits(*, wanted: Wanted, rotation: Rotation, now: dt.datetime) -> list[Fit]:
    """Colleagues' time that the asker could take, where both can, the next first."""
    rows = [line for line in worked.waiting_shifts() if line.rotation_id == rotation.pk]
    pieces = _pieces(rows, now, None)
    found = [fit for fit in _fits(wanted, None, pieces, rotation, now) if fit.can]
    return found[:MOST]


def effects(*, line: SwapLine, rotation: Rotation, now: dt.datetime) -> tuple[Effect, ...]:
    """What an open swap does to both; a fixed number of queries."""
    wanted = Wanted(
        shift=line.asked.shift, period=line.asked.period, asker_id=line.asker.engineer_id
    )
    pieces = [(line.returned.shift, line.returned.period, line.offerer.engineer_id)]
    return _fits(wanted, line.offerer.engineer_id, pieces, rotation, now)[0].effects


def fit_of(*, cover: Cover, given: Given, now: dt.datetime) -> Fit:
    """What giving that time in return for the cover does to both; a fixed number of queries."""
    pieces = [(given.shift, given.period, given.engineer_id)]
    rotation = cover.shift.level.rotation
    return _fits(wanted_of(cover, now), given.engineer_id, pieces, rotation, now)[0]


def wanted_of(cover: Cover, now: dt.datetime) -> Wanted:
    """What is left of the time that a request asks for."""
    begun = now.replace(microsecond=0)
    starts_at = max(cover.starts_at, begun) if begun < cover.ends_at else cover.starts_at
    return Wanted(
        shift=worked.worked_shift(shift_id=cover.shift_id),
        period=Period(starts_at=starts_at, ends_at=cover.ends_at),
        asker_id=cover.from_engineer_id or 0,
    )


def _pieces(
    lines: Iterable[WorkedShift], now: dt.datetime, people: set[int] | None
) -> list[tuple[WorkedShift, Period, int]]:
    """Stints that have not begun, of those people or of everybody."""
    return [
        (line, stint.period, stint.person)
        for line in sorted(lines, key=lambda each: each.period)
        for stint in line.stints
        if stint.person is not None
        and stint.period.starts_at > now
        and line.cancelled_at is None
        and (people is None or stint.person in people)
    ]


def _fits(
    wanted: Wanted,
    engineer_id: int | None,
    pieces: Iterable[tuple[WorkedShift, Period, int]],
    rotation: Rotation,
    now: dt.datetime,
) -> list[Fit]:
    found = [
        piece
        for piece in pieces
        if piece[2] != wanted.asker_id and (engineer_id is None or piece[2] == engineer_id)
    ]
    if not found:
        return []
    last = max([wanted.period.ends_at, *(period.ends_at for _line, period, _who in found)])
    facts = cover_people.facts(
        rotation=rotation,
        zone=wanted.shift.zone,
        period=Period(starts_at=now, ends_at=last),
        now=now,
    )
    people = {wanted.asker_id, *(who for _line, _period, who in found)}
    known = marks.with_others(marks.team_marks(team_id=rotation.team_id), engineer_ids=people)
    return [_fit(wanted, piece, facts, known) for piece in found]


def _fit(
    wanted: Wanted,
    piece: tuple[WorkedShift, Period, int],
    facts: Facts,
    known: Mapping[int, PersonMark],
) -> Fit:
    shift, period, engineer_id = piece
    given = Given(engineer_id=engineer_id, shift=shift, period=period)
    asked = Given(engineer_id=wanted.asker_id, shift=wanted.shift, period=wanted.period)
    return Fit(
        shift=shift,
        period=period,
        giver=cells.mark_of(engineer_id, known),
        effects=(
            _effect(asked, given, facts, known),
            _effect(given, asked, facts, known),
        ),
    )


def _effect(taken: Given, given: Given, facts: Facts, known: Mapping[int, PersonMark]) -> Effect:
    """What taking the one and giving the other does to who gives the other."""
    part = facts.part(taken.shift, taken.period)
    judged = facts.judged(given.engineer_id, taken.shift, part, given)
    mark = cells.mark_of(given.engineer_id, known)
    if judged is None:
        return Effect(mark=mark, words="", why="has no term in this team")
    return Effect(mark=mark, words=cover_page.effect(judged, part), why=judged.why)


def _line(
    row: SwapOffer,
    shifts: Mapping[int, WorkedShift],
    known: Mapping[int, PersonMark],
    names: Mapping[str, str],
    now: dt.datetime,
) -> SwapLine:
    cover, rotation = row.cover, row.cover.shift.level.rotation
    asker = cells.mark_of(cover.from_engineer_id or 0, known)
    offerer = cells.mark_of(row.engineer_id, known)
    asked = Half(
        shift=shifts[cover.shift_id],
        period=Period(starts_at=cover.starts_at, ends_at=cover.ends_at),
        taker=offerer,
        giver=asker,
    )
    returned = Half(
        shift=shifts[row.return_shift_id],
        period=Period(starts_at=row.return_starts_at, ends_at=row.return_ends_at),
        taker=asker,
        giver=offerer,
    )
    ends_at = domain.ends_at(
        starts_at=cover.starts_at, part_ends_at=cover.ends_at, is_urgent=cover.is_urgent
    )
    open_until = min(ends_at, row.return_starts_at)
    return SwapLine(
        offer_id=row.pk,
        cover_id=cover.pk,
        rotation_slug=rotation.slug,
        rotation_name=rotation.name,
        team_id=rotation.team_id,
        zone=cover.shift.time_zone,
        state=_state(row, open_until, now),
        asker=asker,
        offerer=offerer,
        by_asker=row.by_asker,
        asked=asked,
        returned=returned,
        by=names.get(row.offered_by, row.offered_by),
        offered_at=row.offered_at,
        closed_at=row.closed_at,
        open_until=open_until,
    )


def _state(row: SwapOffer, open_until: dt.datetime, now: dt.datetime) -> str:
    if row.state == SwapOffer.State.OPEN and open_until <= now:
        return SwapOffer.State.LAPSED.value
    if row.state == SwapOffer.State.AGREED and row.cover.state == "undone":
        return "undone"
    return str(row.state)
