"""Why a week is cancelled."""

from __future__ import annotations

from django import forms


class CancelForm(forms.Form):
    """One line that everybody reads."""

    reason = forms.CharField(
        label="Why",
        help_text="Everybody who has a part of the week reads it, and it stands on its page.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        error_messages={"required": "Say why, in a line."},
    )
