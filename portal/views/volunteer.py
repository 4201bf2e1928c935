"""What volunteering for one on-call team means: the page that a job advertisement links to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from portal.queries import invitation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@login_not_required
def volunteer(request: HttpRequest, slug: str) -> HttpResponse:
    """Why the team exists, its hours, terms and pay, how often it is paged; for everybody."""
    found = invitation.invitation(slug=slug, now=clock.now())
    if found is None:
        raise Http404
    return render(request, "portal/volunteer.html", {"page": found})
