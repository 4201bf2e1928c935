"""A week is cancelled, and restored before it begins. Managers of the team only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from common import clock
from common.forms import add_refusal
from common.nudge import nudge
from rotation import access
from rotation.forms.cancelling import CancelForm
from rotation.operations import cancelling
from rotation.queries import shift_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rotation.models import Shift
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def cancel(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Say what cancelling does and ask why; POST does it."""
    shift = _shift(request, shift_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, shift, form)
    if not form.is_valid():
        return _page(request, shift, form, status=UNPROCESSABLE)
    try:
        cancelling.cancel_shift(
            shift_id=shift.pk,
            reason=form.cleaned_data["reason"],
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except cancelling.CancelInvalidError as refusal:
        add_refusal(form, refusal)
        return _page(request, shift, form, status=UNPROCESSABLE)
    nudge("rotation.sweep_syncs")
    messages.success(
        request,
        "The week is cancelled. PagerDuty follows within a minute; those it concerns get a mail.",
    )
    return redirect("shift-detail", shift_id=shift.pk)


@require_http_methods(["GET", "POST"])
def restore(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Say what undoing the cancelling does; POST does it."""
    shift = _shift(request, shift_id)
    if request.method != "POST":
        return _page(request, shift, None)
    cancelling.restore_shift(shift_id=shift.pk, actor=request.viewer.actor, now=clock.now())
    nudge("rotation.sweep_syncs")
    messages.success(
        request,
        "The week takes place again. PagerDuty follows within a minute; those it concerns get a "
        "mail.",
    )
    return redirect("shift-detail", shift_id=shift.pk)


def _shift(request: SignedInRequest, shift_id: int) -> Shift:
    rows = access.cancellable_shifts(viewer=request.viewer)
    return get_object_or_404(rows.select_related("level__rotation", "policy"), pk=shift_id)


def _page(
    request: SignedInRequest, shift: Shift, form: CancelForm | None, *, status: int = 200
) -> HttpResponse:
    page = shift_page.shift_page(shift=shift, now=clock.now())
    context = {"rotation": shift.level.rotation, "page": page, "form": form}
    name = "rotation/shift_restore.html" if form is None else "rotation/shift_cancel.html"
    return render(request, name, context, status=status)
