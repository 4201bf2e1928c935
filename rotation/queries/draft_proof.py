"""How good a draft is proven to be, objective by objective and level by level, in words."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.models import LevelName
from rotation.queries import draft_figures, objective_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rotation.queries.draft_figures import LevelFigures

TOGETHER = "Both levels"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One objective: whether nothing better exists, or how far the best possible may be."""

    heading: str
    name: str
    title: str
    value: str
    is_proven: bool
    within: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One objective with its place in the order and a verdict for each level."""

    place: int
    title: str
    cells: tuple[Verdict, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """All objectives in the order in which they count, and the whole in a sentence.

    `levels` heads the cells of the rows: a name for each level, or one for both where they were
    solved together. `is_proven` says that nothing better exists at all; `short` is for one line.
    """

    levels: tuple[str, ...]
    rows: tuple[Row, ...]
    is_proven: bool
    sentence: str
    short: str


def proof_of(figures: Mapping[str, Any]) -> Proof:
    """What was proven about a solved draft; no rows for one that left no bounds."""
    levels = draft_figures.levels_of(figures)
    order = [name for name in draft_figures.order_of(figures) if name in objective_words.TITLES]
    parts = [levels] if draft_figures.solved_together(levels) else [(level,) for level in levels]
    whole = [_verdict(name, levels) for name in order]
    return Proof(
        levels=tuple(_heading(part) for part in parts),
        rows=tuple(
            Row(
                place=place,
                title=objective_words.title(name),
                cells=tuple(_verdict(name, part) for part in parts),
            )
            for place, name in enumerate(order, start=1)
        ),
        is_proven=bool(whole) and all(verdict.is_proven for verdict in whole),
        sentence=_sentence(whole),
        short=_short(whole),
    )


def _heading(part: Sequence[LevelFigures]) -> str:
    return TOGETHER if len(part) > 1 else LevelName(part[0].level).label


def _verdict(name: str, levels: Sequence[LevelFigures]) -> Verdict:
    """The objective over all of these levels; counted once where they were solved together."""
    counted = draft_figures.apart(levels)
    people = sum(len(level.people) for level in levels)
    value = sum(level.objectives.get(name, 0) for level in counted)
    bounds = [level.bounds.get(name) for level in counted]
    known = [bound for bound in bounds if bound is not None]
    is_known = len(known) == len(counted)
    is_proven = is_known and all(
        level.objectives.get(name, 0) <= bound + objective_words.NEARLY
        for level, bound in zip(counted, known, strict=True)
    )
    within = ""
    if is_known and not is_proven:
        within = objective_words.apart(name, value, sum(known), people=people)
    words = _wishes(levels) if name == "preferences" else ""
    return Verdict(
        heading=_heading(levels) if levels else "",
        name=name,
        title=objective_words.title(name),
        value=words or objective_words.value_words(name, value, people=people),
        is_proven=is_proven,
        within=within,
    )


def _wishes(levels: Sequence[LevelFigures]) -> str:
    """How many wishes are met, empty for drafts that did not count them."""
    people = [person for level in levels for person in level.people]
    if any(person.wishes_met is None for person in people):
        return ""
    met = sum(person.wishes_met or 0 for person in people)
    asked = met + sum(person.wishes_unmet for person in people)
    return f"{met} of {asked} met" if asked else "nobody has a wish"


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
    """`fairness within 0.2 of the best`: for one line under the result."""
    proven = [verdict for verdict in verdicts if verdict.is_proven]
    if len(proven) == len(verdicts):
        return "no schedule is better" if proven else ""
    nearest = next((verdict for verdict in verdicts if verdict.within), None)
    if nearest is not None:
        return f"{nearest.title.lower()} within {nearest.within} of the best"
    return f"{len(proven)} of {len(verdicts)} aims proven best"
