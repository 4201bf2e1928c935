"""Asking about a week: who else could have taken it. A worker answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from rotation.domain import planning
from rotation.models import Draft, LevelName, Rotation, Shift, WeekQuestion
from rotation.queries import question_facts

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from audit.operations import Actor
    from rotation.domain.planning import Plan

MOST_WAITING = 5
WAITING = [WeekQuestion.State.QUEUED, WeekQuestion.State.WORKING]
USEFUL = [*WAITING, WeekQuestion.State.ANSWERED]


class QuestionInvalidError(RefusedError):
    """There is no such week to ask about."""

    code = "QUESTION_INVALID"


class QuestionNotReadyError(RefusedError):
    """The draft is not solved, or put aside."""

    code = "QUESTION_DRAFT_NOT_READY"
    status = 409


class QuestionStaleError(RefusedError):
    """The draft was made from other facts than hold now."""

    code = "QUESTION_STALE"
    status = 409


class QuestionCoveredError(RefusedError):
    """People have agreed on who carries the week."""

    code = "QUESTION_COVERED"
    status = 409


class QuestionsWaitError(RefusedError):
    """Many questions of the rotation wait already."""

    code = "QUESTIONS_WAIT"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Cell:
    """What is asked about: a cell of a draft, or of the published schedule without one."""

    rotation: Rotation
    draft: Draft | None
    level: str
    week_date: dt.date


def ask_about_week(
    *, draft_id: int, level: str, week_date: dt.date, actor: Actor, now: dt.datetime
) -> WeekQuestion:
    """Leave a question about a week of a draft; one about the same facts serves as well.

    A draft that is the published schedule is asked about as such.

    Raises:
        QuestionInvalidError: the draft has no such week, or it has started.
        QuestionNotReadyError: the draft is neither ready nor published.
        QuestionStaleError: its facts or the schedule have changed since it was solved.
        QuestionCoveredError: the week has an agreed cover.
        QuestionsWaitError: too many questions of the rotation wait.
    """
    with transaction.atomic():
        rotation = _locked(Draft.objects.filter(pk=draft_id).values_list("rotation_id", flat=True))
        draft = Draft.objects.select_related("policy").get(pk=draft_id)
        draft.rotation = rotation
        _check_draft(draft)
        is_published = draft.state == Draft.State.PUBLISHED
        cell = _Cell(
            rotation=rotation,
            draft=None if is_published else draft,
            level=level,
            week_date=week_date,
        )
        return _ask(cell, actor=actor, now=now)


def ask_about_shift(*, shift_id: int, actor: Actor, now: dt.datetime) -> WeekQuestion:
    """Leave a question about a published week; one about the same facts serves as well.

    Raises:
        QuestionInvalidError: the week has started, or was cancelled.
        QuestionCoveredError: it has an agreed cover.
        QuestionsWaitError: too many questions of the rotation wait.
    """
    with transaction.atomic():
        asked = Shift.objects.filter(pk=shift_id)
        rotation = _locked(asked.values_list("level__rotation_id", flat=True))
        shift = asked.select_related("level").get()
        cell = _Cell(
            rotation=rotation, draft=None, level=shift.level.name, week_date=shift.week_date
        )
        return _ask(cell, actor=actor, now=now)


def _locked(rotation_ids: QuerySet[Any, int]) -> Rotation:
    rows = Rotation.objects.select_for_update(of=("self",)).select_related("team")
    return rows.get(pk=rotation_ids.get())


def _check_draft(draft: Draft) -> None:
    if draft.state not in {Draft.State.READY, Draft.State.PUBLISHED}:
        raise QuestionNotReadyError(
            f"Draft {draft.number} is {draft.state}; ask about a draft that waits for a decision, "
            "or about the published schedule."
        )
    is_published = draft.state == Draft.State.PUBLISHED
    if draft.rotation.schedule_version != draft.base_version + is_published:
        hint = "ask about its weeks." if is_published else "solve the draft again."
        raise QuestionStaleError(
            f"Another schedule was published after draft {draft.number} was made; {hint}"
        )


def _ask(cell: _Cell, *, actor: Actor, now: dt.datetime) -> WeekQuestion:
    facts = _facts(cell, now=now)
    digest = planning.digest(facts)
    if cell.draft is not None and digest != cell.draft.inputs_digest:
        raise QuestionStaleError(
            "Terms, absences, covers or wishes have changed since the draft was solved; "
            "solve it again."
        )
    _check_cell(cell, facts)
    asked = WeekQuestion.objects.filter(rotation=cell.rotation, state__in=USEFUL)
    same = asked.filter(
        draft=cell.draft,
        level__name=cell.level,
        week_date=cell.week_date,
        inputs_digest=digest,
        schedule_version=cell.rotation.schedule_version,
    )
    existing = same.select_related("level").order_by("-pk").first()
    if existing is not None:
        return existing
    if asked.filter(state__in=WAITING).count() >= MOST_WAITING:
        raise QuestionsWaitError(f"{MOST_WAITING} questions wait; ask when one is answered.")
    return _queued(cell, digest, actor=actor, now=now)


def _facts(cell: _Cell, *, now: dt.datetime) -> Plan:
    if cell.draft is not None:
        return question_facts.draft_facts(cell.draft)
    return question_facts.published_facts(rotation=cell.rotation, now=now)


def _check_cell(cell: _Cell, facts: Plan) -> None:
    level = question_facts.level_of(facts, cell.level)
    if level is None:
        raise _invalid("level", "Ask about primary or escalation.")
    week_dates = {week.week_date for week in facts.weeks}
    if cell.draft is None:
        week_dates = {week_date for week_date, _holder in level.published}
    if cell.week_date not in week_dates:
        where = f"draft {cell.draft.number}" if cell.draft else "the weeks published from now on"
        raise _invalid("week_date", f"The week of {_day(cell)} is not in {where}.")
    if any(each.week_date == cell.week_date for each in level.agreed):
        raise QuestionCoveredError(
            f"People have agreed on who carries the week of {_day(cell)}; undo the cover to ask "
            "who else could."
        )


def _queued(cell: _Cell, digest: str, *, actor: Actor, now: dt.datetime) -> WeekQuestion:
    question = WeekQuestion.objects.create(
        rotation=cell.rotation,
        draft=cell.draft,
        level=cell.rotation.levels.get(name=cell.level),
        week_date=cell.week_date,
        asked_by_id=actor.engineer_id,
        asked_at=now,
        inputs_digest=digest,
        schedule_version=cell.rotation.schedule_version,
    )
    where = f"draft {cell.draft.number}" if cell.draft else "the schedule"
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb="asked who else could",
        subject=f"{LevelName(cell.level).label.lower()} in the week of {_day(cell)} in {where} "
        f"of {cell.rotation.name}",
        team=cell.rotation.team.slug,
    )
    return question


def _invalid(field: str, message: str) -> QuestionInvalidError:
    return QuestionInvalidError(message, fields={field: message})


def _day(cell: _Cell) -> str:
    return wording.day(cell.week_date)
