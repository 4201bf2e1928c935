"""What a manager sends about an application."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from volunteers.models import MOST_SHADOW_WEEKS
from volunteers.operations.application_decisions import REASON_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.queries.joining import TermChoice


def as_date(text: str) -> dt.date:
    """The day of a choice's value."""
    return dt.date.fromisoformat(text)


WEEK = dt.timedelta(weeks=1)
LONGEST_OFFERED = 52


class AcceptForm(forms.Form):
    """The term, chosen from the rotation's handovers with its end in sight."""

    starts_on = forms.TypedChoiceField(
        label="Term, from handover to handover",
        coerce=as_date,
        error_messages={"invalid_choice": "Choose one of the coming handovers."},
    )
    ends_on = forms.TypedChoiceField(
        label="Another end",
        help_text="Earlier or later than the policy’s.",
        required=False,
        coerce=as_date,
        empty_value=None,
        error_messages={"invalid_choice": "Choose one of the handovers listed."},
    )
    shadow_weeks = forms.TypedChoiceField(
        label="Shadow first",
        help_text="Looks on: on the board, not paged, not paid.",
        required=False,
        coerce=int,
        empty_value="0",
        choices=[
            ("0", "no, on call from the start"),
            *[
                (str(weeks), wording.counted(weeks, "week"))
                for weeks in range(1, MOST_SHADOW_WEEKS + 1)
            ],
        ],
    )
    above_target = forms.BooleanField(label="The team may be larger than its size", required=False)

    def clean_shadow_weeks(self) -> int:
        """The number; nothing chosen is none."""
        return int(self.cleaned_data["shadow_weeks"])

    def __init__(
        self,
        *args: Any,
        choices: Sequence[TermChoice],
        proposed: dt.date | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer these terms, with the proposed start chosen."""
        super().__init__(*args, **kwargs)
        start, end = self.fields["starts_on"], self.fields["ends_on"]
        start.choices = [(each.starts_on.isoformat(), each.text) for each in choices]  # type: ignore[attr-defined]
        first = choices[0].starts_on if choices else None
        ends = [first + number * WEEK for number in range(1, LONGEST_OFFERED + 1)] if first else []
        end.choices = [  # type: ignore[attr-defined]
            ("", "as above, by the policy"),
            *[(day.isoformat(), wording.day(day)) for day in ends],
        ]
        if proposed not in {None, first}:
            start.initial = str(proposed)


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


class MoveForm(forms.Form):
    """One place up or down the waiting list, from the place that the manager saw."""

    direction = forms.ChoiceField(choices=[("up", "Up"), ("down", "Down")])
    seen_place = forms.IntegerField(min_value=1, max_value=100_000)
