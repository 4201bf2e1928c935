"""Answering what a page asks of PagerDuty: a plan, a search, what an adoption would do."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from rotation import planned
from rotation.domain.pagerduty_policy import SCHEDULE
from rotation.domain.pagerduty_state import ScheduleState
from rotation.models import Lookup
from rotation.operations import lookups
from rotation.pagerduty.gateway import (
    GatewayError,
    NotFoundError,
    NotNowError,
    UpgradedScheduleError,
)
from rotation.pagerduty.kept import KeptGateway
from rotation.queries import adoptable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.clocks import Clocks
    from rotation.domain.pagerduty_policy import PolicyState
    from rotation.pagerduty.gateway import Gateway

MOST_FOUND = 25
REF = re.compile(r"P?[A-Z0-9]{6,14}", re.ASCII)
UPGRADED = (
    "It is of PagerDuty’s new, shift-based kind, which Rota cannot write. Make a layer-based "
    "schedule there and choose that one, or let Rota make its own."
)
MISSING = "PagerDuty has nothing with this id."
NO_WEEK = "Nothing is published for it, so it would be left without anybody. Publish first."


class TakenOverError(Exception):
    """The lease ran out and another worker has the question."""


def look_up(*, lookup_id: int, gateway: Gateway, clocks: Clocks, holder: str) -> bool:
    """Answer one waiting question under a lease; False when there was nothing to do for us."""
    lookup = lookups.claim_lookup(
        lookup_id=lookup_id, now=clocks.now(), real_now=clocks.real_now(), holder=holder
    )
    if lookup is None:
        return False
    look = _Look.on(lookup, gateway, clocks, holder)
    version = lookup.rotation.schedule_version
    try:
        result = look.answer()
    except TakenOverError:
        return False
    except GatewayError as error:
        return _note(error, lookup, clocks, holder)
    return lookups.finish_lookup(
        lookup_id=lookup.pk, holder=holder, result=result, version=version, now=clocks.now()
    )


def _note(error: GatewayError, lookup: Lookup, clocks: Clocks, holder: str) -> bool:
    """What stood in the way; False when PagerDuty was only not to be asked now."""
    if not isinstance(error, NotNowError):
        return lookups.fail_lookup(
            lookup_id=lookup.pk, holder=holder, failure=str(error), now=clocks.now()
        )
    later = clocks.real_now() + dt.timedelta(seconds=error.wait_seconds)
    lookups.put_back_lookup(lookup_id=lookup.pk, holder=holder, why=str(error), next_try_at=later)
    return False


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """One claimed question."""

    lookup: Lookup
    asking: planned.Asking

    @classmethod
    def on(cls, lookup: Lookup, gateway: Gateway, clocks: Clocks, holder: str) -> _Look:
        def keep() -> None:
            real_now = clocks.real_now()
            if not lookups.renew_lookup(lookup_id=lookup.pk, real_now=real_now, holder=holder):
                raise TakenOverError

        def tell(said: str) -> None:
            lookups.tell_progress(lookup_id=lookup.pk, holder=holder, said=said)

        kept = KeptGateway(gateway=gateway, keep=keep)
        return cls(lookup=lookup, asking=planned.Asking(gateway=kept, now=clocks.now(), tell=tell))

    def answer(self) -> dict[str, Any]:
        """The answer as JSON."""
        if self.lookup.kind == Lookup.Kind.PLAN:
            return planned.as_json(
                planned.plan_rotation(rotation=self.lookup.rotation, asking=self.asking)
            )
        if self.lookup.kind == Lookup.Kind.SEARCH:
            self.asking.tell("Searching in PagerDuty")
            found = self._schedules() if self.lookup.level else self._policies()
            return {"found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
        return self._adoption()

    def _schedules(self) -> list[dict[str, Any]]:
        """Schedules with the name or the id, each with why it is refused, if it is."""
        query = self.lookup.query
        found = [
            self._found(one.ref, one.name, one.description)
            for one in self.asking.gateway.find_schedules(query=query)
        ]
        if not REF.fullmatch(query) or any(one["ref"] == query for one in found):
            return found
        # The list leaves out those of the new kind: only their id finds them.
        try:
            held = self.asking.gateway.schedule(ref=query)
        except NotFoundError:
            return found
        except UpgradedScheduleError:
            new = {
                "ref": query,
                "name": query,
                "description": "",
                "kind": "v3",
                "refusal": UPGRADED,
            }
            return [new, *found]
        return [self._found(held.ref, held.name, held.description), *found]

    def _policies(self) -> list[dict[str, Any]]:
        query = self.lookup.query
        found = self.asking.gateway.find_policies(query=query)
        if REF.fullmatch(query) and all(one.ref != query for one in found):
            with contextlib.suppress(NotFoundError):
                found = [self.asking.gateway.policy(ref=query), *found]
        return [self._found(one.ref, one.name, one.description) for one in found]

    def _found(self, ref: str, name: str, description: str) -> dict[str, Any]:
        return {
            "ref": ref,
            "name": name,
            "description": description,
            "kind": "layers" if self.lookup.level else "policy",
            "refusal": self._refusal(ref, description),
        }

    def _refusal(self, ref: str, description: str) -> str:
        return adoptable.refusal(
            rotation=self.lookup.rotation,
            level=self.lookup.level,
            ref=ref,
            description=description,
        )

    def _adoption(self) -> dict[str, Any]:
        level, ref = self.lookup.level, self.lookup.query
        self.asking.tell("Reading it in PagerDuty")
        try:
            held = (
                self.asking.gateway.policy(ref=ref)
                if level is None
                else self.asking.gateway.schedule(ref=ref)
            )
        except UpgradedScheduleError:
            return {"refusal": UPGRADED, "object": None}
        except NotFoundError:
            return {"refusal": MISSING, "object": None}
        refusal = self._refusal(ref, held.description)
        if refusal:
            return {"refusal": refusal, "object": _told(held, {})}
        plan = planned.plan_rotation(
            rotation=self.lookup.rotation,
            asking=self.asking,
            adopting=planned.Adopting(level="" if level is None else level.name, ref=ref),
        )
        if level is not None:
            [concerned] = [one for one in plan.levels if one.level == level.name]
            refusal = "" if concerned.weeks else NO_WEEK
        return {
            "refusal": refusal,
            "object": _told(held, plan.names),
            "plan": planned.as_json(plan),
        }


def _told(held: ScheduleState | PolicyState, names: Mapping[str, str]) -> dict[str, Any]:
    """What it is now: a schedule's layers with their people, a policy's rules and services."""
    told = {"ref": held.ref, "name": held.name, "description": held.description}
    if isinstance(held, ScheduleState):
        return told | _told_schedule(held, names)
    return told | _told_policy(held, names)


def _told_schedule(held: ScheduleState, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": "schedule",
        "time_zone": held.time_zone,
        "layers": [
            {
                "name": layer.name,
                "starts_at": layer.starts_at.isoformat(),
                "ends_at": layer.ends_at and layer.ends_at.isoformat(),
                "people": sorted({_name(ref, names) for ref in layer.user_refs}),
            }
            for layer in held.layers
        ],
    }


def _told_policy(held: PolicyState, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": "policy",
        "loops": held.loops,
        "services": list(held.services),
        "rules": [
            {
                "delay_minutes": rule.delay_minutes,
                "targets": [
                    f"schedule {target.ref}"
                    if target.kind == SCHEDULE
                    else _name(target.ref, names)
                    for target in rule.targets
                ],
            }
            for rule in held.rules
        ],
    }


def _name(user_ref: str, names: Mapping[str, str]) -> str:
    return names.get(user_ref) or f"user {user_ref}"
