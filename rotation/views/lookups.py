"""What PagerDuty answers to a plan, a search, or what an adoption would do; a worker reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from rotation import access
from rotation.forms.adoption import OwnForm, SearchForm, level_of
from rotation.models import Lookup
from rotation.operations import adoption, lookups
from rotation.queries import edited_weeks, sync_state
from rotation.queries import lookups as queries

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpResponse

    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

REFRESH_SECONDS = "3"
UNPROCESSABLE = 422


@require_POST
def rotation_plan(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask what a sync would write now."""
    rotation = _rotation(request, slug)
    lookup = lookups.ask_plan(rotation_id=rotation.pk, actor=request.viewer.actor, now=clock.now())
    nudge("rotation.sweep_lookups")
    return redirect("lookup-detail", lookup_id=lookup.pk)


@require_http_methods(["GET", "POST"])
def rotation_existing(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the rotation uses in PagerDuty, and a search for what it could use instead.

    With a `ref` the POST asks what would become of that one.
    """
    rotation = _rotation(request, slug)
    if request.method != "POST":
        return _existing_page(request, rotation, SearchForm())
    form = SearchForm(_asked(request))
    if not form.is_valid():
        return _existing_page(request, rotation, form, status=UNPROCESSABLE)
    try:
        lookup = _ask(rotation, form, request)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _existing_page(request, rotation, form, status=UNPROCESSABLE)
    nudge("rotation.sweep_lookups")
    return redirect("lookup-detail", lookup_id=lookup.pk)


@require_POST
def rotation_own(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let Rota find its own schedule or policy again, or make one."""
    rotation = _rotation(request, slug)
    form = OwnForm(request.POST)
    if not form.is_valid():
        return _existing_page(request, rotation, SearchForm(), status=UNPROCESSABLE)
    adoption.release(
        rotation_id=rotation.pk,
        level=level_of(form.cleaned_data["what"]),
        actor=request.viewer.actor,
        now=clock.now(),
    )
    nudge("rotation.sweep_syncs")
    messages.success(request, "Rota finds its own, or makes one, within a minute.")
    return redirect("rotation-pagerduty", slug=rotation.slug)


@require_GET
def lookup_detail(request: SignedInRequest, lookup_id: int) -> HttpResponse:
    """The answer, or how far the worker is."""
    lookup = _lookup(request, lookup_id)
    response = render(request, "rotation/lookup_detail.html", _context(lookup))
    if lookup.state in lookups.WAITING:
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


@require_POST
def lookup_adopt(request: SignedInRequest, lookup_id: int) -> HttpResponse:
    """Take what the answer is about."""
    lookup = _lookup(request, lookup_id)
    adoption.adopt(lookup_id=lookup.pk, actor=request.viewer.actor, now=clock.now())
    nudge("rotation.sweep_syncs")
    messages.success(request, f"{lookup.query} is this rotation’s now. It is written in a minute.")
    return redirect("rotation-pagerduty", slug=lookup.rotation.slug)


def _context(lookup: Lookup) -> dict[str, Any]:
    result = lookup.result or {}
    level = None if lookup.kind == Lookup.Kind.PLAN else lookup.level.name if lookup.level else ""
    plan = result if lookup.kind == Lookup.Kind.PLAN else result.get("plan")
    return {
        "lookup": lookup,
        "rotation": lookup.rotation,
        "plan": queries.plan_page(plan, level=level) if plan else None,
        "edited": edited_weeks.undecided_edits(rotation=lookup.rotation)
        if plan and lookup.kind == Lookup.Kind.PLAN
        else [],
        "found": result.get("found", []),
        "more": result.get("more", False),
        "refusal": result.get("refusal", ""),
        "object": result.get("object"),
        "layers": queries.layers_of(result.get("object")),
        "what": lookup.level.name if lookup.level else "policy",
        "is_outdated": lookup.schedule_version != lookup.rotation.schedule_version,
    }


def _asked(request: SignedInRequest) -> dict[str, str]:
    ref = request.POST.get("ref", "")
    return {"what": request.POST.get("what", ""), "query": ref or request.POST.get("query", "")}


def _ask(rotation: Rotation, form: SearchForm, request: SignedInRequest) -> Lookup:
    level, query = level_of(form.cleaned_data["what"]), form.cleaned_data["query"]
    actor, now = request.viewer.actor, clock.now()
    if request.POST.get("ref"):
        return lookups.ask_adoption(
            rotation_id=rotation.pk, level=level, ref=query, actor=actor, now=now
        )
    return lookups.ask_search(
        rotation_id=rotation.pk, level=level, query=query, actor=actor, now=now
    )


def _existing_page(
    request: SignedInRequest, rotation: Rotation, form: SearchForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "rotation": rotation,
        "form": form,
        "sync": sync_state.sync_state(rotation=rotation),
    }
    return render(request, "rotation/rotation_existing.html", context, status=status)


def _rotation(request: SignedInRequest, slug: str) -> Rotation:
    return get_object_or_404(access.checkable_rotations(viewer=request.viewer), slug=slug)


def _lookup(request: SignedInRequest, lookup_id: int) -> Lookup:
    visible = access.visible_lookups(viewer=request.viewer)
    return get_object_or_404(visible.select_related("rotation", "level", "asked_by"), pk=lookup_id)
