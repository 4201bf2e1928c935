"""How a team works: its policy for everybody, and the form by which its managers change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from rotation import access
from rotation.forms.policy import PolicyForm
from rotation.operations import policies
from rotation.queries import limits, policy_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422
LONGEST_NUMBER = 9


@require_GET
def policy_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """The policy in force in sentences, and every version with what it changed and why."""
    rotation, now = _rotation(request, slug), clock.now()
    page = policy_page.policy_page(rotation=rotation, now=now)
    may_change = access.changes_policy(viewer=request.viewer, team_id=rotation.team_id)
    context = {
        "rotation": rotation,
        "page": page,
        "may_change": may_change,
        "over": limits.people_over_limit(rotation=rotation, policy=page.policy, now=now)
        if may_change
        else [],
    }
    return render(request, "rotation/policy_detail.html", context)


@require_http_methods(["GET", "POST"])
def policy_change(request: SignedInRequest, slug: str) -> HttpResponse:
    """A form with every figure; what it makes is in force from now."""
    rotation = _rotation(request, slug)
    if not access.changes_policy(viewer=request.viewer, team_id=rotation.team_id):
        raise PermissionDenied(
            f"Only managers of {rotation.name} and admins change how the team works."
        )
    latest = rotation.policies.latest("number")
    offices = policy_page.offices_of(rotation)
    if request.method != "POST":
        form = PolicyForm(policy=latest, offices=offices)
        return _page(request, rotation, form, seen=latest.number)
    form = PolicyForm(request.POST, policy=latest, offices=offices)
    if not form.is_valid():
        seen = _number(request.POST.get("seen", "")) or latest.number
        return _page(request, rotation, form, seen=seen, status=UNPROCESSABLE)
    try:
        version = policies.change_policy(
            rotation_id=rotation.pk,
            figures=form.figures,
            reason=form.cleaned_data["reason"],
            seen=_number(request.POST.get("seen", "")),
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        # A second try replaces the version that this page now knows of.
        now_there = rotation.policies.latest("number")
        return _page(request, rotation, form, seen=now_there.number, status=UNPROCESSABLE)
    said = f"Policy {version.number} is in force. Drafts made from now on follow it."
    messages.success(request, said)
    return redirect("policy-detail", slug=rotation.slug)


def _rotation(request: SignedInRequest, slug: str) -> Rotation:
    visible = access.visible_rotations(viewer=request.viewer)
    return get_object_or_404(visible.select_related("team__owner"), slug=slug)


def _page(
    request: SignedInRequest,
    rotation: Rotation,
    form: PolicyForm,
    *,
    seen: int,
    status: int = 200,
) -> HttpResponse:
    context = {"rotation": rotation, "form": form, "seen": seen}
    return render(request, "rotation/policy_change.html", context, status=status)


def _number(text: str) -> int | None:
    """The version that the form was opened with; None when it does not say."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None
