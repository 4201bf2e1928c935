"""What it means for published weeks when somebody leaves at a handover."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.db.models import Q

from common.periods import Period
from rotation.domain import leavers, slots
from rotation.models import Cover, LevelName, Rotation, Shift
from rotation.queries import patterns, worked
from volunteers.models import Term
from volunteers.queries import contacts, service, teams

if TYPE_CHECKING:
    from rotation.domain.slots import WeekPattern
    from rotation.queries.worked import WorkedShift

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LeftWeek:
    """A published week of the leaver's after they left.

    `carriers` are those who have agreed to cover some of it, by name; `is_open` says whether some
    of it is nobody's then.
    """

    shift_id: int
    level: str
    week_date: dt.date
    zone: str
    period: Period
    carriers: tuple[str, ...]
    is_open: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TakenTime:
    """Time of somebody else's week that the leaver took; it falls back to them.

    `falls_to` is empty where nobody was on call; `other_id` the cover that was agreed in return.
    """

    cover_id: int
    shift_id: int
    level: str
    week_date: dt.date
    zone: str
    period: Period
    falls_to: str
    other_id: int | None

    @property
    def is_swap(self) -> bool:
        """Whether another week was given for it."""
        return self.other_id is not None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """What happens when the term ends at the handover of `left_on`, at `left_at`.

    `weeks` and `covers` are in order of time. `size_then` counts volunteers of the team who serve
    after that, `minimum` is what the policy wants. `told` are the managers who hear of it.
    """

    left_on: dt.date
    left_at: dt.datetime
    zone: str
    weeks: tuple[LeftWeek, ...]
    covers: tuple[TakenTime, ...]
    requests: int
    size_then: int
    minimum: int
    told: tuple[str, ...]

    @property
    def open_weeks(self) -> list[LeftWeek]:
        """Those in which some time is nobody's until a repair is published."""
        return [week for week in self.weeks if week.is_open]

    @property
    def covered_weeks(self) -> list[LeftWeek]:
        """Those that others have agreed to carry wholly: they stay as they are."""
        return [week for week in self.weeks if not week.is_open]

    @property
    def swaps(self) -> list[TakenTime]:
        """Covers that were agreed in return for another one."""
        return [cover for cover in self.covers if cover.is_swap]

    @property
    def is_too_small(self) -> bool:
        """Whether the team is below its minimum then."""
        return self.size_then < self.minimum

    @property
    def digest(self) -> str:
        """The same for the same effect on weeks and covers."""
        facts = (
            self.left_on.isoformat(),
            [(week.shift_id, week.carriers, week.is_open) for week in self.weeks],
            [(cover.cover_id, cover.falls_to) for cover in self.covers],
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def leaving(*, term: Term, rotation: Rotation, left_on: dt.date, now: dt.datetime) -> Leaving:
    """What it means when the term ends at the handover of `left_on`; about ten queries."""
    person = _person(term, left_on)
    covers = _taken(term, rotation, left_on, person, now)
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    managers = teams.managers_by_team(team_ids=[rotation.team_id], now=now)
    return Leaving(
        left_on=left_on,
        left_at=handover_at(rotation, left_on),
        zone=rotation.time_zone,
        weeks=tuple(_weeks(term, rotation, left_on, person, now)),
        covers=tuple(covers),
        requests=Cover.objects.filter(
            from_engineer_id=term.engineer_id,
            state=Cover.State.OPEN,
            shift__level__rotation=rotation,
            shift__week_date__gte=left_on,
            ends_at__gt=now,
        ).count(),
        size_then=others_on(term=term, day=max(left_on, term.starts_on)),
        minimum=policy.minimum_size,
        told=tuple(
            each.name
            for each in managers.get(rotation.team_id, [])
            if each.engineer_id != term.engineer_id
        ),
    )


def handover_at(rotation: Rotation, day: dt.date) -> dt.datetime:
    """The instant of the handover on that day."""
    return slots.week_of(patterns.pattern_of(rotation), day).period.starts_at


def days_to_leave(*, term: Term, rotation: Rotation, now: dt.datetime) -> list[dt.date]:
    """The handovers at which the term can end early, from the next one on; a year at most."""
    weeks = patterns.coming_handovers(rotation, now=now, count=53, not_before=term.starts_on)
    return [
        week.week_date for week in weeks if term.ends_on is None or week.week_date < term.ends_on
    ]


def snapped(pattern: WeekPattern, day: dt.date) -> dt.date:
    """The first handover on or after the day: a week that has begun is carried to its end."""
    return slots.first_week_on_or_after(pattern, day).week_date


def _person(term: Term, left_on: dt.date) -> leavers.Person:
    """The engineer with all terms in the team, as if this one had been cut short."""
    spans: list[tuple[str, dt.date, dt.date | None]] = []
    rows = Term.objects.filter(team_id=term.team_id, engineer_id=term.engineer_id)
    for row in rows.order_by("starts_on", "pk"):
        ends = [day for day in (row.ends_on, row.left_on) if day is not None]
        end = left_on if row.pk == term.pk else min(ends, default=None)
        spans.append((row.level, row.starts_on + row.shadow_weeks * WEEK, end))
    return leavers.Person(
        is_active=True,
        terms=tuple((start, end) for _level, start, end in spans),
        by_level={
            name: tuple((start, end) for level, start, end in spans if level == name)
            for name in LevelName.values
        },
    )


def _weeks(
    term: Term, rotation: Rotation, left_on: dt.date, person: leavers.Person, now: dt.datetime
) -> list[LeftWeek]:
    rows = Shift.objects.filter(
        level__rotation=rotation,
        holder_id=term.engineer_id,
        week_date__gte=left_on,
        ends_at__gt=now,
        cancelled_at__isnull=True,
    )
    shifts = [
        shift
        for shift in worked.worked_shifts(shifts=rows)
        if person.at(shift.level).has_left_on(shift.week_date)
    ]
    others = {
        each.person for shift in shifts for each in shift.stints if each.person is not None
    } - {term.engineer_id}
    names = contacts.contacts(engineer_ids=others)
    return [
        LeftWeek(
            shift_id=shift.shift_id,
            level=shift.level,
            week_date=shift.week_date,
            zone=shift.zone,
            period=shift.period,
            carriers=tuple(
                sorted({names[each.person].name for each in shift.stints if each.person in others})
            ),
            is_open=any(each.person in {term.engineer_id, None} for each in shift.stints),
        )
        for shift in shifts
    ]


def _taken(
    term: Term, rotation: Rotation, left_on: dt.date, person: leavers.Person, now: dt.datetime
) -> list[TakenTime]:
    """Covers that they took and carry some of, in weeks in which they serve at no level."""
    rows = Cover.objects.filter(
        to_engineer_id=term.engineer_id,
        state=Cover.State.ACCEPTED,
        shift__level__rotation=rotation,
        shift__week_date__gte=left_on,
        shift__cancelled_at__isnull=True,
        ends_at__gt=now,
    ).select_related("from_engineer", "shift__level")
    taken = [
        row
        for row in rows.order_by("starts_at", "pk")
        if row.shift.holder_id != term.engineer_id and person.has_left_on(row.shift.week_date)
    ]
    shifts = _shifts([row.shift_id for row in taken])
    returns = dict(
        Cover.objects.filter(
            swap_with__in=[row.pk for row in taken], state=Cover.State.ACCEPTED
        ).values_list("swap_with_id", "pk")
    )
    return [
        TakenTime(
            cover_id=row.pk,
            shift_id=row.shift_id,
            level=row.shift.level.name,
            week_date=row.shift.week_date,
            zone=row.shift.time_zone,
            period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
            falls_to=row.from_engineer.name if row.from_engineer else "",
            other_id=row.swap_with_id or returns.get(row.pk),
        )
        for row in taken
        if _carries(shifts[row.shift_id], row, term.engineer_id)
    ]


def _shifts(ids: list[int]) -> dict[int, WorkedShift]:
    rows = worked.worked_shifts(shifts=Shift.objects.filter(pk__in=ids))
    return {shift.shift_id: shift for shift in rows}


def _carries(shift: WorkedShift, cover: Cover, engineer_id: int) -> bool:
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    return any(piece.person == engineer_id for piece in shift.within(period))


def others_on(*, term: Term, day: dt.date) -> int:
    """How many other volunteers of the team serve on that day; one query."""
    serving = Term.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gt=day),
        team_id=term.team_id,
        level=LevelName.PRIMARY,
        engineer__is_active=True,
        starts_on__lte=day,
        ends_on__gt=day,
    ).exclude(engineer_id=term.engineer_id)
    return serving.values("engineer_id").distinct().count()


def managers_to_tell(*, term: Term, without: set[int], now: dt.datetime) -> list[service.Contact]:
    """The active managers of the team but those, in order of name."""
    found = teams.managers_by_team(team_ids=[term.team_id], now=now).get(term.team_id, [])
    ids = {each.engineer_id for each in found} - without
    return service.contacts_of(engineer_ids=ids)
