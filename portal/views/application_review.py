"""The page on which applications are reviewed: those that wait, waiting lists, decided ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render

from common import clock
from portal.views import application_cards as cards
from volunteers import access
from volunteers.queries import applications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.forms import Form
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest, Viewer
    from volunteers.models import Application

WAITING_PER_PAGE = 10
LISTED_PER_PAGE = 10
DECIDED_PER_PAGE = 50


def review_page(
    request: SignedInRequest,
    *,
    refused: dict[int, Form] | None = None,
    told: Sequence[Form] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; `refused` are bound forms by application, `told` refusals that stand on top.

    Raises:
        PermissionDenied: the viewer manages no team.
    """
    viewer, now = request.viewer, clock.now()
    if not (viewer.is_manager or viewer.is_admin):
        raise PermissionDenied("Only the managers of an on-call team review its applications.")
    slug = request.GET.get("team", "")
    rows = _scope(viewer, slug)
    refused = refused or {}
    waiting = Paginator(applications.waiting(applications=rows), WAITING_PER_PAGE)
    waiting_page = waiting.get_page(request.GET.get("page"))
    listed = Paginator(applications.listed(applications=rows), LISTED_PER_PAGE)
    listed_page = listed.get_page(request.GET.get("listed"))
    decided = Paginator(applications.decided(applications=rows), DECIDED_PER_PAGE)
    decided_page = decided.get_page(request.GET.get("decided"))
    lines = applications.application_lines(page=waiting_page.object_list)
    on_list = applications.application_lines(page=listed_page.object_list)
    made = cards.cards(
        [*lines, *on_list],
        team_ids=[] if slug else viewer.managed_team_ids,
        viewer=viewer,
        now=now,
        refused=refused,
    )
    shown = {card.line.application_id for card in made.cards}
    oldest = waiting.object_list[0].submitted_at if waiting.count else None
    context: dict[str, Any] = {
        "waiting": waiting_page,
        "cards": made.cards[: len(lines)],
        "listed": listed_page,
        "listed_cards": made.cards[len(lines) :],
        "places": made.places,
        "waiting_count": waiting.count,
        "oldest_days": (now - oldest).days if oldest else 0,
        "decided": decided_page,
        "decided_lines": applications.application_lines(page=decided_page.object_list),
        "lost": [*told, *(form for key, form in refused.items() if key not in shown)],
        "slug": slug,
    }
    return render(request, "portal/applications.html", context, status=status)


def _scope(viewer: Viewer, slug: str) -> QuerySet[Application]:
    """What the viewer reviews: own teams, all for an admin; one team's when asked for."""
    rows = (
        access.visible_applications(viewer=viewer)
        if viewer.is_admin
        else access.decidable_applications(viewer=viewer)
    )
    return applications.of_team(applications=rows, slug=slug) if slug else rows
