"""How each on-call team works, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from rotation.queries import statements

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@login_not_required
def how(request: HttpRequest) -> HttpResponse:
    """Why the teams exist and the figures of their policies; no person and no amount."""
    return render(request, "portal/how.html", {"teams": statements.statements(now=clock.now())})
