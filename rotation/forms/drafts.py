"""What a manager sends about drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from rotation.models import Draft
from rotation.operations.drafts import MOST_WEEKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.queries.drafts import DraftLine

KINDS = [
    (
        Draft.Kind.FULL,
        "The fairest schedule\nall weeks anew; published ones change where that is better",
    ),
    (
        Draft.Kind.REPAIR,
        "A repair\nthe published weeks; gaps close and as few weeks as possible change",
    ),
]


class DraftForm(forms.Form):
    """A new schedule or a repair, and how many weeks from the next handover on."""

    kind = forms.ChoiceField(
        label="What do you need?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose one of the two.",
            "invalid_choice": "Choose one of the two.",
        },
    )

    weeks = forms.IntegerField(
        label="Weeks, for a whole schedule",
        help_text=f"1 to {MOST_WEEKS}. Weeks that are published already are always part of it; "
        "a repair needs no number and takes just those.",
        required=False,
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Write a number of weeks.",
            "min_value": f"Choose 1 to {MOST_WEEKS} weeks.",
            "max_value": f"Choose 1 to {MOST_WEEKS} weeks.",
        },
    )

    def __init__(self, *args: Any, can_repair: bool, **kwargs: Any) -> None:
        """Offer a repair only where weeks are published that are to come."""
        super().__init__(*args, **kwargs)
        if not can_repair:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        """A whole schedule needs its number of weeks."""
        values: dict[str, Any] = super().clean() or {}
        if "kind" not in self.fields:
            values["kind"] = Draft.Kind.FULL.value
        is_missing = values.get("weeks") is None and "weeks" not in self.errors
        if values.get("kind") == Draft.Kind.FULL and is_missing:
            self.add_error("weeks", "Write a number of weeks.")
        return values


class CompareForm(forms.Form):
    """Two drafts of one rotation."""

    a = forms.ChoiceField(label="Draft")
    b = forms.ChoiceField(label="Compared with")

    def __init__(self, *args: Any, lines: Sequence[DraftLine], **kwargs: Any) -> None:
        """Offer these drafts, newest first."""
        super().__init__(*args, **kwargs)
        for name in ("a", "b"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [
                    ("", "Choose a draft"),
                    *((str(each.draft_id), _said(each)) for each in lines),
                ]
                field.error_messages |= {
                    "required": "Choose a draft.",
                    "invalid_choice": "Choose a draft of the list.",
                }


def _said(line: DraftLine) -> str:
    kind = "repair" if line.is_repair else "draft"
    when = wording.day(wording.local(line.asked_at, line.time_zone).date())
    return f"{line.rotation_name}, {kind} {line.number} of {when}, {line.state}"


class PublishForm(forms.Form):
    """What is confirmed by name: weeks without level 2, and edits in PagerDuty written over."""

    escalation_gaps_confirmed = forms.BooleanField(
        label="Publish although level 2 has nobody in some weeks",
        required=False,
    )
    edits_confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: object, gaps: int = 0, edits: int = 0, **kwargs: object) -> None:
        """Say what confirming means for these numbers of weeks."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments
        field = self.fields["escalation_gaps_confirmed"]
        weeks = "1 week" if gaps == 1 else f"{gaps} weeks"
        field.label = f"Publish with nobody on level 2 in {weeks}"
        field.help_text = (
            "A page that primary does not answer ends there: nobody else is called. "
            "The weeks stay open until somebody takes them."
        )
        field = self.fields["edits_confirmed"]
        field.label = f"Write over {wording.counted(edits, 'week')} that somebody changed there"
        field.help_text = (
            "PagerDuty then shows whom this version publishes, and what was changed by hand in "
            "these weeks is gone. To keep it, decide on the PagerDuty page first."
        )
