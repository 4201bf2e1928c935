"""How often a rotation's people are paged, and at which hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common import clock
from rotation import access
from rotation.forms.pages import PagesForm
from rotation.queries import hook_state, page_counts, page_list, patterns
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.queries.hook_state import HookTrouble
    from volunteers.access import SignedInRequest, Viewer


@require_GET
def rotation_pages(request: SignedInRequest, slug: str) -> HttpResponse:
    """Pages by person, service, month and week, for everybody; which they were, for the team."""
    rotation = get_object_or_404(access.visible_rotations(viewer=request.viewer), slug=slug)
    now = clock.now()
    team = marks.team_marks(team_id=rotation.team_id)
    people = sorted(((pk, mark.name) for pk, mark in team.items()), key=lambda one: one[1])
    form = PagesForm(request.GET, services=page_counts.services_of(rotation), people=people)
    wanted = form.wanted()
    reads_titles = access.reads_incidents(
        viewer=request.viewer, team_id=rotation.team_id, today=patterns.today_in(rotation, now)
    )
    rows = page_counts.pages_of(rotation, wanted=wanted, now=now)
    context = {
        "rotation": rotation,
        "form": form,
        "wanted": wanted,
        "is_narrowed": wanted != page_counts.Wanted(months=wanted.months),
        "counts": page_counts.counts(rotation, wanted=wanted, now=now),
        "pages": page_list.page_lines(rotation, rows=rows, with_titles=reads_titles),
        "most": page_list.MOST,
        "reads_titles": reads_titles,
        "hooks": hook_state.is_known(),
        "read_back_to": hook_state.read_back_to(),
        "trouble": _trouble(request.viewer, now),
    }
    return render(request, "rotation/rotation_pages.html", context)


def _trouble(viewer: Viewer, now: dt.datetime) -> HookTrouble | None:
    """What keeps pages from being counted, for those who can mend it."""
    return hook_state.trouble(now=now) if access.reads_web_hooks(viewer=viewer) else None
