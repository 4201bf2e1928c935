"""Amounts by hand: asking for one with a document, deciding about it, taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.amending import AdjustmentForm, NoteForm, TakingBackForm
from compensation.operations import adjustments as operations
from compensation.operations import rights
from compensation.queries import adjustments as queries
from compensation.views import asked

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from compensation.models import Adjustment
    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
UNPROCESSABLE = 422
_AS_THEY_ARE = {403, 409}


@require_GET
def adjustments(request: SignedInRequest) -> HttpResponse:
    """Every adjustment that the viewer may see, those that wait first."""
    visible = access.visible_adjustments(viewer=request.viewer)
    page = queries.adjustment_list(visible, number=asked.page_number(request))
    context = {
        "page": page,
        "waiting": sum(one.line.waits for one in page.lines),
        "may_ask": access.may_propose_adjustments(viewer=request.viewer),
    }
    return render(request, "compensation/adjustments.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: SignedInRequest) -> HttpResponse:
    """Ask for an amount for somebody of one's teams; finance for anybody."""
    now = clock.now()
    rights.require_proposer(
        viewer=request.viewer,
        attempt="asking for an adjustment" if request.method == "POST" else "",
        now=now,
    )
    people = queries.payees(
        access.adjustable_people(viewer=request.viewer), with_numbers=request.viewer.is_finance
    )
    form = AdjustmentForm(request.POST if request.method == "POST" else None, people=people)
    if request.method != "POST":
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, status=UNPROCESSABLE)
    try:
        made = operations.propose_adjustment(
            wanted=form.wanted(), actor=request.viewer.actor, now=now
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _form(request, form, status=_status(refusal))
    messages.success(request, "Asked. Finance got a mail; nothing is paid until it is approved.")
    return redirect("adjustment-detail", adjustment_id=made)


@require_GET
def adjustment(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    """One adjustment with its document, and deciding about it."""
    visible = access.visible_adjustments(viewer=request.viewer)
    return _page(request, get_object_or_404(visible, pk=adjustment_id), NoteForm())


@require_http_methods(["GET", "POST"])
def take_back(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    """Ask that a posted adjustment be reversed."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer,
        function=Function.TAKE_BACK_ADJUSTMENT,
        attempt=f"taking back adjustment {adjustment_id}",
        now=now,
    )
    rows = access.visible_adjustments(viewer=request.viewer).select_related("entry")
    row = get_object_or_404(rows, pk=adjustment_id, entry__isnull=False)
    form = TakingBackForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid() or row.entry is None:
        status = UNPROCESSABLE if request.method == "POST" else 200
        return _taking_back(request, row, form, status=status)
    try:
        made = operations.propose_taking_back(
            entry_number=row.entry.number,
            reason=form.cleaned_data["reason"],
            document=form.cleaned_data["document"],
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _taking_back(request, row, form, status=_status(refusal))
    messages.success(request, "Asked. Another of finance approves it.")
    return redirect("adjustment-detail", adjustment_id=made)


@require_POST
def approve(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    """Post the amount."""
    return _decide(request, adjustment_id, attempt="approving")


@require_POST
def decline(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    """Post nothing."""
    return _decide(request, adjustment_id, attempt="declining")


@require_POST
def withdraw(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    """Take back what one asked for."""
    row = get_object_or_404(access.own_adjustments(viewer=request.viewer), pk=adjustment_id)
    try:
        operations.withdraw_adjustment(
            adjustment_id=row.pk, actor=request.viewer.actor, now=clock.now()
        )
    except RefusedError as refusal:
        return _refused(request, row, NoteForm(request.POST), refusal)
    messages.success(request, "Taken back. Nothing is paid.")
    return redirect("adjustment-detail", adjustment_id=row.pk)


def _decide(request: SignedInRequest, adjustment_id: int, *, attempt: str) -> HttpResponse:
    """Let finance through; everybody else's attempt is recorded and refused."""
    now, viewer = clock.now(), request.viewer
    rights.require_finance(
        viewer=viewer,
        function=Function.DECIDE_ADJUSTMENT,
        attempt=f"{attempt} adjustment {adjustment_id}",
        now=now,
    )
    row = get_object_or_404(access.visible_adjustments(viewer=viewer), pk=adjustment_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=UNPROCESSABLE)
    note = form.cleaned_data["note"]
    try:
        if attempt == "approving":
            number = operations.approve_adjustment(
                adjustment_id=row.pk, note=note, actor=viewer.actor, now=now
            )
            done = f"Approved and posted as entry {number}. The person gets a mail."
        else:
            operations.decline_adjustment(
                adjustment_id=row.pk, note=note, actor=viewer.actor, now=now
            )
            done = "Declined. Nothing is paid."
    except RefusedError as refusal:
        return _refused(request, row, form, refusal)
    messages.success(request, done)
    return redirect("adjustment-detail", adjustment_id=row.pk)


def _refused(
    request: SignedInRequest, row: Adjustment, form: NoteForm, refusal: RefusedError
) -> HttpResponse:
    add_refusal(form, refusal)
    return _page(request, row, form, status=_status(refusal))


def _form(request: SignedInRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    return render(request, "compensation/adjustment_ask.html", {"form": form}, status=status)


def _taking_back(
    request: SignedInRequest, row: Adjustment, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "one": _line(request, row)}
    return render(request, "compensation/adjustment_take_back.html", context, status=status)


def _page(
    request: SignedInRequest, row: Adjustment, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    one = _line(request, row)
    context = {
        "one": one,
        "form": form,
        "is_own": one.proposer_id == request.viewer.engineer_id,
        "concerns": one.engineer_id == request.viewer.engineer_id,
        "decides": request.viewer.is_finance,
    }
    return render(request, "compensation/adjustment.html", context, status=status)


def _line(request: SignedInRequest, row: Adjustment) -> queries.AdjustmentLine:
    visible = access.visible_adjustments(viewer=request.viewer)
    found = queries.adjustment_lines(visible.filter(pk=row.pk))
    if not found:
        raise Http404
    return found[0]


def _status(refusal: RefusedError) -> int:
    return refusal.status if refusal.status in _AS_THEY_ARE else UNPROCESSABLE
