"""What a manager sends about drafts."""

from __future__ import annotations

from django import forms

from rotation.operations.drafts import MOST_WEEKS


class DraftForm(forms.Form):
    """How many weeks from the next handover on."""

    weeks = forms.IntegerField(
        label="Weeks",
        help_text=f"1 to {MOST_WEEKS}. Weeks that are published already are always part of it.",
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Write a number of weeks.",
            "min_value": f"Choose 1 to {MOST_WEEKS} weeks.",
            "max_value": f"Choose 1 to {MOST_WEEKS} weeks.",
        },
    )


class PublishForm(forms.Form):
    """The one thing that is confirmed by name: weeks without anybody on level 2."""

    escalation_gaps_confirmed = forms.BooleanField(
        label="Publish although level 2 has nobody in some weeks",
        required=False,
    )

    def __init__(self, *args: object, gaps: int = 0, **kwargs: object) -> None:
        """Say what confirming means for this number of weeks."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments
        field = self.fields["escalation_gaps_confirmed"]
        weeks = "1 week" if gaps == 1 else f"{gaps} weeks"
        field.label = f"Publish with nobody on level 2 in {weeks}"
        field.help_text = (
            "A page that primary does not answer ends there: nobody else is called. "
            "The weeks stay open until somebody takes them."
        )
