"""What a manager sends to enter a cover: the part, its times, and who takes it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from rotation.domain import slots, wall_times

if TYPE_CHECKING:
    from rotation.queries.worked import WorkedShift

WHOLE, PART = "whole", "part"
NOBODY = 0
_TIME = re.compile(r"([01][0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)
_TURNS = [("first", "The first time"), ("second", "The second time")]


def _day(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, widget=forms.Select(attrs={"class": "form-select"})
    )


def _time(label: str) -> forms.CharField:
    attributes = {
        "class": "form-control",
        "inputmode": "numeric",
        "size": 5,
        "autocomplete": "off",
    }
    return forms.CharField(
        label=label, required=False, max_length=5, widget=forms.TextInput(attrs=attributes)
    )


def _turn(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=_TURNS, widget=forms.RadioSelect()
    )


class CoverForm(forms.Form):
    """The whole shift or some of it, in the rotation's wall-clock time, and one person.

    A time that a clock change repeats asks which of the two is meant.
    """

    part = forms.ChoiceField(
        label="Whole shift or part of it", choices=[(WHOLE, "Whole"), (PART, "Part")]
    )
    from_day = _day("From, day")
    from_time = _time("From, time, 24 hours")
    from_turn = _turn("Which of the two, at the start?")
    to_day = _day("To, day")
    to_time = _time("To, time, 24 hours")
    to_turn = _turn("Which of the two, at the end?")
    seen = forms.IntegerField(required=False, min_value=NOBODY, widget=forms.HiddenInput)
    to_engineer = forms.IntegerField(
        label="Who takes it",
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        error_messages={"invalid": "Choose somebody from the list."},
    )

    def __init__(self, *args: Any, shift: WorkedShift, now: dt.datetime, **kwargs: Any) -> None:
        """Offer the days of the shift; begin with all that is to come of it."""
        self._shift = shift
        first = max(shift.period.starts_at, now.replace(second=0, microsecond=0))
        start = wording.local(first, shift.zone)
        end = wording.local(shift.period.ends_at, shift.zone)
        kwargs.setdefault(
            "initial",
            {
                "part": WHOLE,
                "from_day": start.date().isoformat(),
                "from_time": f"{start:%H:%M}",
                "to_day": end.date().isoformat(),
                "to_time": f"{end:%H:%M}",
            },
        )
        super().__init__(*args, **kwargs)
        days = [(day.isoformat(), wording.day(day)) for day in _days(start.date(), end.date())]
        for name in ("from_day", "to_day"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = days
        self.asks_turn: set[str] = set()

    def clean(self) -> dict[str, Any]:
        """`starts_at` and `ends_at` as instants, both None for the whole shift."""
        values: dict[str, Any] = super().clean() or {}
        values["starts_at"] = values["ends_at"] = None
        if values.get("part") == PART:
            values["starts_at"] = self._instant("from")
            values["ends_at"] = self._instant("to")
        return values

    def _instant(self, edge: str) -> dt.datetime | None:
        date = self.cleaned_data.get(f"{edge}_day")
        typed = _TIME.fullmatch((self.cleaned_data.get(f"{edge}_time") or "").strip())
        if not date:
            if f"{edge}_day" not in self.errors:
                self.add_error(f"{edge}_day", "Choose a day of the shift.")
            return None
        if typed is None:
            if f"{edge}_time" not in self.errors:
                self.add_error(f"{edge}_time", "Write the time as 17:30, in 24 hours.")
            return None
        day, time = dt.date.fromisoformat(date), dt.time(int(typed[1]), int(typed[2]))
        return self._at(edge, day, time)

    def _at(self, edge: str, day: dt.date, time: dt.time) -> dt.datetime | None:
        found = wall_times.instants(self._shift.zone, day, time)
        said = f"{time:%H:%M}"
        if not found:
            self.add_error(
                f"{edge}_time",
                f"{said} does not exist on {wording.day(day)}: the clocks go forward then. "
                "Choose another time.",
            )
            return None
        if len(found) == 1:
            return found[0]
        self.asks_turn.add(edge)
        turn = self.cleaned_data.get(f"{edge}_turn")
        if not turn:
            self.add_error(
                f"{edge}_turn", f"{said} happens twice on {wording.day(day)}: first or second?"
            )
            return None
        return found[0] if turn == "first" else found[1]


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + number * slots.DAY for number in range((last - first).days + 1)]
