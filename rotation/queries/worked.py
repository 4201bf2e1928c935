"""Shifts and their stints: what PagerDuty must show, and what compensation pays for."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, Min, OuterRef, Q, When

from common.periods import Period, intersection
from rotation.domain.stints import CoverSpan, Stint, on_call_stints
from rotation.domain.stints import stints as stints_of
from rotation.models import Cover, PolicyVersion, Shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


# A week across a clock change has 169 hours.
_LONGEST = dt.timedelta(days=8)
# One that is cancelled before it begins can be restored until then.
_OVER_AT = Case(
    When(cancelled_at__isnull=True, then=F("ends_at")),
    When(cancelled_at__lt=F("starts_at"), then=F("starts_at")),
    default=F("cancelled_at"),
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WorkedShift:
    """A published shift as plain data.

    `day_windows` is the on-call time of every whole local day that it touches, `windows` that of
    the shift itself; `stints` tile the shift, nobody's time included.
    """

    shift_id: int
    rotation_id: int
    rotation_slug: str
    rotation_name: str
    team_id: int
    team_slug: str
    level: str
    week_date: dt.date
    zone: str
    period: Period
    day_windows: tuple[Period, ...]
    holder_id: int | None
    stints: tuple[Stint, ...]
    load_hundredths: int
    holidays: tuple[str, ...]
    cancelled_at: dt.datetime | None
    completed_at: dt.datetime | None
    level2_paid: bool
    deduplicates_pay: bool

    @property
    def windows(self) -> list[Period]:
        """The on-call time inside the shift, in order."""
        return intersection(self.day_windows, [self.period])

    @property
    def carrier_id(self) -> int | None:
        """Whose week it is for load and rest: who covers the whole of it, else the holder."""
        whole = self.stints[0] if len(self.stints) == 1 else None
        if whole is None or whole.person is None:
            return self.holder_id
        return whole.person

    def within(self, period: Period) -> list[Stint]:
        """The stints cut to that time, in order; nobody's too."""
        return on_call_stints(self.stints, [period])

    def stint_at(self, instant: dt.datetime) -> Stint | None:
        """Whose stint it is at that instant; None outside the shift."""
        return next((item for item in self.stints if item.period.contains(instant)), None)


def periods_from_json(pairs: list[list[str]]) -> tuple[Period, ...]:
    """Stored `[start, end]` pairs as periods in UTC."""
    return tuple(
        Period(starts_at=dt.datetime.fromisoformat(start), ends_at=dt.datetime.fromisoformat(end))
        for start, end in pairs
    )


def periods_to_json(periods: Iterable[Period]) -> list[list[str]]:
    """Periods as `[start, end]` pairs of ISO text in UTC."""
    return [[each.starts_at.isoformat(), each.ends_at.isoformat()] for each in periods]


def ended_shift_ids(*, now: dt.datetime) -> list[int]:
    """Shifts that have ended, or were cancelled, and are not completed; by end, then id.

    A cancelled one ended at its cancellation, or with its start where it was cancelled before.
    """
    in_order = _ended(now).order_by("over_at", "pk")
    return list(in_order.values_list("pk", flat=True))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EndedShift:
    """An ended shift that waits for its pay, without its hours and stints."""

    shift_id: int
    rotation_name: str
    level: str
    week_date: dt.date
    zone: str
    period: Period
    cancelled_at: dt.datetime | None


def ended_shifts(*, now: dt.datetime) -> list[EndedShift]:
    """The shifts of `ended_shift_ids`, in that order; one query, however many wait."""
    rows = (
        _ended(now)
        .order_by("over_at", "pk")
        .values_list(
            *("pk", "level__rotation__name", "level__name", "week_date", "time_zone"),
            *("starts_at", "ends_at", "cancelled_at"),
        )
    )
    return [
        EndedShift(
            shift_id=shift_id,
            rotation_name=name,
            level=level,
            week_date=week_date,
            zone=zone,
            period=Period(starts_at=starts_at, ends_at=ends_at),
            cancelled_at=cancelled_at,
        )
        for shift_id, name, level, week_date, zone, starts_at, ends_at, cancelled_at in rows
    ]


def oldest_ended_at(*, now: dt.datetime) -> dt.datetime | None:
    """When the shift ended that has waited longest for its pay; None when none waits."""
    found: dt.datetime | None = _ended(now).aggregate(at=Min("over_at"))["at"]
    return found


def _ended(now: dt.datetime) -> QuerySet[Shift]:
    waiting = Shift.objects.filter(completed_at__isnull=True)
    ended = waiting.filter(ends_at__lte=now)
    ended |= waiting.filter(cancelled_at__lte=now, starts_at__lte=now)
    return ended.annotate(over_at=_OVER_AT)


def completed_shifts(*, from_at: dt.datetime, until_at: dt.datetime) -> list[WorkedShift]:
    """Completed shifts that ended or were cancelled in `[from_at, until_at)`; two queries."""
    # Those that lie around it, by an index; which of them were over then is computed for each.
    around = Shift.objects.filter(ends_at__gte=from_at, ends_at__lt=until_at + _LONGEST)
    over = around.filter(completed_at__isnull=False).annotate(over_at=_OVER_AT)
    return worked_shifts(shifts=over.filter(over_at__gte=from_at, over_at__lt=until_at))


