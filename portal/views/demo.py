"""What only a demo has: sign-in by one click, and a clock that an admin moves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common import clock
from common.http import own_address
from portal import demo
from volunteers.models import Engineer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from volunteers.access import SignedInRequest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign one of the demo's listed people in without a password; 404 outside the demo."""
    email = request.POST.get("email", "").lower()
    if not demo.is_on() or email not in {person.email for person in demo.people()}:
        raise Http404
    engineer = Engineer.objects.filter(email=email, is_active=True).first()
    if engineer is None:
        raise Http404
    login(request, engineer, backend=BACKEND)
    return redirect(own_address(request, request.POST.get("next", "")) or "/")


@require_POST
def move_clock(request: SignedInRequest) -> HttpResponse:
    """Move the demo's time to the instant that the admin's button named; 404 outside the demo."""
    if not demo.is_on():
        raise Http404
    if not request.viewer.is_admin:
        raise PermissionDenied("Only an admin of the demo company can move its time.")
    to = _instant(request.POST.get("to", ""))
    demo.move_clock(to=to, actor=request.viewer.actor, now=clock.now())
    messages.success(request, f"It is {demo.banner(now=to).time} now.")
    return redirect(own_address(request, request.POST.get("next", "")) or "/")


def _instant(text: str) -> dt.datetime:
    """The aware instant that the form sent; anything else was not our form."""
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if instant.tzinfo is None:
        raise Http404
    return instant
