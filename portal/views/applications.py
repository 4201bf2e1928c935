"""Applications: what accepting would do, the decision, the waiting list, the decided ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from portal.forms.applications import AcceptForm, DeclineForm, MoveForm
from portal.views import application_cards as cards
from portal.views.application_review import review_page
from rotation import access as rotation_access
from rotation.queries import joining
from volunteers import access
from volunteers.operations import application_decisions, waiting_list
from volunteers.queries import cool_down

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpResponse

    from rotation.queries.joining import Joining
    from volunteers.access import SignedInRequest
    from volunteers.models import Application

CONFLICT = 409
UNPROCESSABLE = 422


@require_GET
def application_list(request: SignedInRequest) -> HttpResponse:
    """Those that wait, the oldest first, each with what accepting would do; decided ones below."""
    return review_page(request)


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
    choices = place.choices(not_before=_earliest(application, place)) if place else []
    form = AcceptForm(request.POST, choices=choices, auto_id=cards.auto_id(application_id))
    if place is None or not form.is_valid():
        return review_page(request, refused={application_id: form}, status=UNPROCESSABLE)
    try:
        application_decisions.accept_application(
            application_id=application_id,
            **form.cleaned_data,
            term_weeks=place.term_weeks,
            target_size=place.target_size,
            cool_down_weeks=place.cool_down_weeks,
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


def _earliest(application: Application, place: Joining) -> dt.date:
    """The wanted start, or later where the policy's time between two terms lasts longer."""
    rests_until = cool_down.rests_until(
        team_id=application.team_id,
        engineer_id=application.engineer_id,
        weeks=place.cool_down_weeks,
    )
    return max(application.earliest_start_on, rests_until or application.earliest_start_on)


@require_http_methods(["GET", "POST"])
def decline(request: SignedInRequest, application_id: int) -> HttpResponse:
    """Say no with a line that the applicant reads."""
    application = _decidable(request, application_id)
    if request.method != "POST":
        return redirect("applications")
    form = DeclineForm(request.POST, auto_id=cards.auto_id(application_id))
    if not form.is_valid():
        return review_page(request, refused={application_id: form}, status=UNPROCESSABLE)
    try:
        application_decisions.decline_application(
            application_id=application_id,
            reason=form.cleaned_data["reason"],
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        return _refused(request, application_id, form, refusal)
    messages.success(request, f"{application.engineer.name} is declined and gets a mail.")
    return redirect("applications")


@require_POST
def put_on_list(request: SignedInRequest, application_id: int) -> HttpResponse:
    """Put it at the end of the waiting list."""
    application = _decidable(request, application_id)
    return _moved(
        request,
        lambda: waiting_list.put_on_waiting_list(
            application_id=application_id, actor=request.viewer.actor, now=clock.now()
        ),
        f"{application.engineer.name} is on the waiting list and gets a mail.",
    )


@require_POST
def take_off_list(request: SignedInRequest, application_id: int) -> HttpResponse:
    """Put it back among those that wait for an answer."""
    application = _decidable(request, application_id)
    return _moved(
        request,
        lambda: waiting_list.take_off_waiting_list(
            application_id=application_id, actor=request.viewer.actor, now=clock.now()
        ),
        f"{application.engineer.name} is off the waiting list and waits for your answer.",
    )


@require_POST
def move_on_list(request: SignedInRequest, application_id: int) -> HttpResponse:
    """Change places with the one before or after it."""
    application = _decidable(request, application_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Choose up or down on the page of applications.")
    return _moved(
        request,
        lambda: waiting_list.move_on_waiting_list(
            application_id=application_id,
            direction=form.cleaned_data["direction"],
            seen_place=form.cleaned_data["seen_place"],
            actor=request.viewer.actor,
            now=clock.now(),
        ),
        f"{application.engineer.name} moved {form.cleaned_data['direction']} the waiting list.",
    )


def _decidable(request: SignedInRequest, application_id: int) -> Application:
    rows = access.decidable_applications(viewer=request.viewer).select_related("engineer")
    return get_object_or_404(rows, pk=application_id)


def _moved(request: SignedInRequest, move: Callable[[], None], done: str) -> HttpResponse:
    """The list after the move, or as somebody else left it with the refusal on top."""
    try:
        move()
    except RefusedError as refusal:
        form = Form({})
        form.is_valid()
        add_refusal(form, refusal)
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return review_page(request, told=[form], status=status)
    messages.success(request, done)
    return redirect("applications")


def _refused(
    request: SignedInRequest, application_id: int, form: Form, refusal: RefusedError
) -> HttpResponse:
    """The list again, with the refusal on the card, or on top when the card is gone."""
    add_refusal(form, refusal)
    status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    return review_page(request, refused={application_id: form}, status=status)
