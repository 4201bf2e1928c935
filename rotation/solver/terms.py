"""Each objective as a linear expression over the choices of a `RotaModel`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rotation.solver.adjacency import adjacency
from rotation.solver.fairness import squared_distance
from rotation.solver.shares import holiday_measure, load_measure
from rotation.solver.spread import spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.solver.grid import Member
    from rotation.solver.model import RotaModel


def expression(rota_model: RotaModel, name: str) -> cp_model.LinearExprT:
    """The objective of that name; adds the variables and constraints that it needs."""
    return _TERMS[name](rota_model)


def hold(rota_model: RotaModel, name: str, value: int) -> None:
    """Keep the objective of that name at this value at most."""
    if name == "changes" and value == 0:
        _keep_published(rota_model)
    elif not (value == 0 and name in _HELD_BY_THE_MODEL):
        rota_model.model.add(expression(rota_model, name) <= value)


# The model has no gap variables, or a longer rest, once these are held at nothing.
_HELD_BY_THE_MODEL = {"gaps", "spread"}


def _gaps(rota_model: RotaModel) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.sum(list(rota_model.gaps.values()))


def _overload(rota_model: RotaModel) -> cp_model.LinearExprT:
    excess = []
    for member in rota_model.grid.members:
        for post in member.posts:
            if post.max_shifts is not None:
                held = [take for _, take in rota_model.by_post[member.index, post.level]]
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
        held = [take for i in window for take in positions.get(i, ())]
        possible = min(len(held), -(-len(window) // (rota_model.rest + 1)))
        excess += _excess(rota_model, held, limit.shifts, possible)
    return excess


def _excess(
    rota_model: RotaModel, held: list[cp_model.IntVar], limit: int, possible: int
) -> list[cp_model.IntVar]:
    """A variable for how many of `held` are above the limit, unless that cannot happen."""
    if possible <= limit:
        return []
    taken = cp_model.LinearExpr.sum(held)
    if rota_model.held.is_zero("overload"):
        rota_model.model.add(taken <= limit)
        return []
    over = rota_model.model.new_int_var(0, possible - limit, "")
    rota_model.model.add(over >= taken - limit)
    return [over]


def _unfairness(rota_model: RotaModel) -> cp_model.LinearExprT:
    return squared_distance(rota_model, "unfairness", load_measure(rota_model.grid))


def _holidays(rota_model: RotaModel) -> cp_model.LinearExprT:
    return squared_distance(rota_model, "holidays", holiday_measure(rota_model.grid))


def _changes(rota_model: RotaModel) -> cp_model.LinearExprT:
    kept = [take for take in _published(rota_model) if take is not None]
    return len(rota_model.grid.problem.published or ()) - cp_model.LinearExpr.sum(kept)


def _keep_published(rota_model: RotaModel) -> None:
    for take in _published(rota_model):
        rota_model.model.add_bool_or([] if take is None else [take])


def _published(rota_model: RotaModel) -> list[cp_model.IntVar | None]:
    """For each published cell the choice that keeps it, None if nothing can."""
    grid = rota_model.grid
    kept: list[cp_model.IntVar | None] = []
    for each in grid.problem.published or ():
        cell = (grid.positions[each.week], grid.level_indices[each.level])
        if each.person is None:
            kept.append(rota_model.gaps.get(cell))
        else:
            member = grid.member_indices.get(each.person, -1)
            kept.append(rota_model.takes.get((member, cell)))
    return kept


def _preferences(rota_model: RotaModel) -> cp_model.LinearExprT:
    takes, costs = [], []
    for (index, (position, _level)), take in rota_model.takes.items():
        member = rota_model.grid.members[index]
        cost = (position in member.avoids) - (position in member.wants)
        if cost:
            takes.append(take)
            costs.append(cost)
    return cp_model.LinearExpr.weighted_sum(takes, costs)


_TERMS: dict[str, Callable[[RotaModel], cp_model.LinearExprT]] = {
    "gaps": _gaps,
    "overload": _overload,
    "unfairness": _unfairness,
    "holidays": _holidays,
    "changes": _changes,
    "spread": spread,
    "preferences": _preferences,
    "adjacency": adjacency,
}
