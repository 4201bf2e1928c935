"""Answering a question about a week: who else could have taken it, and at what cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.keeping import Keeper
from rotation import instances
from rotation.domain import planning
from rotation.models import Draft
from rotation.operations import answers
from rotation.queries import question_facts
from rotation.solver import alternatives, problem
from rotation.solver.solution import Assignment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from common.clocks import Clocks
    from rotation.models import WeekQuestion

TIME_LIMIT_SECONDS = 120.0


class NoAnswerError(Exception):
    """The question cannot be answered any more; the message says why."""


def answer_question(*, question_id: int, holder: str, clocks: Clocks) -> bool:
    """Claim, solve and record one waiting question; False when there was nothing to do for us.

    Solving happens outside any transaction, under a lease that is renewed while it runs.
    """
    question = answers.claim_question(
        question_id=question_id, real_now=clocks.real_now(), now=clocks.now(), holder=holder
    )
    if question is None:
        return False
    try:
        with _keeper(question_id=question_id, holder=holder, clocks=clocks) as keeper:
            plan = _plan(question, now=clocks.now())
            answer = answer_of(
                plan,
                level=question.level.name,
                week_date=question.week_date,
                should_stop=keeper.is_lost,
            )
    except (NoAnswerError, problem.ProblemError) as error:
        answers.record_failure(
            question_id=question_id, holder=holder, failure=str(error), now=clocks.now()
        )
        return True
    if answer is None:
        return False
    return answers.record_answer(
        question_id=question_id, holder=holder, answer=answer, now=clocks.now()
    )


def answer_of(
    plan: planning.Plan, *, level: str, week_date: dt.date, should_stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """The answer about a week of the published schedule of a plan, as a question keeps it.

    `{"order", "base", "sharers", "people": [{"engineer", "holds", "why", "costs", "moves",
    "proven"}]}`; `sharers` is how many shares the fairness of `base` adds up. None when
    `should_stop` said so.

    Raises:
        NoAnswerError: agreed covers contradict the rules.
    """
    levels = next(
        group for group in instances.split(plan) if level in {each.level for each in group}
    )
    instance = instances.problem_of(plan, levels)
    question = alternatives.Question(
        problem=instance,
        given=tuple(
            Assignment(week=cell.week, level=cell.level, person=cell.person)
            for cell in instance.published or ()
        ),
        week=week_date.isoformat(),
        level=level,
    )
    try:
        found = alternatives.alternatives(
            question, time_limit=TIME_LIMIT_SECONDS, should_stop=should_stop
        )
    except alternatives.ContradictionError as error:
        raise NoAnswerError(_contradiction(plan, error)) from error
    return None if found is None else _as_json(found, instance)


def _as_json(found: alternatives.Alternatives, instance: problem.Problem) -> dict[str, Any]:
    return {
        "order": list(found.order),
        "base": dict(found.base),
        "sharers": sum(len(person.roles) for person in instance.people),
        "people": [
            {
                "engineer": int(each.person),
                "holds": each.holds,
                "why": each.why,
                "costs": dict(each.costs),
                "moves": each.moves,
                "proven": each.proven,
            }
            for each in found.people
        ],
    }


def _plan(question: WeekQuestion, *, now: dt.datetime) -> planning.Plan:
    """The plan with what the question is about as its published weeks.

    Raises:
        NoAnswerError: its facts are not those that the question was asked with.
    """
    draft = question.draft
    if draft is None:
        plan = question_facts.published_facts(rotation=question.rotation, now=now)
    elif draft.state == Draft.State.READY:
        plan = question_facts.draft_facts(draft)
    else:
        raise NoAnswerError(f"Draft {draft.number} is {draft.state} by now.")
    if planning.digest(plan) != question.inputs_digest:
        again = "ask again" if draft is None else "solve the draft again"
        raise NoAnswerError(f"What the answer depends on changed after the question; {again}.")
    return plan if draft is None else question_facts.as_drafted(plan, draft=draft)


def _contradiction(plan: planning.Plan, error: alternatives.ContradictionError) -> str:
    names = {str(p.engineer_id): p.name for level in plan.levels for p in level.people}
    told = [
        f"{names.get(each.person, 'somebody')} in the week of {each.week}"
        for each in error.conflicts
    ]
    return (
        "Agreed covers contradict the rules: " + "; ".join(dict.fromkeys(told)) + ". "
        "Undo the cover, or the absence or term that forbids it, and ask again."
    )


def _keeper(*, question_id: int, holder: str, clocks: Clocks) -> Keeper:
    def ask() -> bool:
        return answers.is_held(question_id=question_id, holder=holder)

    def renew(real_now: dt.datetime) -> bool:
        return answers.renew_question(question_id=question_id, real_now=real_now, holder=holder)

    return Keeper(real_now=clocks.real_now, ask=ask, renew=renew)
