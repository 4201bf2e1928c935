"""The root routes."""

from __future__ import annotations

from allauth.account.views import login, logout
from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sign-in/", login, name="account_login"),
    path("sign-out/", logout, name="account_logout"),
]
