"""Drafts: asked for, followed, weighed, published or put aside. Managers of the team only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.nudge import nudge
from common.refusals import RefusedError
from rotation import access
from rotation.domain.planning import WEEK
from rotation.forms.draft_rules import KeepForm, RuleForm
from rotation.forms.drafts import PublishForm
from rotation.models import Draft, LevelName
from rotation.operations import drafts as operations
from rotation.operations import keeping, publishing
from rotation.operations.draft_rules import DraftRuleInvalidError
from rotation.queries import (
    draft_page,
    draft_progress,
    draft_quality,
    draft_state,
    drafts,
    edited_weeks,
    fairness,
    hand_rules,
    limits,
)
from rotation.views.finding import draft_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from rotation.domain.planning import Plan
    from volunteers.access import SignedInRequest

PER_PAGE = 50
REFRESH_SECONDS = "3"
CONFLICT = 409
UNPROCESSABLE = 422
WAITING = [Draft.State.QUEUED, Draft.State.SOLVING]
WITH_SHIFTS = [Draft.State.READY, Draft.State.PUBLISHED, Draft.State.DISCARDED]


@require_GET
def draft_list(request: SignedInRequest) -> HttpResponse:
    """All drafts of the viewer's teams, newest first."""
    viewer = request.viewer
    if not viewer.is_manager:
        raise PermissionDenied("Only the managers of an on-call team see its drafts.")
    rows = drafts.newest_first(drafts=access.visible_drafts(viewer=viewer))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = drafts.draft_lines(page=page.object_list)
    managed = access.managed_rotations(viewer=viewer).order_by("name", "pk")
    context = {
        "page": page,
        "drafts": lines,
        "ready": [line for line in lines if line.is_ready],
        "rotations": list(managed.values_list("slug", "name")),
    }
    return render(request, "rotation/drafts.html", context)


@require_GET
def draft_detail(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """The draft in its state; one that is being made looks again by itself."""
    draft = draft_of(request, draft_id)
    response = _draft_page(request, draft, now=clock.now())
    if draft.state in WAITING:
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


@require_http_methods(["GET", "POST"])
def draft_publish(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """Make the draft the schedule; a refusal shows on its page and the draft stays."""
    draft = draft_of(request, draft_id)
    if request.method != "POST":
        return redirect("draft-detail", draft_id=draft.pk)
    now = clock.now()
    form = PublishForm(request.POST, gaps=0)
    confirmed = form.cleaned_data if form.is_valid() else {}
    weeks = draft_page.publishable_weeks(draft=draft, now=now)
    try:
        version = publishing.publish_draft(
            draft_id=draft.pk,
            escalation_gaps_confirmed=confirmed.get("escalation_gaps_confirmed", False),
            edits_confirmed=confirmed.get("edits_confirmed", False),
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        return _draft_page(request, draft_of(request, draft_id), now=now, refusal=refusal)
    nudge("rotation.sweep_syncs")
    messages.success(
        request,
        f"Published {wording.counted(weeks, 'week')} as version {version}. "
        "PagerDuty gets them within a minute, and everybody with other weeks a mail.",
    )
    return redirect("rotation-detail", slug=draft.rotation.slug)


@require_POST
def draft_again(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """Solve the draft's weeks again with its rules by hand; ticked weeks stay as published."""
    draft = draft_of(request, draft_id)
    now = clock.now()
    form = KeepForm(request.POST, weeks=_cells(draft))
    try:
        if not form.is_valid():
            raise DraftRuleInvalidError("Choose weeks that the draft would change.")
        again = keeping.solve_again_keeping(
            draft_id=draft.pk,
            weeks=[keeping.KeptWeek(level=level, week_date=week) for level, week in form.kept()],
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        return _draft_page(request, draft_of(request, draft_id), now=now, refusal=refusal)
    nudge("rotation.generate_draft", draft_id=again.pk)
    return redirect("draft-detail", draft_id=again.pk)


@require_POST
def draft_discard(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """Put a solved or failed draft aside."""
    draft = draft_of(request, draft_id)
    operations.discard_draft(draft_id=draft.pk, actor=request.viewer.actor, now=clock.now())
    messages.success(
        request, f"Draft {draft.number} is put aside. The published schedule is unchanged."
    )
    return redirect("drafts")


@require_POST
def draft_cancel(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """Stop a draft that waits or is being solved."""
    draft = draft_of(request, draft_id)
    operations.cancel_draft(draft_id=draft.pk, actor=request.viewer.actor, now=clock.now())
    messages.success(request, f"Draft {draft.number} is stopped.")
    return redirect("draft-detail", draft_id=draft.pk)


def _cells(draft: Draft) -> list[tuple[str, dt.date]]:
    weeks = [draft.first_week_date + number * WEEK for number in range(draft.weeks)]
    return [(level, week) for week in weeks for level in LevelName.values]


def _draft_page(
    request: HttpRequest, draft: Draft, *, now: dt.datetime, refusal: RefusedError | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "draft": draft,
        "rotation": draft.rotation,
        "until": draft.first_week_date + draft.weeks * WEEK,
        "version": draft.base_version + 1,
        "refusal": refusal,
    }
    gaps = edits = 0
    if draft.state == Draft.State.SOLVING:
        context["progress"] = draft_progress.progress_of(draft)
    if draft.state in WITH_SHIFTS:
        context |= _solved(draft, now)
        gaps, edits = context["proposal"].to_confirm, len(context.get("edited", ()))
        context["is_over"] = draft.state == Draft.State.READY and not context["proposal"].shifts
    if draft.state in operations.ANSWERED and not context.get("is_over"):
        context |= _by_hand(draft, context.get("plan"), now)
    form = PublishForm(None if refusal is None else request.POST, gaps=gaps, edits=edits)
    if refusal is not None:
        add_refusal(form, refusal)
    context["form"] = form
    status = _status(refusal) if refusal is not None else 200
    return render(request, "rotation/draft_detail.html", context, status=status)


def _solved(draft: Draft, now: dt.datetime) -> dict[str, Any]:
    found = draft_page.solved(draft=draft, now=now)
    proposal = draft_page.proposal(found, now=now)
    context: dict[str, Any] = {
        "proposal": proposal,
        "quality": draft_quality.quality_of(draft, loads=proposal.loads),
        "headline": fairness.headline(proposal.loads),
        "seconds": f"{(draft.solve_milliseconds or 0) / 1000:.1f}",
    }
    if draft.state == Draft.State.READY:
        plan = draft_page.current_plan(draft=draft)
        context |= {
            "plan": plan,
            "decision": draft_page.decision(found, plan=plan, now=now),
            "stale": draft_state.staleness(draft=draft, plan=plan, now=now),
            "edited": edited_weeks.written_over_by_draft(
                rotation=draft.rotation, weeks=found.weeks
            ),
            "publishable": draft_page.publishable_weeks(draft=draft, now=now),
            "over": limits.people_over_limit(
                rotation=draft.rotation,
                policy=draft.policy,
                now=now,
                proposed={(each.level, each.week_date): each.holder_id for each in found.weeks},
            ),
        }
    return context


def _by_hand(draft: Draft, plan: Plan | None, now: dt.datetime) -> dict[str, Any]:
    plan = plan or draft_page.current_plan(draft=draft)
    hand = hand_rules.hand_rules(draft=draft, plan=plan, now=now)
    return {"hand": hand, "rule_form": RuleForm(hand=hand)}


def _status(refusal: RefusedError) -> int:
    return CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
