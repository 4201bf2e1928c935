"""Django's admin behind Rota's own rights: reference data by forms, the rest to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.admin import AdminSite

from common import clock
from volunteers import access
from volunteers.models import Engineer

if TYPE_CHECKING:
    from django.http import HttpRequest


class RotaAdminSite(AdminSite):
    """Open to those with the admin role in force, whatever Django's own flags would say."""

    site_header = "Rota administration"
    site_title = "Rota administration"
    index_title = "Reference data and records"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person is an admin now."""
        user = request.user
        if not isinstance(user, Engineer) or not user.is_active:
            return False
        return access.viewer_for(engineer=user, now=clock.now()).is_admin
