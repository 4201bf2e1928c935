"""Making a draft the schedule, in one transaction."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from outbox.operations import queue_message
from rotation.domain import rules, slots
from rotation.models import Draft, DraftShift, LevelName, Rotation, Shift
from rotation.operations import syncing
from rotation.operations.drafts import DraftMovedOnError
from rotation.queries import patterns, planning, worked
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from rotation.domain.planning import Plan

SHOWN_BREACHES = 5
COPIED = [
    "starts_at",
    "ends_at",
    "time_zone",
    "day_windows",
    "holder",
    "policy",
    "load_hundredths",
    "holidays",
    "gap_reasons",
    "version",
]


class ScheduleMovedOnError(RefusedError):
    """Somebody published another draft in the meantime."""

    code = "SCHEDULE_MOVED_ON"
    status = 409


class DraftOutdatedError(RefusedError):
    """What has changed since forbids some of the draft's shifts."""

    code = "DRAFT_OUTDATED"
    status = 409


class GapNotConfirmedError(RefusedError):
    """Level 2 has gaps and nobody confirmed them."""

    code = "ESCALATION_GAP_NOT_CONFIRMED"
    status = 409


def publish_draft(
    *, draft_id: int, escalation_gaps_confirmed: bool, actor: Actor, now: dt.datetime
) -> int:
    """Write the draft's weeks that have not started as the schedule; returns the new version.

    Queues one sync run, and a mail to everybody whose weeks changed. Started weeks stay as they
    are. All or nothing.

    Raises:
        ScheduleMovedOnError: the draft was made from an earlier version than the one in force.
        DraftMovedOnError: the draft is not ready any more.
        DraftOutdatedError: terms, absences or the policy now forbid some of its shifts.
        GapNotConfirmedError: a coming week has nobody on level 2 and that was not confirmed.
    """
    with transaction.atomic():
        draft = Draft.objects.select_related("rotation__team", "policy").get(pk=draft_id)
        version = _take_version(draft, actor, now)
        _take_draft(draft, actor, now)
        plan = planning.plan_of_draft(draft)
        rows = _coming_rows(draft, plan, now)
        _ask_rules(draft, plan, rows)
        _ask_about_gaps(rows, confirmed=escalation_gaps_confirmed)
        changes = _write(draft, plan, rows, version)
        syncing.queue_sync(
            rotation_id=draft.rotation_id, cause=f"version {version} published", now=now
        )
        _tell(draft.rotation, rows, changes, now)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="published",
            subject=f"draft {draft.number} of {draft.rotation.name} as version {version}",
            team=draft.rotation.team.slug,
            concerned=[],
            before={"version": draft.base_version},
            after={"version": version, "shifts": len(rows), "changed": len(changes)},
        )
    return version


def _take_version(draft: Draft, actor: Actor, now: dt.datetime) -> int:
    """One conditional update: of two managers who publish, one gets past it."""
    current = Rotation.objects.filter(pk=draft.rotation_id, schedule_version=draft.base_version)
    taken = current.update(
        schedule_version=F("schedule_version") + 1,
        published_at=now,
        published_by_id=actor.engineer_id,
    )
    if not taken:
        rotation = Rotation.objects.select_related("published_by").get(pk=draft.rotation_id)
        who = rotation.published_by.name if rotation.published_by else "Somebody"
        raise ScheduleMovedOnError(
            f"{who} published version {rotation.schedule_version} after this draft was made. "
            "Nothing was written; make a new draft from the schedule as it is now."
        )
    return draft.base_version + 1


def _take_draft(draft: Draft, actor: Actor, now: dt.datetime) -> None:
    ready = Draft.objects.filter(pk=draft.pk, state=Draft.State.READY)
    if not ready.update(state=Draft.State.PUBLISHED, closed_at=now, closed_by_id=actor.engineer_id):
        state = Draft.objects.values_list("state", flat=True).get(pk=draft.pk)
        raise DraftMovedOnError(f"Draft {draft.number} is {state} by now.")


def _coming_rows(draft: Draft, plan: Plan, now: dt.datetime) -> list[DraftShift]:
    """The draft's cells of weeks that have not started, by level and week."""
    coming = [week.week_date for week in plan.weeks if week.period.starts_at > now]
    rows = DraftShift.objects.filter(draft=draft, week_date__in=coming)
    return list(rows.select_related("level", "holder").order_by("level_id", "week_date", "pk"))


