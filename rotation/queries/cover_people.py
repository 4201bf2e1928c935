"""Who may be asked for a part of a shift, with the facts that the rules are asked about."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common.periods import Period, difference, intersection
from rotation.domain import cover_candidates, fairness, slots
from rotation.domain.planning import DaysAway, is_active
from rotation.domain.stints import on_call_stints
from rotation.models import LevelName, Shift
from rotation.queries import patterns, worked
from volunteers.queries import service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from rotation.domain.cover_candidates import Busy, Candidate, Part, Person
    from rotation.domain.slots import WeekPattern
    from rotation.models import PolicyVersion, Rotation
    from rotation.queries.worked import WorkedShift
    from volunteers.queries.service import Service

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """Time of a shift that somebody gives away in return: they are judged without it."""

    engineer_id: int
    shift: WorkedShift
    period: Period

    @property
    def load(self) -> int:
        """The load that goes with it, in hundredths."""
        windows = intersection(self.shift.windows, [self.period])
        return cover_candidates.share_of_load(
            self.shift.load_hundredths, windows, self.shift.windows
        )

    @property
    def is_all(self) -> bool:
        """Whether nothing of the shift is theirs after that."""
        own = [each.period for each in self.shift.stints if each.person == self.engineer_id]
        return not difference(own, [self.period])


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is read once for everybody: weeks of the rotation, and shifts in the looked at time.

    `busy` is on-call time by person, each with the id of its shift.
    """

    pattern: WeekPattern
    policy: PolicyVersion
    services: Sequence[Service]
    weeks: Sequence[WorkedShift]
    busy: Mapping[int, Sequence[tuple[int, Busy]]]
    away: Mapping[int, Sequence[Period]]
    shares: Mapping[str, Mapping[int, fairness.Share]]

    def part(self, shift: WorkedShift, period: Period) -> Part:
        """The time as a part of the shift."""
        return _part(shift, period, self.policy)

    def judged(
        self, engineer_id: int, shift: WorkedShift, part: Part, given: Given | None = None
    ) -> Candidate | None:
        """That person for the part; None for whoever has no term that is not over by then."""
        if not any(line.engineer_id == engineer_id for line in self.services):
            return None
        return cover_candidates.judged(part, _person(engineer_id, shift, part, self, given))


def part_of(
    *, shift: WorkedShift, rotation: Rotation, period: Period, now: dt.datetime
) -> cover_candidates.Part:
    """The time as a part of the shift, with the policy in force for its level; one query."""
    return _part(shift, period, patterns.policy_in_force(rotation_id=rotation.pk, now=now))


def candidates(
    *,
    shift: WorkedShift,
    rotation: Rotation,
    part: Part,
    without: Collection[int] = (),
    given: Given | None = None,
    now: dt.datetime,
) -> list[Candidate]:
    """Everybody with a term in the team that is not over by then, best first.

    `without` leaves people out. A fixed number of queries.
    """
    found = facts(rotation=rotation, zone=part.zone, period=part.period, now=now)
    ids = sorted({line.engineer_id for line in found.services} - set(without))
    return cover_candidates.ranked(part, [_person(each, shift, part, found, given) for each in ids])


def busy_beside(*, shift: WorkedShift, engineer_ids: Iterable[int]) -> list[tuple[int, Busy]]:
    """Those people's on-call time of other shifts at the shift's time, in whatever rotation."""
    found = _busy(shift.period)
    return [
        (engineer_id, busy)
        for engineer_id in engineer_ids
        for shift_id, busy in found.get(engineer_id, ())
        if shift_id != shift.shift_id
    ]


def facts(*, rotation: Rotation, zone: str, period: Period, now: dt.datetime) -> Facts:
    """What judges whoever may take time in that period; a fixed number of queries."""
    services = service.services_of(
        team_id=rotation.team_id, from_date=slots.local_date(zone, period.starts_at)
    )
    rows = Shift.objects.filter(level__rotation=rotation, cancelled_at__isnull=True)
    weeks = worked.worked_shifts(shifts=rows)
    return Facts(
        pattern=patterns.pattern_of(rotation),
        policy=patterns.policy_in_force(rotation_id=rotation.pk, now=now),
        services=services,
        weeks=weeks,
        busy=_busy(period),
        away=_away({line.engineer_id for line in services}, period),
        shares={level: _shares(level, services, weeks, rotation, now) for level in LevelName},
    )


def _part(shift: WorkedShift, period: Period, policy: PolicyVersion) -> Part:
    is_primary = shift.level == LevelName.PRIMARY
    windows = intersection(shift.windows, [period])
    return cover_candidates.Part(
        level=shift.level,
        week_date=shift.week_date,
        zone=shift.zone,
        period=period,
        windows=tuple(windows),
        is_whole=period == shift.period,
        load=cover_candidates.share_of_load(shift.load_hundredths, windows, shift.windows),
        rest_weeks=policy.primary_rest_weeks if is_primary else policy.escalation_rest_weeks,
        shifts_per_term=policy.primary_shifts_per_term
        if is_primary
        else policy.escalation_shifts_per_term,
    )


