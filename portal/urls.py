"""Pages that join apps, and those that everybody has."""

from __future__ import annotations

from django.urls import path

from portal.views import demo, health, how, settings, sign_in

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("how/", how.how, name="how"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/demo/", demo.sign_in, name="sign-in-demo"),
    path("demo/clock/", demo.move_clock, name="demo-clock"),
    path("settings/", settings.settings, name="settings"),
    path("settings/theme/", settings.theme, name="settings-theme"),
    path("settings/password/", settings.change_password, name="account_change_password"),
    path("settings/tokens/", settings.make_token, name="settings-token-make"),
    path("settings/tokens/revoke/", settings.revoke_token, name="settings-token-revoke"),
]
