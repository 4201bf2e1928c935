"""Rates from a past day: what they change, and deciding about them as the second of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.amending import NoteForm
from compensation.operations import rate_proposals as operations
from compensation.operations import rights
from compensation.queries import rate_requests, retroactive
from compensation.views import asked

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
UNPROCESSABLE = 422
_AS_THEY_ARE = {403, 409}


@require_GET
def proposals(request: SignedInRequest) -> HttpResponse:
    """Every rate from a past day that was proposed, and what became of it."""
    access.require(viewer=request.viewer, function=Function.READ_RATES)
    page = rate_requests.proposal_list(number=asked.page_number(request))
    return render(request, "compensation/rate_proposals.html", {"page": page})


@require_GET
def proposal(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """One of them with every ended week that it changes, and deciding about it."""
    access.require(viewer=request.viewer, function=Function.READ_RATES)
    return _page(request, proposal_id, NoteForm())


@require_POST
def approve(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Put it in force; ended weeks are priced anew."""
    now = _required(request, f"approving rate proposal {proposal_id}")
    form = _note(request)
    try:
        version = operations.approve_rate(
            proposal_id=_known(proposal_id),
            note=request.POST.get("note", ""),
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        return _refused(request, proposal_id, form, refusal)
    messages.success(
        request, f"Approved as {version}. The weeks that it changes are priced anew within minutes."
    )
    return redirect("rate-proposal", proposal_id=proposal_id)


@require_POST
def decline(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Leave the rates as they are."""
    now = _required(request, f"declining rate proposal {proposal_id}")
    form = _note(request)
    try:
        operations.decline_rate(
            proposal_id=_known(proposal_id),
            note=request.POST.get("note", ""),
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        return _refused(request, proposal_id, form, refusal)
    messages.success(request, "Declined. Rates stay as they are.")
    return redirect("rate-proposal", proposal_id=proposal_id)


@require_POST
def withdraw(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Take one's own back."""
    now = _required(request, f"taking back rate proposal {proposal_id}")
    try:
        operations.withdraw_rate(
            proposal_id=_known(proposal_id), actor=request.viewer.actor, now=now
        )
    except RefusedError as refusal:
        return _refused(request, proposal_id, _note(request), refusal)
    messages.success(request, "Taken back. Rates stay as they are.")
    return redirect("rate-proposal", proposal_id=proposal_id)


def _required(request: SignedInRequest, attempt: str) -> dt.datetime:
    """Let finance through; everybody else's attempt is recorded and refused."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer, function=Function.DECIDE_RATE, attempt=attempt, now=now
    )
    return now


def _known(proposal_id: int) -> int:
    if rate_requests.proposal_line(proposal_id=proposal_id) is None:
        raise Http404
    return proposal_id


def _note(request: SignedInRequest) -> NoteForm:
    form = NoteForm(request.POST)
    form.is_valid()
    return form


def _refused(
    request: SignedInRequest, proposal_id: int, form: NoteForm, refusal: RefusedError
) -> HttpResponse:
    add_refusal(form, refusal)
    status = refusal.status if refusal.status in _AS_THEY_ARE else UNPROCESSABLE
    return _page(request, proposal_id, form, status=status)


def _page(
    request: SignedInRequest, proposal_id: int, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    page = rate_requests.proposal_page(proposal_id=proposal_id)
    if page is None:
        raise Http404
    me = request.viewer.engineer_id
    context = {
        "page": page,
        "line": page.line.request,
        "form": form,
        "impact": page.impact,
        "is_own": page.proposer_id == me,
        "concerns": page.impact is not None and me in page.impact.concerned,
        "most": retroactive.MOST_LINES,
    }
    return render(request, "compensation/rate_proposal.html", context, status=status)
