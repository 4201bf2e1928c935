"""Making PagerDuty show the published stints: read, plan, write, read back.

Nothing here holds a transaction while PagerDuty is asked. Each run starts from what PagerDuty
holds, so a run that was interrupted is simply done again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import time
from typing import TYPE_CHECKING, Any

from common.periods import Period
from rotation.domain import pagerduty_plan
from rotation.domain.pagerduty_plan import Action
from rotation.operations import syncing as operations
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    AuthenticationError,
    GatewayError,
    NotFoundError,
    RateLimitedError,
    RefusedRequestError,
    UpgradedScheduleError,
)
from rotation.queries import syncing as queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rotation.domain.pagerduty_plan import Difference, Step, WantedLevel
    from rotation.domain.pagerduty_state import (
        FinalEntry,
        OverrideState,
        PagerDutyUser,
        Request,
        ScheduleState,
    )
    from rotation.models import Rotation, SyncRun
    from rotation.pagerduty.gateway import Gateway

LOOKS = 4
PATIENCE_SECONDS = 1.0
WINDOW_DAYS = 90
FIRST_WAIT_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 600.0
TOKEN_WAIT_SECONDS = 60.0
BATCHES = {Action.CREATE_OVERRIDES}


class OutOfLineError(Exception):
    """PagerDuty took the writes and still shows somebody else."""


class TakenOverError(Exception):
    """The lease ran out and another worker has the run."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """The doorway's clocks: business time, which a demo moves, and the machine's."""

    now: Callable[[], dt.datetime]
    real_now: Callable[[], dt.datetime]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelPlan:
    """What would be written for one level, and the people whom PagerDuty does not know."""

    level: str
    steps: tuple[Step, ...]
    unmatched: tuple[str, ...]


def sync_rotation(*, run_id: int, gateway: Gateway, clocks: Clocks, holder: str) -> bool:
    """Carry out one waiting run under a lease; False when there was nothing to do for us."""
    run = operations.claim_run(
        run_id=run_id, now=clocks.now(), real_now=clocks.real_now(), holder=holder
    )
    if run is None:
        return False
    work = _Work(run=run, gateway=gateway, clocks=clocks, holder=holder)
    try:
        work.carry_out()
    except TakenOverError:
        return False
    except (GatewayError, OutOfLineError) as error:
        operations.fail_run(
            run_id=run.pk,
            holder=holder,
            failure=str(error),
            unmatched=sorted(work.unmatched),
            next_try_at=_next_try(error, run.tries, clocks.real_now()),
            now=clocks.now(),
        )
        return True
    operations.finish_run(
        run_id=run.pk, holder=holder, unmatched=sorted(work.unmatched), now=clocks.now()
    )
    return True


def plan_rotation(*, rotation: Rotation, gateway: Gateway, now: dt.datetime) -> list[LevelPlan]:
    """What a sync would write now, without writing.

    Raises:
        GatewayError: PagerDuty could not be read.
    """
    directory = _Directory.of(gateway.users())
    plans = []
    for level in queries.levels_to_sync(rotation=rotation, now=now):
        users, unmatched = directory.match(level)
        wanted = queries.wanted_level(rotation, level, users, now)
        held = _held_schedule(gateway, wanted, level)
        plan = _plan(gateway, wanted, held, level, now)
        plans.append(
            LevelPlan(level=level.name, steps=plan.steps, unmatched=tuple(sorted(unmatched)))
        )
    return plans


@dataclasses.dataclass(kw_only=True)
class _Work:
    """One claimed run."""

    run: SyncRun
    gateway: Gateway
    clocks: Clocks
    holder: str
    unmatched: set[str] = dataclasses.field(default_factory=set)

    def carry_out(self) -> None:
        """Bring both levels in line, one after the other."""
        directory = _Directory.of(self.gateway.users())
        rotation = self.run.rotation
        for level in queries.levels_to_sync(rotation=rotation, now=self.clocks.now()):
            users, unmatched = directory.match(level)
            self.unmatched |= unmatched
            self._keep()
            wanted = queries.wanted_level(rotation, level, users, self.clocks.now())
            self._sync(level, wanted)

    def _sync(self, level: queries.LevelToSync, wanted: WantedLevel) -> None:
        held = _held_schedule(self.gateway, wanted, level)
        ref = held.ref if held is not None else ""
        if ref != level.schedule_ref and ref:
            operations.remember_schedule(level_id=level.level_id, ref=ref)
        plan = _plan(self.gateway, wanted, held, level, self.clocks.now())
        refusals: list[str] = []
        for step in plan.steps:
            answer, refused = self._send(level, pagerduty_plan.addressed(step, ref))
            refusals += refused
            if step.action is Action.CREATE_SCHEDULE:
                ref = str(answer["schedule"]["id"])
                operations.remember_schedule(level_id=level.level_id, ref=ref)
        if not ref:
            return
        self._verify(level, wanted, ref, refusals)

    def _send(self, level: queries.LevelToSync, step: Step) -> tuple[Any, list[str]]:
        """Write the step down, send it, write the answer down; a single refusal stops nothing."""
        self._keep()
        step_id = operations.add_step(
            run_id=self.run.pk, level_id=level.level_id, step=step, now=self.clocks.now()
        )
        try:
            answer = self.gateway.send(step.request)
            refused = _refusals(step.request, answer) if step.action in BATCHES else []
        except GatewayError as error:
            operations.fail_step(step_id=step_id, failure=str(error), now=self.clocks.now())
            if step.action is Action.REMOVE_OVERRIDE and isinstance(
                error, (NotFoundError, RefusedRequestError)
            ):
                return None, []  # it has ended, or somebody removed it: either way it is gone
            raise
        operations.answer_step(
            step_id=step_id, answer=answer, refusals=refused, now=self.clocks.now()
        )
        return answer, refused

    def _verify(
        self, level: queries.LevelToSync, wanted: WantedLevel, ref: str, refusals: list[str]
    ) -> None:
        """Read the final schedule until it equals the stints; PagerDuty may lag for a moment."""
        found: list[Difference] = []
        for look in range(LOOKS):
            if look:
                time.sleep(PATIENCE_SECONDS)
            found = _differences(self.gateway, wanted, ref, self.clocks.now())
            if not found:
                operations.level_in_line(
                    level_id=level.level_id,
                    version=self.run.schedule_version,
                    now=self.clocks.now(),
                )
                return
        operations.level_out_of_line(level_id=level.level_id, now=self.clocks.now())
        raise OutOfLineError(_words(wanted, found[0], refusals))

    def _keep(self) -> None:
        if not operations.renew_run(
            run_id=self.run.pk, real_now=self.clocks.real_now(), holder=self.holder
        ):
            raise TakenOverError


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Directory:
    """PagerDuty's users by lower-case e-mail; an e-mail that two users have names nobody."""

    refs: dict[str, str]

    @classmethod
    def of(cls, users: Iterable[PagerDutyUser]) -> _Directory:
        found: dict[str, list[str]] = {}
        for user in users:
            found.setdefault(user.email.strip().lower(), []).append(user.ref)
        return cls(refs={email: refs[0] for email, refs in found.items() if len(refs) == 1})

    def match(self, level: queries.LevelToSync) -> tuple[dict[int, str], set[str]]:
        """Ids of the level's people in PagerDuty, and the names of those it does not know."""
        users = {
            engineer_id: self.refs[email]
            for engineer_id, email in level.emails.items()
            if email in self.refs
        }
        on_it = {stint.person for shift in level.shifts for stint in shift.stints}
        unmatched = {level.names[each] for each in set(level.names) & on_it if each not in users}
        return users, unmatched


