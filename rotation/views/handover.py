"""The handover of a shift: what the one going off writes and the one coming on confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.refusals import RefusedError
from rotation import access
from rotation.operations import handover_notes as operations
from rotation.queries import handover_notes, patterns, worked

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rotation.models import Shift
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422
CONFLICT = 409
LONGEST_NUMBER = 9


@require_http_methods(["GET", "POST"])
def handover(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """The notes, what is open, and the form for one's own note."""
    rows = access.visible_shifts(viewer=request.viewer).select_related("level__rotation")
    shift = get_object_or_404(rows, pk=shift_id)
    writes = access.writes_handover(viewer=request.viewer, shift=shift)
    if not (writes or (request.method != "POST" and _reads(request, shift))):
        raise Http404
    if request.method != "POST":
        return _page(request, shift, writes=writes)
    text = request.POST.get("text", "")
    try:
        operations.write_note(
            shift_id=shift.pk, text=text, actor=request.viewer.actor, now=clock.now()
        )
    except RefusedError as refusal:
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return _page(request, shift, writes=True, text=text, refusal=refusal, status=status)
    messages.success(request, "Saved. Whoever comes on reads it in their mail and here.")
    return redirect("shift-handover", shift_id=shift.pk)


@require_POST
def confirm(request: SignedInRequest, note_id: int) -> HttpResponse:
    """Say that one has read it."""
    note = get_object_or_404(access.visible_notes(viewer=request.viewer), pk=note_id)
    if request.viewer.engineer_id not in handover_notes.confirmers(note=note):
        raise Http404
    seen = request.POST.get("seen", "")
    is_number = seen.isascii() and seen.isdigit() and len(seen) < LONGEST_NUMBER
    operations.confirm_note(
        note_id=note.pk,
        seen=int(seen) if is_number else None,
        actor=request.viewer.actor,
        now=clock.now(),
    )
    messages.success(request, "Confirmed. Its author hears of it.")
    return redirect("shift-handover", shift_id=note.shift_id)


def _reads(request: SignedInRequest, shift: Shift) -> bool:
    rotation = shift.level.rotation
    today = patterns.today_in(rotation, clock.now())
    return access.reads_incidents(viewer=request.viewer, team_id=rotation.team_id, today=today)


def _page(
    request: SignedInRequest,
    shift: Shift,
    *,
    writes: bool,
    text: str | None = None,
    refusal: RefusedError | None = None,
    status: int = 200,
) -> HttpResponse:
    now, me = clock.now(), request.viewer.engineer_id
    found = worked.worked_shift(shift_id=shift.pk)
    page = handover_notes.handover(
        shift=found, viewer_id=me, with_titles=_reads(request, shift), now=now
    )
    own = next((note for note in page.notes if note.author_id == me), None)
    context = {
        "rotation": shift.level.rotation,
        "shift": found,
        "handover": page,
        "own": own,
        "is_over": shift.ends_at <= now,
        "text": text if text is not None else (own.text if own else ""),
        "writes": writes and not (own and own.confirmed_at) and now >= shift.starts_at,
        "refusal": refusal,
        "longest": operations.LONGEST,
    }
    return render(request, "rotation/shift_handover.html", context, status=status)
