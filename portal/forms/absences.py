"""The form for one's own days away."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.fetching import MOST_BYTES
from common.forms import DayField

_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})(?: (.*))?", re.ASCII | re.DOTALL)
MOST_ROWS = 400


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


class CalendarForm(forms.Form):
    """A calendar to read busy days from: its address, a file, or the file's text."""

    address = forms.CharField(
        label="Address of your calendar",
        required=False,
        max_length=2000,
        help_text="Your calendar’s private address in iCal format, from its settings. "
        "Rota reads it once and forgets it.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Or a file that ends in .ics",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".ics,text/calendar"}),
    )
    text = forms.CharField(
        label="Or the file’s text",
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def file_bytes(self) -> bytes:
        """What was chosen or pasted; one byte too many where it is too large to be read."""
        chosen = self.cleaned_data["file"]
        if chosen is not None:
            found: bytes = chosen.read(MOST_BYTES + 1)
            return found
        return str(self.cleaned_data["text"]).encode()


class ManyDaysField(forms.Field):
    """Lines of `first/last`, the second kind with a note behind, as the page offers them."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> dict[tuple[dt.date, dt.date], str]:
        """The note, or an empty one, by first and last day.

        Raises:
            ValidationError: a line is no days.
        """
        found: dict[tuple[dt.date, dt.date], str] = {}
        for line in value or []:
            match = _DAYS.fullmatch(str(line))
            if match is None or len(found) >= MOST_ROWS:
                raise ValidationError("Choose days from the list.")
            try:
                first, last = (dt.date.fromisoformat(match[number]) for number in (1, 2))
            except ValueError:
                raise ValidationError("Choose days from the list.") from None
            found[first, last] = match[3] or ""
        return found


class BusyDaysForm(forms.Form):
    """Which of the days that a calendar holds are days away, and which keep the event's name."""

    days = ManyDaysField(
        label="Days to add", error_messages={"required": "Tick the days on which you are away."}
    )
    notes = ManyDaysField(label="Notes to keep", required=False)
