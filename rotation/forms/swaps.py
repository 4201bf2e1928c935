"""What somebody sends for a swap: the part of their week, or the colleague's that they name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from common.periods import Period
from rotation.forms.cover_requests import edge, named_part
from rotation.forms.covers import WHOLE, CoverForm
from rotation.operations.swaps import Returned

if TYPE_CHECKING:
    from rotation.queries.swaps import Fit
    from rotation.queries.worked import WorkedShift

_LARGEST = 2**31 - 1
_PARTS = 4


class ReturnForm(CoverForm):
    """All of the time that could be given, or some of it."""

    def __init__(self, *args: Any, fit: Fit, now: dt.datetime, **kwargs: Any) -> None:
        """Begin with all of it."""
        super().__init__(*args, shift=fit.shift, now=now, **kwargs)
        self.initial["part"] = WHOLE
        self.initial.update(edge("from", fit.period.starts_at, fit.shift.zone))
        self.initial.update(edge("to", fit.period.ends_at, fit.shift.zone))


class ProposeForm(forms.Form):
    """A colleague's time, as `shift|start|end|person`; `asked` is one's own, by the address."""

    week = forms.CharField(
        label="Their week", max_length=100, error_messages={"required": "Choose a week."}
    )
    message = forms.CharField(
        label="A line to them",
        required=False,
        max_length=280,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(
        self, *args: Any, shift: WorkedShift, now: dt.datetime, query: Any, **kwargs: Any
    ) -> None:
        """The part that the address names, else all that is to come of the shift."""
        super().__init__(*args, **kwargs)
        begun = now.replace(microsecond=0)
        whole = Period(starts_at=max(shift.period.starts_at, begun), ends_at=shift.period.ends_at)
        self.asked = named_part(query, shift, now) or whole

    def clean_week(self) -> str:
        """The week as it was sent.

        Raises:
            ValidationError: it names none.
        """
        text = str(self.cleaned_data["week"])
        parts = text.split("|")
        try:
            shift_id, engineer_id = int(parts[0]), int(parts[3])
            bounds = [dt.datetime.fromisoformat(each) for each in parts[1:3]]
        except (ValueError, IndexError):
            raise forms.ValidationError("Choose a week from the list.") from None
        ids_fit = 0 < shift_id <= _LARGEST and 0 < engineer_id <= _LARGEST
        if len(parts) != _PARTS or not ids_fit or any(each.tzinfo is None for each in bounds):
            raise forms.ValidationError("Choose a week from the list.")
        self.cleaned_data["engineer"] = engineer_id
        self.cleaned_data["returned"] = Returned(
            shift_id=shift_id, starts_at=bounds[0], ends_at=bounds[1]
        )
        return text
