"""The objectives `unfairness` and `holidays`: squared distances from fair shares."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rotation.solver.shares import all_shares

if TYPE_CHECKING:
    from rotation.solver.model import RotaModel
    from rotation.solver.shares import Measure, Share


def squared_distance(rota_model: RotaModel, name: str, measure: Measure) -> cp_model.LinearExprT:
    """Sum of convex functions of known arguments, one step variable for each possible load.

    The steps of a person are taken in order, so each pays the difference of the squares at its
    two ends: the sum is linear and its relaxation is the convex function itself.
    """
    shares = rota_model.held.shares.get(name) or all_shares(rota_model.grid, measure)
    steps: list[cp_model.IntVar] = []
    costs: list[int] = []
    for share in shares:
        own = _steps(rota_model, share, measure)
        steps += own
        costs += [
            share.cost(high) - share.cost(low) for low, high in itertools.pairwise(share.loads)
        ]
    idle = sum(share.cost(share.loads[0]) for share in shares)
    return cp_model.LinearExpr.weighted_sum(steps, costs) + idle


def _steps(rota_model: RotaModel, share: Share, measure: Measure) -> list[cp_model.IntVar]:
    """A variable for each load of a post above its least; the post carries what they say."""
    model = rota_model.model
    own = [model.new_bool_var("") for _ in share.loads[1:]]
    for later, earlier in zip(own[1:], own, strict=False):
        model.add_implication(later, earlier)
    held = [
        (take, weight)
        for position, take in rota_model.by_post[share.member, share.level]
        if (weight := measure.weight(position))
    ]
    carried = cp_model.LinearExpr.weighted_sum(
        [take for take, _ in held], [weight for _, weight in held]
    )
    sizes = [high - low for low, high in itertools.pairwise(share.loads)]
    model.add(carried == cp_model.LinearExpr.weighted_sum(own, sizes) + share.loads[0])
    return own
