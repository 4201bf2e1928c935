"""The door: allauth's sign-in with the demo's people beside it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from allauth.account.views import LoginView
from django.views.decorators.http import require_http_methods

from portal import demo
from volunteers.models import Engineer

if TYPE_CHECKING:
    from django.forms import BaseForm

    from portal.demo_people import DemoPerson


class SignInView(LoginView):  # type: ignore[misc]  # allauth has no types
    """E-mail and password; in a demo, the people who can sign in by one click."""

    def get_form(self, form_class: type[BaseForm] | None = None) -> BaseForm:
        """The e-mail field has the focus where nothing stands before it."""
        form: BaseForm = super().get_form(form_class)
        if not demo.is_on():
            form.fields["login"].widget.attrs["autofocus"] = True
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether anybody could sign in, and the demo's people by role."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["has_accounts"] = Engineer.objects.filter(is_active=True).exists()
        context["demo_groups"] = _groups(demo.people()) if demo.is_on() else []
        return context


sign_in = require_http_methods(["GET", "HEAD", "POST"])(SignInView.as_view())


def _groups(people: tuple[DemoPerson, ...]) -> list[tuple[str, list[DemoPerson]]]:
    by_role = itertools.groupby(people, key=lambda person: person.role)
    return [(role, list(members)) for role, members in by_role]
