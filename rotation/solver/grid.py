"""A problem by position: the numbers that every calculation on a rota starts from.

A cell is (position of the week, index of the level); people are their index in the problem.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rotation.solver.instance import Person, Problem, Role

Cell: TypeAlias = tuple[int, int]
Rota: TypeAlias = "Mapping[Cell, int | None]"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A person's role at a level, with their fair shares there; loads in hundredths.

    `fair_holidays` is in hundredths of a holiday week.
    """

    level: int
    max_shifts: int | None
    prior_load: int
    prior_holidays: int
    fair_load: int
    fair_holidays: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person by positions; `last` is that of the last shift before the horizon (negative)."""

    index: int
    id: str
    team: str | None
    posts: tuple[Post, ...]
    active: frozenset[int]
    unavailable: frozenset[int]
    wants: frozenset[int]
    avoids: frozenset[int]
    last: int | None
    forbidden: frozenset[Cell] = frozenset()

    def post_at(self, level: int) -> Post | None:
        """The person's post at a level, or None."""
        return next((post for post in self.posts if post.level == level), None)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The problem by position: loads in hundredths and holiday flags per week, and the people."""

    problem: Problem
    loads: tuple[int, ...]
    is_holiday: tuple[bool, ...]
    members: tuple[Member, ...]
    positions: Mapping[str, int]
    level_indices: Mapping[str, int]
    member_indices: Mapping[str, int]
    _free: dict[int, dict[int, list[int]]] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def free(self) -> Mapping[int, Mapping[int, list[int]]]:
        """Per member, per level of theirs, the positions that they may ever work, in order."""
        if not self._free:
            for member in self.members:
                self._free[member.index] = {
                    post.level: [
                        position
                        for position in range(self.length)
                        if self.own_reason(member, (position, post.level)) is None
                    ]
                    for post in member.posts
                }
        return self._free

    @property
    def length(self) -> int:
        """The number of weeks."""
        return len(self.loads)

    @property
    def levels(self) -> range:
        """The indices of the levels."""
        return range(len(self.problem.levels))

    @property
    def rest(self) -> int:
        """Full weeks between two shifts of a person."""
        return self.problem.rules.min_rest_weeks

    def cells(self) -> list[Cell]:
        """Every cell, by week, then by level."""
        return [(i, level) for i in range(self.length) for level in self.levels]

    def holders(self, level: int) -> list[Member]:
        """The people with a role at a level, in the problem's order."""
        return [member for member in self.members if member.post_at(level) is not None]

    def own_reason(self, member: Member, cell: Cell) -> str | None:
        """Why this person can never take this cell, whatever the rota, or None.

        The first that applies of `no_role`, `inactive`, `unavailable`, `forbidden`, `rest`.
        """
        position, level = cell
        if member.post_at(level) is None:
            return "no_role"
        if position not in member.active:
            return "inactive"
        return self._kept_away(member, cell)

    def _kept_away(self, member: Member, cell: Cell) -> str | None:
        if cell[0] in member.unavailable:
            return "unavailable"
        if cell in member.forbidden:
            return "forbidden"
        rests = member.last is not None and cell[0] - member.last <= self.rest
        return "rest" if rests else None


def grid_of(problem: Problem) -> Grid:
    """The problem by position, with the fair shares of every post."""
    positions = {week.id: index for index, week in enumerate(problem.weeks)}
    active = [_active_positions(person, positions) for person in problem.people]
    shares = [_shares(problem, level.id, active) for level in problem.levels]
    return Grid(
        problem=problem,
        loads=tuple(week.weight for week in problem.weeks),
        is_holiday=tuple(bool(week.holidays) for week in problem.weeks),
        members=tuple(
            _member(problem, index, active[index], shares) for index in range(len(problem.people))
        ),
        positions=positions,
        level_indices={level.id: index for index, level in enumerate(problem.levels)},
        member_indices={person.id: index for index, person in enumerate(problem.people)},
    )


def _active_positions(person: Person, positions: Mapping[str, int]) -> frozenset[int]:
    active: set[int] = set()
    for span in person.active:
        first = 0 if span.first is None else positions[span.first]
        last = len(positions) - 1 if span.last is None else positions[span.last]
        active.update(range(first, last + 1))
    return frozenset(active)


def _role_at(person: Person, level: str) -> Role | None:
    return next((role for role in person.roles if role.level == level), None)


def _shares(
    problem: Problem, level: str, active: list[frozenset[int]]
) -> dict[int, tuple[int, int]]:
    """Fair load and fair holidays of every holder of a level, by the person's index."""
    roles = {
        index: role
        for index, person in enumerate(problem.people)
        if (role := _role_at(person, level)) is not None
    }
    exposure = {index: role.prior_weeks + len(active[index]) for index, role in roles.items()}
    total = sum(exposure.values())
    load = sum(role.prior_load for role in roles.values())
    load += sum(week.weight for week in problem.weeks)
    days = sum(role.prior_holidays for role in roles.values())
    days += sum(1 for week in problem.weeks if week.holidays)
    return {
        index: (_rounded_share(load, own, total), _rounded_share(100 * days, own, total))
        for index, own in exposure.items()
    }


def _rounded_share(amount: int, exposure: int, total: int) -> int:
    """Amount * exposure / total to the nearest integer, halves up; 0 if there is no exposure."""
    return (2 * amount * exposure + total) // (2 * total) if total else 0


def _member(
    problem: Problem, index: int, active: frozenset[int], shares: list[dict[int, tuple[int, int]]]
) -> Member:
    person = problem.people[index]
    positions = {week.id: position for position, week in enumerate(problem.weeks)}
    numbers = {level.id: number for number, level in enumerate(problem.levels)}
    lasts = [role.last_week for role in person.roles if role.last_week is not None]
    return Member(
        index=index,
        id=person.id,
        team=person.team,
        posts=tuple(
            Post(
                level=number,
                max_shifts=role.max_shifts,
                prior_load=role.prior_load,
                prior_holidays=role.prior_holidays,
                fair_load=shares[number][index][0],
                fair_holidays=shares[number][index][1],
            )
            for number, level in enumerate(problem.levels)
            if (role := _role_at(person, level.id)) is not None
        ),
        active=active,
        unavailable=frozenset(positions[week] for week in person.unavailable),
        wants=frozenset(positions[week] for week in person.wants),
        avoids=frozenset(positions[week] for week in person.avoids),
        last=max(lasts, default=None),
        forbidden=frozenset(
            (positions[cell.week], numbers[cell.level])
            for cell in problem.forbidden
            if cell.person == person.id and cell.level in numbers
        ),
    )
