"""Solving a draft: the facts become a problem, the solution becomes rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common import fault_points
from common.keeping import Keeper
from rotation import figures, instances
from rotation.domain import planning, policies
from rotation.domain.progress import SearchNotes
from rotation.operations import drafts
from rotation.queries import planning as facts
from rotation.solver import problem, solve

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from common.clocks import Clocks
    from rotation.solver.solution import GapReason, PinConflict, Solution

TIME_LIMIT_SECONDS = 60.0


class NoScheduleError(Exception):
    """Agreed covers or weeks fixed by hand contradict the rules: no schedule keeps both."""


def generate_draft(*, draft_id: int, holder: str, clocks: Clocks) -> bool:
    """Claim, solve and record one waiting draft; False when there was nothing to do for us.

    Solving happens outside any transaction, under a lease that is renewed while it runs; how far
    it is stands in the draft, and a cancelled one is left within about a second.
    """
    draft = drafts.claim_draft(
        draft_id=draft_id, real_now=clocks.real_now(), now=clocks.now(), holder=holder
    )
    if draft is None:
        return False
    notes = SearchNotes()
    try:
        with _keeper(draft_id=draft_id, holder=holder, clocks=clocks, notes=notes) as keeper:
            plan = facts.plan_of_draft(draft)
            fault_points.pass_by("draft-claimed")
            solved = solve_plan(plan, should_stop=keeper.is_lost, notes=notes)
    except (NoScheduleError, problem.ProblemError) as error:
        drafts.record_failure(
            draft_id=draft_id, holder=holder, failure=str(error), now=clocks.now()
        )
        return True
    if keeper.is_lost():
        return False
    return drafts.record_solution(draft_id=draft_id, holder=holder, solved=solved, now=clocks.now())


def solve_plan(
    plan: planning.Plan, *, should_stop: Callable[[], bool], notes: SearchNotes
) -> drafts.Solved:
    """The best schedule for a plan: each level by itself, unless somebody serves at both.

    `notes` gets what the search finds on its way.

    Raises:
        NoScheduleError: agreed covers or weeks fixed by hand contradict the rules.
    """
    shifts: list[drafts.ProposedShift] = []
    found: list[dict[str, Any]] = []
    proven, seconds = True, 0.0
    for levels in instances.split(plan):
        instance = instances.problem_of(plan, levels)
        notes.begin(instance.name)
        solution = solve.solve(
            instance,
            time_limit=TIME_LIMIT_SECONDS,
            on_progress=notes.note,
            should_stop=should_stop,
        )
        if solution.status == "infeasible":
            raise NoScheduleError(_contradiction(plan, solution))
        proven = proven and solution.status == "optimal"
        seconds += solution.wall_seconds
        shifts += _proposed(plan, solution)
        found += figures.level_figures(plan, levels, solution, should_stop=should_stop)
    return drafts.Solved(
        shifts=shifts,
        proven=proven,
        milliseconds=round(seconds * 1000),
        figures={"order": list(plan.objectives), "levels": found},
        inputs_digest=planning.digest(plan),
    )


def _proposed(plan: planning.Plan, solution: Solution) -> list[drafts.ProposedShift]:
    weeks = {week.week_date.isoformat(): week for week in plan.weeks}
    reasons: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for reason in _gap_reasons(solution):
        told = reasons.setdefault((reason.week, reason.level), [])
        told.append(_reason(plan, weeks[reason.week].week_date, reason))
    kept = instances.holders_of(plan)
    if policies.leaves_gaps_open(plan.objectives):
        _add_limits(plan, solution, reasons)
    return [
        drafts.ProposedShift(
            level=cell.level,
            week_date=weeks[cell.week].week_date,
            holder_id=kept.get(
                (cell.level, weeks[cell.week].week_date),
                None if cell.person is None else int(cell.person),
            ),
            load_hundredths=weeks[cell.week].load,
            holidays=weeks[cell.week].holidays,
            reasons=tuple(reasons.get((cell.week, cell.level), [])),
        )
        for cell in solution.assignments
    ]


def _reason(plan: planning.Plan, week_date: dt.date, reason: GapReason) -> dict[str, Any]:
    if reason.person is None:
        return {"engineer": None, "code": reason.code}
    engineer_id = int(reason.person)
    code = instances.reason_code(
        plan,
        level=reason.level,
        week_date=week_date,
        engineer_id=engineer_id,
        code=reason.code,
    )
    return {"engineer": engineer_id, "code": code}


def _add_limits(
    plan: planning.Plan,
    solution: Solution,
    reasons: dict[tuple[str, str], list[dict[str, Any]]],
) -> None:
    """Where the limit of shifts counts before gaps: whom nothing else keeps from a gap, it does."""
    people = {level.level: level.people for level in plan.levels}
    for cell in solution.assignments:
        if cell.person is None:
            told = reasons.setdefault((cell.week, cell.level), [])
            named = {each["engineer"] for each in told}
            told += [
                {"engineer": person.engineer_id, "code": "limit"}
                for person in people[cell.level]
                if person.engineer_id not in named
            ]


def _gap_reasons(solution: Solution) -> list[GapReason]:
    return [each for each in solution.explanations if not _is_pin(each)]  # type: ignore[misc]


def _is_pin(each: GapReason | PinConflict) -> bool:
    return each.code.startswith("pin_")


def _contradiction(plan: planning.Plan, solution: Solution) -> str:
    names = {str(p.engineer_id): p.name for level in plan.levels for p in level.people}
    told = [
        f"{names.get(str(each.person), 'somebody')} in the week of {each.week}"
        for each in solution.explanations
        if each.person is not None
    ]
    return (
        "What is agreed or fixed by hand contradicts the rules: "
        + "; ".join(dict.fromkeys(told))
        + ". Undo the cover, take back what was fixed, or change the days away or the term that "
        "forbid it; then solve again."
    )


def _keeper(*, draft_id: int, holder: str, clocks: Clocks, notes: SearchNotes) -> Keeper:
    """Writes what is new in the notes, or asks whether the draft is still ours."""

    def ask() -> bool:
        progress = notes.take()
        if progress is None:
            return drafts.is_held(draft_id=draft_id, holder=holder)
        return drafts.record_progress(draft_id=draft_id, holder=holder, progress=progress)

    def renew(real_now: dt.datetime) -> bool:
        return drafts.renew_draft(draft_id=draft_id, real_now=real_now, holder=holder)

    return Keeper(real_now=clocks.real_now, ask=ask, renew=renew)
