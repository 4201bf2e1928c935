"""Level 2: a manager enters who serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.terms import EnterTermForm
from rotation import access as rotation_access
from rotation.queries import patterns
from volunteers.operations import terms as operations
from volunteers.queries import teams

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse

    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

OFFERED_WEEKS = 53
CONFLICT = 409
UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def enter(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put a manager of the team on level 2."""
    rows = rotation_access.managed_rotations(viewer=request.viewer).select_related("team")
    rotation = get_object_or_404(rows, slug=slug)
    now = clock.now()
    weeks = patterns.coming_handovers(rotation, now=now, count=OFFERED_WEEKS)
    form = EnterTermForm(
        request.POST if request.method == "POST" else None,
        managers=teams.managers_by_team(team_ids=[rotation.team_id], now=now).get(
            rotation.team_id, []
        ),
        handovers=[week.week_date for week in weeks],
    )
    if request.method != "POST":
        return _enter_page(request, rotation, form)
    if not form.is_valid():
        return _enter_page(request, rotation, form, status=UNPROCESSABLE)
    try:
        term = operations.enter_escalation_term(
            team_id=rotation.team_id,
            engineer_id=form.cleaned_data["engineer"],
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            actor=request.viewer.actor,
            today=patterns.today_in(rotation, now),
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _enter_page(request, rotation, form, status=_status(refusal))
    messages.success(
        request,
        f"{term.engineer.name} serves on level 2 from {wording.day(term.starts_on)}. "
        "The next draft counts on them.",
    )
    return redirect("people")


def _enter_page(
    request: SignedInRequest, rotation: Rotation, form: Form, *, status: int = 200
) -> HttpResponse:
    context = {"rotation": rotation, "form": form, "back": reverse("people")}
    return render(request, "portal/term_enter.html", context, status=status)


def _status(refusal: RefusedError) -> int:
    return CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
