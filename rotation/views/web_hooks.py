"""How PagerDuty's events come in, for those who can mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from rotation import access
from rotation.models import WebhookCare
from rotation.operations import hook_care, hook_events
from rotation.queries import hook_state

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest


@require_GET
def web_hooks(request: SignedInRequest) -> HttpResponse:
    """The subscription, what came, what was refused, what could not be read."""
    if not access.reads_web_hooks(viewer=request.viewer):
        raise PermissionDenied(hook_state.READERS)
    context = {
        "hooks": hook_state.hook_state(now=clock.now()),
        "changes": access.changes_web_hooks(viewer=request.viewer),
    }
    return render(request, "rotation/web_hooks.html", context)


@require_POST
def enable(request: SignedInRequest) -> HttpResponse:
    """Order that PagerDuty sends again."""
    if not access.reads_web_hooks(viewer=request.viewer):
        raise PermissionDenied(hook_state.READERS)
    hook_care.order(what=WebhookCare.Order.ENABLE, actor=request.viewer.actor, now=clock.now())
    messages.success(request, "Ordered. PagerDuty is asked within a minute.")
    return redirect("web-hooks")


@require_POST
def rotate(request: SignedInRequest) -> HttpResponse:
    """Order another secret."""
    if not access.changes_web_hooks(viewer=request.viewer):
        raise PermissionDenied(hook_state.CHANGERS)
    hook_care.order(what=WebhookCare.Order.ROTATE, actor=request.viewer.actor, now=clock.now())
    messages.success(request, "Ordered. The old secret stays good for three days.")
    return redirect("web-hooks")


@require_POST
def again(request: SignedInRequest) -> HttpResponse:
    """Have events that failed read again."""
    if not access.changes_web_hooks(viewer=request.viewer):
        raise PermissionDenied(hook_state.CHANGERS)
    found = hook_events.try_failed_again(actor=request.viewer.actor, now=clock.now())
    messages.success(request, f"{found} wait to be read again." if found else "None had failed.")
    return redirect("web-hooks")
