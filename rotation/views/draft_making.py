"""Asking for a draft: a schedule anew, or a repair of the published one. Managers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from rotation import access
from rotation.domain import disturbances as domain
from rotation.forms.drafts import DraftForm
from rotation.models import Draft
from rotation.operations import drafts as operations
from rotation.operations import repairs
from rotation.queries import disturbances, drafts, patterns, planning

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

CONFLICT = 409
UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def draft_make(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask for a draft of some weeks from the next handover on."""
    rotation = get_object_or_404(access.managed_rotations(viewer=request.viewer), slug=slug)
    now = clock.now()
    facts = _facts(rotation, now)
    can_repair = bool(facts["published_weeks"])
    if request.method != "POST":
        form = DraftForm(can_repair=can_repair, initial=_initial(rotation, facts, now))
        return _page(request, facts, form)
    form = DraftForm(request.POST, can_repair=can_repair)
    if not form.is_valid():
        return _page(request, facts, form, status=UNPROCESSABLE)
    try:
        draft = _ask(request, rotation, form.cleaned_data, now=now)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        status = CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
        return _page(request, facts, form, status=status)
    nudge("rotation.generate_draft", draft_id=draft.pk)
    return redirect("draft-detail", draft_id=draft.pk)


def _ask(
    request: SignedInRequest, rotation: Rotation, values: dict[str, Any], *, now: dt.datetime
) -> Draft:
    actor = request.viewer.actor
    if values["kind"] == Draft.Kind.REPAIR:
        return repairs.request_repair(rotation_id=rotation.pk, actor=actor, now=now)
    return operations.request_draft(
        rotation_id=rotation.pk, weeks=values["weeks"], actor=actor, now=now
    )


def _facts(rotation: Rotation, now: dt.datetime) -> dict[str, Any]:
    first = patterns.coming_handovers(rotation, now=now, count=1)[0].week_date
    found = disturbances.found_in(rotation=rotation, now=now)
    return {
        "rotation": rotation,
        "first": first,
        "causes": domain.causes(found),
        "published_weeks": planning.horizon_weeks(
            rotation=rotation, first_week_date=first, wanted=0
        ),
    }


def _initial(rotation: Rotation, facts: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    """A repair where something disturbs the schedule, else the policy's horizon anew."""
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    kind = Draft.Kind.REPAIR if facts["causes"] else Draft.Kind.FULL
    return {"weeks": policy.horizon_weeks, "kind": kind}


def _page(
    request: HttpRequest, facts: dict[str, Any], form: DraftForm, *, status: int = 200
) -> HttpResponse:
    rotation: Rotation = facts["rotation"]
    context = facts | {
        "form": form,
        "open_draft": drafts.open_draft(rotation_id=rotation.pk),
        "back": reverse("rotation-detail", args=[rotation.slug]),
    }
    return render(request, "rotation/draft_make.html", context, status=status)
