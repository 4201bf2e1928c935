"""What is done with a closed month: its files go to payroll, or two of finance open it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from common import clock, wording
from common.refusals import RefusedError
from compensation import access
from compensation.forms import SendForm
from compensation.operations import reopening, rights, sending
from compensation.queries.periods import exports_of
from compensation.views.month import Sent, show_month

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

Function = access.MoneyFunction


@require_POST
def send(request: SignedInRequest, month: str) -> HttpResponse:
    """Mark the ticked files as sent to payroll; what is marked once stays so."""
    now = clock.now()
    _require(request, Function.MARK_SENT, f"marking files of pay period {month} as sent", now)
    form = SendForm(request.POST, files=exports_of(month=month))
    if not form.is_valid():
        return show_month(request, month, Sent(sending=request.POST))
    try:
        marked = sending.mark_sent(
            month=month,
            file_names=form.cleaned_data["file_names"],
            actor=request.viewer.actor,
            now=now,
        )
    except sending.FilesMissingError as refusal:
        return show_month(request, month, Sent(sending=request.POST, refusal=refusal))
    except RefusedError as refusal:
        return show_month(request, month, Sent(refusal=refusal))
    files = wording.counted(marked, "file")
    messages.success(request, f"Marked {files} as sent to payroll. The month is final now.")
    return redirect("period-detail", month=month)


@require_POST
def ask(request: SignedInRequest, month: str) -> HttpResponse:
    """Ask another of finance to open the month again."""
    now = clock.now()
    _require(request, Function.ASK_REOPENING, f"asking to reopen pay period {month}", now)
    try:
        reopening.ask_reopening(
            month=month,
            reason=request.POST.get("reason", ""),
            actor=request.viewer.actor,
            now=now,
        )
    except reopening.ReasonMissingError as refusal:
        return show_month(request, month, Sent(reopening=request.POST, refusal=refusal))
    except RefusedError as refusal:
        return show_month(request, month, Sent(refusal=refusal))
    messages.success(request, "Asked. Everybody else of finance got a mail; one of them decides.")
    return redirect("period-detail", month=month)


@require_POST
def approve(request: SignedInRequest, reopening_id: int) -> HttpResponse:
    """Open the month again, as the second of two people."""
    month, now = _month_of(request, reopening_id, "approving")
    try:
        reopening.approve_reopening(reopening_id=reopening_id, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return show_month(request, month, Sent(refusal=refusal))
    messages.success(request, "Open again. The next close stores the next version of each file.")
    return redirect("period-detail", month=month)


@require_POST
def decline(request: SignedInRequest, reopening_id: int) -> HttpResponse:
    """Leave the month closed; whoever asked takes it back by this."""
    month, now = _month_of(request, reopening_id, "declining")
    try:
        reopening.decline_reopening(
            reopening_id=reopening_id,
            note=request.POST.get("note", ""),
            actor=request.viewer.actor,
            now=now,
        )
    except reopening.ReasonMissingError as refusal:
        return show_month(request, month, Sent(declining=request.POST, refusal=refusal))
    except RefusedError as refusal:
        return show_month(request, month, Sent(refusal=refusal))
    messages.success(request, "The month stays closed. Whoever asked is told.")
    return redirect("period-detail", month=month)


def _month_of(request: SignedInRequest, reopening_id: int, attempt: str) -> tuple[str, dt.datetime]:
    """The month of a request that the viewer may decide about, and the instant."""
    now = clock.now()
    _require(
        request,
        Function.DECIDE_REOPENING,
        f"{attempt} the request {reopening_id} to reopen a pay period",
        now,
    )
    rows = access.visible_reopenings(viewer=request.viewer).select_related("period")
    return get_object_or_404(rows, pk=reopening_id).period.month, now


def _require(
    request: SignedInRequest, function: access.MoneyFunction, attempt: str, now: dt.datetime
) -> None:
    rights.require_finance(viewer=request.viewer, function=function, attempt=attempt, now=now)
