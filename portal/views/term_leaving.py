"""Leaving early: a day is asked for, what it means is shown, then it is confirmed or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common import clock, wording
from common.nudge import nudge
from common.refusals import RefusedError
from portal.forms.terms import LeaveDayForm, LeaveForm
from rotation.operations import leaving as operations
from rotation.queries import leaving, patterns
from volunteers import access
from volunteers.operations.terms import end_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from volunteers.access import SignedInRequest
    from volunteers.models import Term

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def leave(request: SignedInRequest, term_id: int) -> HttpResponse:
    """Ask from when on, show what it means for published weeks, and do it once confirmed."""
    rows = access.leavable_terms(viewer=request.viewer)
    term = get_object_or_404(rows.select_related("engineer", "team__rotation"), pk=term_id)
    now = clock.now()
    if request.method == "POST":
        return _confirm(request, term, now)
    if "on" not in request.GET:
        return _page(request, term, now)
    form = LeaveDayForm(request.GET)
    left_on = None
    if form.is_valid():
        days = leaving.days_to_leave(term=term, rotation=term.team.rotation, now=now)
        left_on = next((each for each in days if each >= form.cleaned_data["on"]), None)
        if left_on is None:
            form.add_error("on", _too_late(term))
    status = 200 if left_on is not None else UNPROCESSABLE
    return _page(request, term, now, form=form, left_on=left_on, status=status)


@require_POST
def stay(request: SignedInRequest, term_id: int) -> HttpResponse:
    """Take back that a term ends early."""
    rows = access.resumable_terms(viewer=request.viewer)
    term = get_object_or_404(rows.select_related("engineer", "team__rotation"), pk=term_id)
    now = clock.now()
    try:
        kept = operations.stay_after_all(term_id=term.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _page(request, term, now, refusal=refusal)
    for sweep in operations.SWEEPS:
        nudge(sweep)
    until = f"until {wording.day(kept.ends_on)}" if kept.ends_on else "with no end set"
    messages.success(request, f"{_who(request, term, 'You stay', 'stays')} {until}.")
    return redirect(_back(request, term))


def _confirm(request: SignedInRequest, term: Term, now: dt.datetime) -> HttpResponse:
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _page(request, term, now, status=UNPROCESSABLE)
    left_on = form.cleaned_data["left_on"]
    try:
        operations.leave_team(
            term_id=term.pk,
            left_on=left_on,
            seen=form.cleaned_data["seen"],
            actor=request.viewer.actor,
            now=now,
        )
    except operations.LeavingChangedError as refusal:
        return _page(request, term, now, left_on=left_on, refusal=refusal)
    except RefusedError as refusal:
        return _page(request, term, now, refusal=refusal)
    for sweep in operations.SWEEPS:
        nudge(sweep)
    done = _who(request, term, "You leave", "leaves")
    messages.success(
        request, f"{done} on {wording.day(left_on)}. The managers are told; PagerDuty follows."
    )
    return redirect("term-leave", term_id=term.pk)


def _page(  # noqa: PLR0913 - what the page shows
    request: SignedInRequest,
    term: Term,
    now: dt.datetime,
    *,
    form: LeaveDayForm | None = None,
    left_on: dt.date | None = None,
    refusal: RefusedError | None = None,
    status: int = 200,
) -> HttpResponse:
    rotation = term.team.rotation
    pattern = patterns.pattern_of(rotation)
    end = end_of(term)
    days = leaving.days_to_leave(term=term, rotation=rotation, now=now)
    is_over = end is not None and leaving.handover_at(rotation, end) <= now
    effect = None
    if left_on is not None and not is_over:
        effect = leaving.leaving(term=term, rotation=rotation, left_on=left_on, now=now)
    may_stay = access.resumable_terms(viewer=request.viewer).filter(pk=term.pk).exists()
    context: dict[str, Any] = {
        "term": term,
        "rotation": rotation,
        "end": end,
        "end_at": leaving.handover_at(rotation, end) if end else None,
        "is_over": is_over,
        "is_own": term.engineer_id == request.viewer.engineer_id,
        "has_begun": term.starts_on <= patterns.today_in(rotation, now),
        "may_stay": may_stay and not is_over,
        "days": days,
        "form": form or LeaveDayForm(initial={"on": days[0] if days else None}),
        "effect": effect,
        "wanted": form.cleaned_data.get("on") if form is not None and effect else None,
        "handover": pattern,
        "back": _back(request, term),
        "refusal": refusal,
    }
    status = status if refusal is None else refusal.status
    return render(request, "portal/term_leave.html", context, status=status)


def _too_late(term: Term) -> str:
    if term.ends_on is None:
        return "Choose a day within the next year."
    return (
        f"The term ends on {wording.day(term.ends_on)} as planned, and no handover lies between. "
        "There is nothing to cut short."
    )


def _who(request: SignedInRequest, term: Term, own: str, other: str) -> str:
    if term.engineer_id == request.viewer.engineer_id:
        return own
    return f"{term.engineer.name} {other}"


def _back(request: SignedInRequest, term: Term) -> str:
    if term.engineer_id == request.viewer.engineer_id:
        return reverse("home")
    return reverse("person-detail", args=[term.engineer_id])
