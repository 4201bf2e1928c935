"""What finance sends: a tick before closing, a new rate, which file to download."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms

from common.forms import DayField
from compensation.domain import money
from compensation.operations import questions, reopening
from compensation.operations.office_calendars import CalendarChange
from compensation.operations.rates import NewRate
from volunteers.operations.calendars import (
    FIRST_YEAR,
    HOLIDAY_NAME_LENGTH,
    LAST_YEAR,
    MOST_YEARS,
    REASON_LENGTH,
    DaysChanged,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compensation.queries.periods import ExportFact
    from volunteers.queries.places import OfficeLine

LEVELS = [
    ("primary", "Primary\nthe volunteers"),
    ("escalation", "Level 2\npaid only where a rotation says so"),
]
LONGEST_AMOUNT = 24
LONGEST_REASON = 1000
_CHECKED = "checked the totals"
_FIGURES = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_COMMA_AS_POINT = re.compile(r"-?[0-9. ]*,[0-9]{1,2}")


class CloseForm(forms.Form):
    """The tick that finance has looked at the figures."""

    seen = forms.BooleanField(
        error_messages={"required": "Compare the totals first, then tick this box."}
    )

    def __init__(self, *args: Any, compared_with: str = "", **kwargs: Any) -> None:
        """Name the month that the totals are compared with; empty when there is none before."""
        super().__init__(*args, **kwargs)
        deed = f"compared the totals with {compared_with}" if compared_with else _CHECKED
        self.fields["seen"].label = f"I have {deed}"


class RateForm(forms.Form):
    """What a week is worth in an office from a day on; amounts are decimal text."""

    office = forms.TypedChoiceField(coerce=int, label="Office")
    level = forms.ChoiceField(
        choices=LEVELS, initial="primary", widget=forms.RadioSelect, label="Level"
    )
    effective_from = DayField(
        label="First day",
        help_text="For weeks that start on this day or later, weeks already published included. "
        "Today or later, on the calendar of the office.",
    )
    weekly = forms.CharField(
        label="A week",
        max_length=LONGEST_AMOUNT,
        help_text="In the currency of the office, with a decimal point: 600.00",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    holiday = forms.CharField(
        label="A whole public holiday, on top",
        max_length=LONGEST_AMOUNT,
        help_text="For each public holiday of the office within a week. 0 for none.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    retroactive = forms.BooleanField(
        required=False,
        label="It starts on a day that is over",
        help_text="Ended weeks are priced anew, once another of finance approves it.",
    )
    reason = forms.CharField(
        required=False,
        label="Why only now?",
        max_length=LONGEST_REASON,
        help_text="Needed for a day that is over. Whoever approves it reads this.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, offices: Sequence[OfficeLine], **kwargs: Any) -> None:
        """Offer these offices, each with its currency."""
        super().__init__(*args, **kwargs)
        self.currencies = {office.office_id: office.currency for office in offices}
        field = self.fields["office"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - narrows the type
        field.choices = [
            (office.office_id, f"{office.name}, {office.currency}") for office in offices
        ]

    def clean(self) -> dict[str, Any]:
        """Read both amounts in the currency of the office; nothing is rounded."""
        data = super().clean() or {}
        currency = self.currencies.get(data.get("office", 0))
        for name in ("weekly", "holiday"):
            if currency and name in data:
                try:
                    data[name] = _minor(data[name], currency)
                except (money.AmountError, money.UnknownCurrencyError) as error:
                    self.add_error(name, str(error))
        if data.get("retroactive") and not data.get("reason"):
            self.add_error("reason", "Say why: another of finance decides by it.")
        return data

    @property
    def is_retroactive(self) -> bool:
        """Whether a valid form asks for a day that is over."""
        return bool(self.cleaned_data["retroactive"])

    def rate(self) -> NewRate:
        """The rate of a valid form."""
        data = self.cleaned_data
        return NewRate(
            office_id=data["office"],
            level=data["level"],
            effective_from=data["effective_from"],
            weekly_minor=data["weekly"],
            holiday_minor=data["holiday"],
        )

    @property
    def digest(self) -> str:
        """The rate as one line of text: what a preview was shown for."""
        rate = self.rate()
        return "|".join(
            str(part)
            for part in (
                rate.office_id,
                rate.level,
                rate.effective_from.isoformat(),
                rate.weekly_minor,
                rate.holiday_minor,
                self.is_retroactive,
            )
        )


class QuestionForm(forms.Form):
    """What somebody asks about a line of their pay; the operation says what is wrong with it."""

    question = forms.CharField(
        label="What do you want to know?",
        error_messages={"required": "This is needed."},
        help_text="Say what you expected and why. Finance reads it and answers; both stay here.",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": questions.LONGEST}),
    )


class AnswerForm(forms.Form):
    """Finance's answer."""

    answer = forms.CharField(
        label="Your answer",
        error_messages={"required": "This is needed."},
        help_text="Only the one who asked and finance read it. It stays as it is.",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": questions.LONGEST}),
    )


