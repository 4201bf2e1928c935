"""A policy in plain sentences, and its figures one by one for what changed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from common import wording
from rotation.domain import policies
from rotation.models import DriftChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rotation.models import PolicyVersion

_DRIFT_SENTENCES = {
    DriftChoice.ASK: "Where PagerDuty shows somebody else, a manager decides.",
    DriftChoice.RESTORE: "Where PagerDuty shows somebody else, Rota puts the schedule back.",
    DriftChoice.ADOPT: "An override that somebody adds in PagerDuty becomes a cover, and is paid; "
    "about anything else a manager decides.",
}
_ORDER = {objective.name: objective for objective in policies.OBJECTIVES}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """Some sentences under one heading."""

    title: str
    sentences: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What counts at this place of the order: its heading, what it means, and a remark."""

    title: str
    meaning: str
    remark: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Offices:
    """Names of offices by slug, and the slug of the one whose calendar the rotation follows."""

    names: Mapping[str, str]
    own: str


def topics(policy: PolicyVersion, offices: Offices) -> list[Topic]:
    """The policy in sentences, the team first, then its shifts, then their load."""
    return [
        Topic(title="The team", sentences=_team(policy)),
        Topic(title="Shifts of volunteers", sentences=_primary(policy)),
        Topic(title="Level 2", sentences=_escalation(policy)),
        Topic(title="Load", sentences=_load(policy, offices)),
        Topic(title="PagerDuty", sentences=_pagerduty(policy)),
        Topic(title="Pay", sentences=(two_rotations(deduplicates=policy.deduplicates_pay),)),
    ]


def steps(policy: PolicyVersion) -> list[Step]:
    """What counts, the most important first."""
    return [
        Step(
            title=_ORDER[name].title,
            meaning=_ORDER[name].meaning,
            remark=_remark(name, policy.objectives),
        )
        for name in policy.objectives
        if name in _ORDER
    ]


def not_counted(policy: PolicyVersion) -> list[str]:
    """Headings of what counts for nothing."""
    return [each.title for each in policies.OBJECTIVES if each.name not in policy.objectives]


def holiday_words(policy: PolicyVersion, offices: Offices) -> str:
    """What a public holiday adds, in a sentence.

    `A public holiday adds 0.5 to a week’s load (Dublin calendar); San Francisco’s 0.25.`
    """
    weights = dict(policy.holiday_weights) or {offices.own: policy.holiday_load_hundredths}
    names = {slug: offices.names.get(slug, slug) for slug in weights}
    if not any(weights.values()) or not any(names.values()):
        return "Public holidays add nothing to a week’s load."
    first = offices.own if offices.own in weights else next(iter(weights))
    rest = [
        f"{names[slug]}’s {wording.load(weight)}"
        for slug, weight in weights.items()
        if slug != first
    ]
    said = (
        f"A public holiday adds {wording.load(weights[first])} to a week’s load "
        f"({names[first]} calendar)"
    )
    return f"{said}; {', '.join(rest)}." if rest else f"{said}."


def changes(
    before: PolicyVersion | None, after: PolicyVersion, offices: Offices
) -> list[tuple[str, str, str]]:
    """Each figure that differs as label, old words, new words; nothing for the first version."""
    if before is None:
        return []
    found = []
    for field, (label, words) in _FIGURES.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            found.append((label, words(old, offices), words(new, offices)))
    return found


def _team(policy: PolicyVersion) -> tuple[str, ...]:
    pause = policy.cool_down_weeks
    return (
        f"{policy.target_size} people share the weeks, at least {policy.minimum_size}.",
        f"A term lasts {wording.counted(policy.term_weeks, 'week')}.",
        f"{_at_least(pause, 'week')} between two terms of a person."
        if pause
        else "Whoever ends a term may apply again at once.",
        f"A draft looks {wording.counted(policy.horizon_weeks, 'week')} ahead.",
    )


def _primary(policy: PolicyVersion) -> tuple[str, ...]:
    return (
        f"{_at_least(policy.primary_rest_weeks, 'clear week')} between two shifts."
        if policy.primary_rest_weeks
        else "Two shifts may follow each other.",
        _limit(policy.primary_shifts_per_term),
        f"Better {wording.counted(policy.spacing_weeks, 'week')} from one shift to the next."
        if policy.spacing_weeks and "spread" in policy.objectives
        else "",
        "Two people of one home team should not follow each other."
        if "adjacency" in policy.objectives
        else "Two people of one home team may follow each other.",
    )


