"""The page on which a manager enters a cover: the part, who can take it, who cannot and why."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from common.periods import difference, seconds
from rotation.domain.stints import Stint
from rotation.queries import cells, cover_people, fairness, shift_page
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from common.periods import Period
    from rotation.domain.cover_candidates import Candidate, Part
    from rotation.models import Rotation
    from rotation.queries.shift_page import StintLine
    from rotation.queries.worked import WorkedShift
    from volunteers.domain import PersonMark

PLURAL = {"is": "are", "has": "have"}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CandidateLine:
    """Somebody to choose, what it does to them in one line, and a badge's words and kind."""

    mark: PersonMark
    effect: str
    badge: str
    kind: str
    is_of_level: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CannotLine:
    """Why some people cannot, as a sentence's end."""

    names: str
    why: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HeldPart:
    """Who is on call in the part now (None: nobody), from when to when."""

    mark: PersonMark | None
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CoverPage:
    """A part of a shift and the people for it.

    `held` is one piece when one person carries all of it; with more the part has to change. The
    strip of the week shows the part `wanted` and the `others` around it.
    """

    period: Period
    length: str
    on_call: str
    load: int
    held: tuple[HeldPart, ...]
    days: tuple[dt.date, ...]
    wanted: StintLine
    others: tuple[StintLine, ...]
    can: tuple[CandidateLine, ...]
    cannot: tuple[CannotLine, ...]

    @property
    def relieved(self) -> PersonMark | None:
        """Who carries all of it; None when nobody does, or more than one."""
        return self.held[0].mark if len(self.held) == 1 else None

    @property
    def everyone(self) -> int:
        """How many are asked when nobody is named: those of the level, else all who can."""
        return sum(each.is_of_level for each in self.can) or len(self.can)

    @property
    def is_one(self) -> bool:
        """Whether one person, or nobody, carries all of it."""
        return len(self.held) == 1


def cover_page(
    *, shift: WorkedShift, rotation: Rotation, period: Period, now: dt.datetime
) -> CoverPage:
    """The page for that time of the shift; a fixed number of queries."""
    pieces = shift.within(period)
    part = cover_people.part_of(shift=shift, rotation=rotation, period=period, now=now)
    holding = {piece.person for piece in pieces if piece.person is not None}
    carrying = {stint.person for stint in shift.stints if stint.person is not None}
    found = cover_people.candidates(
        shift=shift, rotation=rotation, part=part, without=holding, now=now
    )
    known = marks.with_others(marks.team_marks(team_id=rotation.team_id), engineer_ids=carrying)
    return CoverPage(
        period=period,
        length=duration(period.seconds),
        on_call=hours(seconds(part.windows)),
        load=part.load,
        held=tuple(_held(piece, known) for piece in pieces),
        days=shift_page.strip_days(shift),
        wanted=shift_page.stint_line(Stint(person=None, period=period), shift, known),
        others=tuple(
            shift_page.stint_line(Stint(person=stint.person, period=rest), shift, known)
            for stint in shift.stints
            for rest in difference([stint.period], [period])
        ),
        can=can_lines(found, part, known),
        cannot=_cannot(each for each in found if not each.can),
    )


def hours(whole_seconds: int) -> str:
    """`125.5 h`, rounded to a hundredth."""
    return f"{round(whole_seconds / 3600, 2):g} h"


def duration(whole_seconds: int) -> str:
    """`2 days 18 h 30 min`; `0 h` for nothing."""
    minutes = whole_seconds // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    words = [wording.counted(days, "day")] if days else []
    words += [f"{hours} h"] if hours else []
    words += [f"{left} min"] if left else []
    return " ".join(words) or "0 h"


def can_lines(
    found: Iterable[Candidate], part: Part, known: Mapping[int, PersonMark]
) -> tuple[CandidateLine, ...]:
    """Those of them who can, in their order."""
    can = [each for each in found if each.can]
    return tuple(_can(each, part, is_first=not at, known=known) for at, each in enumerate(can))


def _held(piece: Stint, known: Mapping[int, PersonMark]) -> HeldPart:
    mark = None if piece.person is None else cells.mark_of(piece.person, known)
    return HeldPart(mark=mark, period=piece.period)


def _can(
    each: Candidate, part: Part, *, is_first: bool, known: Mapping[int, PersonMark]
) -> CandidateLine:
    badge, kind = "", ""
    if not each.is_of_level:
        badge, kind = f"Serves at {_other(part.level)}", "info"
    elif each.warnings:
        badge, kind = "Against the policy", "warn"
    elif is_first:
        badge, kind = "Best for balance", "ok"
    return CandidateLine(
        mark=cells.mark_of(each.engineer_id, known),
        effect=effect(each, part),
        badge=badge,
        kind=kind,
        is_of_level=each.is_of_level,
    )


def effect(each: Candidate, part: Part) -> str:
    """`load 3.0 → 3.5, fair share 4.2; 2 clear weeks since Mon 9 Nov`, and what to weigh."""
    before, after, fair = (
        fairness.one_decimal(load) for load in (each.load_before, each.load_after, each.fair)
    )
    load = f"load {before} → {after}, fair share {fair}"
    told = [load if each.is_of_level else f"serves at {_other(part.level)}"]
    near = []
    if each.week_before is not None and each.clear_before is not None:
        clear = wording.counted(each.clear_before, "clear week")
        near.append(f"{clear} since {wording.day(each.week_before, year=False)}")
    if each.week_after is not None and each.clear_after is not None:
        clear = str(each.clear_after) if near else wording.counted(each.clear_after, "clear week")
        near.append(f"{clear} until {wording.day(each.week_after, year=False)}")
    wanted = f"; the policy wants {part.rest_weeks}" if each.too_near else ""
    told.append(f"{', '.join(near)}{wanted}" if near else "no other shift")
    return "; ".join([*told, each.too_many] if each.too_many else told)


def _other(level: str) -> str:
    return "level 2" if level == "primary" else "primary"


def _cannot(candidates: Iterable[Candidate]) -> tuple[CannotLine, ...]:
    grouped: dict[str, list[str]] = {}
    for each in candidates:
        grouped.setdefault(each.why, []).append(each.name)
    return tuple(_cannot_line(names, why) for why, names in grouped.items())


def _cannot_line(names: list[str], why: str) -> CannotLine:
    together = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if len(names) > 1:
        first, _space, rest = why.partition(" ")
        why = f"{PLURAL.get(first, first)} {rest}"
    return CannotLine(names=together, why=why)
