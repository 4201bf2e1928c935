"""What every form shares: days that are typed as days, and refusals beside their field."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from common.refusals import RefusedError

EARLIEST = dt.date(2000, 1, 1)
LATEST = dt.date(2100, 12, 31)


class DayInput(forms.DateInput):
    """The browser's own picker of a day; the page writes the weekday as Rota read it beside it."""

    input_type = "date"

    def __init__(self) -> None:
        """Always in ISO's form, as browsers ask for."""
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A calendar day in ISO's form, within this century."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        """Take what any form field takes."""
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "This is not a day. Write it as 2026-12-07."

    def validate(self, value: Any) -> None:
        """Refuse years that can only be a slip."""
        super().validate(value)
        if value and not EARLIEST <= value <= LATEST:
            raise ValidationError("The year must lie between 2000 and 2100.", code="year")


def add_refusal(form: forms.BaseForm, refusal: RefusedError) -> None:
    """Put a refusal's messages beside the fields they name, the rest on top of the form."""
    beside = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, text in beside.items():
        form.add_error(name, text)
    if not beside:
        form.add_error(None, refusal.message)