def waiting_shifts(
    *, engineer_id: int | None = None, ending_after: dt.datetime | None = None
) -> list[WorkedShift]:
    """Shifts that are not completed, of everybody or of one person; two queries.

    A person's are those that they hold or take a part of, whoever serves them in the end. With
    `ending_after` those that end later than that.
    """
    waiting = Shift.objects.filter(completed_at__isnull=True)
    if ending_after is not None:
        waiting = waiting.filter(ends_at__gt=ending_after)
    if engineer_id is not None:
        covers = Cover.objects.filter(
            shift=OuterRef("pk"), state=Cover.State.ACCEPTED, to_engineer_id=engineer_id
        )
        waiting = waiting.filter(Q(holder_id=engineer_id) | Exists(covers))
    return worked_shifts(shifts=waiting)


def worked_shift(*, shift_id: int) -> WorkedShift:
    """One shift with its stints after covers.

    Raises:
        Shift.DoesNotExist: there is none with this id.
    """
    lines = worked_shifts(shifts=Shift.objects.filter(pk=shift_id))
    if not lines:
        raise Shift.DoesNotExist
    return lines[0]


def shifts_beside(
    *, periods: Iterable[Period], engineer_ids: Iterable[int], also: Iterable[int] = ()
) -> list[WorkedShift]:
    """Shifts that meet the time from the first to the last of the periods, by start; two queries.

    Those that the people hold or take a part of, and those of the ids `also` at that time.
    """
    known = list(periods)
    rows = Shift.objects.filter(
        starts_at__lt=max(period.ends_at for period in known),
        ends_at__gt=min(period.starts_at for period in known),
    )
    ids = set(engineer_ids)
    covers = Cover.objects.filter(
        shift=OuterRef("pk"), state=Cover.State.ACCEPTED, to_engineer_id__in=ids
    )
    theirs = Q(holder_id__in=ids) | Q(Exists(covers)) | Q(pk__in=set(also))
    return worked_shifts(shifts=rows.filter(theirs))


def any_deduplicates() -> bool:
    """Whether any policy, of whatever time, pays two rotations at once only once."""
    return PolicyVersion.objects.filter(deduplicates_pay=True).exists()


def deduplicating(*, periods: Iterable[Period]) -> list[WorkedShift]:
    """Completed shifts from the first to the last of the periods whose policy pays only once."""
    known = list(periods)
    if not known:
        return []
    rows = Shift.objects.filter(
        starts_at__lt=max(period.ends_at for period in known),
        ends_at__gt=min(period.starts_at for period in known),
        completed_at__isnull=False,
        policy__deduplicates_pay=True,
    )
    return worked_shifts(shifts=rows)


def worked_shifts_of(*, shift_ids: Iterable[int]) -> list[WorkedShift]:
    """The shifts with these ids with their stints, by start, then level; two queries."""
    return worked_shifts(shifts=Shift.objects.filter(pk__in=set(shift_ids)))


def worked_shifts(*, shifts: QuerySet[Shift, Any]) -> list[WorkedShift]:
    """Those shifts with their stints after covers, by start, then level; two queries."""
    rows = list(
        shifts.select_related("level__rotation__team", "policy").order_by(
            "starts_at", "level_id", "pk"
        )
    )
    covers = _covers([row.pk for row in rows])
    return [_worked(row, covers.get(row.pk, [])) for row in rows]


def _covers(shift_ids: list[int]) -> dict[int, list[CoverSpan]]:
    rows = Cover.objects.filter(
        shift_id__in=shift_ids, state=Cover.State.ACCEPTED, to_engineer__isnull=False
    )
    spans: dict[int, list[CoverSpan]] = collections.defaultdict(list)
    for cover in rows.order_by("shift_id", "acceptance_number", "pk"):
        if cover.to_engineer_id is not None:
            period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
            spans[cover.shift_id].append(CoverSpan(person=cover.to_engineer_id, period=period))
    return spans


def _worked(shift: Shift, covers: list[CoverSpan]) -> WorkedShift:
    rotation = shift.level.rotation
    period = Period(starts_at=shift.starts_at, ends_at=shift.ends_at)
    return WorkedShift(
        shift_id=shift.pk,
        rotation_id=rotation.pk,
        rotation_slug=rotation.slug,
        rotation_name=rotation.name,
        team_id=rotation.team_id,
        team_slug=rotation.team.slug,
        level=shift.level.name,
        week_date=shift.week_date,
        zone=shift.time_zone,
        period=period,
        day_windows=periods_from_json(shift.day_windows),
        holder_id=shift.holder_id,
        stints=tuple(stints_of(shift.holder_id, period, covers, shift.cancelled_at)),
        load_hundredths=shift.load_hundredths,
        holidays=tuple(shift.holidays),
        cancelled_at=shift.cancelled_at,
        completed_at=shift.completed_at,
        level2_paid=rotation.level2_paid,
        deduplicates_pay=shift.policy.deduplicates_pay,
    )