def _escalation(policy: PolicyVersion) -> tuple[str, ...]:
    limit = policy.escalation_shifts_per_term
    return (
        f"{_at_least(policy.escalation_rest_weeks, 'clear week')} between two shifts."
        if policy.escalation_rest_weeks
        else "Two shifts may follow each other.",
        "No limit of shifts a term." if limit is None else _limit(limit),
    )


def _load(policy: PolicyVersion, offices: Offices) -> tuple[str, ...]:
    return ("A week counts 1.0.", holiday_words(policy, offices))


def _pagerduty(policy: PolicyVersion) -> tuple[str, ...]:
    delay = wording.counted(policy.escalation_delay_minutes, "minute")
    return (
        f"A page that nobody answers goes to level 2 after {delay}.",
        f"{_again(policy.escalation_loops)} when level 2 has not answered for {delay} either.",
        _DRIFT_SENTENCES[DriftChoice(policy.drift_choice)],
    )


def two_rotations(*, deduplicates: bool) -> str:
    """What somebody earns who is on call for two rotations at once, in a sentence."""
    if deduplicates:
        return (
            "Whoever is on call for another rotation at the same time is paid here only where that "
            "one does not pay as much."
        )
    return "Whoever is on call for two rotations at once is paid by both."


def _again(loops: int) -> str:
    if not loops:
        return "The page ends there"
    times = "once" if loops == 1 else f"up to {loops} times"
    return f"It starts again with primary, {times},"


def _at_least(number: int, what: str) -> str:
    return f"At least {wording.counted(number, what)}"


def _limit(shifts: int) -> str:
    return f"About {wording.counted(shifts, 'shift')} a term; more is a warning on the person."


def _remark(name: str, order: Sequence[str]) -> str:
    if name == "gaps" and policies.leaves_gaps_open(order):
        return "A shift over the limit is left open rather than given."
    if name == "overload" and not policies.leaves_gaps_open(order):
        return "A shift over the limit is given rather than left open."
    return ""


def _number(value: int | None, _offices: Offices) -> str:
    return "no limit" if value is None else str(value)


def _minutes(value: int, _offices: Offices) -> str:
    return wording.counted(value, "minute")


def _times(value: int, _offices: Offices) -> str:
    return wording.counted(value, "time") if value else "not again"


def _drift(value: str, _offices: Offices) -> str:
    return DriftChoice(value).label.lower()


def _paid(value: bool, _offices: Offices) -> str:  # noqa: FBT001 - as every figure's words
    return "paid once" if value else "both paid"


def _weeks(value: int, _offices: Offices) -> str:
    return wording.counted(value, "week")


def _hundredths(value: int, _offices: Offices) -> str:
    return wording.load(value)


def _weights(value: Mapping[str, int], offices: Offices) -> str:
    listed = [
        f"{offices.names.get(slug, slug)} {wording.load(each)}" for slug, each in value.items()
    ]
    return ", ".join(listed) or "the rotation’s own calendar alone"


def _order(value: Sequence[str], _offices: Offices) -> str:
    words = [_ORDER[name].word if name in _ORDER else name for name in value]
    return ", ".join(f"{number} {word}" for number, word in enumerate(words, start=1))


_FIGURES: dict[str, tuple[str, Callable[[Any, Offices], str]]] = {
    "target_size": ("People wanted", _number),
    "minimum_size": ("People at least", _number),
    "term_weeks": ("A term", _weeks),
    "cool_down_weeks": ("Between two terms", _weeks),
    "horizon_weeks": ("A draft looks ahead", _weeks),
    "primary_rest_weeks": ("Rest of volunteers", _weeks),
    "primary_shifts_per_term": ("Shifts of volunteers a term", _number),
    "spacing_weeks": ("From shift to shift, better", _weeks),
    "escalation_rest_weeks": ("Rest on level 2", _weeks),
    "escalation_shifts_per_term": ("Shifts on level 2 a term", _number),
    "holiday_load_hundredths": ("A public holiday", _hundredths),
    "holiday_weights": ("Public holidays by office", _weights),
    "objectives": ("What counts, in order", _order),
    "escalation_delay_minutes": ("A page goes on after", _minutes),
    "escalation_loops": ("A page starts again", _times),
    "drift_choice": ("PagerDuty shows somebody else", _drift),
    "deduplicates_pay": ("Two rotations at once", _paid),
}
