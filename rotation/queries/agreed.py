"""Weeks with agreed covers, as a new schedule has to know them."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from common.periods import Period, intersection
from rotation.domain.agreements import Agreement
from rotation.domain.stints import on_call_stints
from rotation.models import Cover, Shift
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.models import Rotation
    from rotation.queries.worked import WorkedShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CoveredWeek:
    """A week of a level with an accepted cover, and each person's on-call time in it."""

    level: str
    agreement: Agreement
    on_call: Mapping[int, Sequence[Period]]


def covered_weeks(
    *, rotation: Rotation, from_date: dt.date, until_date: dt.date
) -> list[CoveredWeek]:
    """Weeks of both levels in `[from_date, until_date)` with an accepted cover; two queries."""
    rows = Shift.objects.filter(
        level__rotation=rotation,
        week_date__gte=from_date,
        week_date__lt=until_date,
        cancelled_at__isnull=True,
        covers__state=Cover.State.ACCEPTED,
    )
    return [_covered(shift) for shift in worked.worked_shifts(shifts=rows.distinct())]


def carriers_before(*, rotation: Rotation, before: dt.date | None = None) -> dict[int, int]:
    """Who carries a week wholly in its holder's place, by the shift's id; two queries.

    Without `before` those of all weeks.
    """
    rows = Shift.objects.filter(level__rotation=rotation, covers__state=Cover.State.ACCEPTED)
    if before is not None:
        rows = rows.filter(week_date__lt=before)
    return {
        shift.shift_id: shift.carrier_id
        for shift in worked.worked_shifts(shifts=rows.distinct())
        if shift.carrier_id is not None and shift.carrier_id != shift.holder_id
    }


def weeks_away(
    *,
    level: str,
    engineer_id: int,
    away: Iterable[dt.date],
    absences: Sequence[Period],
    covered: Iterable[CoveredWeek],
) -> tuple[dt.date, ...]:
    """The weeks in which the person cannot be on call at the level.

    Of a covered week only one's own on-call time counts, so that whoever gave the days away is not
    away; and whoever covers time of the other level cannot have this one in that week.
    """
    weeks = set(away)
    for week in covered:
        agreement = week.agreement
        own = week.on_call.get(engineer_id, ())
        if week.level != level:
            weeks |= {agreement.week_date} if own else set()
        elif own or engineer_id == agreement.holder_id:
            weeks.discard(agreement.week_date)
            weeks |= {agreement.week_date} if intersection(absences, own) else set()
    return tuple(sorted(weeks))


def _covered(shift: WorkedShift) -> CoveredWeek:
    on_call: dict[int, list[Period]] = collections.defaultdict(list)
    for stint in on_call_stints(shift.stints, shift.windows):
        if stint.person is not None:
            on_call[stint.person].append(stint.period)
    carrier_id = shift.carrier_id if shift.carrier_id != shift.holder_id else None
    return CoveredWeek(
        level=shift.level,
        agreement=Agreement(
            week_date=shift.week_date,
            holder_id=shift.holder_id,
            carrier_id=carrier_id,
            holder_is_on_call=shift.holder_id in on_call,
        ),
        on_call=dict(on_call),
    )
