"""One published week: who carries which part, when they are on call, and why nobody does."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from common.periods import seconds
from rotation.domain import slots
from rotation.models import Cover, Draft, Level, Shift
from rotation.queries import cells, cover_requests, covers, reasons, worked
from volunteers.queries import contacts, marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.periods import Period
    from rotation.domain.stints import Stint
    from rotation.models import Rotation
    from rotation.queries.cover_requests import RequestLine
    from rotation.queries.covers import CoverLine
    from rotation.queries.reasons import ReasonGroup
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark

QUARTER_HOURS = 6
STRIP_DAYS = 8
NEAR = dt.timedelta(weeks=26)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class StintLine:
    """One person's unbroken part of the week (None: nobody's), and its place on the strip."""

    mark: PersonMark | None
    period: Period
    first_quarter: int
    last_quarter: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """The version that last wrote the week, by whom and when; empty where that is not known."""

    version: int
    by: str
    at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """Shifts beside this one, by id: the weeks before and after, and the other level."""

    before: int | None
    after: int | None
    other_level: int | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Cancelled:
    """When the week was cancelled, by whom and why; whether that can still be undone."""

    at: dt.datetime
    by: str
    reason: str
    can_be_undone: bool
    had_begun: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShiftPage:
    """Everything that the page of a shift shows; `state` is "", run, done or off."""

    shift: WorkedShift
    state: str
    number: int
    holder: PersonMark | None
    stints: tuple[StintLine, ...]
    covers: tuple[CoverLine, ...]
    requests: tuple[RequestLine, ...]
    days: tuple[dt.date, ...]
    windows: tuple[Period, ...]
    on_call_seconds: int
    reasons: tuple[ReasonGroup, ...]
    publication: Publication
    neighbours: Neighbours
    in_pagerduty_since: dt.datetime | None
    cancelled: Cancelled | None

    @property
    def takes_covers(self) -> bool:
        """Whether a cover can still be entered: the week is to come or runs, and is not paid."""
        return self.state in {"", "run"} and self.shift.completed_at is None

    def is_carried_by(self, engineer_id: int) -> bool:
        """Whether any time of the shift is that person's."""
        return any(stint.person == engineer_id for stint in self.shift.stints)

    @property
    def hours(self) -> str:
        """Hours on call, `139.5`."""
        return f"{self.on_call_seconds / 3600:g}"


def shift_page(*, shift: Shift, now: dt.datetime) -> ShiftPage:
    """The page of a shift that was read with its level and rotation; a fixed number of queries."""
    rotation = shift.level.rotation
    found = worked.worked_shift(shift_id=shift.pk)
    near = _near(shift)
    named = {stint.person for stint in found.stints} | {found.holder_id}
    named |= {each.get("engineer") for each in shift.gap_reasons}
    known = marks.with_others(
        marks.team_marks(team_id=rotation.team_id),
        engineer_ids={who for who in named if who is not None},
    )
    return ShiftPage(
        shift=found,
        state=_state(found, now),
        number=found.week_date.isocalendar().week,
        holder=None if found.holder_id is None else cells.mark_of(found.holder_id, known),
        stints=tuple(stint_line(stint, found, known) for stint in found.stints),
        covers=covers.cover_lines(
            covers=Cover.objects.filter(shift=shift, state__in=covers.AGREED),
            team_id=rotation.team_id,
            now=now,
        ),
        requests=tuple(
            cover_requests.request_lines(
                covers=Cover.objects.filter(shift=shift).exclude(state__in=covers.AGREED), now=now
            )
        ),
        days=strip_days(found),
        windows=tuple(found.windows),
        on_call_seconds=seconds(found.windows),
        reasons=_reasons(shift, near, known) if cells.is_gap(found) else (),
        publication=_publication(shift, rotation),
        neighbours=_neighbours(shift, near),
        in_pagerduty_since=_since(shift.level, rotation),
        cancelled=_cancelled(shift, now),
    )


