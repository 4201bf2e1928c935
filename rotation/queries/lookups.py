"""What was asked of PagerDuty and what it answered, for pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from rotation.models import Lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CREATE = frozenset({"create_schedule", "create_overrides", "create_policy"})
CHANGE = frozenset({"update_schedule", "update_policy"})
REMOVE = frozenset({"remove_override"})
HOUR = 3600


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Who is shown from when to when; an empty name is nobody."""

    who: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlannedWeek:
    """One week before and after the plan."""

    week_date: dt.date
    changes: bool
    before: tuple[Turn, ...]
    after: tuple[Turn, ...]

    @property
    def is_same_people(self) -> bool:
        """Whether the same people are shown in the same order, at other hours only."""
        return [turn.who for turn in self.before] == [turn.who for turn in self.after]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStep:
    """One write; `body` is its JSON to read. An empty level is the escalation policy."""

    level: str
    action: str
    reason: str
    method: str
    path: str
    body: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NobodyCalled:
    """A week in which PagerDuty calls nobody for some on-call hours; `who` is unknown to it."""

    week_date: dt.date
    hours: int
    who: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLevel:
    """One level: the weeks that change, how many stay, and what is left alone."""

    level: str
    schedule_ref: str
    trouble: str
    changed: tuple[PlannedWeek, ...]
    stay: int
    left: tuple[Turn, ...]
    differs: tuple[dt.date, ...]
    nobody: tuple[NobodyCalled, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PlanPage:
    """A plan: its writes by what they do, each level, and the escalation policy as JSON."""

    create: int
    change: int
    remove: int
    leave: int
    steps: tuple[PlannedStep, ...]
    levels: tuple[PlannedLevel, ...]
    policy: Mapping[str, Any]
    unmatched: tuple[str, ...]
    failure: str

    @property
    def writes(self) -> int:
        """How many requests would change something."""
        return len(self.steps)

    @property
    def is_blocked(self) -> bool:
        """Whether a sync could not write all of it."""
        return bool(self.failure) or any(level.differs for level in self.levels)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """A layer of a schedule that might be adopted."""

    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    people: tuple[str, ...]


def plan_page(result: Mapping[str, Any], *, level: str | None = None) -> PlanPage:
    """The plan for people to read; of one level when it is given, with the escalation policy.

    An empty level means the escalation policy alone.
    """
    steps = [
        _step(one) for one in result["steps"] if level is None or one["level"] in {level, None}
    ]
    levels = [_level(one) for one in result["levels"] if level is None or one["level"] == level]
    actions = [step.action for step in steps]
    return PlanPage(
        create=sum(action in CREATE for action in actions),
        change=sum(action in CHANGE for action in actions),
        remove=sum(action in REMOVE for action in actions),
        leave=sum(one.stay for one in levels),
        steps=tuple(steps),
        levels=tuple(levels),
        policy=result["policy"],
        unmatched=tuple(result["unmatched"]),
        failure=result["failure"],
    )


def layers_of(adoptable: Mapping[str, Any] | None) -> list[Layer]:
    """The layers of the schedule that a question is about, lowest precedence first."""
    return [
        Layer(
            name=one["name"],
            starts_at=dt.datetime.fromisoformat(one["starts_at"]),
            ends_at=dt.datetime.fromisoformat(one["ends_at"]) if one["ends_at"] else None,
            people=tuple(one["people"]),
        )
        for one in (adoptable or {}).get("layers", [])
    ]


def waiting_lookup_ids(*, real_now: dt.datetime) -> list[int]:
    """Questions that a worker may claim now, oldest first."""
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=real_now)
    free = Q(due, state=Lookup.State.QUEUED) | Q(
        state=Lookup.State.RUNNING, leased_until__lte=real_now
    )
    return list(
        Lookup.objects.filter(free).order_by("queued_at", "pk").values_list("pk", flat=True)
    )


def _step(data: Mapping[str, Any]) -> PlannedStep:
    body = data["body"]
    return PlannedStep(
        level=data["level"] or "",
        action=data["action"],
        reason=data["reason"],
        method=data["method"],
        path=data["path"],
        body="" if body is None else json.dumps(body, indent=1, ensure_ascii=False),
    )


def _level(data: Mapping[str, Any]) -> PlannedLevel:
    weeks = [_week(week) for week in data["weeks"]]
    return PlannedLevel(
        level=data["level"],
        schedule_ref=data["schedule_ref"],
        trouble=data["trouble"],
        changed=tuple(week for week in weeks if week.changes),
        stay=sum(not week.changes for week in weeks),
        left=_turns(data["left"]),
        differs=tuple(dt.date.fromisoformat(week) for week in data["differs"]),
        nobody=tuple(
            NobodyCalled(
                week_date=dt.date.fromisoformat(one["week"]),
                hours=-(-one["seconds"] // HOUR),
                who=one["who"],
            )
            for one in data["nobody"]
        ),
    )


def _week(data: Mapping[str, Any]) -> PlannedWeek:
    return PlannedWeek(
        week_date=dt.date.fromisoformat(data["week"]),
        changes=data["changes"],
        before=_turns(data["before"]),
        after=_turns(data["after"]),
    )


def _turns(turns: Iterable[Mapping[str, Any]]) -> tuple[Turn, ...]:
    return tuple(
        Turn(
            who=turn["who"],
            starts_at=dt.datetime.fromisoformat(turn["starts_at"]),
            ends_at=dt.datetime.fromisoformat(turn["ends_at"]),
        )
        for turn in turns
    )
