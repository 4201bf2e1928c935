"""Corrections of who worked a week: asking with evidence, seeing what changes, deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.amending import CorrectionForm, NoteForm
from compensation.operations import corrections as operations
from compensation.operations import rights
from compensation.queries import corrections as queries
from compensation.queries.shifts import payable_shift
from compensation.views import asked

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from compensation.models import Correction
    from compensation.queries.corrections import CorrectionPage
    from compensation.queries.shifts import PayableShift
    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
UNPROCESSABLE = 422
_AS_THEY_ARE = {403, 409}


@require_GET
def corrections(request: SignedInRequest) -> HttpResponse:
    """Every correction that the viewer may see, those that wait first."""
    visible = access.visible_corrections(viewer=request.viewer)
    page = queries.correction_list(visible, number=asked.page_number(request))
    waiting = sum(line.waits for line in page.lines)
    return render(request, "compensation/corrections.html", {"page": page, "waiting": waiting})


@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Say who really had which part; first what it changes, then the second click asks."""
    shifts = access.correctable_shifts(viewer=request.viewer)
    payable = payable_shift(shift_id=get_object_or_404(shifts, pk=shift_id).pk)
    now = clock.now()
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        period=payable.shift.period,
        zone=payable.shift.time_zone,
        people=queries.candidates(shift_id=shift_id),
    )
    if request.method != "POST":
        return _form(request, payable, form, now=now)
    if not form.is_valid():
        return _form(request, payable, form, now=now, status=UNPROCESSABLE)
    if request.POST.get("seen") != form.digest or "look" in request.POST:
        return _form(request, payable, form, now=now, with_effect=True)
    return _asked(request, payable, form, now)


@require_GET
def correction(request: SignedInRequest, correction_id: int) -> HttpResponse:
    """One correction: what was asked, what it changes, and deciding about it."""
    visible = access.visible_corrections(viewer=request.viewer)
    return _page(request, get_object_or_404(visible, pk=correction_id), NoteForm())


@require_POST
def approve(request: SignedInRequest, correction_id: int) -> HttpResponse:
    """Let it count and pay the week anew."""
    return _decide(request, correction_id, attempt="approving", done="Approved.")


@require_POST
def decline(request: SignedInRequest, correction_id: int) -> HttpResponse:
    """Leave the week as it is paid."""
    return _decide(
        request, correction_id, attempt="declining", done="Declined. The week stays as it is paid."
    )


@require_POST
def withdraw(request: SignedInRequest, correction_id: int) -> HttpResponse:
    """Take back what one asked for."""
    row = get_object_or_404(access.own_corrections(viewer=request.viewer), pk=correction_id)
    try:
        operations.withdraw_correction(
            correction_id=row.pk, actor=request.viewer.actor, now=clock.now()
        )
    except RefusedError as refusal:
        return _refused(request, row, NoteForm(request.POST), refusal)
    messages.success(request, "Taken back. The week stays as it is paid.")
    return redirect("correction-detail", correction_id=row.pk)


def _asked(
    request: SignedInRequest, payable: PayableShift, form: CorrectionForm, now: dt.datetime
) -> HttpResponse:
    wanted = form.wanted(
        shift_id=payable.shift_id, now_covers=queries.covers_now(shift_id=payable.shift_id)
    )
    try:
        made = operations.propose_correction(wanted=wanted, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        status = refusal.status if refusal.status in _AS_THEY_ARE else UNPROCESSABLE
        return _form(request, payable, form, now=now, status=status)
    messages.success(
        request, "Asked. Finance got a mail; nothing changes until one of them approves it."
    )
    return redirect("correction-detail", correction_id=made)


def _form(
    request: SignedInRequest,
    payable: PayableShift,
    form: CorrectionForm,
    *,
    now: dt.datetime,
    with_effect: bool = False,
    status: int = 200,
) -> HttpResponse:
    effect = None
    if with_effect:
        covers = [
            *queries.covers_now(shift_id=payable.shift_id),
            *form.cleaned_data["spans"],
        ]
        effect = queries.compared(shift_id=payable.shift_id, covers=covers)
    context: dict[str, Any] = {
        "payable": payable,
        "form": form,
        "compared": effect,
        "differences": _differences(request, effect),
        "changes": effect is not None and effect.before != effect.after,
        "seen": form.digest if with_effect else "",
        "has_ended": operations.has_ended(payable, now=now),
        "waiting": access.visible_corrections(viewer=request.viewer)
        .filter(shift_id=payable.shift_id, state="proposed")
        .first(),
        "now_lines": queries.worked_lines(payable),
    }
    return render(request, "compensation/correction_ask.html", context, status=status)


def _decide(
    request: SignedInRequest, correction_id: int, *, attempt: str, done: str
) -> HttpResponse:
    """Let finance through; everybody else's attempt is recorded and refused."""
    now, viewer = clock.now(), request.viewer
    rights.require_finance(
        viewer=viewer,
        function=Function.DECIDE_CORRECTION,
        attempt=f"{attempt} correction {correction_id}",
        now=now,
    )
    row = get_object_or_404(access.visible_corrections(viewer=viewer), pk=correction_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=UNPROCESSABLE)
    note = form.cleaned_data["note"]
    try:
        if attempt == "approving":
            numbers = operations.approve_correction(
                correction_id=row.pk, note=note, actor=viewer.actor, now=now
            )
            done = f"{done} {_posted(numbers)}"
        else:
            operations.decline_correction(
                correction_id=row.pk, note=note, actor=viewer.actor, now=now
            )
    except RefusedError as refusal:
        return _refused(request, row, form, refusal)
    messages.success(request, done)
    return redirect("correction-detail", correction_id=row.pk)


def _posted(numbers: list[int]) -> str:
    if not numbers:
        return "No amount changes by it now."
    return f"Entries {numbers[0]} to {numbers[-1]} are posted; those they concern get a mail."


def _refused(
    request: SignedInRequest, row: Correction, form: NoteForm, refusal: RefusedError
) -> HttpResponse:
    add_refusal(form, refusal)
    status = refusal.status if refusal.status in _AS_THEY_ARE else UNPROCESSABLE
    return _page(request, row, form, status=status)


def _page(
    request: SignedInRequest, row: Correction, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    page = queries.correction_page(access.visible_corrections(viewer=viewer), correction_id=row.pk)
    context = {
        "page": page,
        "compared": page.compared,
        "differences": _differences(request, page.compared),
        "entries": page.entries if viewer.is_finance else (),
        "form": form,
        "is_own": page.proposer_id == viewer.engineer_id,
        "concerns": _concerns(page, viewer.engineer_id),
        "decides": viewer.is_finance,
    }
    return render(request, "compensation/correction.html", context, status=status)


def _concerns(page: CorrectionPage, engineer_id: int) -> bool:
    return engineer_id in page.compared.concerned | page.named


def _differences(
    request: SignedInRequest, compared: queries.Comparison | None
) -> list[queries.Difference]:
    """What changes for everybody, for finance; for anybody else only their own."""
    if compared is None:
        return []
    if request.viewer.is_finance:
        return list(compared.differences)
    return compared.own(request.viewer.engineer_id)
