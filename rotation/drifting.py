"""Comparing PagerDuty with the published stints, and finding out what made them differ.

Nothing here writes to PagerDuty, and nothing holds a transaction while it is asked. A rotation in
line takes one read for each level; only what differs is looked into.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from typing import TYPE_CHECKING

from common.keeping import Keeper
from common.periods import Period
from rotation import reading
from rotation.domain import drift, drift_causes, pagerduty_overrides
from rotation.domain.drift import Divergence, LookedAt
from rotation.domain.drift_causes import Evidence
from rotation.domain.pagerduty_people import Directory
from rotation.models import Drift
from rotation.operations import drift_checks, drift_choices, drift_mails, drifts
from rotation.operations.drifts import End, Finding, LevelFindings
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    BadAnswerError,
    GatewayError,
    NotFoundError,
    NotNowError,
    RefusedRequestError,
    UpgradedScheduleError,
)
from rotation.queries import drift_decisions, drift_facts, patterns
from rotation.queries import syncing as queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from common.clocks import Clocks
    from rotation.domain.pagerduty_state import (
        AuditRecord,
        FinalEntry,
        OverrideState,
        ScheduleState,
    )
    from rotation.models import DriftCheck, Rotation
    from rotation.pagerduty.gateway import Gateway
    from rotation.queries.syncing import LevelToSync

BROKEN = "It stopped at an error in Rota itself, which the log names."

log = logging.getLogger(__name__)


def check_drift(*, check_id: int, gateway: Gateway, clocks: Clocks, holder: str) -> bool:
    """Claim, compare and record one waiting check; False when there was nothing to do for us.

    What is new is then decided by the policy or told to the managers.
    """
    since = clocks.now()
    check = drift_checks.claim_check(
        check_id=check_id, real_now=clocks.real_now(), holder=holder, now=since
    )
    if check is None:
        return False
    try:
        with _keeper(check_id=check_id, holder=holder, clocks=clocks):
            found = look(rotation=check.rotation, gateway=gateway, now=since)
    except GatewayError as error:
        return _note(error, check, holder, clocks)
    except Exception:
        # Without a note it would hold up everybody until its lease runs out, again and again.
        log.exception("drift check %s stopped", check.pk)
        drift_checks.fail_check(check_id=check.pk, holder=holder, failure=BROKEN, now=clocks.now())
        return True
    kept = drifts.record_check(
        check_id=check_id,
        holder=holder,
        levels=found,
        since=since,
        end=End(now=clocks.now(), real_now=clocks.real_now()),
    )
    if kept:
        drift_choices.choose_by_policy(rotation_id=check.rotation_id, now=clocks.now())
        drift_mails.tell_managers(rotation_id=check.rotation_id, now=clocks.now())
    return kept


def look(*, rotation: Rotation, gateway: Gateway, now: dt.datetime) -> list[LevelFindings]:
    """What PagerDuty shows otherwise on each level that has a schedule there.

    Raises:
        GatewayError: PagerDuty could not be read.
    """
    eyes = _Eyes(rotation=rotation, gateway=gateway, now=now.replace(microsecond=0))
    levels = queries.levels_to_sync(rotation=rotation, now=now)
    return [eyes.look_at(level) for level in levels if level.schedule_ref]


@dataclasses.dataclass(kw_only=True)
class _Eyes:
    """One look at a rotation; PagerDuty's users are read once, and only when something differs."""

    rotation: Rotation
    gateway: Gateway
    now: dt.datetime
    _directory: Directory | None = None

    def look_at(self, level: LevelToSync) -> LevelFindings:
        weeks = self._weeks(level, self._users(level))
        if not weeks:
            return LevelFindings(level_id=level.level_id, found=())
        within = Period(
            starts_at=max(self.now, weeks[0].period.starts_at), ends_at=weeks[-1].period.ends_at
        )
        try:
            shown = self._shown(level.schedule_ref, within)
            if not drift.divergences(weeks, shown, [], self.now):
                return LevelFindings(level_id=level.level_id, found=())
            return LevelFindings(
                level_id=level.level_id, found=tuple(self._explained(level, shown, within))
            )
        except (NotFoundError, UpgradedScheduleError) as error:
            return LevelFindings(level_id=level.level_id, found=(self._lost(level, error, within),))

    def _shown(self, ref: str, within: Period) -> list[FinalEntry]:
        try:
            return self.gateway.final_schedule(ref=ref, within=within)
        except (RefusedRequestError, BadAnswerError):
            self.gateway.schedule(ref=ref)  # says so when the schedule is of the new kind
            raise

    def _explained(
        self, level: LevelToSync, shown: Sequence[FinalEntry], within: Period
    ) -> list[Finding]:
        """The differences by the people as PagerDuty knows them now, each with its cause."""
        ref, directory = level.schedule_ref, self._people()
        weeks = self._weeks(level, level.users(directory))
        held = self.gateway.schedule(ref=ref)
        # From the running week's start on: what is cut at now would not tell when it began.
        since = Period(starts_at=weeks[0].period.starts_at, ends_at=within.ends_at)
        overrides = self.gateway.overrides(ref=ref, within=since)
        own = queries.own_overrides(level_id=level.level_id, now=self.now)
        unknown = pagerduty_overrides.plan_overrides([], overrides, own, self.now).unknown
        found = drift.divergences(weeks, shown, unknown, self.now)
        if held.time_zone != self.rotation.time_zone:
            found = _with_zone_as_one(found)
        evidence = self._evidence(level, held, overrides, own)
        records = self._records(ref) if found else []
        written_at = drift_facts.last_written(level_id=level.level_id).at
        ours = drift_facts.engineers_of(directory.by_ref[ref] for ref in _refs(found, directory))
        names = {user.ref: user.name for user in directory.by_ref.values()}
        findings = []
        for each in found:
            cause = drift_causes.cause_of(each, evidence, self.now)
            findings.append(
                Finding(
                    divergence=each,
                    cause=cause,
                    names=names,
                    written=drift_causes.written_for(each, evidence),
                    author=drift_causes.author_of(each, cause, records, written_at),
                    engineer_id=ours.get(each.shown or ""),
                )
            )
        return findings

    def _evidence(
        self,
        level: LevelToSync,
        held: ScheduleState,
        overrides: Sequence[OverrideState],
        own: Sequence[OverrideState],
    ) -> Evidence:
        removed = drift_facts.removed_refs(level_id=level.level_id)
        asked = tuple(one for one in own if one.ref not in removed)
        answer = drift_facts.last_written(level_id=level.level_id).answer
        kept = drift_decisions.edits_kept(rotation_id=self.rotation.pk)
        return Evidence(
            held=held,
            written=_schedule_in(answer),
            asked=asked,
            removed=tuple(drift_causes.removed_overrides(asked, overrides, self.now)),
            zone=self.rotation.time_zone,
            pattern=patterns.pattern_of(self.rotation),
            kept=tuple(one.period for one in kept.get(level.level_id, [])),
        )

    def _records(self, ref: str) -> list[AuditRecord]:
        return reading.audit_records(self.gateway, ref, self.now)

    def _lost(self, level: LevelToSync, error: GatewayError, within: Period) -> Finding:
        """That the schedule is gone or of another kind; who did it where a record says that."""
        ref, records = level.schedule_ref, self._records(level.schedule_ref)
        upgrade = drift_causes.upgrade_of(ref, records)
        deletion = drift_causes.deletion_of(ref, records)
        is_gone = isinstance(error, NotFoundError) and upgrade is None
        by = deletion if is_gone else upgrade
        return Finding(
            divergence=Divergence(period=within, wanted=None, shown=None),
            cause=Drift.Cause.DELETED if is_gone else Drift.Cause.UPGRADED,
            names={},
            author=drift_causes.Author(name=by.by, at=by.at) if by else drift_causes.Author(),
        )

    def _weeks(self, level: LevelToSync, users: Mapping[int, str]) -> list[LookedAt]:
        wanted = queries.wanted_level(self.rotation, level, users, self.now)
        stints = {week.holder.period.starts_at: week.on_call for week in wanted.weeks}
        weeks = [
            LookedAt(
                period=shift.period,
                windows=tuple(shift.windows),
                wanted=stints.get(shift.period.starts_at, ()),
            )
            for shift in level.shifts
        ]
        return drift.looked_at(weeks, self.now)

    def _users(self, level: LevelToSync) -> dict[int, str]:
        """As last looked up, so that nobody has to be asked; else by PagerDuty's list."""
        known = {
            engineer_id: level.known[engineer_id].user_ref
            for engineer_id in level.emails
            if engineer_id in level.known and level.known[engineer_id].user_ref
        }
        if self._directory is None and len(known) == len(level.emails):
            return known
        return level.users(self._people())

    def _people(self) -> Directory:
        if self._directory is None:
            self._directory = Directory.of(self.gateway.users())
        return self._directory


