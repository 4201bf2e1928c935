"""Applications: what accepting would do, the decision, and the decided ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from common import clock, wording
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from portal.forms.applications import AcceptForm, DeclineForm
from portal.views import application_cards as cards
from rotation import access as rotation_access
from rotation.queries import joining
from volunteers import access
from volunteers.operations import applications as operations
from volunteers.queries import applications

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import Form
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest, Viewer
    from volunteers.models import Application

WAITING_PER_PAGE = 10
DECIDED_PER_PAGE = 50
CONFLICT = 409
UNPROCESSABLE = 422


@require_GET
def application_list(request: SignedInRequest) -> HttpResponse:
    """Those that wait, the oldest first, each with what accepting would do; decided ones below."""
    return _page(request)


@require_GET
def of_rotation(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same page for one rotation."""
    rows = rotation_access.visible_rotations(viewer=request.viewer)
    rotation = get_object_or_404(rows.select_related("team"), slug=slug)
    return redirect(f"{reverse('applications')}?team={rotation.team.slug}")


@require_http_methods(["GET", "POST"])
def accept(request: SignedInRequest, application_id: int) -> HttpResponse:
    """Make the term that was chosen; a refusal shows on the applicant's card."""
    application = _decidable(request, application_id)
    if request.method != "POST":
        return redirect("applications")
    now = clock.now()
    place = joining.joinings(team_ids=[application.team_id], now=now).get(application.team_id)
    choices = place.choices(not_before=application.earliest_start_on) if place else []
    form = AcceptForm(request.POST, choices=choices, auto_id=cards.auto_id(application_id))
    if place is None or not form.is_valid():
        return _page(request, refused={application_id: form}, status=UNPROCESSABLE)
    try:
        operations.accept_application(
            application_id=application_id,
            starts_on=form.cleaned_data["starts_on"],
            term_weeks=place.term_weeks,
            actor=request.viewer.actor,
            today=place.today,
            now=now,
        )
    except RefusedError as refusal:
        return _refused(request, application_id, form, refusal)
    nudge("rotation.sweep_people_checks")
    start = wording.day(form.cleaned_data["starts_on"])
    messages.success(
        request,
        f"{application.engineer.name} is accepted from {start} and gets a mail. "
        "The next draft counts on them.",
    )
    return redirect("applications")


@require_http_methods(["GET", "POST"])
def decline(request: SignedInRequest, application_id: int) -> HttpResponse:
    """Say no with a line that the applicant reads."""
    application = _decidable(request, application_id)
    if request.method != "POST":
        return redirect("applications")
    form = DeclineForm(request.POST, auto_id=cards.auto_id(application_id))
    if not form.is_valid():
        return _page(request, refused={application_id: form}, status=UNPROCESSABLE)
    try:
        operations.decline_application(
            application_id=application_id,
            reason=form.cleaned_data["reason"],
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        return _refused(request, application_id, form, refusal)
    messages.success(request, f"{application.engineer.name} is declined and gets a mail.")
    return redirect("applications")


def _decidable(request: SignedInRequest, application_id: int) -> Application:
    rows = access.decidable_applications(viewer=request.viewer).select_related("engineer")
    return get_object_or_404(rows, pk=application_id)


def _refused(
    request: SignedInRequest, application_id: int, form: Form, refusal: RefusedError
) -> HttpResponse:
    """The list again, with the refusal on the card, or on top when the card is gone."""
    add_refusal(form, refusal)
    status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    return _page(request, refused={application_id: form}, status=status)


def _page(
    request: SignedInRequest,
    *,
    refused: dict[int, Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    if not (viewer.is_manager or viewer.is_admin):
        raise PermissionDenied("Only the managers of an on-call team review its applications.")
    rows = _scope(viewer, request.GET.get("team", ""))
    refused = refused or {}
    waiting = Paginator(applications.waiting(applications=rows), WAITING_PER_PAGE)
    waiting_page = waiting.get_page(request.GET.get("page"))
    decided = Paginator(applications.decided(applications=rows), DECIDED_PER_PAGE)
    decided_page = decided.get_page(request.GET.get("decided"))
    lines = applications.application_lines(page=waiting_page.object_list)
    shown = {line.application_id for line in lines}
    oldest = waiting.object_list[0].submitted_at if waiting.count else None
    context: dict[str, Any] = {
        "waiting": waiting_page,
        "cards": cards.cards(lines, viewer=viewer, now=now, refused=refused),
        "waiting_count": waiting.count,
        "oldest_days": (now - oldest).days if oldest else 0,
        "decided": decided_page,
        "decided_lines": applications.application_lines(page=decided_page.object_list),
        "lost": [form for key, form in refused.items() if key not in shown],
    }
    return render(request, "portal/applications.html", context, status=status)


def _scope(viewer: Viewer, slug: str) -> QuerySet[Application]:
    """What the viewer reviews: own teams, all for an admin; one team's when asked for."""
    rows = (
        access.visible_applications(viewer=viewer)
        if viewer.is_admin
        else access.decidable_applications(viewer=viewer)
    )
    return applications.of_team(applications=rows, slug=slug) if slug else rows
