from __future__ import annotations

from django.apps import AppConfig


class RotationConfig(AppConfig):
    """Hours, drafts, the published schedule and PagerDuty."""

    name = "rotation"
