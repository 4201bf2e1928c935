"""Volunteering: the teams to apply to, the form, where one's application stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.applying import ApplyForm
from portal.queries import volunteering
from rotation import access as rotation_access
from rotation.queries import patterns, statements
from volunteers import access
from volunteers.operations import applications
from volunteers.queries import own_applications

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from portal.queries.volunteering import Volunteering
    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422
SHOWN_WEEKS = 4


@require_GET
def teams(request: SignedInRequest) -> HttpResponse:
    """Every on-call team that one can apply to; the only one opens at once."""
    lines = statements.statements(now=clock.now())
    if len(lines) == 1:
        return redirect("apply-team", slug=lines[0].slug)
    sent = own_applications.newest_by_team(
        applications=access.own_applications(viewer=request.viewer)
    )
    states = {line.team_name: line.state for line in sent.values()}
    context = {"teams": [(line, states.get(line.name, "")) for line in lines]}
    return render(request, "portal/apply_teams.html", context)


@require_http_methods(["GET", "POST"])
def team(request: SignedInRequest, slug: str) -> HttpResponse:
    """The form for oneself, or where one's application or term stands."""
    rotation = _rotation(request, slug)
    now = clock.now()
    found = volunteering.volunteering(rotation=rotation, viewer=request.viewer, now=now)
    if request.method != "POST":
        return _page(request, found, _form(found))
    form = _form(found, request)
    if form.is_valid() and _apply(request, rotation, form, now):
        messages.success(
            request,
            f"You have applied to {rotation.name}. Its managers answer, and you get a mail.",
        )
        return redirect("apply-team", slug=slug)
    return _page(request, found, form, status=UNPROCESSABLE)


@require_POST
def withdraw(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take back one's own application to the team, without a reason."""
    rotation = _rotation(request, slug)
    sent = own_applications.newest_by_team(
        applications=access.own_applications(viewer=request.viewer)
    )
    application = sent.get(rotation.team_id)
    if application is None:
        raise Http404
    applications.withdraw_application(
        application_id=application.application_id, actor=request.viewer.actor, now=clock.now()
    )
    messages.success(request, "Your application is withdrawn. You can apply again at any time.")
    return redirect("apply-team", slug=slug)


def _rotation(request: SignedInRequest, slug: str) -> Rotation:
    visible = rotation_access.visible_rotations(viewer=request.viewer)
    return get_object_or_404(visible.select_related("team"), slug=slug)


def _apply(request: SignedInRequest, rotation: Rotation, form: ApplyForm, now: dt.datetime) -> bool:
    """Whether the application was taken; a refusal's words then stand in the form."""
    try:
        applications.apply_for_term(
            team_id=rotation.team_id,
            **form.cleaned_data,
            actor=request.viewer.actor,
            today=patterns.today_in(rotation, now),
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _form(found: Volunteering, request: SignedInRequest | None = None) -> ApplyForm:
    pattern = found.statement.pattern
    handover = f"{wording.weekday(pattern.handover_weekday)} {pattern.handover_time:%H:%M}"
    hint = f"Terms start at a handover, {handover} {pattern.zone}. {_needed(found.gaps)}"
    data = request.POST if request else None
    return ApplyForm(
        data, handovers=[choice.starts_on for choice in found.choices], hint=hint.strip()
    )


def _needed(weeks: tuple[dt.date, ...]) -> str:
    """`2 published weeks have nobody: Mon 19 Apr 2027, Mon 10 May 2027.`, empty without any."""
    if not weeks:
        return ""
    noun = wording.counted(len(weeks), "published week has", "published weeks have")
    listed = ", ".join(wording.day(day) for day in weeks[:SHOWN_WEEKS])
    rest = f" and {len(weeks) - SHOWN_WEEKS} more" if len(weeks) > SHOWN_WEEKS else ""
    return f"{noun} nobody: {listed}{rest}."


def _page(
    request: SignedInRequest, found: Volunteering, form: ApplyForm, *, status: int = 200
) -> HttpResponse:
    page = "portal/apply.html" if found.may_apply else "portal/apply_state.html"
    return render(request, page, {"page": found, "form": form}, status=status)
