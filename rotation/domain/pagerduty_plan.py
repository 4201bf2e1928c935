"""From the published stints of a level and what PagerDuty holds to the writes that are missing."""

from __future__ import annotations

import bisect
import dataclasses
import enum
import itertools
import re
from typing import TYPE_CHECKING, Any

from common import wording
from common.periods import Period
from rotation.domain.pagerduty_forms import PLAIN, Form
from rotation.domain.pagerduty_kept import UndecidedSpan, Written, keeping
from rotation.domain.pagerduty_layers import HolderWeek, plan_layers
from rotation.domain.pagerduty_left import (
    LeftSpan,
    as_held,
    kept_as_held,
    outside,
    plan_aside,
    wrote_nothing_else,
)
from rotation.domain.pagerduty_overrides import UserStint, override_wishes
from rotation.domain.pagerduty_state import (
    FinalEntry,
    LayerState,
    OverrideState,
    Request,
    Restriction,
    ScheduleState,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.domain.slots import WeekPattern

# Stands for the id of a schedule that the plan's first step creates.
NEW_SCHEDULE = "{id}"
LONGEST_DESCRIPTION = 1024
LONGEST_REASON = 300
NOTHING_KNOWN = Written()


class Action(enum.StrEnum):
    """What a step does at PagerDuty."""

    CREATE_SCHEDULE = "create_schedule"
    UPDATE_SCHEDULE = "update_schedule"
    CREATE_OVERRIDES = "create_overrides"
    REMOVE_OVERRIDE = "remove_override"
    CREATE_POLICY = "create_policy"
    UPDATE_POLICY = "update_policy"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WantedWeek:
    """A week's holder, and its on-call stints after covers; people as PagerDuty's users.

    The period ends early where the week was cancelled while it ran.
    """

    holder: HolderWeek
    on_call: tuple[UserStint, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WantedLevel:
    """What PagerDuty should show for one level: its running and coming weeks in order of time.

    The schedule is adopted when humans made it; its layers end when Rota first writes it.

    `marker` is the word in the description by which Rota finds its schedule again, `left` the time
    that somebody chose to leave as PagerDuty shows it, `undecided` what edited layers show and
    nobody decided on, `form` how the weeks are written.
    """

    name: str
    marker: str
    time_zone: str
    pattern: WeekPattern
    weeks: tuple[WantedWeek, ...]
    is_adopted: bool = False
    left: tuple[LeftSpan, ...] = ()
    undecided: tuple[UndecidedSpan, ...] = ()
    form: Form = PLAIN


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One write, with the sentence that says why."""

    action: Action
    reason: str
    request: Request


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Writes in the order in which they are sent, and what is left alone.

    `unknown_overrides` are those that humans made, `hidden` those that cannot be removed because
    PagerDuty does not tell their id, `kept` the weeks of edited layers that nobody decided on.
    """

    steps: tuple[Step, ...]
    unknown_overrides: tuple[OverrideState, ...]
    new_overrides: tuple[FinalEntry, ...] = ()
    hidden: tuple[OverrideState, ...] = ()
    kept: tuple[Period, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Time for which PagerDuty shows somebody else than wanted; None is nobody."""

    period: Period
    wanted: str | None
    shown: str | None


def plan_level(
    wanted: WantedLevel,
    held: ScheduleState | None,
    overrides: Sequence[OverrideState],
    recorded: Sequence[OverrideState],
    now: dt.datetime,
    written: Written = NOTHING_KNOWN,
) -> Plan:
    """The writes that make the level's final schedule equal its stints; none when it does.

    `held` is None while the level has no schedule, `overrides` those that have not ended,
    `recorded` those that Rota has asked for (see `plan_overrides`), `written` the schedule as it
    was after Rota's last writes. What is missing is created before what is not wanted is removed,
    so that nobody's time is uncovered in between.
    """
    now = now.replace(microsecond=0)
    weeks = [week for week in wanted.weeks if week.holder.period.ends_at > now]
    holders = [week.holder for week in weeks]
    kept = keeping(
        [(week.holder, week.on_call) for week in weeks],
        wanted.undecided,
        None if _takes_over(wanted, held) else held,
        written,
        wanted.pattern,
        now,
    )
    keeps_layers = kept.all_layers or wrote_nothing_else(
        holders, wanted.pattern, wanted.left, written.last, now
    )
    if held is not None and not keeps_layers:
        holders = kept_as_held(holders, wanted.left, held.layers, wanted.pattern)
    layers = plan_layers(
        as_held(holders, kept.weeks, held, wanted.pattern),
        wanted.pattern,
        held.layers if held else (),
        now,
        takes_over=_takes_over(wanted, held),
        form=wanted.form,
    )
    wishes = [
        wish
        for week, holder in zip(weeks, holders, strict=True)
        for wish in override_wishes(holder, week.on_call, wanted.pattern)
    ]
    on_call = [stint for week in weeks for stint in week.on_call]
    side = plan_aside(wishes, on_call, overrides, recorded, now)
    missing = outside(side.missing, wanted.left)
    steps = []
    if held is None and (layers.layers or missing):
        steps.append(_creation(wanted, layers.layers))
    elif held is not None and not keeps_layers:
        steps += _update(wanted, held, layers.layers, layers.changes)
    steps += _beside(held.ref if held else NEW_SCHEDULE, missing, side.unwanted, wanted)
    return Plan(
        steps=tuple(steps),
        unknown_overrides=side.unknown,
        new_overrides=tuple(missing),
        hidden=side.hidden,
        kept=kept.weeks,
    )


def _takes_over(wanted: WantedLevel, held: ScheduleState | None) -> bool:
    """Whether humans made the schedule's layers, and Rota writes it for the first time."""
    return wanted.is_adopted and held is not None and not carries(wanted.marker, held.description)


def _beside(
    ref: str, missing: Sequence[FinalEntry], unwanted: Sequence[OverrideState], wanted: WantedLevel
) -> list[Step]:
    created = [_new_overrides(ref, missing)] if missing else []
    return [*created, *(_removal(ref, override, wanted.time_zone) for override in unwanted)]


def carries(marker: str, description: str) -> bool:
    """Whether a schedule's description has the marker as a word of its own."""
    return marker in re.split(r"[\s()\[\],;]+", description)


def addressed(step: Step, schedule_ref: str) -> Step:
    """The step with the id of the schedule that was created before it."""
    request = step.request
    path = request.path.replace(NEW_SCHEDULE, schedule_ref)
    return dataclasses.replace(step, request=dataclasses.replace(request, path=path))


def differences(
    wanted: Iterable[UserStint], shown: Iterable[FinalEntry], within: Period
) -> list[Difference]:
    """Where the final schedule names somebody else than the stints, in order of time.

    Neither list may contradict itself; touching and overlapping entries of one user are one.
    """
    stints = _Timeline.of((stint.user_ref, stint.period) for stint in wanted)
    entries = _Timeline.of((entry.user_ref, entry.period) for entry in shown)
    borders = {within.starts_at, within.ends_at, *stints.borders(), *entries.borders()}
    inside = sorted(at for at in borders if within.starts_at <= at <= within.ends_at)
    found: list[Difference] = []
    for starts_at, ends_at in itertools.pairwise(inside):
        user_ref, other = stints.at(starts_at), entries.at(starts_at)
        if user_ref != other:
            _add(found, starts_at, ends_at, (user_ref, other))
    return found


def _add(
    found: list[Difference],
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    users: tuple[str | None, str | None],
) -> None:
    last = found[-1] if found else None
    if last and last.period.ends_at == starts_at and (last.wanted, last.shown) == users:
        starts_at = last.period.starts_at
        found.pop()
    period = Period(starts_at=starts_at, ends_at=ends_at)
    found.append(Difference(period=period, wanted=users[0], shown=users[1]))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Timeline:
    """Who it is at an instant, by binary search over sorted spans."""

    spans: list[tuple[Period, str]]
    starts: list[dt.datetime]

    @classmethod
    def of(cls, spans: Iterable[tuple[str | None, Period]]) -> _Timeline:
        known = sorted((period, user_ref) for user_ref, period in spans if user_ref is not None)
        joined: list[tuple[Period, str]] = []
        for period, user_ref in known:
            last, by = joined[-1] if joined else (None, "")
            if last is not None and by == user_ref and period.starts_at <= last.ends_at:
                ends_at = max(last.ends_at, period.ends_at)
                joined[-1] = (Period(starts_at=last.starts_at, ends_at=ends_at), user_ref)
            else:
                joined.append((period, user_ref))
        return cls(spans=joined, starts=[period.starts_at for period, _ in joined])

    def borders(self) -> list[dt.datetime]:
        return [at for period, _ in self.spans for at in (period.starts_at, period.ends_at)]

    def at(self, instant: dt.datetime) -> str | None:
        position = bisect.bisect_right(self.starts, instant) - 1
        if position < 0:
            return None
        period, user_ref = self.spans[position]
        return user_ref if period.contains(instant) else None


def _creation(wanted: WantedLevel, layers: Sequence[LayerState]) -> Step:
    body = _schedule_body(
        name=wanted.name,
        description=f"Published by Rota ({wanted.marker}). Changes here are overwritten.",
        time_zone=wanted.time_zone,
        layers=layers,
    )
    return Step(
        action=Action.CREATE_SCHEDULE,
        reason="The level has no schedule in PagerDuty yet.",
        request=Request(method="POST", path="/schedules", body=body),
    )


def _update(
    wanted: WantedLevel,
    held: ScheduleState,
    layers: Sequence[LayerState],
    layer_changes: Sequence[str],
) -> list[Step]:
    """One write with every layer; a name that a human gave the schedule stays."""
    changes = list(layer_changes)
    if held.time_zone != wanted.time_zone:
        changes.append(f"the zone is {wanted.time_zone}")
    description = held.description
    if not carries(wanted.marker, description):
        changes.append("Rota's marker is missing")
        room = LONGEST_DESCRIPTION - len(wanted.marker) - 3
        description = f"{description[:room]} ({wanted.marker})".strip()
    if not changes:
        return []
    body = _schedule_body(
        name=held.name, description=description, time_zone=wanted.time_zone, layers=layers
    )
    return [
        Step(
            action=Action.UPDATE_SCHEDULE,
            reason=sentence(changes),
            request=Request(method="PUT", path=f"/schedules/{held.ref}", body=body),
        )
    ]


def sentence(changes: Sequence[str]) -> str:
    """The changes as one sentence of at most 300 characters; `changes` is not empty."""
    text = "; ".join(changes)
    if len(text) >= LONGEST_REASON:
        text = f"{text[: LONGEST_REASON - 2]}…"
    return f"{text[0].upper()}{text[1:]}."


def _schedule_body(
    *, name: str, description: str, time_zone: str, layers: Sequence[LayerState]
) -> dict[str, Any]:
    return {
        "schedule": {
            "type": "schedule",
            "name": name,
            "description": description,
            "time_zone": time_zone,
            "schedule_layers": [_layer_body(layer) for layer in layers],
        }
    }


def _layer_body(layer: LayerState) -> dict[str, Any]:
    identity = {"id": layer.ref} if layer.ref else {}
    return identity | {
        "name": layer.name,
        "start": _instant(layer.starts_at),
        "end": None if layer.ends_at is None else _instant(layer.ends_at),
        "rotation_virtual_start": _instant(layer.virtual_start),
        "rotation_turn_length_seconds": layer.turn_seconds,
        "users": [{"user": _user(user_ref)} for user_ref in layer.user_refs],
        "restrictions": [_restriction_body(one) for one in layer.restrictions],
    }


def _restriction_body(restriction: Restriction) -> dict[str, Any]:
    body = {
        "type": "daily_restriction" if restriction.daily else "weekly_restriction",
        "start_time_of_day": restriction.start_time,
        "duration_seconds": restriction.seconds,
    }
    return body if restriction.daily else body | {"start_day_of_week": restriction.weekday}


def _new_overrides(schedule_ref: str, missing: Sequence[FinalEntry]) -> Step:
    count = "1 override" if len(missing) == 1 else f"{len(missing)} overrides"
    return Step(
        action=Action.CREATE_OVERRIDES,
        reason=f"{count} for covers and the office hours of public holidays.",
        request=Request(
            method="POST",
            path=f"/schedules/{schedule_ref}/overrides",
            body={
                "overrides": [
                    {
                        "start": _instant(entry.period.starts_at),
                        "end": _instant(entry.period.ends_at),
                        "user": _user(entry.user_ref),
                    }
                    for entry in missing
                ]
            },
        ),
    )


def _removal(schedule_ref: str, override: OverrideState, zone: str) -> Step:
    return Step(
        action=Action.REMOVE_OVERRIDE,
        reason=f"The override from {wording.moment(override.period.starts_at, zone)} has to go.",
        request=Request(
            method="DELETE", path=f"/schedules/{schedule_ref}/overrides/{override.ref}"
        ),
    )


def _user(user_ref: str) -> dict[str, str]:
    return {"id": user_ref, "type": "user_reference"}


def _instant(instant: dt.datetime) -> str:
    """UTC with a Z: PagerDuty was seen to shift a virtual start that came with an offset."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
