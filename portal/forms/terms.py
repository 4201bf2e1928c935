"""What is sent about terms: who enters level 2, who leaves, and who stays longer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from common.forms import DayField
from portal.forms.applications import as_date
from volunteers.models import MOST_EXTENSION_WEEKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from volunteers.queries.teams import TeamPerson

CHOOSE = "Choose one of the handovers."


def _handovers(dates: Sequence[dt.date]) -> list[tuple[str, str]]:
    return [(date.isoformat(), wording.day(date)) for date in dates]


class EnterTermForm(forms.Form):
    """Who serves on level 2, from which handover, until which."""

    engineer = forms.TypedChoiceField(
        label="Who",
        help_text="Managers of the team; being one is a right, not a duty on level 2.",
        coerce=int,
        error_messages={"invalid_choice": "Choose one of the team’s managers."},
    )
    starts_on = forms.TypedChoiceField(
        label="From the handover on",
        coerce=as_date,
        error_messages={"invalid_choice": CHOOSE},
    )
    ends_on = forms.TypedChoiceField(
        label="To the handover on",
        required=False,
        coerce=as_date,
        empty_value=None,
        error_messages={"invalid_choice": CHOOSE},
    )

    def __init__(
        self,
        *args: Any,
        managers: Sequence[TeamPerson],
        handovers: Sequence[dt.date],
        **kwargs: Any,
    ) -> None:
        """Offer the managers and the coming handovers."""
        super().__init__(*args, **kwargs)
        choices = {
            "engineer": [(str(each.engineer_id), each.name) for each in managers],
            "starts_on": _handovers(handovers),
            "ends_on": [("", "No end yet"), *_handovers(handovers[1:])],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.TypedChoiceField):
                field.choices = offered


class LeaveDayForm(forms.Form):
    """From which day on somebody wants to be out of the schedule."""

    on = DayField(
        label="The first day without on-call",
        help_text="Any day. The term ends at the first handover on or after it.",
        error_messages={"required": "Say from which day on."},
    )


class LeaveForm(forms.Form):
    """The handover that was shown, and a digest of what leaving then means."""

    left_on = forms.DateField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)


class ExtendForm(forms.Form):
    """How many weeks longer a term runs."""

    weeks = forms.TypedChoiceField(
        label="How much longer",
        coerce=int,
        error_messages={"invalid_choice": "Choose one to eight weeks."},
    )

    def __init__(self, *args: Any, ends_on: dt.date, **kwargs: Any) -> None:
        """Offer each number with the end that it leads to."""
        super().__init__(*args, **kwargs)
        field = self.fields["weeks"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [
                (str(weeks), _longer(ends_on, weeks))
                for weeks in range(1, MOST_EXTENSION_WEEKS + 1)
            ]


class DeclineExtensionForm(forms.Form):
    """Why a manager does not confirm it."""

    reason = forms.CharField(
        label="Why not",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The engineer reads it.",
        error_messages={"required": "Say why in a line; the engineer sees it."},
    )


def _longer(ends_on: dt.date, weeks: int) -> str:
    until = wording.day(ends_on + dt.timedelta(weeks=weeks))
    return f"{wording.counted(weeks, 'week')}, until {until}"
