"""One published week, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common import clock
from rotation import access
from rotation.queries import (
    handover_notes,
    leavers,
    page_list,
    patterns,
    questions,
    shadows,
    shift_page,
    sync_state,
)

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.queries.handover_notes import Handover
    from rotation.queries.shift_page import ShiftPage
    from volunteers.access import SignedInRequest


@require_GET
def shift_detail(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Who carries the week, when they are on call, how heavy it is, and why nobody does."""
    rows = access.visible_shifts(viewer=request.viewer)
    shift = get_object_or_404(rows.select_related("level__rotation", "policy"), pk=shift_id)
    now = clock.now()
    rotation = shift.level.rotation
    manages = request.viewer.manages(rotation.team_id)
    reads_titles = access.reads_incidents(
        viewer=request.viewer, team_id=rotation.team_id, today=patterns.today_in(rotation, now)
    )
    page = shift_page.shift_page(shift=shift, now=now)
    own_requests = access.visible_requests(
        viewer=request.viewer, today=patterns.today_in(rotation, now)
    ).filter(shift=shift)
    context = {
        "rotation": rotation,
        "page": page,
        "handover": _handover(request, page, with_titles=reads_titles, now=now),
        "writes_handover": manages or page.is_carried_by(request.viewer.engineer_id),
        "asks": page.takes_covers and (manages or page.is_carried_by(request.viewer.engineer_id)),
        "serves": page.state == "run"
        and not page.is_carried_by(request.viewer.engineer_id)
        and access.shifts_to_take_over(
            viewer=request.viewer, today=patterns.today_in(rotation, now)
        )
        .filter(pk=shift.pk)
        .exists(),
        "readable": set(own_requests.values_list("pk", flat=True)),
        "today": patterns.today_in(rotation, now),
        "sync": sync_state.sync_state(rotation=rotation),
        "shadows": shadows.names_in(shift),
        "withheld": leavers.names_withheld(shift=shift) if shift.ends_at > now else [],
        "policy": shift.policy,
        "manages": manages,
        "corrects": manages
        or request.viewer.is_finance
        or page.is_carried_by(request.viewer.engineer_id),
        "pages": page_list.page_lines(rotation, rows=shift.pages.all(), with_titles=reads_titles),
        "reads_titles": reads_titles,
        "question": questions.newest_of_shift(shift=shift) if manages else None,
    }
    return render(request, "rotation/shift_detail.html", context)


def _handover(
    request: SignedInRequest, page: ShiftPage, *, with_titles: bool, now: dt.datetime
) -> Handover | None:
    """The notes of the shift, for those who may read its incidents or carry some of it."""
    if not with_titles and not page.is_carried_by(request.viewer.engineer_id):
        return None
    return handover_notes.handover(
        shift=page.shift,
        viewer_id=request.viewer.engineer_id,
        with_titles=with_titles,
        now=now,
    )
