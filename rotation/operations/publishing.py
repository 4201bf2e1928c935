"""Making a draft the schedule, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from audit.operations import Area, record
from common import wording
from common.periods import Period
from common.refusals import RefusedError
from rotation.domain import rules, slots
from rotation.models import Draft, DraftShift, LevelName, Rotation, Shift
from rotation.operations import cover_settling, published_mails, syncing
from rotation.operations.drafts import DraftMovedOnError
from rotation.operations.published_mails import Change
from rotation.queries import edited_weeks, patterns, planning, uncalled, worked
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audit.operations import Actor
    from rotation.domain.planning import Plan

SHOWN_BREACHES = 5
TIMES = ("starts_at", "ends_at", "time_zone", "day_windows")
FACTS = (*TIMES, "holder_id", "load_hundredths", "holidays")
WRITTEN = [*TIMES, "holder", "load_hundredths", "holidays", "policy", "gap_reasons", "version"]


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


class EditsNotConfirmedError(RefusedError):
    """It would write over what a person edited in PagerDuty, and nobody confirmed that."""

    code = "PAGERDUTY_EDITS_NOT_CONFIRMED"
    status = 409


def publish_draft(
    *,
    draft_id: int,
    escalation_gaps_confirmed: bool,
    actor: Actor,
    now: dt.datetime,
    edits_confirmed: bool = False,
) -> int:
    """Write the draft's weeks that have not started as the schedule; returns the new version.

    Only what changes is written: a week that stays as it is keeps its row and its version. Queues
    a sync run if PagerDuty has to show anything else, and one mail to everybody whose weeks changed
    with what changed for them. Started weeks stay as they are. All or nothing.

    Raises:
        ScheduleMovedOnError: the draft was made from an earlier version than the one in force.
        DraftMovedOnError: the draft is not ready any more.
        DraftOutdatedError: terms, absences or the policy now forbid some of its shifts.
        GapNotConfirmedError: a coming week has nobody on level 2, or nobody whom PagerDuty knows,
            and that was not confirmed.
        EditsNotConfirmedError: somebody edited a week in PagerDuty that changes, nobody decided on
            that, and writing over it was not confirmed.
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
        _ask_about_edits(draft, changes, confirmed=edits_confirmed)
        cover_settling.settle_shifts(
            shift_ids=[change.shift.pk for change in changes],
            why=cover_settling.PUBLISHED,
            now=now,
        )
        _queue_sync(draft, changes, version, now)
        published_mails.tell_concerned(rotation=draft.rotation, changes=changes, now=now)
        _record(draft, rows, changes, actor=actor, now=now)
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
    """The draft's cells of weeks that have not started, by level and week.

    A week that was cancelled stays as it is.
    """
    coming = [week.week_date for week in plan.weeks if week.period.starts_at > now]
    rows = DraftShift.objects.filter(draft=draft, week_date__in=coming)
    cancelled = Shift.objects.filter(
        level__rotation=draft.rotation, week_date__in=coming, cancelled_at__isnull=False
    )
    left = set(cancelled.values_list("level_id", "week_date"))
    ordered = rows.select_related("level", "holder").order_by("level_id", "week_date", "pk")
    return [row for row in ordered if (row.level_id, row.week_date) not in left]


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
    level2 = [row for row in rows if row.level.name == LevelName.ESCALATION]
    holders = [row.holder_id for row in level2 if row.holder_id is not None]
    unknown = uncalled.unknown_in_pagerduty(engineer_ids=holders)
    gaps = [row.week_date for row in level2 if row.holder_id is None or row.holder_id in unknown]
    if gaps and not confirmed:
        weeks = "1 week" if len(gaps) == 1 else f"{len(gaps)} weeks"
        message = (
            f"Level 2 has nobody in {weeks}{_of_unknown(rows, unknown)}, "
            f"first from {wording.day(gaps[0])}. "
            "Pages that nobody answers would end there. Confirm that to publish."
        )
        raise GapNotConfirmedError(message, fields={"escalation_gaps_confirmed": message})


def _ask_about_edits(draft: Draft, changes: list[Change], *, confirmed: bool) -> None:
    if confirmed:
        return
    found = edited_weeks.written_over(
        rotation=draft.rotation,
        weeks=[
            edited_weeks.ChangedWeek(
                level=change.shift.level.name,
                week_date=change.shift.week_date,
                period=Period(starts_at=change.shift.starts_at, ends_at=change.shift.ends_at),
                holder_id=change.shift.holder_id,
            )
            for change in changes
            if change.before_id != change.shift.holder_id
        ],
    )
    if found:
        more = len(found) - SHOWN_BREACHES
        told = [one.words for one in found[:SHOWN_BREACHES]]
        message = (
            f"Somebody changed in PagerDuty what this would write over. {'; '.join(told)}."
            f"{f' And {more} more.' if more > 0 else ''} Confirm that to publish, or decide first "
            "on the PagerDuty page what becomes of it."
        )
        raise EditsNotConfirmedError(message, fields={"edits_confirmed": message})