def _busy(period: Period) -> dict[int, list[tuple[int, Busy]]]:
    """Each person's on-call time of the shifts at that time, in whatever rotation."""
    rows = Shift.objects.filter(starts_at__lt=period.ends_at, ends_at__gt=period.starts_at)
    found: dict[int, list[tuple[int, Busy]]] = collections.defaultdict(list)
    for shift in worked.worked_shifts(shifts=rows):
        where = f"{LevelName(shift.level).label.lower()} of {shift.rotation_name}"
        for stint in on_call_stints(shift.stints, shift.windows):
            if stint.person is not None:
                busy = cover_candidates.Busy(period=stint.period, where=where)
                found[stint.person].append((shift.shift_id, busy))
    return found


def _away(ids: Iterable[int], period: Period) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = collections.defaultdict(list)
    # An office may be up to a day away from UTC.
    for away in service.absences_of(
        engineer_ids=ids,
        from_date=period.starts_at.date() - DAY,
        until_date=period.ends_at.date() + 2 * DAY,
    ):
        days = DaysAway(starts_on=away.starts_on, ends_on=away.ends_on, zone=away.zone)
        found[away.engineer_id].append(days.period)
    return found


def _shares(
    level: str,
    services: Sequence[Service],
    weeks: Iterable[WorkedShift],
    rotation: Rotation,
    now: dt.datetime,
) -> dict[int, fairness.Share]:
    """Load against the fair share at the level, weeks that somebody covers wholly as theirs."""
    terms: dict[int, list[tuple[dt.date, dt.date | None]]] = collections.defaultdict(list)
    for line in services:
        if line.level == level:
            terms[line.engineer_id].append((line.starts_on, line.ends_on))
    held = [
        fairness.HeldWeek(
            week_date=week.week_date, load=week.load_hundredths, holder_id=week.carrier_id
        )
        for week in weeks
        if week.level == level
    ]
    current = slots.week_at(patterns.pattern_of(rotation), now).week_date
    people = {engineer_id: tuple(spans) for engineer_id, spans in terms.items()}
    return {share.engineer_id: share for share in fairness.shares(people, held, current)}


def _person(
    engineer_id: int, shift: WorkedShift, part: Part, facts: Facts, given: Given | None
) -> Person:
    """One person as the rules see them; what they give away in return is not theirs any more."""
    away = given if given is not None and given.engineer_id == engineer_id else None
    lines = [line for line in facts.services if line.engineer_id == engineer_id]
    left = {shift.shift_id} | ({away.shift.shift_id} if away is not None and away.is_all else set())
    own = [
        week for week in facts.weeks if week.carrier_id == engineer_id and week.shift_id not in left
    ]
    share = facts.shares[part.level].get(engineer_id)
    return cover_candidates.Person(
        engineer_id=engineer_id,
        name=lines[0].name,
        terms=tuple(_serves(line, facts.pattern) for line in lines),
        away=tuple(facts.away.get(engineer_id, ())),
        busy=tuple(_kept(facts.busy.get(engineer_id, ()), away)),
        weeks=tuple(sorted({week.week_date for week in own})),
        shifts_in_term=_shifts_in_term(lines, own, part),
        load=share.load if share is not None else 0,
        fair=share.fair if share is not None else 0,
        given=away.load if away is not None and away.shift.level == part.level else 0,
    )


def _kept(busy: Iterable[tuple[int, Busy]], given: Given | None) -> list[Busy]:
    """On-call time without what is given away."""
    return [
        cover_candidates.Busy(period=rest, where=each.where)
        for shift_id, each in busy
        for rest in (
            difference([each.period], [given.period])
            if given is not None and given.shift.shift_id == shift_id
            else [each.period]
        )
    ]


def _serves(line: Service, pattern: WeekPattern) -> cover_candidates.Serves:
    def at(day: dt.date) -> dt.datetime:
        return slots.local_instant(pattern.zone, day, pattern.handover_time)

    return cover_candidates.Serves(
        level=line.level,
        starts_at=at(line.starts_on),
        ends_at=None if line.ends_on is None else at(line.ends_on),
    )


def _shifts_in_term(lines: Iterable[Service], own: Iterable[WorkedShift], part: Part) -> int:
    terms = tuple(
        (line.starts_on, line.ends_on)
        for line in lines
        if line.level == part.level and is_active(((line.starts_on, line.ends_on),), part.week_date)
    )
    weeks = [week.week_date for week in own if week.level == part.level]
    return sum(1 for week_date in weeks if is_active(terms, week_date))
