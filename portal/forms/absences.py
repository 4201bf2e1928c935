"""The form for one's own days away."""

from __future__ import annotations

from django import forms

from common.forms import DayField


class AbsenceForm(forms.Form):
    """First and last day, both included, and a note; the operation says what is not right.

    `seen` holds the published weeks in these days that the page had shown before.
    """

    first_day = DayField(
        label="First day", error_messages={"required": "Say on which day you are first away."}
    )
    last_day = DayField(
        label="Last day", error_messages={"required": "Say on which day you are last away."}
    )
    note = forms.CharField(
        label="Note",
        required=False,
        help_text="Only you see it. Others read “away”, never why.",
    )
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
