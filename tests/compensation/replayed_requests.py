"""What two people decide in a scenario: corrections and rates, through the operations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.operations import Actor
from common.refusals import RefusedError
from compensation.operations import corrections, rate_proposals, rates, recalculating
from rotation.domain.stints import CoverSpan
from tests import builders
from tests.compensation.scenarios import LEVELS

if TYPE_CHECKING:
    from tests.compensation.replay import World
    from volunteers.models import Engineer

SWEEP = Actor.sweep("recalculations")
FIRST, SECOND = "Finn", "Faye"
WHY = "As the scenario has it."


def correct(world: World, event: dict[str, Any], now: dt.datetime) -> str:
    """Ask for a correction and approve it; one that is not approved is taken back.

    What counts already is asked for in vain: to the specification that posts nothing.
    """
    proposer, approver = (
        _actor(world, event.get(role) or other)
        for role, other in (("proposed_by", FIRST), ("approved_by", SECOND))
    )
    wanted = corrections.WantedCorrection(
        shift_id=world.shifts[event["shift"]].pk,
        covers=tuple(_span(world, cover) for cover in event["covers"]),
        reason=WHY,
        evidence=WHY,
    )
    try:
        asked = corrections.propose_correction(wanted=wanted, actor=proposer, now=now)
    except corrections.NothingCorrectedError:
        return "posted 0"
    except RefusedError as refusal:
        return f"refused {refusal.code}"
    try:
        numbers = corrections.approve_correction(correction_id=asked, actor=approver, now=now)
    except RefusedError as refusal:
        corrections.withdraw_correction(correction_id=asked, actor=proposer, now=now)
        return f"refused {refusal.code}"
    return f"posted {len(numbers)}"


def add_rate(world: World, event: dict[str, Any], now: dt.datetime) -> str:
    """Add a rate; one from a past day by two people, and what ended since is priced anew."""
    described = event["rate"]
    rate = rates.NewRate(
        office_id=world.offices[described["office"]].pk,
        level=LEVELS[described["level"]],
        effective_from=dt.date.fromisoformat(described["effective_from"]),
        weekly_minor=described["weekly"],
        holiday_minor=described["holiday"],
    )
    try:
        if event.get("retroactive"):
            version = _two_people(world, rate, event, now)
        else:
            version = rates.add_rate(rate=rate, actor=_actor(world, FIRST), now=now)
    except RefusedError as refusal:
        return f"refused {refusal.code}"
    world.versions[version] = described["version"]
    posted = recalculating.recalculate_weeks(actor=SWEEP, now=now).posted
    return f"posted {posted}" if event.get("retroactive") else "ok"


def _two_people(world: World, rate: rates.NewRate, event: dict[str, Any], now: dt.datetime) -> str:
    proposer, approver = (
        _actor(world, event.get(role) or other)
        for role, other in (("proposed_by", FIRST), ("approved_by", SECOND))
    )
    try:
        asked = rate_proposals.propose_rate(rate=rate, reason=WHY, actor=proposer, now=now)
    except rate_proposals.NotRetroactiveError:
        return rates.add_rate(rate=rate, actor=proposer, now=now)
    return rate_proposals.approve_rate(proposal_id=asked, actor=approver, now=now)


def _span(world: World, cover: dict[str, Any]) -> CoverSpan:
    name = cover["person"]
    return CoverSpan(person=world.people[name].pk if name else None, period=world.span(cover))


def _actor(world: World, name: str) -> Actor:
    """Somebody of the scenario, or of finance."""
    person = world.people.get(name) or _of_finance(world, name)
    return Actor(name=person.email, engineer_id=person.pk)


def _of_finance(world: World, name: str) -> Engineer:
    if name not in world.others:
        world.others[name] = builders.make_finance(name=name)
    return world.others[name]
