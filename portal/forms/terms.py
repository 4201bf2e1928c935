"""What a manager sends about terms on level 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from portal.forms.applications import as_date

if TYPE_CHECKING:
    import datetime as dt
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


class EndTermForm(forms.Form):
    """The handover at which a level 2 term ends early."""

    left_on = forms.TypedChoiceField(
        label="Ends at the handover on",
        coerce=as_date,
        error_messages={"invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, handovers: Sequence[dt.date], **kwargs: Any) -> None:
        """Offer the handovers that lie in the term."""
        super().__init__(*args, **kwargs)
        field = self.fields["left_on"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = _handovers(handovers)
