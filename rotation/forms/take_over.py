"""What somebody sends to hand over, or to take over, what is left of a running shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from rotation.forms.covers import NOBODY, PART, WHOLE, CoverForm

if TYPE_CHECKING:
    import datetime as dt


class TakeOverForm(CoverForm):
    """Until the end of the shift or until an earlier time; it begins now, whoever accepts."""

    part = forms.ChoiceField(
        label="Until when", choices=[(WHOLE, "Until the end"), (PART, "Until a time")]
    )
    seen = forms.IntegerField(required=False, min_value=NOBODY, max_value=2**31 - 1)
    message = forms.CharField(
        label="A line to them",
        required=False,
        max_length=280,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """`ends_at` as an instant, None for the end of the shift."""
        values: dict[str, Any] = forms.Form.clean(self) or {}
        values["ends_at"] = self._until() if values.get("part") == PART else None
        return values

    def _until(self) -> dt.datetime | None:
        return self._instant("to")
