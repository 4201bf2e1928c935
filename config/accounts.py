"""Sign-in through django-allauth: local accounts, closed to strangers, in Rota's words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from common import clock, wording

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from volunteers.models import Engineer

CLOSED_FOR = dt.timedelta(minutes=15)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs up: people are brought in by an admin or from the shell."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That did not work. E-mail or password is wrong.",
        "enter_current_password": "This is not the password that you have now.",
        "too_many_login_attempts": "Too many tries. Try again in 15 minutes, at %s.",
    }

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """Say when the door opens again, on the same clock as the page."""
        if code == "too_many_login_attempts":
            opens_at = wording.clock_time(clock.now() + CLOSED_FOR, "UTC")
            return ValidationError(self.error_messages[code] % opens_at, code=code)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        del request
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Engineer) -> HttpResponse:
        """Back to the door with the reason: they have shown that the account was theirs."""
        del user
        messages.error(request, "This account is closed. An admin of Rota can open it again.")
        return redirect(settings.LOGIN_URL)

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