def _held_schedule(
    gateway: Gateway, wanted: WantedLevel, level: queries.LevelToSync
) -> ScheduleState | None:
    """The level's schedule: by its id, else by the marker that an answer was lost for."""
    if level.schedule_ref:
        try:
            return gateway.schedule(ref=level.schedule_ref)
        except NotFoundError as error:
            raise NotFoundError(
                f"The schedule “{wanted.name}” was deleted in PagerDuty. Nobody is paged from it; "
                "restore it there, or ask an admin to unlink it so that Rota makes a new one."
            ) from error
    for summary in gateway.find_schedules(query=wanted.name):
        if pagerduty_plan.carries(wanted.marker, summary.description):
            return gateway.schedule(ref=summary.ref)
    return None


def _plan(
    gateway: Gateway,
    wanted: WantedLevel,
    held: ScheduleState | None,
    level: queries.LevelToSync,
    now: dt.datetime,
) -> pagerduty_plan.Plan:
    overrides: list[OverrideState] = []
    if held is not None:
        for window in _windows(wanted, now):
            overrides += gateway.overrides(ref=held.ref, within=window)
    asked = queries.asked_overrides(level_id=level.level_id, now=now)
    return pagerduty_plan.plan_level(wanted, held, list(dict.fromkeys(overrides)), asked, now)


