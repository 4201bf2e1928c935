"""What a sync asks PagerDuty for, so that it asks for nothing that it need not know.

Calls are few to the minute and shared by all rotations. A level that is in line takes one read for
each window; what is to be written is planned from what was read just before, never from memory.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.core.cache import cache

from rotation import reading
from rotation.domain import pagerduty_policy, pagerduty_preview
from rotation.domain.pagerduty_people import Directory
from rotation.domain.pagerduty_plan import carries
from rotation.domain.pagerduty_state import PagerDutyUser
from rotation.pagerduty.gateway import NotFoundError
from rotation.queries import syncing as queries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from rotation.domain.pagerduty_plan import Plan, WantedLevel
    from rotation.domain.pagerduty_policy import PolicyState, WantedPolicy
    from rotation.domain.pagerduty_state import (
        FinalEntry,
        OverrideState,
        ScheduleState,
        ScheduleSummary,
    )
    from rotation.pagerduty.gateway import Gateway
    from rotation.queries.syncing import LevelToSync


# From so many runs on, listing an account's policies and schedules is less than asking for each.
MANY = 20
# While many runs follow each other, whoever carries them out: one list of thousands of users.
USERS_SECONDS = 120


@dataclasses.dataclass(slots=True)
class Seen:
    """What PagerDuty was found to have, for the runs that follow within seconds.

    Its users are listed once. With `many` runs so are its schedules and policies: what a list
    shows to be right, or to be missing, is not asked for again. Nothing is written on a list's word
    but an object that Rota has never asked for. `account` is the key under which the users are kept
    for the next slice of many runs.
    """

    many: bool = False
    account: str = ""
    _directory: Directory | None = None
    _schedules: list[ScheduleSummary] | None = None
    _policies: dict[str, PolicyState] | None = None

    def people(self, gateway: Gateway) -> Directory:
        """PagerDuty's users.

        Raises:
            GatewayError: PagerDuty could not be read.
        """
        if self._directory is None:
            self._directory = Directory.of(self._users(gateway))
        return self._directory

    def _users(self, gateway: Gateway) -> list[PagerDutyUser]:
        key = f"pagerduty-users:{self.account}"
        kept = cache.get(key) if self.many and self.account else None
        if kept is not None:
            return [PagerDutyUser(**user) for user in kept]
        users = gateway.users()
        if self.many and self.account:
            cache.set(key, [dataclasses.asdict(user) for user in users], USERS_SECONDS)
        return users

    def schedules(self, gateway: Gateway) -> list[ScheduleSummary]:
        """All schedules.

        Raises:
            GatewayError: PagerDuty could not be read.
        """
        if self._schedules is None:
            self._schedules = gateway.find_schedules(query="")
        return self._schedules

    def policies(self, gateway: Gateway) -> dict[str, PolicyState]:
        """All escalation policies by id.

        Raises:
            GatewayError: PagerDuty could not be read.
        """
        if self._policies is None:
            self._policies = {one.ref: one for one in gateway.find_policies(query="")}
        return self._policies

    def wrote_policy(self, ref: str) -> None:
        """What the list has of it is old."""
        if self._policies is not None:
            self._policies.pop(ref, None)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A level's schedule as PagerDuty holds it, None without one.

    `shown` is who is shown in the first window, where the same answer told it.
    """

    held: ScheduleState | None
    shown: tuple[FinalEntry, ...] | None = None


