"""What every page's frame shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from common import clock
from config import env

if TYPE_CHECKING:
    from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The viewer, the time and whether this is a demo."""
    return {
        "viewer": getattr(request, "viewer", None),
        "now": clock.now(),
        "is_demo": settings.ROTA_MODE is env.Mode.DEMO,
    }
