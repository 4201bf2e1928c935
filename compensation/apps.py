from __future__ import annotations

from django.apps import AppConfig


class CompensationConfig(AppConfig):
    """Rates, the ledger, pay periods and exports."""

    name = "compensation"
