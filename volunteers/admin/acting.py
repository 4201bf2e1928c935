"""Who acts on an admin page."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from django.http import HttpRequest

    from audit.operations import Actor
    from volunteers.access import SignedInRequest


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in admin."""
    return cast("SignedInRequest", request).viewer.actor
