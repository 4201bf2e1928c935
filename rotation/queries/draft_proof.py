"""How good a draft is proven to be, objective by objective, in words."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.queries import draft_figures, objective_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rotation.queries.draft_figures import LevelFigures

NEARLY = 1e-6


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One objective: whether nothing better exists, or how far the best possible may be."""

    name: str
    title: str
    value: str
    is_proven: bool
    within: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """All objectives in the order in which they count, and the whole in a sentence."""

    verdicts: tuple[Verdict, ...]
    sentence: str
    short: str


def proof_of(figures: Mapping[str, Any]) -> Proof:
    """What was proven about a solved draft; no verdicts for one that left no bounds."""
    levels = draft_figures.levels_of(figures)
    counted = draft_figures.apart(levels)
    people = sum(len(level.people) for level in levels)
    verdicts = tuple(
        _verdict(name, counted, people)
        for name in draft_figures.order_of(figures)
        if name in objective_words.TITLES
    )
    return Proof(verdicts=verdicts, sentence=_sentence(verdicts), short=_short(verdicts))


def _verdict(name: str, levels: Sequence[LevelFigures], people: int) -> Verdict:
    value = sum(level.objectives.get(name, 0) for level in levels)
    bounds = [level.bounds.get(name) for level in levels]
    known = [bound for bound in bounds if bound is not None]
    is_proven = len(known) == len(levels) and all(
        level.objectives.get(name, 0) <= bound + NEARLY
        for level, bound in zip(levels, known, strict=True)
    )
    within = ""
    if not is_proven and len(known) == len(levels):
        within = objective_words.apart(name, value, sum(known), people=people)
    return Verdict(
        name=name,
        title=objective_words.title(name),
        value=objective_words.value_words(name, value, people=people),
        is_proven=is_proven,
        within=within,
    )


def _sentence(verdicts: Sequence[Verdict]) -> str:
    proven = [verdict.name for verdict in verdicts if verdict.is_proven]
    rest = [verdict for verdict in verdicts if not verdict.is_proven]
    if not rest:
        return "Nothing that your policy asks for can be better." if proven else ""
    told = []
    if proven:
        verb = "is" if len(proven) == 1 else "are"
        told.append(f"{objective_words.listed(proven)} {verb} proven best")
    told += [_within(verdict) for verdict in rest if verdict.within]
    open_names = [verdict.name for verdict in rest if not verdict.within]
    if open_names:
        told.append(f"{objective_words.listed(open_names).lower()}: best found, not proven")
    sentence = "; ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _within(verdict: Verdict) -> str:
    return f"{verdict.title.lower()}: within {verdict.within} of the best possible"


def _short(verdicts: Sequence[Verdict]) -> str:
    """`proven best up to fairness`: for one line under the result."""
    proven = [verdict for verdict in verdicts if verdict.is_proven]
    if len(proven) == len(verdicts):
        return "proven"
    nearest = next((verdict for verdict in verdicts if verdict.within), None)
    if nearest is not None:
        return f"{nearest.title.lower()} within {nearest.within} of the best"
    return f"{len(proven)} of {len(verdicts)} aims proven"