def _with_zone_as_one(found: Sequence[Divergence]) -> list[Divergence]:
    """In another zone every night differs: all that no override explains is one drift."""
    others = [each for each in found if each.override is None]
    by_override = [each for each in found if each.override is not None]
    return [*by_override, drift.whole(others)] if others else by_override


def _refs(found: Sequence[Divergence], directory: Directory) -> list[str]:
    shown = {each.shown for each in found if each.shown is not None}
    return sorted(ref for ref in shown if ref in directory.by_ref)


def _schedule_in(answer: object) -> ScheduleState | None:
    """The schedule that an answer holds, None when it cannot be read."""
    if not isinstance(answer, dict):
        return None
    try:
        return answers.schedule_of(answer["schedule"])
    except (KeyError, TypeError, ValueError, UpgradedScheduleError):
        return None


def _note(error: GatewayError, check: DriftCheck, holder: str, clocks: Clocks) -> bool:
    """What stood in the way; False when PagerDuty was only not to be asked now."""
    if isinstance(error, NotNowError):
        later = clocks.real_now() + dt.timedelta(seconds=error.wait_seconds)
        drift_checks.put_back_check(
            check_id=check.pk, holder=holder, why=str(error), next_try_at=later
        )
        return False
    drift_checks.fail_check(check_id=check.pk, holder=holder, failure=str(error), now=clocks.now())
    return True


def _keeper(*, check_id: int, holder: str, clocks: Clocks) -> Keeper:
    def ask() -> bool:
        return drift_checks.is_held(check_id=check_id, holder=holder)

    def renew(real_now: dt.datetime) -> bool:
        return drift_checks.renew_check(check_id=check_id, real_now=real_now, holder=holder)

    return Keeper(real_now=clocks.real_now, ask=ask, renew=renew)
