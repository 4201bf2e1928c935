"""Django's admin behind Rota's own rights: reference data by forms, the rest to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.generic import RedirectView

from common.record_admin import RecordAdmin
from volunteers.models import Engineer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.urls import URLPattern, URLResolver

V = TypeVar("V", bound="Callable[..., HttpResponseBase]")


class RotaAdminSite(admin.AdminSite):
    """Open to those with the admin role in force, whatever Django's own flags would say.

    To everybody else it is not there: strangers are asked to sign in, others get 404.
    """

    site_header = "Rota administration"
    site_title = "Rota administration"
    index_title = "Reference data and records; all times are in UTC"
    index_template = "admin/records.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the signed-in person is an admin now."""
        user = request.user
        if not isinstance(user, Engineer) or not user.is_active:
            return False
        viewer = getattr(request, "viewer", None)
        return viewer is not None and bool(viewer.is_admin)

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Show the model if it comes as records; libraries register theirs to be edited."""
        if admin_class is not None and issubclass(admin_class, RecordAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(
        self,
        view: V,
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's own argument
    ) -> V:
        """The view for admins, 404 for others."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return cast("V", inner)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses; signing in and changing a password are Rota's own pages."""
        settings_page = self.admin_view(RedirectView.as_view(pattern_name="settings"))
        patterns: list[URLPattern | URLResolver] = []
        for pattern in super().get_urls():
            name: str = getattr(pattern, "name", None) or ""
            view: Any = getattr(pattern, "callback", None)
            if hasattr(view, "login_url"):
                view.login_url = settings.LOGIN_URL
            own = name in {"password_change", "password_change_done"}
            patterns.append(path(f"{name}/", settings_page, name=name) if own else pattern)
        return patterns

    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Rota's own sign-in for strangers, the first page for admins, nothing for others.

        Raises:
            Http404: they are signed in and no admin.
        """
        del extra_context
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("admin:index"), settings.LOGIN_URL)
        if not self.has_permission(request):
            raise Http404
        return redirect("admin:index")
