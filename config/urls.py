"""The root routes."""

from __future__ import annotations

from allauth.account.views import logout
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_http_methods

sign_out = require_http_methods(["GET", "HEAD", "POST"])(logout)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sign-out/", sign_out, name="account_logout"),
    path("api/v1/", include("config.api_urls")),
    path("", include("portal.urls")),
    path("", include("rotation.urls")),
    path("", include("compensation.urls")),
]

handler400 = "config.api.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "config.api.not_found"
handler500 = "config.api.failed"
