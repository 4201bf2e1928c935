from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, for every app."""

    name = "audit"
