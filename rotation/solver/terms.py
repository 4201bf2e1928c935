"""Each objective as a linear expression over the choices of a `RotaModel`."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rotation.solver.objectives import neighbours
from rotation.solver.spread import spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.solver.grid import Cell, Member, Post
    from rotation.solver.model import RotaModel


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """A quantity whose squared distance from a fair share is summed: load or holidays."""

    weight: Callable[[int], int]
    prior: Callable[[Post], int]
    fair: Callable[[Post], int]


def expression(rota_model: RotaModel, name: str) -> cp_model.LinearExprT:
    """The objective of that name; adds the variables and constraints that it needs."""
    return _TERMS[name](rota_model)


def _gaps(rota_model: RotaModel) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.sum(list(rota_model.gaps.values()))


def _overload(rota_model: RotaModel) -> cp_model.LinearExprT:
    excess = []
    for member in rota_model.grid.members:
        for post in member.posts:
            if post.max_shifts is not None:
                held = [take for _, take in rota_model.held(member.index, post.level)]
                excess += _excess(rota_model, held, post.max_shifts, len(held))
        excess += _window_excess(rota_model, member)
    return cp_model.LinearExpr.sum(excess)


def _window_excess(rota_model: RotaModel, member: Member) -> list[cp_model.IntVar]:
    grid = rota_model.grid
    limit = grid.problem.rules.max_shifts
    if limit is None:
        return []
    excess = []
    positions = rota_model.by_position[member.index]
    for first in range(max(1, grid.length - limit.window_weeks + 1)):
        window = range(first, min(grid.length, first + limit.window_weeks))
        held = [take for i in window for take in positions.get(i, [])]
        possible = min(len(held), -(-len(window) // (grid.rest + 1)))
        excess += _excess(rota_model, held, limit.shifts, possible)
    return excess


def _excess(
    rota_model: RotaModel, held: list[cp_model.IntVar], limit: int, possible: int
) -> list[cp_model.IntVar]:
    """A variable for how many of `held` are above the limit, unless that cannot happen."""
    if possible <= limit:
        return []
    over = rota_model.model.new_int_var(0, possible - limit, "")
    rota_model.model.add(over >= cp_model.LinearExpr.sum(held) - limit)
    return [over]


def _unfairness(rota_model: RotaModel) -> cp_model.LinearExprT:
    return _squared_distance(
        rota_model,
        _Measure(
            weight=lambda position: rota_model.grid.loads[position],
            prior=lambda post: post.prior_load,
            fair=lambda post: post.fair_load,
        ),
    )


def _holidays(rota_model: RotaModel) -> cp_model.LinearExprT:
    return _squared_distance(
        rota_model,
        _Measure(
            weight=lambda position: 100 * rota_model.grid.is_holiday[position],
            prior=lambda post: 100 * post.prior_holidays,
            fair=lambda post: post.fair_holidays,
        ),
    )


def _squared_distance(rota_model: RotaModel, measure: _Measure) -> cp_model.LinearExprT:
    """Sum of convex functions of known arguments, one step variable for each reachable load.

    The steps of a person are taken in order, so each pays the difference of the squares at its
    two ends: the sum is linear and its relaxation is the convex function itself.
    """
    steps: list[cp_model.IntVar] = []
    costs: list[int] = []
    constant = 0
    for member in rota_model.grid.members:
        for post in member.posts:
            base = measure.prior(post) - measure.fair(post)
            constant += base**2
            held = [
                (weight, take)
                for position, take in rota_model.held(member.index, post.level)
                if (weight := measure.weight(position))
            ]
            reached = _reachable([weight for weight, _ in held], _most(rota_model, member, measure))
            own = [rota_model.model.new_bool_var("") for _ in reached[1:]]
            sizes = [high - low for low, high in itertools.pairwise(reached)]
            for later, earlier in zip(own[1:], own, strict=False):
                rota_model.model.add_implication(later, earlier)
            if held:
                taken = cp_model.LinearExpr.weighted_sum(
                    [take for _, take in held], [weight for weight, _ in held]
                )
                rota_model.model.add(taken == cp_model.LinearExpr.weighted_sum(own, sizes))
            steps += own
            costs += [
                (base + high) ** 2 - (base + low) ** 2 for low, high in itertools.pairwise(reached)
            ]
    return cp_model.LinearExpr.weighted_sum(steps, costs) + constant


def _reachable(weights: list[int], most: int) -> list[int]:
    """All sums of some of the weights up to `most`, in order, with 0."""
    sums = {0}
    for weight in weights:
        sums |= {total + weight for total in sums if total + weight <= most}
    return sorted(sums)


def _most(rota_model: RotaModel, member: Member, measure: _Measure) -> int:
    """The most that a person can carry when they rest as the rules want."""
    grid = rota_model.grid
    best = [0] * (grid.length + grid.rest + 2)
    free = rota_model.by_position[member.index]
    for position in reversed(range(grid.length)):
        best[position] = best[position + 1]
        if position in free:
            after = best[min(position + grid.rest + 1, grid.length)]
            best[position] = max(best[position], measure.weight(position) + after)
    return best[0]


def _changes(rota_model: RotaModel) -> cp_model.LinearExprT:
    grid = rota_model.grid
    published = grid.problem.published or ()
    kept = []
    for each in published:
        cell = (grid.positions[each.week], grid.level_indices[each.level])
        if each.person is None:
            kept.append(rota_model.gaps[cell])
        elif each.person in grid.member_indices:
            take = rota_model.takes.get((grid.member_indices[each.person], cell))
            kept += [] if take is None else [take]
    return len(published) - cp_model.LinearExpr.sum(kept)


def _preferences(rota_model: RotaModel) -> cp_model.LinearExprT:
    takes, costs = [], []
    for (index, (position, _level)), take in rota_model.takes.items():
        member = rota_model.grid.members[index]
        cost = (position in member.avoids) - (position in member.wants)
        if cost:
            takes.append(take)
            costs.append(cost)
    return cp_model.LinearExpr.weighted_sum(takes, costs)


def _adjacency(rota_model: RotaModel) -> cp_model.LinearExprT:
    """One variable for each pair of neighbouring cells that two people of a team could hold."""
    teams: dict[Cell, dict[str, list[tuple[int, cp_model.IntVar]]]] = {}
    for cell, choices in rota_model.by_cell.items():
        teams[cell] = collections.defaultdict(list)
        for index, take in choices:
            team = rota_model.grid.members[index].team
            if team is not None:
                teams[cell][team].append((index, take))
    meets = []
    for one, other in neighbours(rota_model.grid):
        shared = sorted(set(teams.get(one, {})) & set(teams.get(other, {})))
        pairs = [
            (teams[one][team], teams[other][team])
            for team in shared
            if len({index for index, _ in teams[one][team] + teams[other][team]}) > 1
        ]
        if pairs:
            meet = rota_model.model.new_bool_var("")
            meets.append(meet)
            for first, second in pairs:
                _forbid_mates(rota_model, first, second, meet)
    return cp_model.LinearExpr.sum(meets)


def _forbid_mates(
    rota_model: RotaModel,
    first: list[tuple[int, cp_model.IntVar]],
    second: list[tuple[int, cp_model.IntVar]],
    meet: cp_model.IntVar,
) -> None:
    """Unless `meet`: no two different people of the team in the two cells."""
    if rota_model.grid.rest > 0 or len({i for i, _ in first} & {i for i, _ in second}) == 0:
        # Nobody can hold both cells, so any of the team in each is already a pair.
        one = cp_model.LinearExpr.sum([take for _, take in first])
        other = cp_model.LinearExpr.sum([take for _, take in second])
        rota_model.model.add(one + other <= 1 + meet)
        return
    for index, take in first:
        mates = [mate for other, mate in second if other != index]
        if mates:
            others = cp_model.LinearExpr.sum(mates)
            rota_model.model.add(take + others <= 1 + meet)


_TERMS: dict[str, Callable[[RotaModel], cp_model.LinearExprT]] = {
    "gaps": _gaps,
    "overload": _overload,
    "unfairness": _unfairness,
    "holidays": _holidays,
    "changes": _changes,
    "spread": spread,
    "preferences": _preferences,
    "adjacency": _adjacency,
}