class SendForm(forms.Form):
    """Which files of a closed month went to payroll."""

    file_names = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="Which files did you hand to payroll?",
        error_messages={"required": "Tick the files that went to payroll."},
    )

    def __init__(self, *args: Any, files: Sequence[ExportFact], **kwargs: Any) -> None:
        """Offer the files that are not marked yet."""
        super().__init__(*args, **kwargs)
        field = self.fields["file_names"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - narrows the type
        field.choices = [
            (file.file_name, f"{file.title}, {file.format.upper()}\n{file.file_name}")
            for file in files
        ]


class ReopenForm(forms.Form):
    """Why a closed month should be open again; the operation says what is wrong with it."""

    reason = forms.CharField(
        label="What is wrong in it?",
        error_messages={"required": reopening.WHY},
        strip=False,
        help_text="Whoever decides reads it, and it stays on record. Name no amount of a person.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": reopening.LONGEST_TEXT}),
    )


class DeclineForm(forms.Form):
    """Why a month stays closed."""

    note = forms.CharField(
        label="A word on why",
        required=False,
        strip=False,
        help_text="For a decision against it; whoever asked gets it by mail.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": reopening.LONGEST_TEXT}),
    )


class _CalendarForm(forms.Form):
    """A change of an office's calendar, shown with its effect before it is made."""

    def change(self, *, office_id: int) -> CalendarChange:
        """The change that a valid form asks for."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """The days that are asked for as one line of text: what a preview was shown for.

        What a day is called, and why, changes nothing of what follows.
        """
        days = [name for name in self.cleaned_data if name not in {"name", "reason"}]
        return "|".join(str(self.cleaned_data[name]) for name in days)


class DayAddForm(_CalendarForm):
    """A day off that an office gives of its own accord."""

    date = DayField(label="Day")
    name = forms.CharField(
        label="What is it called?", max_length=HOLIDAY_NAME_LENGTH, help_text="As in Founders’ day."
    )
    reason = forms.CharField(
        label="Why?", max_length=REASON_LENGTH, help_text="It stays with the change for good."
    )

    def change(self, *, office_id: int) -> CalendarChange:
        """One day more."""
        data = self.cleaned_data
        days = DaysChanged(added={data["date"]: data["name"]})
        return CalendarChange(office_id=office_id, days=days, reason=data["reason"])


class DayRemoveForm(_CalendarForm):
    """A day that is no day off in the office, or no more."""

    date = DayField(label="Day")
    reason = forms.CharField(
        label="Why?", max_length=REASON_LENGTH, help_text="It stays with the change for good."
    )

    def change(self, *, office_id: int) -> CalendarChange:
        """One day less."""
        data = self.cleaned_data
        days = DaysChanged(removed=frozenset({data["date"]}))
        return CalendarChange(office_id=office_id, days=days, reason=data["reason"])


class YearsForm(_CalendarForm):
    """Years whose public holidays come from the library."""

    first_year = forms.IntegerField(label="First year", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    last_year = forms.IntegerField(label="Last year", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    def clean(self) -> dict[str, Any]:
        """Refuse years the wrong way round, and too many at once."""
        data = super().clean() or {}
        first, last = data.get("first_year"), data.get("last_year")
        if first is not None and last is not None and not first <= last < first + MOST_YEARS:
            message = f"The same year or a later one, {MOST_YEARS} years at most."
            self.add_error("last_year", message)
        return data

    def change(self, *, office_id: int) -> CalendarChange:
        """What the library knows of these years and the office lacks."""
        years = range(self.cleaned_data["first_year"], self.cleaned_data["last_year"] + 1)
        return CalendarChange(office_id=office_id, days=DaysChanged(), years=tuple(years))


class ExportForm(forms.Form):
    """Which of a month's files; the newest version unless one is named."""

    layout = forms.CharField(required=False)
    version = forms.IntegerField(required=False, min_value=1, max_value=10**6)
    bom = forms.BooleanField(required=False)


def _minor(text: str, currency: str) -> int:
    """Minor units of an amount that somebody typed.

    Raises:
        AmountError: it is none; the text says how to write it.
    """
    if _COMMA_AS_POINT.fullmatch(text):
        example = text.replace(".", "").replace(" ", "").replace(",", ".")
        raise money.AmountError(f"Write the decimals after a point: {example}")
    if "," in text or " " in text:
        raise money.AmountError("Write the amount without commas and spaces, as 1250.00")
    try:
        return money.parse_amount(text, currency)
    except money.AmountError as error:
        raise money.AmountError(_in_words(text, currency)) from error


def _in_words(text: str, currency: str) -> str:
    if not _FIGURES.fullmatch(text):
        return "Write an amount in digits with a decimal point, as 600.00"
    digits = money.exponent(currency)
    if digits == 0:
        return f"{currency} has no decimals: write whole units."
    return f"{currency} has {digits} decimals at most: nothing is rounded here."
