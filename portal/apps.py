from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that join apps."""

    name = "portal"