def _state(shift: WorkedShift, now: dt.datetime) -> str:
    if shift.cancelled_at is not None:
        return "off"
    if shift.period.ends_at <= now:
        return "done"
    return "run" if shift.period.contains(now) else ""


def _cancelled(shift: Shift, now: dt.datetime) -> Cancelled | None:
    if shift.cancelled_at is None:
        return None
    names = contacts.names_of(emails=[shift.cancelled_by])
    return Cancelled(
        at=shift.cancelled_at,
        by=names.get(shift.cancelled_by, shift.cancelled_by),
        reason=shift.cancel_reason,
        can_be_undone=shift.completed_at is None and now < shift.starts_at,
        had_begun=shift.cancelled_at > shift.starts_at,
    )


def strip_days(shift: WorkedShift) -> tuple[dt.date, ...]:
    """The local days of the week's strip, both handover days included."""
    return tuple(shift.week_date + number * slots.DAY for number in range(STRIP_DAYS))


def stint_line(stint: Stint, shift: WorkedShift, known: Mapping[int, PersonMark]) -> StintLine:
    """The stint with its place on the strip of the week."""
    first = _quarter(stint.period.starts_at, shift)
    return StintLine(
        mark=None if stint.person is None else cells.mark_of(stint.person, known),
        period=stint.period,
        first_quarter=first,
        last_quarter=max(first + 1, _quarter(stint.period.ends_at, shift)),
    )


def _quarter(at: dt.datetime, shift: WorkedShift) -> int:
    """The quarter day of the strip, from 1, that the instant lies in."""
    here = wording.local(at, shift.zone)
    days = (here.date() - shift.week_date).days
    return min(days * 4 + here.hour // QUARTER_HOURS + 1, STRIP_DAYS * 4)


def _near(shift: Shift) -> list[tuple[int, int, dt.date, int | None]]:
    """Id, level, week and holder of the rotation's shifts half a year around, by week."""
    rows = Shift.objects.filter(
        level__rotation_id=shift.level.rotation_id,
        week_date__gte=shift.week_date - NEAR,
        week_date__lte=shift.week_date + NEAR,
    )
    found = rows.order_by("week_date", "pk")
    return list(found.values_list("pk", "level_id", "week_date", "holder_id"))


def _reasons(
    shift: Shift,
    near: list[tuple[int, int, dt.date, int | None]],
    known: Mapping[int, PersonMark],
) -> tuple[ReasonGroup, ...]:
    held: dict[int, list[dt.date]] = collections.defaultdict(list)
    for _pk, _level, week_date, holder_id in near:
        if holder_id is not None:
            held[holder_id].append(week_date)
    names = {engineer_id: mark.name for engineer_id, mark in known.items()}
    return reasons.grouped(
        reasons.reasons(shift.gap_reasons, week_date=shift.week_date, names=names, held=held)
    )


def _publication(shift: Shift, rotation: Rotation) -> Publication:
    draft = (
        Draft.objects.filter(
            rotation=rotation, state=Draft.State.PUBLISHED, base_version=shift.version - 1
        )
        .select_related("closed_by")
        .order_by("-closed_at", "-pk")
        .first()
        if shift.version
        else None
    )
    if draft is None:
        return Publication(version=shift.version, by="", at=None)
    by = draft.closed_by.name if draft.closed_by else ""
    return Publication(version=shift.version, by=by, at=draft.closed_at)


def _neighbours(shift: Shift, near: list[tuple[int, int, dt.date, int | None]]) -> Neighbours:
    same = {week_date: pk for pk, level, week_date, _holder in near if level == shift.level_id}
    return Neighbours(
        before=same.get(shift.week_date - dt.timedelta(weeks=1)),
        after=same.get(shift.week_date + dt.timedelta(weeks=1)),
        other_level=next(
            (
                pk
                for pk, level, week_date, _holder in near
                if week_date == shift.week_date and level != shift.level_id
            ),
            None,
        ),
    )


def _since(level: Level, rotation: Rotation) -> dt.datetime | None:
    is_current = level.in_pagerduty_version == rotation.schedule_version
    return level.in_pagerduty_since if is_current else None
