"""The routes of the REST API; each app says which are its own."""

from __future__ import annotations

from django.urls import path

from compensation.api import urls as compensation
from config.api import SchemaView
from portal.api import urls as portal
from rotation.api import urls as rotation
from volunteers.api import urls as volunteers

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    *volunteers.urlpatterns,
    *portal.urlpatterns,
    *rotation.urlpatterns,
    *compensation.urlpatterns,
]
