"""A planned end: confirmed as it is, or moved by a few weeks that a manager agrees to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.terms import DeclineExtensionForm, ExtendForm
from rotation.queries import leaving, patterns
from volunteers import access
from volunteers.operations import extensions as operations
from volunteers.operations import term_moves
from volunteers.queries import extensions

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest
    from volunteers.models import Term, TermExtension

CONFLICT = 409
UNPROCESSABLE = 422


@require_POST
def roll_off(request: SignedInRequest, term_id: int) -> HttpResponse:
    """Say that one's term ends as planned."""
    rows = access.own_terms(viewer=request.viewer).select_related("team__rotation")
    term = get_object_or_404(rows, pk=term_id)
    now = clock.now()
    today = patterns.today_in(term.team.rotation, now)
    try:
        term_moves.confirm_roll_off(
            term_id=term.pk, actor=request.viewer.actor, today=today, now=now
        )
    except RefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("home")
    end = wording.day(term.ends_on) if term.ends_on else ""
    messages.success(request, f"Noted: your term ends on {end} as planned.")
    return redirect("home")


@require_http_methods(["GET", "POST"])
def extend(request: SignedInRequest, term_id: int) -> HttpResponse:
    """Ask for more weeks of one's own term, or give somebody more as a manager."""
    rows = access.extendable_terms(viewer=request.viewer)
    term = get_object_or_404(rows.select_related("engineer", "team__rotation"), pk=term_id)
    now = clock.now()
    today = patterns.today_in(term.team.rotation, now)
    is_own = term.engineer_id == request.viewer.engineer_id
    form = ExtendForm(request.POST or None, ends_on=term.ends_on or term.starts_on)
    if request.method != "POST":
        return _extend_page(request, term, form, is_own=is_own)
    if not form.is_valid():
        return _extend_page(request, term, form, is_own=is_own, status=UNPROCESSABLE)
    act = operations.ask_extension if is_own else operations.extend_term
    try:
        made = act(
            term_id=term.pk,
            weeks=form.cleaned_data["weeks"],
            actor=request.viewer.actor,
            today=today,
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return _extend_page(request, term, form, is_own=is_own, status=status)
    return _extended(request, made, is_own=is_own)


def _extended(request: SignedInRequest, made: TermExtension, *, is_own: bool) -> HttpResponse:
    if is_own:
        longer = wording.counted(made.weeks, "week")
        messages.success(request, f"Asked for {longer} more. The managers have a mail.")
        return redirect("extension-detail", extension_id=made.pk)
    end = wording.day(made.term.ends_on) if made.term.ends_on else ""
    messages.success(request, f"{made.term.engineer.name}’s term now ends on {end}.")
    return redirect("person-detail", engineer_id=made.engineer_id)


@require_GET
def extension(request: SignedInRequest, extension_id: int) -> HttpResponse:
    """What is asked for, how large the team is then, and what became of it."""
    rows = access.visible_extensions(viewer=request.viewer)
    return _extension_page(request, _found(rows, extension_id))


@require_POST
def confirm(request: SignedInRequest, extension_id: int) -> HttpResponse:
    """Let the term end later."""
    row = _found(access.decidable_extensions(viewer=request.viewer), extension_id)
    now = clock.now()
    today = patterns.today_in(row.term.team.rotation, now)
    try:
        done = operations.confirm_extension(
            extension_id=row.pk, actor=request.viewer.actor, today=today, now=now
        )
    except RefusedError as refusal:
        return _extension_page(request, row, refusal=refusal)
    end = wording.day(done.term.ends_on) if done.term.ends_on else ""
    messages.success(request, f"{row.engineer.name} stays until {end}, and has a mail.")
    return redirect("extension-detail", extension_id=row.pk)


@require_POST
def decline(request: SignedInRequest, extension_id: int) -> HttpResponse:
    """Let the term end as planned, with a reason."""
    row = _found(access.decidable_extensions(viewer=request.viewer), extension_id)
    form = DeclineExtensionForm(request.POST)
    if not form.is_valid():
        return _extension_page(request, row, form=form)
    try:
        operations.decline_extension(
            extension_id=row.pk,
            reason=form.cleaned_data["reason"],
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        if refusal.fields:
            add_refusal(form, refusal)
            return _extension_page(request, row, form=form)
        return _extension_page(request, row, refusal=refusal)
    messages.success(request, f"Declined. {row.engineer.name} has a mail with your reason.")
    return redirect("extension-detail", extension_id=row.pk)


@require_POST
def withdraw(request: SignedInRequest, extension_id: int) -> HttpResponse:
    """Take one's question back."""
    row = _found(access.own_extensions(viewer=request.viewer), extension_id)
    try:
        operations.withdraw_extension(
            extension_id=row.pk, actor=request.viewer.actor, now=clock.now()
        )
    except RefusedError as refusal:
        return _extension_page(request, row, refusal=refusal)
    messages.success(request, "Withdrawn: your term ends as planned.")
    return redirect("home")


def _found(rows: Any, extension_id: int) -> TermExtension:
    read = rows.select_related("engineer", "term__team__rotation", "term__engineer")
    found: TermExtension = get_object_or_404(read, pk=extension_id)
    return found


def _extend_page(
    request: SignedInRequest, term: Term, form: ExtendForm, *, is_own: bool, status: int = 200
) -> HttpResponse:
    waiting = extensions.newest_by_term(term_ids=[term.pk]).get(term.pk)
    context = {
        "term": term,
        "rotation": term.team.rotation,
        "form": form,
        "is_own": is_own,
        "waiting": waiting if waiting is not None and waiting.is_waiting else None,
        "back": reverse("home") if is_own else reverse("person-detail", args=[term.engineer_id]),
    }
    return render(request, "portal/term_extend.html", context, status=status)


def _extension_page(
    request: SignedInRequest,
    row: TermExtension,
    *,
    form: DeclineExtensionForm | None = None,
    refusal: RefusedError | None = None,
) -> HttpResponse:
    now = clock.now()
    row.refresh_from_db()
    rotation = row.term.team.rotation
    line = extensions.lines(extensions=type(row).objects.filter(pk=row.pk))[0]
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    is_own = row.engineer_id == request.viewer.engineer_id
    manages = request.viewer.manages(row.term.team_id)
    context = {
        "line": line,
        "rotation": rotation,
        "is_own": is_own,
        "decides": manages and not is_own and line.is_waiting,
        "withdraws": is_own and line.is_waiting,
        "others": leaving.others_on(term=row.term, day=line.ends_on),
        "target": policy.target_size,
        "form": form or DeclineExtensionForm(),
        "refusal": refusal,
    }
    status = 200 if form is None else UNPROCESSABLE
    return render(
        request, "portal/extension.html", context, status=refusal.status if refusal else status
    )
