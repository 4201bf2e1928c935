"""Making PagerDuty show the published stints: read, plan, write, read back.

Nothing here holds a transaction while PagerDuty is asked. Each run starts from what PagerDuty
holds, so a run that was interrupted is simply done again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import time
from typing import TYPE_CHECKING, Any

from rotation import fitting, outcomes, reading, sparing
from rotation.domain import (
    pagerduty_plan,
    pagerduty_policy,
    pagerduty_preview,
    pagerduty_rests,
    pagerduty_words,
)
from rotation.domain.pagerduty_forms import PLAIN, Form
from rotation.domain.pagerduty_plan import Action
from rotation.fitting import PreviewDiffersError
from rotation.operations import policy_syncing
from rotation.operations import syncing as operations
from rotation.outcomes import (
    BrokenError,
    LevelsFailedError,
    OutOfLineError,
    OverrideRefusedError,
    TakenOverError,
)
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    GatewayError,
    NotFoundError,
    NotNowError,
    RefusedRequestError,
    UpgradedScheduleError,
)
from rotation.pagerduty.kept import KeptGateway
from rotation.queries import policy_syncing as policy_queries
from rotation.queries import syncing as queries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.clocks import Clocks
    from rotation.domain.pagerduty_people import Directory
    from rotation.domain.pagerduty_plan import Difference, Plan, Step, WantedLevel
    from rotation.domain.pagerduty_policy import WantedPolicy
    from rotation.domain.pagerduty_rests import Rest
    from rotation.models import SyncRun
    from rotation.pagerduty.gateway import Gateway

LOOKS = 4
PATIENCE_SECONDS = 1.0
# However long the account rests: with a new token it is another account.
LONGEST_PUT_BACK_SECONDS = 15.0
# What PagerDuty refuses so often in one run will be refused again: a person has to change it.
MOST_REFUSED_TRIES = 5

log = logging.getLogger(__name__)


# What concerns one level alone: the other one goes on.
LEVEL_ERRORS = (
    NotFoundError,
    UpgradedScheduleError,
    RefusedRequestError,
    OutOfLineError,
    PreviewDiffersError,
)
# What only a person can mend.
LASTING_ERRORS = (NotFoundError, UpgradedScheduleError, PreviewDiffersError)

# What PagerDuty may take the next time, but not for ever.
REFUSALS = (OverrideRefusedError, RefusedRequestError)


def sync_rotation(
    *, run_id: int, gateway: Gateway, clocks: Clocks, holder: str, seen: sparing.Seen | None = None
) -> bool:
    """Carry out one waiting run under a lease; False when there was nothing to do for us.

    `seen` spares several runs in a row from listing everybody's accounts each.
    """
    run = operations.claim_run(
        run_id=run_id, now=clocks.now(), real_now=clocks.real_now(), holder=holder
    )
    if run is None:
        return False
    work = _Work.on(run, gateway, clocks, holder)
    work.seen = seen or work.seen
    try:
        hindrance = _hindrance(work)
    except TakenOverError:
        return False
    if hindrance is not None:
        return _note(hindrance, work, holder)
    operations.finish_run(
        run_id=run.pk,
        holder=holder,
        unmatched=sorted(work.unmatched),
        rests=work.rests,
        now=clocks.now(),
    )
    return True


def _hindrance(work: _Work) -> GatewayError | LevelsFailedError | BrokenError | None:
    """Carry out the work; what stood in its way."""
    try:
        work.carry_out()
    except TakenOverError:
        raise
    except (GatewayError, LevelsFailedError) as error:
        return error
    except Exception:
        # Without a note it would hold up everybody until its lease runs out, again and again.
        log.exception("sync run %s stopped", work.run.pk)
        return BrokenError("It stopped at an error in Rota itself, which the log names.")
    return None


def _note(error: GatewayError | LevelsFailedError | BrokenError, work: _Work, holder: str) -> bool:
    """What stood in the way; False when PagerDuty was only not to be asked now."""
    real_now = work.clocks.real_now()
    if isinstance(error, NotNowError):
        wait = min(error.wait_seconds, LONGEST_PUT_BACK_SECONDS)
        later = real_now + dt.timedelta(seconds=wait)
        operations.put_back_run(
            run_id=work.run.pk, holder=holder, why=str(error), next_try_at=later
        )
        return False
    operations.fail_run(
        run_id=work.run.pk,
        holder=holder,
        failure=str(error),
        unmatched=sorted(work.unmatched),
        next_try_at=_next_try(error, work.run.tries, real_now),
        now=work.clocks.now(),
    )
    return True


@dataclasses.dataclass(kw_only=True)
class _Work:
    """One claimed run."""

    run: SyncRun
    gateway: Gateway
    clocks: Clocks
    holder: str
    unmatched: set[str] = dataclasses.field(default_factory=set)
    rests: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    seen: sparing.Seen = dataclasses.field(default_factory=sparing.Seen)
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    linked: dict[int, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def on(cls, run: SyncRun, gateway: Gateway, clocks: Clocks, holder: str) -> _Work:
        def keep() -> None:
            if not operations.renew_run(run_id=run.pk, real_now=clocks.real_now(), holder=holder):
                raise TakenOverError

        kept = KeptGateway(gateway=gateway, keep=keep)
        return cls(run=run, gateway=kept, clocks=clocks, holder=holder)

    def carry_out(self) -> None:
        """Bring both levels in line, one after the other; one that fails does not stop the next.

        Raises:
            LevelsFailedError: a level is not in line.
            GatewayError: PagerDuty fails for all of them.
        """
        directory = self.seen.people(self.gateway)
        self.names = directory.names
        errors: list[Exception] = []
        levels = queries.levels_to_sync(
            rotation=self.run.rotation, now=self.clocks.now(), writes_over=self.run.writes_over
        )
        if self.run.tries % 2 == 0:
            # What stops the whole run at one level must not keep the other waiting for ever.
            levels.reverse()
        for level in levels:
            try:
                self._bring_in_line(level, directory)
            except LEVEL_ERRORS as error:
                operations.level_out_of_line(
                    level_id=level.level_id,
                    ref=self._ref(level),
                    trouble=outcomes.trouble(error),
                    now=self.clocks.now(),
                )
                errors.append(error)
        try:
            # A schedule that is gone cannot be joined; the policy waits for what is decided.
            if not any(isinstance(error, NotFoundError) for error in errors):
                self._join_levels()
        except LEVEL_ERRORS as error:
            policy_syncing.policy_out_of_line(
                rotation_id=self.run.rotation_id,
                is_gone=isinstance(error, NotFoundError),
                now=self.clocks.now(),
            )
            errors.append(error)
        if errors:
            raise LevelsFailedError(errors)

    def _bring_in_line(
        self, level: queries.LevelToSync, directory: Directory, form: Form = PLAIN
    ) -> None:
        users = level.users(directory)
        self.unmatched |= queries.unmatched_names(level, users)
        wanted = queries.wanted_level(self.run.rotation, level, users, self.clocks.now())
        look = self._look(level, wanted)
        if not sparing.is_in_line(self.gateway, wanted, look, level, self.clocks.now()):
            wanted, plan = self._fitting(dataclasses.replace(wanted, form=form), look, level)
            ref, refusals = self._write(
                level, plan, look.held.ref if look.held else "", wanted.time_zone
            )
            if not ref:
                return  # nobody of this level is known to PagerDuty, or no week is published
            if wrong := self._remaining(level, wanted, ref, plan):
                if other := pagerduty_preview.form_for(wanted, plan, wrong):
                    self._bring_in_line(level, directory, other)
                    return
                told = [*refusals, pagerduty_words.out_of_line(wanted, wrong, (), self.names)]
                raise (OverrideRefusedError if refusals else OutOfLineError)(" ".join(told))
        operations.level_in_line(
            level_id=level.level_id,
            ref=self._ref(level),
            version=self.run.schedule_version,
            now=self.clocks.now(),
        )

    def _look(self, level: queries.LevelToSync, wanted: WantedLevel) -> sparing.Look:
        """The level's schedule as it is held; one that is found again is remembered."""
        look = sparing.first_look(
            self.gateway,
            wanted,
            level,
            version=self.run.schedule_version,
            seen=self.seen,
            now=self.clocks.now(),
        )
        if look.held is not None and look.held.ref != level.schedule_ref:
            self._remember(level, look.held.ref)
        return look

    def _fitting(
        self, wanted: WantedLevel, look: sparing.Look, level: queries.LevelToSync
    ) -> tuple[WantedLevel, Plan]:
        now = self.clocks.now()

        def plan_of(asked: WantedLevel) -> Plan:
            return sparing.sparing_plan(self.gateway, asked, look, level, now)

        return fitting.fitting_plan(self.gateway, wanted, plan_of, now).checked(self.names)

    def _join_levels(self) -> None:
        """Bring the escalation policy in line, once the levels have their schedules."""
        rotation, gateway = self.run.rotation, self.gateway
        refs = policy_queries.schedule_refs(rotation=rotation)
        wanted = policy_queries.wanted_policy(
            rotation=rotation, schedule_refs=refs, now=self.clocks.now()
        )
        if not wanted.schedule_refs:
            return
        held = sparing.held_policy(
            gateway,
            wanted,
            rotation_id=rotation.pk,
            ref=rotation.pagerduty_policy_ref,
            seen=self.seen,
        )
        ref = held.ref if held else ""
        steps = pagerduty_policy.plan_policy(wanted, held)
        if steps:
            self.seen.wrote_policy(ref)
        for step in steps:
            answer = self._send(None, step)
            ref = ref or answers.created_policy_ref(answer)
        if ref != rotation.pagerduty_policy_ref and not policy_syncing.remember_policy(
            rotation_id=rotation.pk,
            before=rotation.pagerduty_policy_ref,
            ref=ref,
            now=self.clocks.now(),
        ):
            raise OutOfLineError(pagerduty_words.CHOSEN_MEANWHILE)
        if steps and not self._shows_policy(wanted, ref):
            raise OutOfLineError(pagerduty_words.policy_out_of_line(wanted))
        policy_syncing.policy_in_line(rotation_id=rotation.pk, ref=ref, now=self.clocks.now())

    def _shows_policy(self, wanted: WantedPolicy, ref: str) -> bool:
        """Read the policy until it is as written; PagerDuty may lag for a moment."""
        for look in range(LOOKS):
            if look:
                time.sleep(PATIENCE_SECONDS)
            if not pagerduty_policy.plan_policy(wanted, self.gateway.policy(ref=ref)):
                return True
        return False

    def _write(
        self, level: queries.LevelToSync, plan: Plan, ref: str, zone: str
    ) -> tuple[str, list[str]]:
        """Carry out the steps; returns the schedule's id and what PagerDuty refused in words."""
        refusals: list[str] = []
        for step in plan.steps:
            answer = self._send(level, pagerduty_plan.addressed(step, ref))
            if step.action is Action.CREATE_SCHEDULE:
                ref = answers.created_ref(answer)
                self._remember(level, ref)
            if step.action is Action.CREATE_OVERRIDES:
                refusals += [
                    pagerduty_words.refused_override(one, zone, self.names)
                    for one in outcomes.override_results(step, answer)
                    if one.errors
                ]
        return ref, refusals

    def _ref(self, level: queries.LevelToSync) -> str:
        """The schedule that this run took for the level's."""
        return self.linked.get(level.level_id, level.schedule_ref)

    def _remember(self, level: queries.LevelToSync, ref: str) -> None:
        if not operations.remember_schedule(
            level_id=level.level_id, before=self._ref(level), ref=ref, now=self.clocks.now()
        ):
            raise OutOfLineError(pagerduty_words.CHOSEN_MEANWHILE)
        self.linked[level.level_id] = ref

    def _send(self, level: queries.LevelToSync | None, step: Step) -> Any:
        """Write the step down, send it, write the answer down; a single refusal stops nothing."""
        step_id = operations.add_step(
            run_id=self.run.pk,
            holder=self.holder,
            level_id=None if level is None else level.level_id,
            step=step,
            now=self.clocks.now(),
        )
        if step_id is None:
            raise TakenOverError
        try:
            answer = self.gateway.send(step.request)
            refused = outcomes.refusals(step, answer)
        except NotNowError:
            operations.drop_step(step_id=step_id)
            raise
        except GatewayError as error:
            told = str(error)
            if step.action is Action.REMOVE_OVERRIDE and isinstance(
                error, (NotFoundError, RefusedRequestError)
            ):
                # It has ended, or somebody removed it: either way it is gone.
                operations.excuse_step(step_id=step_id, note=told, now=self.clocks.now())
                return None
            operations.fail_step(step_id=step_id, failure=told, now=self.clocks.now())
            raise
        operations.answer_step(
            step_id=step_id, answer=answer, refusals=refused, now=self.clocks.now()
        )
        return answer

    def _remaining(
        self, level: queries.LevelToSync, wanted: WantedLevel, ref: str, plan: Plan
    ) -> list[Difference]:
        """Read the final schedule, which may lag, until only what the plan explains differs."""
        rests: list[Rest] = []
        wrong: list[Difference] = []
        for look in range(LOOKS):
            if look:
                time.sleep(PATIENCE_SECONDS)
            now = self.clocks.now()
            found = reading.differences(self.gateway, wanted, ref, now + reading.SETTLING)
            if look == 0 and found:
                plan = reading.with_others(self.gateway, wanted, ref, plan, level, now)
            rests, wrong = pagerduty_rests.told_apart(found, plan)
            if not wrong:
                break
        if rests and not wrong:
            self.rests.append(pagerduty_rests.as_json(level.name, wanted, rests, self.names))
        return wrong


def _next_try(
    error: GatewayError | LevelsFailedError | BrokenError, tries: int, real_now: dt.datetime
) -> dt.datetime | None:
    """When to try again: never for what only a person can mend, else later each time."""
    hopeless = LASTING_ERRORS if tries < MOST_REFUSED_TRIES else (*LASTING_ERRORS, *REFUSALS)
    if isinstance(error, LevelsFailedError) and all(
        isinstance(each, hopeless) for each in error.errors
    ):
        return None
    return outcomes.next_try(error, tries, real_now)
