"""Looking a year ahead: when terms end and nobody joins, which week is the first gap."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

from common.keeping import Keeper
from rotation import instances
from rotation.domain import planning
from rotation.operations import forecasts
from rotation.queries.forecast_facts import ForecastFacts, forecast_facts
from rotation.solver import forecast, problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from common.clocks import Clocks

TIME_LIMIT_SECONDS = 60.0


def compute_forecast(*, forecast_id: int, holder: str, clocks: Clocks) -> bool:
    """Claim, solve and record one waiting forecast; False when there was nothing to do for us.

    Solving happens outside any transaction, under a lease that is renewed while it runs.
    """
    row = forecasts.claim_forecast(
        forecast_id=forecast_id, real_now=clocks.real_now(), now=clocks.now(), holder=holder
    )
    if row is None:
        return False
    with _keeper(forecast_id=forecast_id, holder=holder, clocks=clocks) as keeper:
        facts = forecast_facts(rotation=row.rotation, now=clocks.now())
        computed = computed_of(facts, seconds=TIME_LIMIT_SECONDS, should_stop=keeper.is_lost)
    if computed is None:
        return False
    return forecasts.record_forecast(
        forecast_id=forecast_id, holder=holder, facts=facts, computed=computed, now=clocks.now()
    )


def computed_of(
    facts: ForecastFacts, *, seconds: float, should_stop: Callable[[], bool]
) -> forecasts.Computed | None:
    """The figures as a forecast keeps them; None when `should_stop` said so.

    `{"horizon_until", "first_gap", "gaps": [{"week", "level"}], "needed": [{"level",
    "volunteers", "from"}], "proven", "people_now", "minimum", "below_minimum_from",
    "people_then"}`; days are ISO texts, `first_gap` and `below_minimum_from` may be null. Where
    agreed covers contradict the rules, only the team's size is known.
    """
    ends_at = time.monotonic() + seconds
    found: list[forecast.Forecast] = []
    try:
        plan = _bounded(facts)
        for levels in instances.split(plan):
            limits = forecast.Limits(
                term_weeks=facts.term_weeks,
                seconds=max(0.0, ends_at - time.monotonic()),
                shifts=facts.shifts,
            )
            ahead = forecast.forecast(
                instances.problem_of(plan, levels), limits=limits, should_stop=should_stop
            )
            if ahead is None:
                return None
            found.append(ahead)
    except forecast.ContradictionError as error:
        return forecasts.Computed(figures=_size(facts), failure=_contradiction(facts, error))
    except problem.ProblemError as error:
        return forecasts.Computed(figures=_size(facts), failure=str(error))
    return forecasts.Computed(figures={**_ahead(facts, found), **_size(facts)})


def _bounded(facts: ForecastFacts) -> planning.Plan:
    """The plan with a limit of shifts for open terms too: once for each usual term in the weeks."""
    return dataclasses.replace(
        facts.plan,
        levels=tuple(
            dataclasses.replace(
                level,
                people=tuple(
                    dataclasses.replace(person, shifts_left=_shifts_left(level, person, facts))
                    for person in level.people
                ),
            )
            for level in facts.plan.levels
        ),
    )


def _shifts_left(
    level: planning.PlanLevel, person: planning.PlanPerson, facts: ForecastFacts
) -> int | None:
    limit = facts.shifts.get(level.level)
    if person.shifts_left is not None or limit is None:
        return person.shifts_left
    weeks = sum(1 for week in facts.plan.weeks if person.is_active_in(week.week_date))
    return limit * max(1, -(-weeks // facts.term_weeks))


def _ahead(facts: ForecastFacts, found: Sequence[forecast.Forecast]) -> dict[str, Any]:
    order = {level.level: number for number, level in enumerate(facts.plan.levels)}
    gaps = sorted(
        (cell for each in found for cell in each.gaps), key=lambda it: (it[0], order[it[1]])
    )
    return {
        "horizon_until": (facts.plan.weeks[-1].week_date + planning.WEEK).isoformat(),
        "first_gap": min((each.first_gap for each in found if each.first_gap), default=None),
        "gaps": [{"week": week, "level": level} for week, level in gaps],
        "needed": [
            {"level": line.level, "volunteers": line.newcomers, "from": line.start}
            for line in sorted(
                (line for each in found for line in each.needed),
                key=lambda line: (line.start, order[line.level]),
            )
        ],
        "proven": all(each.proven for each in found),
    }


def _size(facts: ForecastFacts) -> dict[str, Any]:
    size = facts.staffing
    return {
        "people_now": size.people_now,
        "minimum": size.minimum,
        "below_minimum_from": size.below_from.isoformat() if size.below_from else None,
        "people_then": size.people_then,
    }


def _contradiction(facts: ForecastFacts, error: forecast.ContradictionError) -> str:
    names = {str(p.engineer_id): p.name for level in facts.plan.levels for p in level.people}
    told = [
        f"{names.get(each.person, 'somebody')} in the week of {each.week}"
        for each in error.conflicts
    ]
    return "Agreed covers contradict the rules: " + "; ".join(dict.fromkeys(told)) + "."


def _keeper(*, forecast_id: int, holder: str, clocks: Clocks) -> Keeper:
    def ask() -> bool:
        return forecasts.is_held(forecast_id=forecast_id, holder=holder)

    def renew(real_now: dt.datetime) -> bool:
        return forecasts.renew_forecast(forecast_id=forecast_id, real_now=real_now, holder=holder)

    return Keeper(real_now=clocks.real_now, ask=ask, renew=renew)
