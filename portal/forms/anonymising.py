"""Typing a leaver's e-mail, so that nobody is anonymised by a slip."""

from __future__ import annotations

from django import forms


class AnonymiseForm(forms.Form):
    """The e-mail of the person."""

    email = forms.CharField(
        label="Type the person’s e-mail",
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the e-mail as it stands above."},
    )
