"""Rules by hand: somebody must, or must not, carry a week of a draft. Managers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common import clock, wording
from common.forms import add_refusal
from common.http import own_address
from common.refusals import RefusedError
from rotation import access
from rotation.forms.draft_rules import RuleForm, WeekRuleForm, beside
from rotation.models import Draft, DraftRule, LevelName
from rotation.operations import draft_rules as operations
from rotation.operations.drafts import ANSWERED
from rotation.queries import draft_page, draft_week, hand_rules, questions
from rotation.views.finding import day_in_address, draft_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.queries.draft_week import DraftWeekPage
    from rotation.queries.hand_rules import HandRules
    from volunteers.access import SignedInRequest

CONFLICT = 409
UNPROCESSABLE = 422
WITH_WEEKS = [Draft.State.READY, Draft.State.PUBLISHED, Draft.State.DISCARDED]


@require_http_methods(["GET", "POST"])
def rules(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """The rules of a draft with the form for another; it counts once the draft is solved again."""
    draft = draft_of(request, draft_id)
    if draft.state not in ANSWERED:
        return redirect("draft-detail", draft_id=draft.pk)
    now = clock.now()
    hand = _hand(draft, now)
    form = RuleForm(request.POST if request.method == "POST" else None, hand=hand)
    context = {"draft": draft, "rotation": draft.rotation, "hand": hand, "rule_form": form}
    if request.method != "POST":
        return render(request, "rotation/draft_rules_page.html", context)
    status = _add(request, draft, form, now=now)
    if status:
        return render(request, "rotation/draft_rules_page.html", context, status=status)
    return redirect(reverse("draft-detail", args=[draft.pk]) + "#hand")


@require_POST
def remove(request: SignedInRequest, rule_id: int) -> HttpResponse:
    """Take a rule back."""
    rows = DraftRule.objects.filter(draft__in=access.visible_drafts(viewer=request.viewer))
    rule = get_object_or_404(rows.select_related("engineer", "level"), pk=rule_id)
    operations.remove_rule(rule_id=rule.pk, actor=request.viewer.actor, now=clock.now())
    counted = rule.added_at <= rule.draft.requested_at
    after = " The draft's weeks change once it is solved again." if counted else ""
    messages.success(request, f"The rule about {rule.engineer.name} is taken back.{after}")
    back = own_address(request, request.POST.get("next", ""))
    return redirect(back or reverse("draft-detail", args=[rule.draft_id]) + "#hand")


@require_http_methods(["GET", "POST"])
def week(request: SignedInRequest, draft_id: int, level: str, week: str) -> HttpResponse:
    """One week of a draft: why, who else could take it, and rules by hand about it."""
    draft, week_date, now = draft_of(request, draft_id), day_in_address(week), clock.now()
    page = None
    if draft.state in WITH_WEEKS and level in LevelName.values:
        found = draft_page.solved(draft=draft, now=now)
        page = draft_week.draft_week(found, level=level, week_date=week_date)
    if page is None:
        raise Http404
    context: dict[str, Any] = {"draft": draft, "rotation": draft.rotation, "page": page}
    if draft.state == Draft.State.READY:
        return _week_to_decide(request, draft, page, context, now=now)
    return render(request, "rotation/draft_week.html", context)


def _week_to_decide(
    request: SignedInRequest,
    draft: Draft,
    page: DraftWeekPage,
    context: dict[str, Any],
    *,
    now: dt.datetime,
) -> HttpResponse:
    hand = _hand(draft, now)
    form = WeekRuleForm(
        request.POST if request.method == "POST" else None,
        hand=hand,
        level=page.level,
        initial={"who": page.holder.engineer_id if page.holder else ""},
    )
    status = 200
    if request.method == "POST":
        place = {"level": page.level, "week_date": page.week_date}
        status = _add(request, draft, form, now=now, **place)
        if not status:
            return redirect(request.path)
    place_in_draft = (page.level, page.week_date)
    context |= {
        "hand": hand,
        "rules": hand.of_week(*place_in_draft),
        "rule_form": form,
        "question": questions.newest_of_draft(draft=draft).get(place_in_draft),
    }
    return render(request, "rotation/draft_week.html", context, status=status)


def _hand(draft: Draft, now: dt.datetime) -> HandRules:
    plan = draft_page.current_plan(draft=draft)
    return hand_rules.hand_rules(draft=draft, plan=plan, now=now)


def _add(
    request: SignedInRequest,
    draft: Draft,
    form: RuleForm | WeekRuleForm,
    *,
    now: dt.datetime,
    **place: Any,
) -> int:
    """Add the rule that the form names; 0 when it is there, else the status of the refusal."""
    if not form.is_valid():
        return UNPROCESSABLE
    try:
        rule = operations.add_rule(
            draft_id=draft.pk, **place, **form.wanted(), actor=request.viewer.actor, now=now
        )
    except RefusedError as refusal:
        beside(refusal)
        add_refusal(form, refusal)
        return CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    must = "must" if rule.kind == DraftRule.Kind.PIN else "must not"
    messages.success(
        request,
        f"{rule.engineer.name} {must} carry the week of {wording.day(rule.week_date)}. "
        "It counts once the draft is solved again.",
    )
    return 0