def _of_unknown(rows: list[DraftShift], unknown: frozenset[int]) -> str:
    names = {row.holder.name for row in rows if row.holder and row.holder_id in unknown}
    return f", since PagerDuty does not know {', '.join(sorted(names))}" if names else ""


def _write(draft: Draft, plan: Plan, rows: list[DraftShift], version: int) -> list[Change]:
    """Create the new shifts and change those that become others; returns both."""
    standing = {
        (shift.level_id, shift.week_date): shift
        for shift in Shift.objects.select_for_update(of=("self",)).filter(
            level__rotation=draft.rotation, week_date__in={row.week_date for row in rows}
        )
    }
    changes: list[Change] = []
    fresh: list[Shift] = []
    others: list[Shift] = []
    explained: list[Shift] = []
    for shift in _wanted(draft, plan, rows, version):
        before = standing.get((shift.level_id, shift.week_date))
        if before is not None:
            shift.pk = before.pk
        if before is None or _differs(before, shift, FACTS):
            changes.append(_change(before, shift))
            (fresh if before is None else others).append(shift)
        elif before.gap_reasons != shift.gap_reasons:
            explained.append(shift)
    Shift.objects.bulk_create(fresh)
    Shift.objects.bulk_update(others, WRITTEN)
    Shift.objects.bulk_update(explained, ["gap_reasons"])
    return changes


def _differs(one: Shift, other: Shift, fields: Sequence[str]) -> bool:
    return any(getattr(one, field) != getattr(other, field) for field in fields)


def _change(before: Shift | None, shift: Shift) -> Change:
    return Change(
        shift=shift,
        before_id=None if before is None else before.holder_id,
        has_other_times=before is not None and _differs(before, shift, TIMES),
    )


def _wanted(draft: Draft, plan: Plan, rows: list[DraftShift], version: int) -> list[Shift]:
    """The shifts as the draft wants them, one for each of `rows`, none of them written."""
    windows = _windows(draft.rotation, plan)
    weeks = {week.week_date: week for week in plan.weeks}
    return [
        Shift(
            level=row.level,
            week_date=row.week_date,
            starts_at=weeks[row.week_date].period.starts_at,
            ends_at=weeks[row.week_date].period.ends_at,
            time_zone=plan.zone,
            day_windows=windows[row.week_date],
            holder=row.holder,
            policy=draft.policy,
            load_hundredths=row.load_hundredths,
            holidays=row.holidays,
            gap_reasons=row.reasons,
            version=version,
        )
        for row in rows
    ]


def _queue_sync(draft: Draft, changes: list[Change], version: int, now: dt.datetime) -> None:
    """A run that brings the new stints to PagerDuty, unless it shows them already."""
    if not changes and syncing.carry_version(
        rotation_id=draft.rotation_id, before=draft.base_version, after=version
    ):
        return
    syncing.queue_sync(
        rotation_id=draft.rotation_id,
        cause=f"version {version} published",
        now=now,
        starts_at=min((change.shift.starts_at for change in changes), default=None),
    )


def _record(
    draft: Draft,
    rows: list[DraftShift],
    changes: list[Change],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    version = draft.base_version + 1
    people = contacts.contacts(engineer_ids=published_mails.concerned(changes))
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb="published",
        subject=f"draft {draft.number} of {draft.rotation.name} as version {version}",
        team=draft.rotation.team.slug,
        concerned=[contact.email for contact in people.values()],
        about=[draft, draft.rotation, *(change.shift for change in changes)],
        before={"version": draft.base_version},
        after={"version": version, "shifts": len(rows), "changed": len(changes)},
    )


def _windows(rotation: Rotation, plan: Plan) -> dict[dt.date, list[list[str]]]:
    pattern = patterns.pattern_of(rotation)
    weeks = [slots.week_of(pattern, week.week_date) for week in plan.weeks]
    holidays = frozenset(patterns.holidays_in(rotation, weeks))
    return {
        week.week_date: worked.periods_to_json(slots.day_windows(pattern, week, holidays))
        for week in weeks
    }
