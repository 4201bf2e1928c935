"""What people send to correct a week, to adjust somebody's pay, and to decide about either."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from common.forms import DayField
from common.periods import Period
from compensation.operations.adjustments import LONGEST_DOCUMENT, WantedAdjustment
from compensation.operations.corrections import WantedCorrection
from compensation.operations.deciding import LONGEST_TEXT
from rotation.domain import wall_times
from rotation.domain.stints import CoverSpan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compensation.queries.adjustments import Payee
    from compensation.queries.corrections import Candidate

PARTS = 3
NOBODY = "nobody"
LONGEST_AMOUNT = 24
_TIME = re.compile(r"([01][0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)
_TURNS = [("first", "The first time"), ("second", "The second time")]
_DAY = dt.timedelta(days=1)


class NoteForm(forms.Form):
    """What is said with a decision; whether it is needed the operation knows."""

    note = forms.CharField(
        label="What do you say to it?",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to decline. Whoever asked gets it by mail.",
    )


class CorrectionForm(forms.Form):
    """Up to three parts of a week and who really had each; times are the rotation's.

    A time that a clock change repeats asks which of the two is meant, one that it leaves out is
    refused.
    """

    reason = forms.CharField(
        label="Why is it wrong as it stands?",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    evidence = forms.CharField(
        label="What shows it?",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as the numbers of incidents that were answered, or a link to a message.",
    )

    def __init__(
        self, *args: Any, period: Period, zone: str, people: Sequence[Candidate], **kwargs: Any
    ) -> None:
        """Offer the days of the week and these people; the first part begins as the whole week."""
        super().__init__(*args, **kwargs)
        self._zone = zone
        self.asks_turn: set[str] = set()
        start, end = (wording.local(at, zone) for at in (period.starts_at, period.ends_at))
        days = [(day.isoformat(), wording.day(day)) for day in _days(start.date(), end.date())]
        who = [(str(one.engineer_id), one.name) for one in people]
        for number in range(1, PARTS + 1):
            self._add_part(number, [("", "Choose"), *who, (NOBODY, "Nobody")], days)
        self.initial.update(
            from_day_1=start.date().isoformat(),
            from_time_1=f"{start:%H:%M}",
            to_day_1=end.date().isoformat(),
            to_time_1=f"{end:%H:%M}",
        )

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The bound fields of each part, for the page."""
        return [
            {
                "number": number,
                "who": self[f"who_{number}"],
                "turns": [
                    self[f"{edge}_turn_{number}"]
                    for edge in ("from", "to")
                    if f"{edge}_{number}" in self.asks_turn
                ],
                **{
                    f"{edge}_{name}": self[f"{edge}_{name}_{number}"]
                    for edge in ("from", "to")
                    for name in ("day", "time")
                },
                "times": [
                    self[f"{edge}_{name}_{number}"]
                    for edge in ("from", "to")
                    for name in ("day", "time")
                ],
            }
            for number in range(1, PARTS + 1)
        ]

    @property
    def first_part(self) -> dict[str, Any]:
        """The part that every correction has."""
        return self.parts[0]

    @property
    def more_parts(self) -> list[dict[str, Any]]:
        """The others, which may stay empty."""
        return self.parts[1:]

    @property
    def has_more(self) -> bool:
        """Whether something stands in one of the others."""
        return any(part["who"].value() or part["who"].errors for part in self.more_parts)

    def clean(self) -> dict[str, Any]:
        """`spans` are the parts that name somebody, in their order."""
        values: dict[str, Any] = super().clean() or {}
        spans = [
            self._span(number) for number in range(1, PARTS + 1) if values.get(f"who_{number}")
        ]
        values["spans"] = [span for span in spans if span is not None]
        return values

    def wanted(self, *, shift_id: int, now_covers: Sequence[CoverSpan]) -> WantedCorrection:
        """The correction that a valid form asks for: its parts laid over what counts now."""
        data = self.cleaned_data
        return WantedCorrection(
            shift_id=shift_id,
            covers=(*now_covers, *data["spans"]),
            reason=data["reason"],
            evidence=data["evidence"],
        )

    @property
    def digest(self) -> str:
        """What a preview was shown for."""
        spans = [
            (span.person, span.period.starts_at.isoformat(), span.period.ends_at.isoformat())
            for span in self.cleaned_data["spans"]
        ]
        return hashlib.sha256(json.dumps(spans).encode()).hexdigest()

    def _add_part(
        self, number: int, who: list[tuple[str, str]], days: list[tuple[str, str]]
    ) -> None:
        select = {"class": "form-select"}
        self.fields[f"who_{number}"] = forms.ChoiceField(
            label="Who had it",
            required=number == 1,
            choices=who,
            widget=forms.Select(attrs=select),
            error_messages={"required": "Choose who had it."},
        )
        for edge, word in (("from", "From"), ("to", "To")):
            self.fields[f"{edge}_day_{number}"] = forms.ChoiceField(
                label=f"{word}, day",
                required=False,
                choices=days,
                widget=forms.Select(attrs=select),
            )
            self.fields[f"{edge}_time_{number}"] = forms.CharField(
                label=f"{word}, time, 24 hours",
                required=False,
                max_length=5,
                widget=forms.TextInput(
                    attrs={
                        "class": "form-control",
                        "inputmode": "numeric",
                        "size": 5,
                        "autocomplete": "off",
                    }
                ),
            )
            self.fields[f"{edge}_turn_{number}"] = forms.ChoiceField(
                label=f"Which of the two, {word.lower()}?",
                required=False,
                choices=_TURNS,
                widget=forms.RadioSelect,
            )

    def _span(self, number: int) -> CoverSpan | None:
        first, last = self._instant("from", number), self._instant("to", number)
        if first is None or last is None:
            return None
        if first >= last:
            self.add_error(f"to_time_{number}", "The end is not after the start.")
            return None
        who = self.cleaned_data[f"who_{number}"]
        person = None if who == NOBODY else int(who)
        return CoverSpan(person=person, period=Period(starts_at=first, ends_at=last))

    def _instant(self, edge: str, number: int) -> dt.datetime | None:
        day = self.cleaned_data.get(f"{edge}_day_{number}")
        text = (self.cleaned_data.get(f"{edge}_time_{number}") or "").strip()
        typed = _TIME.fullmatch(text)
        if not day:
            self.add_error(f"{edge}_day_{number}", "Choose a day of the week.")
            return None
        if typed is None:
            self.add_error(f"{edge}_time_{number}", "Write the time as 17:30, in 24 hours.")
            return None
        date, time = dt.date.fromisoformat(day), dt.time(int(typed[1]), int(typed[2]))
        found = wall_times.instants(self._zone, date, time)
        if not found:
            self.add_error(
                f"{edge}_time_{number}",
                f"{text} does not exist on {wording.day(date)}: the clocks go forward then.",
            )
            return None
        return found[0] if len(found) == 1 else self._turn(edge, number, found, date)

    def _turn(
        self, edge: str, number: int, found: tuple[dt.datetime, ...], date: dt.date
    ) -> dt.datetime | None:
        self.asks_turn.add(f"{edge}_{number}")
        turn = self.cleaned_data.get(f"{edge}_turn_{number}")
        if not turn:
            self.add_error(
                f"{edge}_turn_{number}",
                f"It comes twice on {wording.day(date)}: the first or the second time?",
            )
            return None
        return found[0] if turn == "first" else found[-1]