def first_look(
    gateway: Gateway,
    wanted: WantedLevel,
    level: LevelToSync,
    *,
    version: int | None,
    seen: Seen,
    now: dt.datetime,
) -> Look:
    """The level's schedule; who is shown is read with it where no write of layers is expected.

    Raises:
        NotFoundError: it was deleted.
        UpgradedScheduleError: it is of the new kind.
        GatewayError: PagerDuty could not be read.
    """
    if (
        seen.many
        and not level.schedule_ref
        and not queries.was_created(rotation_id=level.rotation_id, level_id=level.level_id)
    ):
        listed = seen.schedules(gateway)
        if not any(carries(wanted.marker, one.description) for one in listed):
            return Look(held=None)
    windows = reading.windows_of(wanted, now + reading.SETTLING)
    if not (level.schedule_ref and windows) or level.version_there != version:
        return Look(held=reading.held_schedule(gateway, wanted, level, now))
    try:
        held, shown = gateway.shown_schedule(ref=level.schedule_ref, within=windows[0])
    except NotFoundError as error:
        raise reading.lost(gateway, wanted, level.schedule_ref, now) from error
    return Look(held=held, shown=tuple(shown))


def is_in_line(
    gateway: Gateway, wanted: WantedLevel, look: Look, level: LevelToSync, now: dt.datetime
) -> bool:
    """Whether nothing is to be written, and PagerDuty shows the stints at this moment.

    The layers are compared as they are held. Overrides need no reading of their own where Rota
    knows each that it asked for by its id: the final schedule tells whether they are there.

    Raises:
        GatewayError: PagerDuty could not be read.
    """
    if look.held is None:
        return False
    asked = queries.asked_overrides(level_id=level.level_id, now=now)
    if any(one.ref is None for one in asked):
        return False  # an answer was lost: it may be there twice
    there = _not_removed(asked, level)
    if reading.planned_with(wanted, look.held, there, level, now).steps:
        return False
    since = now + reading.SETTLING
    return not reading.differences(gateway, wanted, look.held.ref, since, first=look.shown)


def sparing_plan(
    gateway: Gateway, wanted: WantedLevel, look: Look, level: LevelToSync, now: dt.datetime
) -> Plan:
    """What is to be written, with overrides read only where Rota asked for some or needs some.

    Those of others elsewhere are not known to the plan, which leaves them alone anyhow.

    Raises:
        GatewayError: PagerDuty could not be read.
    """
    held = look.held
    bare = reading.planned_with(wanted, held, [], level, now)
    if held is None:
        return bare
    if look.shown is not None and _writes_layers(bare):
        # All layers are sent again with their ids: it is asked for those of the past too.
        held = gateway.schedule(ref=held.ref)
        bare = reading.planned_with(wanted, held, [], level, now)
    asked = queries.asked_overrides(level_id=level.level_id, now=now)
    spans = [one.period for one in _not_removed(asked, level)]
    spans += [one.period for one in bare.new_overrides]
    windows = reading.windows_of(wanted, now)
    needed = [one for one in windows if any(one.overlap(span) for span in spans)]
    overrides = reading.overrides_in(gateway, held.ref, needed)
    return reading.planned_with(wanted, held, overrides, level, now)


def held_policy(
    gateway: Gateway, wanted: WantedPolicy, *, rotation_id: int, ref: str, seen: Seen
) -> PolicyState | None:
    """The rotation's escalation policy, from a list where that shows that nothing is to be done.

    Raises:
        NotFoundError: it was deleted.
        GatewayError: PagerDuty could not be read.
    """
    if seen.many and ref:
        listed = seen.policies(gateway).get(ref)
        if listed is not None and not pagerduty_policy.plan_policy(wanted, listed):
            return listed
    if seen.many and not ref and not queries.was_created(rotation_id=rotation_id, level_id=None):
        found = seen.policies(gateway).values()
        if not any(carries(wanted.marker, one.description) for one in found):
            return None
    return reading.held_policy(gateway, wanted, ref)


def _writes_layers(plan: Plan) -> bool:
    return any(step.action in pagerduty_preview.LAYER_ACTIONS for step in plan.steps)


def _not_removed(asked: Iterable[OverrideState], level: LevelToSync) -> list[OverrideState]:
    removed = queries.removed_refs(level_id=level.level_id)
    return [one for one in asked if one.ref not in removed]
