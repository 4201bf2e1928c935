from __future__ import annotations

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Mail that waits for its sending."""

    name = "outbox"
