"""What a sync reads before it writes: the level's schedule, its overrides, who is shown.

Nothing here writes, so that a plan can be looked at before it is carried out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from common.periods import Period
from rotation.domain import drift_causes, pagerduty_plan, pagerduty_preview
from rotation.domain.pagerduty_kept import Written
from rotation.domain.pagerduty_lag import Unseen
from rotation.domain.pagerduty_left import LeftSpan, outside
from rotation.domain.pagerduty_plan import carries
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    GatewayError,
    NotFoundError,
    NotNowError,
    UpgradedScheduleError,
)
from rotation.queries import drift_facts
from rotation.queries import syncing as queries
from rotation.queries.unseen_writes import unseen_writes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.domain.pagerduty_plan import Difference, Plan, WantedLevel
    from rotation.domain.pagerduty_policy import PolicyState, WantedPolicy
    from rotation.domain.pagerduty_state import (
        AuditRecord,
        FinalEntry,
        OverrideState,
        ScheduleState,
    )
    from rotation.pagerduty.gateway import Gateway

WINDOW_DAYS = 90
AUDIT_DAYS = dt.timedelta(days=30)
# PagerDuty's clock may be ahead: what it began "now" is not looked at in its first minute.
SETTLING = dt.timedelta(seconds=60)


def held_schedule(
    gateway: Gateway, wanted: WantedLevel, level: queries.LevelToSync, now: dt.datetime
) -> ScheduleState | None:
    """The level's schedule: by its id, else by the marker that an answer was lost for.

    Raises:
        NotFoundError: it was deleted.
        UpgradedScheduleError: it is of the new kind.
        GatewayError: PagerDuty could not be read.
    """
    if level.schedule_ref:
        try:
            return gateway.schedule(ref=level.schedule_ref)
        except NotFoundError as error:
            raise lost(gateway, wanted, level.schedule_ref, now) from error
    for summary in gateway.find_schedules(query=wanted.name):
        if summary.ref in level.released:
            continue
        if carries(wanted.marker, summary.description):
            return gateway.schedule(ref=summary.ref)
    return None


def lost(
    gateway: Gateway, wanted: WantedLevel, ref: str, now: dt.datetime
) -> NotFoundError | UpgradedScheduleError:
    """What is said of a level's schedule that is not found, by PagerDuty's records of it.

    An upgraded one may not be found at its old address either.
    """
    records = audit_records(gateway, ref, now)
    if drift_causes.upgrade_of(ref, records) is not None:
        return answers.upgraded(ref)
    is_sure = drift_causes.deletion_of(ref, records) is not None
    doubt = "" if is_sure else ", or upgraded to the new kind and no longer at its address"
    return NotFoundError(
        f"The schedule “{wanted.name}” was deleted in PagerDuty{doubt}. Nothing is written to it; "
        "restore it there, or have a manager press “Create it again” on the PagerDuty page."
    )


def audit_records(gateway: Gateway, ref: str, now: dt.datetime) -> list[AuditRecord]:
    """Who changed a schedule of late, none where the account does not tell.

    Raises:
        NotNowError: PagerDuty is not to be asked now.
    """
    within = Period(starts_at=now - AUDIT_DAYS, ends_at=now + dt.timedelta(minutes=10))
    try:
        return gateway.audit_records(ref=ref, within=within)
    except NotNowError:
        raise
    except GatewayError:
        return []


def level_plan(
    gateway: Gateway,
    wanted: WantedLevel,
    held: ScheduleState | None,
    level: queries.LevelToSync,
    now: dt.datetime,
) -> Plan:
    """What would be written for the level, its overrides read if it has a schedule."""
    windows = [] if held is None else windows_of(wanted, now)
    overrides = overrides_in(gateway, held.ref, windows) if held is not None else []
    return planned_with(wanted, held, overrides, level, now)


def with_others(
    gateway: Gateway,
    wanted: WantedLevel,
    ref: str,
    plan: Plan,
    level: queries.LevelToSync,
    now: dt.datetime,
) -> Plan:
    """The plan with what others overrode and what cannot be removed, as it is after the writes."""
    held = gateway.schedule(ref=ref)
    after = level_plan(gateway, wanted, held, level, now)
    return dataclasses.replace(plan, unknown_overrides=after.unknown_overrides, hidden=after.hidden)


def overrides_in(gateway: Gateway, ref: str, windows: Iterable[Period]) -> list[OverrideState]:
    """The overrides that meet the windows, each once."""
    found: list[OverrideState] = []
    for window in windows:
        found += gateway.overrides(ref=ref, within=window)
    return list(dict.fromkeys(found))


def planned_with(
    wanted: WantedLevel,
    held: ScheduleState | None,
    overrides: Sequence[OverrideState],
    level: queries.LevelToSync,
    now: dt.datetime,
) -> Plan:
    """What would be written if these were the schedule and its overrides, as they were read."""
    asked = queries.asked_overrides(level_id=level.level_id, now=now)
    unseen = _unseen(level.level_id, now)
    return pagerduty_plan.plan_level(
        wanted,
        unseen.layers(held),
        unseen.overrides(overrides),
        asked,
        now,
        written_by_rota(level),
    )


def _unseen(level_id: int, now: dt.datetime) -> Unseen:
    writes = unseen_writes(level_id=level_id, now=now)
    return Unseen(
        created=writes.created,
        removed=writes.removed,
        schedule=answers.written_schedule(writes.schedule_answer),
    )


def written_by_rota(level: queries.LevelToSync) -> Written:
    """The schedule after Rota's last writes, so that what humans did since is told apart."""
    found = drift_facts.written_answers(level_id=level.level_id)
    read = [answers.written_schedule(answer) for answer in found]
    return Written(
        answers=tuple(one for one in read if one is not None), is_law=level.decided.restores
    )


