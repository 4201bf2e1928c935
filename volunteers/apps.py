from __future__ import annotations

from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    """People, their teams, applications, terms and absences."""

    name = "volunteers"
