"""A local account's password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm

WORDS = {
    "oldpassword": ("Password until now", ""),
    "password1": ("New password", "At least 12 characters; a few words that nobody would guess."),
    "password2": ("New password once more", ""),
}


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The old password and a new one, in Rota's words; allauth checks and keeps it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the fields and say the rules in one line."""
        super().__init__(*args, **kwargs)
        for name, (label, hint) in WORDS.items():
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.widget.attrs.pop("placeholder", None)
