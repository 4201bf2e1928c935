"""Sign-in through django-allauth: local accounts, closed to strangers, in Rota's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up: people are brought in by an admin or from the shell."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That did not work. E-mail or password is wrong.",
        "too_many_login_attempts": "Too many tries. Try again in 15 minutes.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        del request
        return False

    def build_absolute_uri_base(self) -> str:
        """Links in mails use the configured address, never the request's Host header."""
        return str(settings.ROTA_BASE_URL)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail and password; stays signed in for two weeks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the two fields in Rota's words."""
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
