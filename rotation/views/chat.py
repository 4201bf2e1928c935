"""A team's chat, for those who change how the team works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.nudge import nudge
from common.refusals import RefusedError
from outbox import queries
from outbox.domain import kinds
from rotation import access
from rotation.operations import chat as operations

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rotation.models import Rotation
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("address")
def chat(request: SignedInRequest, slug: str) -> HttpResponse:
    """Whether a chat is set and how it goes; the address is written and never shown."""
    rotation = _rotation(request, slug)
    if request.method != "POST":
        return _page(request, rotation)
    try:
        operations.set_chat(
            rotation=rotation,
            address=request.POST.get("address", ""),
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        return _page(request, rotation, said=refusal.message, status=UNPROCESSABLE)
    messages.success(request, "Set. Post a test to see whether it works.")
    return redirect("rotation-chat", slug=rotation.slug)


@require_POST
def remove(request: SignedInRequest, slug: str) -> HttpResponse:
    """Post nothing more."""
    rotation = _rotation(request, slug)
    operations.remove_chat(rotation=rotation, actor=request.viewer.actor, now=clock.now())
    messages.success(request, "Removed. Rota posts nothing more; the mails go on.")
    return redirect("rotation-chat", slug=rotation.slug)


@require_POST
def test(request: SignedInRequest, slug: str) -> HttpResponse:
    """Post a test."""
    rotation = _rotation(request, slug)
    operations.try_chat(rotation=rotation, actor=request.viewer.actor, now=clock.now())
    nudge("outbox.sweep_messages")
    messages.success(request, "Posted within a minute. What became of it stands below.")
    return redirect("rotation-chat", slug=rotation.slug)


def _rotation(request: SignedInRequest, slug: str) -> Rotation:
    visible = access.visible_rotations(viewer=request.viewer)
    rotation = get_object_or_404(visible.select_related("team"), slug=slug)
    if not access.changes_policy(viewer=request.viewer, team_id=rotation.team_id):
        raise PermissionDenied(f"Only managers of {rotation.name} and admins see to its chat.")
    return rotation


def _page(
    request: SignedInRequest, rotation: Rotation, *, said: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "rotation": rotation,
        "chat": queries.chat_of(team_id=rotation.team_id),
        "said": said,
        "told": [kind for kind in kinds.ALL if kind.in_chat and kind.by_mail],
    }
    return render(request, "rotation/rotation_chat.html", context, status=status)