def _differences(
    gateway: Gateway, wanted: WantedLevel, ref: str, now: dt.datetime
) -> list[Difference]:
    windows = _windows(wanted, now)
    if not windows:
        return []
    shown: list[FinalEntry] = []
    for window in windows:
        shown += gateway.final_schedule(ref=ref, within=window)
    within = Period(starts_at=windows[0].starts_at, ends_at=windows[-1].ends_at)
    stints = [stint for week in wanted.weeks for stint in week.on_call]
    return pagerduty_plan.differences(stints, shown, within)


def _windows(wanted: WantedLevel, now: dt.datetime) -> list[Period]:
    """The time from now to the last week's end, in pieces that PagerDuty answers for."""
    starts_at = now.replace(microsecond=0)
    until = max((week.holder.period.ends_at for week in wanted.weeks), default=starts_at)
    windows = []
    step = dt.timedelta(days=WINDOW_DAYS)
    while starts_at < until:
        ends_at = min(starts_at + step, until)
        windows.append(Period(starts_at=starts_at, ends_at=ends_at))
        starts_at = ends_at
    return windows


def _refusals(request: Request, answer: Any) -> list[str]:
    """PagerDuty's words for each override of a batch that it did not take."""
    asked = [answers.asked_override(each) for each in (request.body or {})["overrides"]]
    results = answers.override_results(answer, asked)
    return [
        f"override from {result.override.period.starts_at:%a %d %b %H:%M} UTC: "
        f"{', '.join(result.errors)}"
        for result in results
        if result.errors
    ]


def _words(wanted: WantedLevel, first: Difference, refusals: list[str]) -> str:
    shown = "nobody" if first.shown is None else "somebody else"
    if first.wanted is None:
        shown = "somebody where nobody should be"
    told = f" PagerDuty refused: {'; '.join(refusals)}." if refusals else ""
    return (
        f"“{wanted.name}” shows {shown} from {first.period.starts_at:%a %d %b %Y, %H:%M} UTC.{told}"
    )


def _next_try(
    error: GatewayError | OutOfLineError, tries: int, real_now: dt.datetime
) -> dt.datetime | None:
    """When to try again: never for what only a person can mend, else later each time."""
    if isinstance(error, (NotFoundError, UpgradedScheduleError)):
        return None
    if isinstance(error, AuthenticationError):
        seconds = TOKEN_WAIT_SECONDS
    elif isinstance(error, RateLimitedError) and error.wait_seconds is not None:
        seconds = min(error.wait_seconds, LONGEST_WAIT_SECONDS) + random.uniform(0, 2)  # noqa: S311
    else:
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 8), LONGEST_WAIT_SECONDS)
        seconds = wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    return real_now + dt.timedelta(seconds=seconds)
