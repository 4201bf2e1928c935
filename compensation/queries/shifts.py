"""Shifts as pay sees them: which have ended and wait, and what pricing needs of one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from compensation.domain import periods, shifts
from compensation.queries import beside
from compensation.queries.corrected import corrected_covers, corrected_with
from rotation.domain.stints import stints as stints_of
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from compensation.domain.pricing import MissingRate
    from rotation.domain.stints import CoverSpan

PAID_ALWAYS = "primary"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PayableShift:
    """One shift ready for pricing, and the words in which people know it.

    `shift` names people by their ids as text; `rotation` is the rotation's name, `team` the on-call
    team's slug. Where its policy `deduplicates`, what another rotation pays already is nobody's;
    `undecided` are rates that are missing for saying what that one pays.
    """

    shift_id: int
    title: str
    rotation_id: int
    rotation: str
    team: str
    is_paid: bool
    is_completed: bool
    deduplicates: bool
    shift: shifts.Shift
    undecided: tuple[MissingRate, ...] = ()

    @property
    def earned_on(self) -> dt.date:
        """The local date to which its pay belongs."""
        return shifts.earned_on(self.shift)

    @property
    def people(self) -> list[int]:
        """The ids of everybody who has a part of it, each once, in order of time."""
        named = (stint.person for stint in self.shift.stints if stint.person is not None)
        return [int(person) for person in dict.fromkeys(named)]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WaitingShift:
    """An ended shift that is not dealt with: how it is called, and when it was earned."""

    shift_id: int
    title: str
    earned_on: dt.date


def shift_title(*, rotation: str, level: str, week_date: dt.date) -> str:
    """How a shift is called: `Platform, primary, week of Mon 23 Nov 2026`."""
    return f"{rotation}, {level_words(level)}, week of {wording.day(week_date)}"


def level_words(level: str) -> str:
    """A level as pages call it."""
    return "level 2" if level == "escalation" else level


def payable_shift(*, shift_id: int) -> PayableShift:
    """What pricing needs of one shift, its accepted covers laid over it, or those that correct it.

    Raises:
        ObjectDoesNotExist: there is no such shift.
    """
    return _payables([worked.worked_shift(shift_id=shift_id)])[0]


def worked_by(*, shift_id: int) -> tuple[shifts.Stint, ...]:
    """Who worked the shift as it counts, also in time that another rotation pays.

    Raises:
        ObjectDoesNotExist: there is no such shift.
    """
    covers = corrected_covers(shift_ids=[shift_id]).get(shift_id)
    return _payable(worked.worked_shift(shift_id=shift_id), covers).shift.stints


def supposed_work(*, shift_id: int, covers: Iterable[CoverSpan]) -> tuple[shifts.Stint, ...]:
    """Who would have worked the shift if these were all of its covers.

    Raises:
        ObjectDoesNotExist: there is no such shift.
    """
    return _payable(worked.worked_shift(shift_id=shift_id), list(covers)).shift.stints


def supposed_shift(*, shift_id: int, covers: Iterable[CoverSpan] | None) -> PayableShift:
    """The shift as it would be priced if these were all of its covers; with its own for None.

    Raises:
        ObjectDoesNotExist: there is no such shift.
    """
    spans = None if covers is None else list(covers)
    return _paid_once([_payable(worked.worked_shift(shift_id=shift_id), spans)])[0]


def waiting_shifts(*, now: dt.datetime, until_month: str) -> list[WaitingShift]:
    """Ended shifts not dealt with that are earned in the month or before it; by end, then id."""
    waiting = [_waiting(found) for found in worked.ended_shifts(now=now)]
    return [one for one in waiting if periods.month_of(one.earned_on) <= until_month]


def _waiting(found: worked.EndedShift) -> WaitingShift:
    shift = shifts.Shift(
        key=str(found.shift_id),
        level=found.level,
        time_zone=found.zone,
        period=found.period,
        day_windows=(),
        stints=(),
        cancelled_at=found.cancelled_at,
    )
    return WaitingShift(
        shift_id=found.shift_id,
        title=shift_title(
            rotation=found.rotation_name, level=found.level, week_date=found.week_date
        ),
        earned_on=shifts.earned_on(shift),
    )


def completed_shifts(*, from_at: dt.datetime, until_at: dt.datetime) -> list[PayableShift]:
    """Completed shifts that ended in `[from_at, until_at)`, by start, then level; three queries."""
    return _payables(worked.completed_shifts(from_at=from_at, until_at=until_at))


def payable_shifts(*, shift_ids: Iterable[int]) -> dict[int, PayableShift]:
    """What pricing needs of each of these shifts, by id; three queries."""
    found = _payables(worked.worked_shifts_of(shift_ids=shift_ids))
    return {payable.shift_id: payable for payable in found}


def coming_shifts(
    *, engineer_id: int | None = None, ending_after: dt.datetime | None = None
) -> list[PayableShift]:
    """Shifts that are not completed, of all or in which the person is named, by start, level.

    Three queries; those that ended and wait for the sweep are among them, unless only those are
    wanted that end later than an instant.
    """
    found = worked.waiting_shifts(engineer_id=engineer_id, ending_after=ending_after)
    return _payables(found)


def coming_of(found: Iterable[worked.WorkedShift], *, now: dt.datetime) -> list[PayableShift]:
    """What pricing needs of those of the shifts that are not completed."""
    coming = [shift for shift in found if shift.completed_at is None]
    # Only of a week that is over can somebody have said who really worked it.
    over = [one.shift_id for one in coming if (one.cancelled_at or one.period.ends_at) <= now]
    return _paid_once(_with(coming, corrected_covers(shift_ids=over)))


def dependent_shift_ids(*, shift_ids: Iterable[int]) -> list[int]:
    """Completed shifts that may change when any of these does, these left out; by (end, id).

    Those that run beside one of them in another rotation and come after it, where their policy pays
    two rotations once; and those that depend on them. One query while no policy does.
    """
    given = set(shift_ids)
    if not given or not worked.any_deduplicates():
        return []
    found: dict[int, PayableShift] = {}
    newest = given
    while newest:
        later = [one for one in _beside(newest) if one.shift_id not in found]
        newest = {one.shift_id for one in later} - given
        found.update({one.shift_id: one for one in later if one.shift_id in newest})
    return [one.shift_id for one in sorted(found.values(), key=beside.order)]


def _beside(shift_ids: Iterable[int]) -> list[PayableShift]:
    these = [_payable(one, None) for one in worked.worked_shifts_of(shift_ids=shift_ids)]
    periods_of = [one.shift.period for one in these if one.is_paid]
    found = [_payable(one, None) for one in worked.deduplicating(periods=periods_of)]
    return [one for one in found if beside.depends_on_any(one, these)]


def _payables(found: list[worked.WorkedShift]) -> list[PayableShift]:
    """The shifts as they are paid, in their order; one query, more where any is paid once."""
    return _paid_once(_corrected(found))


def _corrected(found: list[worked.WorkedShift]) -> list[PayableShift]:
    return _with(found, corrected_covers(shift_ids=[shift.shift_id for shift in found]))


def _with(
    found: list[worked.WorkedShift], corrected: Mapping[int, list[CoverSpan]]
) -> list[PayableShift]:
    return [_payable(shift, corrected.get(shift.shift_id)) for shift in found]


def _paid_once(payables: list[PayableShift]) -> list[PayableShift]:
    """The shifts with what other rotations pay already as nobody's, where a policy wants that."""
    asking = [one for one in payables if beside.is_compared(one) and one.people]
    if not asking:
        return payables
    people = {person for one in asking for person in one.people}
    found = worked.shifts_beside(
        periods=[one.shift.period for one in asking],
        engineer_ids=people,
        also=corrected_with(engineer_ids=people),
    )
    return beside.paid_once(payables, _corrected(found))


def _payable(found: worked.WorkedShift, covers: list[CoverSpan] | None) -> PayableShift:
    """The shift with these covers; with its own when it was never corrected."""
    stints = found.stints
    if covers is not None:
        stints = tuple(stints_of(found.holder_id, found.period, covers, found.cancelled_at))
    return PayableShift(
        shift_id=found.shift_id,
        title=shift_title(
            rotation=found.rotation_name, level=found.level, week_date=found.week_date
        ),
        rotation_id=found.rotation_id,
        rotation=found.rotation_name,
        team=found.team_slug,
        is_paid=found.level == PAID_ALWAYS or found.level2_paid,
        is_completed=found.completed_at is not None,
        deduplicates=found.deduplicates_pay,
        shift=shifts.Shift(
            key=str(found.shift_id),
            level=found.level,
            time_zone=found.zone,
            period=found.period,
            day_windows=found.day_windows,
            stints=tuple(
                shifts.Stint(
                    person=None if stint.person is None else str(stint.person), period=stint.period
                )
                for stint in stints
            ),
            cancelled_at=found.cancelled_at,
        ),
    )
