from __future__ import annotations

import dataclasses
import itertools

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rotation.solver import problem, solve
from rotation.solver.joint import Joint, joined
from tests.rotation import problems

some = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

JOINT = Joint(
    names=("spread", "preferences", "adjacency"),
    weights=(28, 4, 1),
    lows=(0, -2, 0),
    highs=(0, 4, 3),
)
RANGES = (range(4), range(-2, 5), range(4))


def test_what_follows_is_searched_together_but_never_across_a_fair_share() -> None:
    assert joined(("spread", "preferences", "adjacency", "holidays")) == (
        "spread",
        "preferences",
        "adjacency",
    )
    assert joined(("unfairness", "preferences")) == ("unfairness",)
    assert joined(("gaps", "changes")) == ("gaps",)
    assert joined(("changes", "preferences", "spread")) == ("changes", "preferences")


def test_the_weights_keep_the_order_of_the_objectives() -> None:
    every = list(itertools.product(*RANGES))

    by_weight = sorted(
        every, key=lambda values: JOINT.total(dict(zip(JOINT.names, values, strict=True)))
    )

    assert by_weight == sorted(every)


@given(
    best=st.tuples(*map(st.sampled_from, RANGES)), other=st.tuples(*map(st.sampled_from, RANGES))
)
def test_a_bound_of_the_sum_promises_no_objective_too_much(
    best: tuple[int, ...], other: tuple[int, ...]
) -> None:
    least, most = sorted((best, other))
    totals = [JOINT.total(dict(zip(JOINT.names, row, strict=True))) for row in (least, most)]

    proven = JOINT.proven(totals[1], totals[0])

    for (name, value, bound), low, high in zip(proven, least, most, strict=False):
        assert name in JOINT.names
        assert value == high
        assert bound <= low
    assert all(value == bound for _, value, bound in proven[:-1])


@some
@given(problems.problems(most_weeks=4, most_people=3), st.integers(0, 4))
def test_trying_everything_finds_nothing_better_where_spacing_counts_most(
    instance: problem.Problem, target: int
) -> None:
    rules = dataclasses.replace(instance.rules, spacing_target=target)
    order = ("gaps", "spread", "preferences", "adjacency", "unfairness")
    instance = dataclasses.replace(instance, rules=rules, objectives=order)

    found = solve.solve(instance)

    assert found.status == "optimal"
    assert problems.vector(instance, dict(found.objectives)) == problems.best_vector(instance)
    assert dict(found.bounds) == {name: found.objectives[name] for name in order}
