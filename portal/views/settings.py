"""A person's own settings: facts to read, theme, password, API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.views import PasswordChangeView
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.http import own_address
from portal.forms.passwords import NewPasswordForm
from volunteers.operations import preferences, tokens
from volunteers.queries import profiles
from volunteers.queries import tokens as token_queries

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from volunteers.access import SignedInRequest

PAGE = "portal/settings.html"

_change_password = PasswordChangeView.as_view(
    form_class=NewPasswordForm, success_url=reverse_lazy("settings")
)


@require_GET
def settings(request: SignedInRequest) -> HttpResponse:
    """What Rota knows of the person, and what they can choose."""
    return _page(request)


@require_POST
def theme(request: SignedInRequest) -> HttpResponse:
    """Keep the theme and go back to where the person was."""
    preferences.choose_theme(
        theme=request.POST.get("theme", ""), actor=request.viewer.actor, now=clock.now()
    )
    return redirect(own_address(request, request.POST.get("next", "")) or "settings")


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_variables("made")
def make_token(request: SignedInRequest) -> HttpResponse:
    """Make a token and show it in the answer to this very request: it is stored nowhere.

    The answer's address stays in the browser, so opening it again leads to the settings.
    """
    if request.method == "GET":
        return redirect("settings")
    made = tokens.make_token(actor=request.viewer.actor, now=clock.now())
    return _page(request, made=made)


@require_POST
def revoke_token(request: SignedInRequest) -> HttpResponse:
    """End one token."""
    tokens.revoke_token(
        token_key=request.POST.get("token", ""), actor=request.viewer.actor, now=clock.now()
    )
    messages.success(request, "The token is revoked. What used it is refused from now on.")
    return redirect("settings")


@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: SignedInRequest) -> HttpResponseBase:
    """Ask for the old password and the new one; those without a local account have no page."""
    if not request.user.has_usable_password():
        raise Http404
    before = request.user.password
    with transaction.atomic():
        answer: HttpResponseBase = _change_password(request)
        if request.user.password != before:
            preferences.record_new_password(actor=request.viewer.actor, now=clock.now())
    return answer


@sensitive_variables("made")
def _page(request: SignedInRequest, *, made: str = "") -> HttpResponse:
    viewer = request.viewer
    page = f"{PAGE}#tokens" if request.htmx else PAGE
    return render(
        request,
        page,
        {
            "profile": profiles.profile(engineer_id=viewer.engineer_id, now=clock.now()),
            "tokens": token_queries.token_lines(engineer_id=viewer.engineer_id),
            "most_tokens": tokens.MOST_TOKENS,
            "made": made,
            "has_password": request.user.has_usable_password(),
        },
    )
