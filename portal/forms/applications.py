"""What a manager sends about an application."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from volunteers.operations.applications import REASON_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.queries.joining import TermChoice


def as_date(text: str) -> dt.date:
    """The day of a choice's value."""
    return dt.date.fromisoformat(text)


class AcceptForm(forms.Form):
    """The term, chosen from the rotation's handovers with its end in sight."""

    starts_on = forms.TypedChoiceField(
        label="Term, from handover to handover",
        coerce=as_date,
        error_messages={"invalid_choice": "Choose one of the coming handovers."},
    )

    def __init__(self, *args: Any, choices: Sequence[TermChoice], **kwargs: Any) -> None:
        """Offer these terms."""
        super().__init__(*args, **kwargs)
        field = self.fields["starts_on"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(each.starts_on.isoformat(), each.text) for each in choices]


class DeclineForm(forms.Form):
    """The line that the applicant sees."""

    reason = forms.CharField(
        label="Why not, in a line",
        help_text="The applicant reads it. They may apply again.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Say why in a line; the applicant sees it.",
            "max_length": f"At most {REASON_LENGTH} characters.",
        },
    )