class AdjustmentForm(forms.Form):
    """An amount for somebody, signed, with the paper that grounds it."""

    engineer = forms.TypedChoiceField(
        label="For whom", coerce=int, widget=forms.Select(attrs={"class": "form-select"})
    )
    amount = forms.CharField(
        label="Amount",
        max_length=LONGEST_AMOUNT,
        help_text="In the currency of their office, with a decimal point; below zero with a minus "
        "in front: -50.00",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    earned_on = DayField(
        label="Earned on",
        help_text="Today or earlier. It is posted to the month of this day, or to the first open "
        "one after it.",
    )
    reason = forms.CharField(
        label="Why", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
    document = forms.CharField(
        label="Document",
        max_length=LONGEST_DOCUMENT,
        help_text="The paper that grounds it, by its number or address.",
    )

    def __init__(self, *args: Any, people: Sequence[Payee], **kwargs: Any) -> None:
        """Offer these people, each with the employee number."""
        super().__init__(*args, **kwargs)
        field = self.fields["engineer"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        field.choices = [
            ("", "Choose"),
            *(
                (one.engineer_id, f"{one.name}, {one.employee_id}" if one.employee_id else one.name)
                for one in people
            ),
        ]

    def wanted(self) -> WantedAdjustment:
        """The adjustment that a valid form asks for."""
        data = self.cleaned_data
        return WantedAdjustment(
            engineer_id=data["engineer"],
            amount=data["amount"],
            earned_on=data["earned_on"],
            reason=data["reason"],
            document=data["document"],
        )


class TakingBackForm(forms.Form):
    """Why an adjustment is to be reversed, and the paper that grounds it."""

    reason = forms.CharField(
        label="Why", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
    document = forms.CharField(
        label="Document",
        max_length=LONGEST_DOCUMENT,
        help_text="The paper that grounds it, by its number or address.",
    )


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]
