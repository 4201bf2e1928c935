"""Figures of drafts as a worker writes them, with a value for everything a test cares not about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotation.models import Draft
from rotation.operations.policies import OBJECTIVES
from tests import builders
from tests.builders import WEEK

if TYPE_CHECKING:
    from rotation.models import Rotation
    from tests.rotation.pages import TeamAtWork
    from volunteers.models import Engineer

NOTHING = dict.fromkeys(OBJECTIVES, 0)


def person_figures(engineer: Engineer, **figures: Any) -> dict[str, Any]:
    """One person at the fair share, without holidays, wishes or a second shift."""
    return {
        "engineer": engineer.pk,
        "shifts": 1,
        "load": 100,
        "prior_load": 0,
        "fair": 100,
        "holidays": 0,
        "prior_holidays": 0,
        "fair_holidays": 0,
        "wishes_met": 0,
        "wishes_unmet": 0,
        "shortest_spacing": None,
        **figures,
    }


def schedule_figures(*people: dict[str, Any], **objectives: int) -> dict[str, Any]:
    """What another schedule of the level would be like."""
    return {"objectives": {**NOTHING, **objectives}, "people": list(people)}


def level_figures(
    *people: dict[str, Any],
    level: str = "primary",
    objectives: dict[str, int] | None = None,
    bounds: dict[str, int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One level, proven best in all unless a bound says otherwise."""
    values = {**NOTHING, **(objectives or {})}
    return {
        "level": level,
        "status": "feasible" if bounds else "optimal",
        "objectives": values,
        "bounds": {**values, **(bounds or {})},
        "people": list(people),
        "round_robin": schedule_figures(*people),
        "published": None,
        "closings": [],
        **more,
    }


def draft_figures(*levels: dict[str, Any]) -> dict[str, Any]:
    """A draft's figures, by the order that teams start with."""
    return {"order": list(OBJECTIVES), "levels": list(levels)}


def way(
    kind: str, engineer: Engineer | None = None, *, since: str | None = None, closes: int = 1
) -> dict[str, Any]:
    """A change that closes one gap, or more."""
    person = None if engineer is None else engineer.pk
    return {"kind": kind, "engineer": person, "weeks": 1, "from": since, "closes": closes}


def drafted(
    team: TeamAtWork, figures: dict[str, Any], *holders: Engineer | None, **fields: Any
) -> Draft:
    """A ready draft of these holders of primary, Anna on level 2, with the figures."""
    draft = builders.make_draft(rotation=team.rotation, weeks=len(holders))
    for number, holder in enumerate(holders):
        for level, who in ((team.primary, holder), (team.escalation, team.anna)):
            week_date = draft.first_week_date + number * WEEK
            builders.make_draft_shift(draft=draft, level=level, week_date=week_date, holder=who)
    return with_figures(draft, figures, **fields)


def with_figures(draft: Draft, figures: dict[str, Any], **fields: Any) -> Draft:
    """The draft as solved with these figures."""
    proven = all(level.get("status") == "optimal" for level in figures.get("levels", []))
    solved = {"figures": figures, "proven": proven, "finished_at": builders.NOW, **fields}
    Draft.objects.filter(pk=draft.pk).update(solve_milliseconds=1200, **solved)
    draft.refresh_from_db()
    return draft


def solving(rotation: Rotation, **progress: Any) -> Draft:
    """A draft that a worker is at, as far as it has noted."""
    draft = builders.make_draft(rotation=rotation, state=Draft.State.SOLVING)
    Draft.objects.filter(pk=draft.pk).update(solving_at=builders.NOW, progress=progress)
    return draft
