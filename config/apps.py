from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigConfig(AppConfig):
    """The process: settings, environment, checks, commands that concern all apps."""

    name = "config"


class RotaAdminConfig(AdminConfig):
    """Django's admin behind Rota's own rights."""

    default_site = "config.admin.RotaAdminSite"
