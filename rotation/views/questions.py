"""Questions about a week: who else could have taken it. Managers of the team only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.nudge import nudge
from common.refusals import RefusedError
from rotation import access
from rotation.models import Draft
from rotation.operations import questions as operations
from rotation.queries import question_page
from rotation.views.finding import day_in_address, draft_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rotation.models import WeekQuestion
    from volunteers.access import SignedInRequest

REFRESH_SECONDS = "3"


@require_GET
def question_detail(request: SignedInRequest, question_id: int) -> HttpResponse:
    """The answer; while a worker is at it, the page looks again by itself."""
    rows = access.visible_questions(viewer=request.viewer).select_related(
        "level", "rotation", "draft", "asked_by"
    )
    row = get_object_or_404(rows, pk=question_id)
    page = question_page.question_page(row)
    context = {
        "page": page,
        "question": page.question,
        "rotation": row.rotation,
        "draft": row.draft,
        "decides": row.draft is not None and row.draft.state == Draft.State.READY,
    }
    response = render(request, "rotation/question_detail.html", context)
    if page.question.is_waiting:
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


@require_POST
def ask_about_week(request: SignedInRequest, draft_id: int, level: str, week: str) -> HttpResponse:
    """Ask about a week of a draft."""
    draft, week_date = draft_of(request, draft_id), day_in_address(week)
    try:
        row = operations.ask_about_week(
            draft_id=draft.pk,
            level=level,
            week_date=week_date,
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("draft-detail", draft_id=draft.pk)
    return _asked(row)


@require_POST
def ask_about_shift(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Ask about a published week."""
    shift = get_object_or_404(access.askable_shifts(viewer=request.viewer), pk=shift_id)
    try:
        row = operations.ask_about_shift(
            shift_id=shift.pk, actor=request.viewer.actor, now=clock.now()
        )
    except RefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("shift-detail", shift_id=shift.pk)
    return _asked(row)


def _asked(row: WeekQuestion) -> HttpResponse:
    nudge("rotation.answer_question", question_id=row.pk)
    return redirect("question-detail", question_id=row.pk)
