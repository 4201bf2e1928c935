"""Volunteering: the teams to apply to, the form, where one's application stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.applying import ApplyForm, ChangeForm, KeptForm
from portal.queries import volunteering
from rotation import access as rotation_access
from rotation.queries import patterns, statements
from volunteers import access
from volunteers.operations import application_drafts, applications
from volunteers.queries import own_applications

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from portal.queries.volunteering import Volunteering
    from rotation.models import Rotation
    from volunteers.access import SignedInRequest
    from volunteers.queries.applications import ApplicationLine
    from volunteers.queries.own_applications import Draft

OK = 200
CONFLICT = 409
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
def keep(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keep what was typed until it is sent, or forget it; by the button, or while one types."""
    rotation = _rotation(request, slug)
    now = clock.now()
    if "discard" in request.POST:
        application_drafts.discard_draft(team_id=rotation.team_id, actor=request.viewer.actor)
        messages.success(request, "What you had typed is gone. Nothing was sent.")
        return redirect("apply-team", slug=slug)
    found = volunteering.volunteering(rotation=rotation, viewer=request.viewer, now=now)
    form = KeptForm(request.POST, handovers=[choice.starts_on for choice in found.choices])
    if form.is_valid():
        try:
            application_drafts.keep_draft(
                team_id=rotation.team_id,
                **form.cleaned_data,
                actor=request.viewer.actor,
                now=now,
            )
        except RefusedError as refusal:
            add_refusal(form, refusal)
    if request.htmx:
        context = {"form": form, "at": now, "page": found}
        status = UNPROCESSABLE if form.errors else 200
        return render(request, "portal/apply_kept.html", context, status=status)
    if form.errors:
        return _page(request, found, form, status=UNPROCESSABLE)
    messages.success(
        request, "Kept. Nothing is sent yet, and only you can read it; come back when you like."
    )
    return redirect("apply-team", slug=slug)


@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, slug: str) -> HttpResponse:
    """Change what one sent while it waits; another window's newer change is not overwritten."""
    rotation = _rotation(request, slug)
    now = clock.now()
    found = volunteering.volunteering(rotation=rotation, viewer=request.viewer, now=now)
    sent = found.application
    if sent is None:
        raise Http404
    if request.method == "POST":
        form = _change_form(found, sent, request)
        status = _change(request, sent, form, now=now, today=found.today)
        if status != OK:
            return _change_page(request, found, form, status=status)
        messages.success(request, "Your application is changed. Its place in line stays.")
    elif found.waits:
        return _change_page(request, found, _change_form(found, sent))
    return redirect("apply-team", slug=slug)


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


def _change(
    request: SignedInRequest,
    sent: ApplicationLine,
    form: ChangeForm,
    *,
    now: dt.datetime,
    today: dt.date,
) -> int:
    """The HTTP status of the change; what speaks against it then stands in the form."""
    if not form.is_valid():
        return UNPROCESSABLE
    answers = dict(form.cleaned_data)
    try:
        applications.change_application(
            application_id=sent.application_id,
            seen_version=answers.pop("version"),
            **answers,
            actor=request.viewer.actor,
            today=today,
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    return OK


def _form(found: Volunteering, request: SignedInRequest | None = None) -> ApplyForm:
    data = request.POST if request else None
    draft = found.draft
    initial = _answers(draft) if draft and data is None else None
    handovers = [choice.starts_on for choice in found.choices]
    return ApplyForm(data, handovers=handovers, hint=_hint(found), initial=initial)


def _change_form(
    found: Volunteering, sent: ApplicationLine, request: SignedInRequest | None = None
) -> ChangeForm:
    """The form with what was sent; a start or a week that has passed meanwhile may stay."""
    handovers = {choice.starts_on for choice in found.choices}
    handovers |= {sent.earliest_start_on, *sent.unsuitable_weeks}
    data = request.POST if request else None
    initial = _answers(sent) | {"version": sent.version}
    return ChangeForm(data, handovers=sorted(handovers), hint=_hint(found), initial=initial)


def _answers(kept: Draft | ApplicationLine) -> dict[str, Any]:
    start = kept.earliest_start_on
    return {
        "motivation": kept.motivation,
        "experience": kept.experience,
        "earliest_start_on": start.isoformat() if start else None,
        "unsuitable_weeks": [week.isoformat() for week in kept.unsuitable_weeks],
        "told_own_manager": kept.told,
    }


def _hint(found: Volunteering) -> str:
    pattern = found.statement.pattern
    handover = f"{wording.weekday(pattern.handover_weekday)} {pattern.handover_time:%H:%M}"
    text = f"Terms start at a handover, {handover} {pattern.zone}. {_needed(found.gaps)}"
    return text.strip()


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


def _change_page(
    request: SignedInRequest, found: Volunteering, form: ChangeForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "portal/apply_change.html", {"page": found, "form": form}, status=status)
