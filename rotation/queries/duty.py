"""Who is on call on each level now, until when, and who follows."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain.stints import Stint, on_call_stints
from rotation.models import LevelName, Shift
from rotation.queries import cells, worked
from volunteers.queries import marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rotation.models import Rotation
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark

LOOK_AHEAD = dt.timedelta(weeks=8)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Somebody's unbroken time; a `mark` of None is a gap."""

    mark: PersonMark | None
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelDuty:
    """One level: whose turn it is and who follows, each None where nothing is published.

    `from_at` is when on-call time begins, None when it is now.
    """

    level: str
    turn: Turn | None
    follows: Turn | None
    from_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RotationDuty:
    """Both levels of a rotation, primary first."""

    rotation_id: int
    slug: str
    name: str
    zone: str
    levels: tuple[LevelDuty, ...]

    @property
    def from_at(self) -> dt.datetime | None:
        """When on-call time begins for a level that is in office hours now; None when on call."""
        known = [level for level in self.levels if level.turn is not None]
        if any(level.from_at is None for level in known):
            return None
        return min((level.from_at for level in known if level.from_at is not None), default=None)


def beside(line: WorkedShift, now: dt.datetime) -> int | None:
    """Who is on call on the rotation's other level now, by the published schedule."""
    rows = Shift.objects.filter(
        level__rotation_id=line.rotation_id, starts_at__lte=now, ends_at__gt=now
    ).exclude(pk=line.shift_id)
    stints = [other.stint_at(now) for other in worked.worked_shifts(shifts=rows)]
    return next((each.person for each in stints if each is not None and each.person), None)


def duties(*, rotations: Sequence[Rotation], now: dt.datetime) -> list[RotationDuty]:
    """Each rotation's duty, in the order given; four queries however many there are."""
    shifts = worked.worked_shifts(
        shifts=Shift.objects.filter(
            level__rotation__in=[rotation.pk for rotation in rotations],
            ends_at__gt=now,
            starts_at__lt=now + LOOK_AHEAD,
            cancelled_at__isnull=True,
        )
    )
    dealt = marks.teams_marks(team_ids=[rotation.team_id for rotation in rotations])
    people = {stint.person for shift in shifts for stint in shift.stints}
    others = marks.with_others({}, engineer_ids={who for who in people if who is not None})

    def mark_in(team_id: int) -> Callable[[int | None], PersonMark | None]:
        known = others | dealt[team_id]
        return lambda person: None if person is None else known[person]

    return [
        RotationDuty(
            rotation_id=rotation.pk,
            slug=rotation.slug,
            name=rotation.name,
            zone=rotation.time_zone,
            levels=tuple(
                _level(level.value, _of(shifts, rotation, level), mark_in(rotation.team_id), now)
                for level in LevelName
            ),
        )
        for rotation in rotations
    ]


def duty_of(
    *,
    rotation: Rotation,
    shifts: Sequence[WorkedShift],
    marks_of: Mapping[int, PersonMark],
    now: dt.datetime,
) -> RotationDuty:
    """The duty from shifts that are read already: those that have not ended, nobody's left out."""

    def mark(person: int | None) -> PersonMark | None:
        return None if person is None else cells.mark_of(person, marks_of)

    return RotationDuty(
        rotation_id=rotation.pk,
        slug=rotation.slug,
        name=rotation.name,
        zone=rotation.time_zone,
        levels=tuple(
            _level(level.value, _of(shifts, rotation, level), mark, now) for level in LevelName
        ),
    )


def _of(shifts: Iterable[WorkedShift], rotation: Rotation, level: str) -> list[WorkedShift]:
    return [shift for shift in shifts if shift.rotation_id == rotation.pk and shift.level == level]


def _level(
    level: str,
    shifts: Sequence[WorkedShift],
    mark: Callable[[int | None], PersonMark | None],
    now: dt.datetime,
) -> LevelDuty:
    on_call = [
        piece
        for shift in shifts
        for piece in on_call_stints(shift.stints, shift.windows)
        if piece.period.ends_at > now
    ]
    if not on_call:
        return LevelDuty(level=level, turn=None, follows=None, from_at=None)
    starts_at = on_call[0].period.starts_at
    at = max(starts_at, now)
    turns = [turn for turn in _turns(shifts, mark) if turn.ends_at > at]
    follows = turns[1] if len(turns) > 1 and turns[1].starts_at == turns[0].ends_at else None
    return LevelDuty(
        level=level,
        turn=turns[0],
        follows=follows,
        from_at=starts_at if starts_at > now else None,
    )


def _turns(
    shifts: Sequence[WorkedShift], mark: Callable[[int | None], PersonMark | None]
) -> list[Turn]:
    """The stints of several weeks, one person's neighbouring ones joined."""
    joined: list[tuple[Stint, dt.datetime]] = []
    for stint in (stint for shift in shifts for stint in shift.stints):
        if joined:
            first, ends_at = joined[-1]
            if first.person == stint.person and ends_at == stint.period.starts_at:
                joined[-1] = (first, stint.period.ends_at)
                continue
        joined.append((stint, stint.period.ends_at))
    return [
        Turn(mark=mark(first.person), starts_at=first.period.starts_at, ends_at=ends_at)
        for first, ends_at in joined
    ]
