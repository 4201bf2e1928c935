"""Which audit events somebody wants to see."""

from __future__ import annotations

from django import forms

from audit.models import AuditEvent
from common import wording
from common.forms import DayField

LENGTH = 100


class AuditForm(forms.Form):
    """Who did what between which days; each is optional."""

    who = forms.CharField(label="Who", required=False, max_length=LENGTH)
    what = forms.CharField(label="What", required=False, max_length=LENGTH)
    area = forms.ChoiceField(
        label="Area", required=False, choices=[("", "All"), *AuditEvent.Area.choices]
    )
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)

    def clean(self) -> None:
        """The days in order."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error(
                "until",
                f"{wording.day(until)} is before {wording.day(since)}: swap the two days.",
            )
