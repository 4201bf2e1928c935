"""One entry and how it was computed; asking finance about it; finance's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.forms import AnswerForm, QuestionForm
from compensation.operations import questions as operations
from compensation.operations import rights
from compensation.queries import entry_page
from compensation.queries import questions as queries
from compensation.views import asked

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
CONFLICT = 409
UNPROCESSABLE = 422


@require_GET
def entry(request: SignedInRequest, entry_number: int) -> HttpResponse:
    """One's own entry with its sum and what was asked about it; any entry for finance."""
    return _entry(request, entry_number, QuestionForm())


@require_POST
def ask(request: SignedInRequest, entry_number: int) -> HttpResponse:
    """Ask finance about an entry of one's own."""
    row = get_object_or_404(access.own_entries(viewer=request.viewer), number=entry_number)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _entry(request, entry_number, form, status=UNPROCESSABLE)
    try:
        operations.ask_about_entry(
            entry_id=row.pk,
            question=form.cleaned_data["question"],
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _entry(request, entry_number, form, status=_status(refusal))
    messages.success(request, "Asked. Finance got a mail; the answer comes by mail and here.")
    return redirect("entry-detail", entry_number=entry_number)


@require_GET
def questions(request: SignedInRequest) -> HttpResponse:
    """What waits for an answer, then what was answered."""
    access.require(viewer=request.viewer, function=Function.ANSWER_QUESTIONS)
    page = queries.question_page(
        access.visible_questions(viewer=request.viewer), number=asked.page_number(request)
    )
    context = {"page": page, "waiting": queries.waiting_count()}
    return render(request, "compensation/questions.html", context)


@require_GET
def question(request: SignedInRequest, asked_id: int) -> HttpResponse:
    """One question with the entry it is about, and the form for the answer."""
    access.require(viewer=request.viewer, function=Function.ANSWER_QUESTIONS)
    return _question(request, asked_id, AnswerForm())


@require_POST
def answer(request: SignedInRequest, asked_id: int) -> HttpResponse:
    """Answer it, once."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer,
        function=Function.ANSWER_QUESTIONS,
        attempt=f"answering question {asked_id} about pay",
        now=now,
    )
    row = get_object_or_404(access.visible_questions(viewer=request.viewer), pk=asked_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _question(request, asked_id, form, status=UNPROCESSABLE)
    try:
        operations.answer_question(
            question_id=row.pk,
            answer=form.cleaned_data["answer"],
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _question(request, asked_id, form, status=_status(refusal))
    messages.success(request, "Answered. The one who asked gets a mail.")
    return redirect("period-questions")


def _entry(
    request: SignedInRequest, number: int, form: QuestionForm, *, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    page = entry_page.entry_page(entries=access.visible_entries(viewer=viewer), number=number)
    if page is None:
        raise Http404
    found = queries.of_entry(access.visible_questions(viewer=viewer), number=number)
    context = {
        "page": page,
        "questions": found,
        "form": form,
        "is_own": page.line.engineer_id == viewer.engineer_id,
        "may_ask": not any(each.is_open for each in found),
    }
    return render(request, "compensation/entry.html", context, status=status)


def _question(
    request: SignedInRequest, question_id: int, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    line = queries.question_line(access.visible_questions(viewer=viewer), question_id=question_id)
    if line is None:
        raise Http404
    page = entry_page.entry_page(
        entries=access.visible_entries(viewer=viewer), number=line.entry.number
    )
    context = {
        "line": line,
        "page": page,
        "form": form,
        "is_own": line.asker_id == viewer.engineer_id,
    }
    return render(request, "compensation/question.html", context, status=status)


def _status(refusal: RefusedError) -> int:
    return refusal.status if refusal.status in {403, CONFLICT} else UNPROCESSABLE