def held_policy(gateway: Gateway, wanted: WantedPolicy, ref: str) -> PolicyState | None:
    """The rotation's escalation policy: by its id, else by the marker.

    Raises:
        NotFoundError: it was deleted.
        GatewayError: PagerDuty could not be read.
    """
    if ref:
        try:
            return gateway.policy(ref=ref)
        except NotFoundError as error:
            raise NotFoundError(
                f"The escalation policy of “{wanted.name}” was deleted in PagerDuty. Services that "
                "used it page nobody of this team; restore it there, choose another, or let Rota "
                "make a new one."
            ) from error
    found = gateway.find_policies(query=wanted.name)
    kept = [one for one in found if one.ref not in wanted.released]
    return next((one for one in kept if carries(wanted.marker, one.description)), None)


def preview_differences(
    gateway: Gateway,
    wanted: WantedLevel,
    body: Mapping[str, Any],
    since: dt.datetime,
    kept: Sequence[Period] = (),
) -> list[Difference]:
    """Where PagerDuty's preview of a schedule, with its overrides, names somebody else.

    What nobody decided on, `kept`, does not count.
    """
    windows = windows_of(wanted, since)
    if not windows:
        return []
    rendered: list[FinalEntry] = []
    for window in windows:
        rendered += gateway.preview(body=body, within=window)
    found = pagerduty_preview.preview_differences(wanted, rendered, _whole(windows))
    spans = [LeftSpan(period=period, is_layer=True) for period in kept]
    return outside(found, [*wanted.left, *spans])


def _whole(windows: Sequence[Period]) -> Period:
    return Period(starts_at=windows[0].starts_at, ends_at=windows[-1].ends_at)


def differences(
    gateway: Gateway,
    wanted: WantedLevel,
    ref: str,
    since: dt.datetime,
    *,
    first: Sequence[FinalEntry] | None = None,
) -> list[Difference]:
    """Where the final schedule, read now, names somebody else than the stints from `since` on.

    `first` is who is shown in the first window, where that was read just before.
    """
    windows = windows_of(wanted, since)
    if not windows:
        return []
    shown = final_entries(gateway, wanted, ref, since, first=first)
    on_call = pagerduty_preview.on_call_of(wanted)
    return outside(pagerduty_plan.differences(on_call, shown, _whole(windows)), wanted.left)


def final_entries(
    gateway: Gateway,
    wanted: WantedLevel,
    ref: str,
    since: dt.datetime,
    *,
    first: Sequence[FinalEntry] | None = None,
) -> list[FinalEntry]:
    """Who is shown from `since` to the end of the last week."""
    windows = windows_of(wanted, since)
    shown: list[FinalEntry] = list(first or [])
    for window in windows if first is None else windows[1:]:
        shown += gateway.final_schedule(ref=ref, within=window)
    return shown


def windows_of(wanted: WantedLevel, since: dt.datetime) -> list[Period]:
    """The time until the last week's end, in pieces that PagerDuty answers for."""
    starts_at = since.replace(microsecond=0)
    until = max((week.holder.period.ends_at for week in wanted.weeks), default=starts_at)
    windows = []
    step = dt.timedelta(days=WINDOW_DAYS)
    while starts_at < until:
        ends_at = min(starts_at + step, until)
        windows.append(Period(starts_at=starts_at, ends_at=ends_at))
        starts_at = ends_at
    return windows