def _ask_rules(draft: Draft, plan: Plan, rows: list[DraftShift]) -> None:
    found = []
    for level in plan.levels:
        held = {
            row.week_date: row.holder_id
            for row in rows
            if row.level.name == level.level and row.holder_id is not None
        }
        found += rules.breaches(level, held)
        pinned = dict(level.pins)
        found += [
            rules.Breach(
                level=level.level,
                week_date=week_date,
                engineer_id=holder_id,
                code="pinned",
                why="has an agreed cover in this week, which the draft would undo",
            )
            for week_date, holder_id in pinned.items()
            if held.get(week_date) != holder_id
        ]
    if not found:
        return
    names = {row.holder_id: row.holder.name for row in rows if row.holder is not None}
    told = [
        f"{names.get(breach.engineer_id, 'Somebody')} {breach.why} "
        f"(week of {wording.day(breach.week_date)})"
        for breach in found[:SHOWN_BREACHES]
    ]
    more = len(found) - len(told)
    rest = f" And {more} more." if more else ""
    raise DraftOutdatedError(
        f"Draft {draft.number} no longer fits: {'; '.join(told)}.{rest} Solve it again."
    )


def _ask_about_gaps(rows: list[DraftShift], *, confirmed: bool) -> None:
    gaps = [
        row.week_date
        for row in rows
        if row.level.name == LevelName.ESCALATION and row.holder_id is None
    ]
    if gaps and not confirmed:
        weeks = "1 week" if len(gaps) == 1 else f"{len(gaps)} weeks"
        message = (
            f"Level 2 has nobody in {weeks}, first from {wording.day(gaps[0])}. "
            "Pages that nobody answers would end there. Confirm that to publish."
        )
        raise GapNotConfirmedError(message, fields={"escalation_gaps_confirmed": message})


def _write(
    draft: Draft, plan: Plan, rows: list[DraftShift], version: int
) -> list[tuple[Shift, int | None]]:
    """Create or change the shifts; returns those with another holder, and who held them before."""
    standing = {
        (shift.level_id, shift.week_date): shift
        for shift in Shift.objects.select_for_update(of=("self",)).filter(
            level__rotation=draft.rotation, week_date__in={row.week_date for row in rows}
        )
    }
    windows = _windows(draft.rotation, plan)
    fresh: list[Shift] = []
    known: list[Shift] = []
    changes: list[tuple[Shift, int | None]] = []
    for row in rows:
        shift = standing.get((row.level_id, row.week_date))
        before = shift.holder_id if shift is not None else None
        is_new = shift is None
        shift = shift or Shift(level=row.level, week_date=row.week_date)
        _copy(shift, row, draft=draft, plan=plan, windows=windows, version=version)
        (fresh if is_new else known).append(shift)
        if is_new or before != row.holder_id:
            changes.append((shift, before))
    Shift.objects.bulk_create(fresh)
    Shift.objects.bulk_update(known, COPIED)
    return changes


def _copy(
    shift: Shift,
    row: DraftShift,
    *,
    draft: Draft,
    plan: Plan,
    windows: dict[dt.date, list[list[str]]],
    version: int,
) -> None:
    week = next(week for week in plan.weeks if week.week_date == row.week_date)
    shift.starts_at = week.period.starts_at
    shift.ends_at = week.period.ends_at
    shift.time_zone = plan.zone
    shift.day_windows = windows[row.week_date]
    shift.holder = row.holder
    shift.policy = draft.policy
    shift.load_hundredths = row.load_hundredths
    shift.holidays = row.holidays
    shift.gap_reasons = row.reasons
    shift.version = version


def _windows(rotation: Rotation, plan: Plan) -> dict[dt.date, list[list[str]]]:
    pattern = patterns.pattern_of(rotation)
    weeks = [slots.week_of(pattern, week.week_date) for week in plan.weeks]
    holidays = frozenset(patterns.holidays_in(rotation, weeks))
    return {
        week.week_date: worked.periods_to_json(slots.day_windows(pattern, week, holidays))
        for week in weeks
    }


def _tell(
    rotation: Rotation,
    rows: list[DraftShift],
    changes: list[tuple[Shift, int | None]],
    now: dt.datetime,
) -> None:
    """A mail "your weeks" to everybody who has other weeks than before."""
    holders = {shift.holder_id for shift, _before in changes} | {who for _shift, who in changes}
    touched = sorted(holder for holder in holders if holder is not None)
    weeks: dict[int, list[str]] = collections.defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.week_date, row.level_id)):
        if row.holder_id is not None:
            level = LevelName(row.level.name).label.lower()
            weeks[row.holder_id].append(f"  {wording.day(row.week_date)}, {level}")
    for contact in service.contacts_of(engineer_ids=touched):
        lines = "\n".join(weeks[contact.engineer_id]) or "  none in this schedule"
        queue_message(
            to=contact.email,
            kind="weeks_published",
            subject=f"Your weeks in {rotation.name}",
            body=(
                f"Hello {contact.name},\n\n"
                f"the schedule of {rotation.name} was published. Your weeks, each from "
                f"{rotation.handover_time:%H:%M} in {rotation.time_zone} for seven days:\n\n"
                f"{lines}\n\nYour home page in Rota shows them too.\n"
            ),
            now=now,
        )
