"""The form by which somebody volunteers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from portal import fields
from volunteers.models import Application

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.fields import Choice

WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekTick:
    """One week as a tick: `Mon 28 Dec`, and `Mon 4 Jan` where there is room for it."""

    choice: Choice
    first: str
    last: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthOfWeeks:
    """The weeks that start in one month; the year stands in its name."""

    name: str
    ticks: tuple[WeekTick, ...]


class ApplyForm(forms.Form):
    """A start among coming handovers, weeks that do not suit, motivation, own manager told."""

    earliest_start_on = forms.TypedChoiceField(
        label="When could you start?",
        coerce=dt.date.fromisoformat,
        error_messages={"invalid_choice": "Choose one of the handovers listed."},
    )
    unsuitable_weeks = forms.TypedMultipleChoiceField(
        label="Weeks that do not suit you",
        required=False,
        coerce=dt.date.fromisoformat,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose among the weeks listed."},
    )
    motivation = forms.CharField(
        label="Why would you like to join?",
        help_text="A line or two. The team’s managers read it.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say in a line or two why you would like to join."},
    )
    experience = forms.CharField(
        label="What do you know of its systems?",
        help_text="What you have built, run or been paged for. Nothing is an answer, too: you can "
        "shadow first.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    told_own_manager = forms.ChoiceField(
        label="Have you told your own manager?",
        help_text="Their agreement is not asked for, only that it is no surprise.",
        choices=Application.Told.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        handovers: Sequence[dt.date],
        hint: str,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Offer these handovers as starts and as weeks; `hint` explains the start.

        `initial` are the answers that were kept or sent before.
        """
        super().__init__(data, initial=initial)
        days = [(day.isoformat(), wording.day(day)) for day in handovers]
        start, unsuitable = self.fields["earliest_start_on"], self.fields["unsuitable_weeks"]
        start.help_text = hint
        start.choices = days  # type: ignore[attr-defined]
        unsuitable.choices = days  # type: ignore[attr-defined]

    @property
    def months(self) -> list[MonthOfWeeks]:
        """The weeks' ticks by the month in which each week starts."""
        found: dict[str, list[WeekTick]] = {}
        for choice in fields.shown_field(self["unsuitable_weeks"]).choices:
            day = dt.date.fromisoformat(choice.value)
            tick = WeekTick(
                choice=choice,
                first=wording.day(day, year=False),
                last=wording.day(day + WEEK, year=False),
            )
            found.setdefault(wording.month(day), []).append(tick)
        return [MonthOfWeeks(name=name, ticks=tuple(ticks)) for name, ticks in found.items()]

    def clean_motivation(self) -> str:
        """The text with line feeds, as the limit of its length counts it."""
        return _line_feeds(self.cleaned_data["motivation"])

    def clean_experience(self) -> str:
        """The text with line feeds, as the limit of its length counts it."""
        return _line_feeds(self.cleaned_data["experience"])


class KeptForm(ApplyForm):
    """The same answers while they are typed: none is required yet."""

    def __init__(self, data: Any, *, handovers: Sequence[dt.date]) -> None:
        """Offer these handovers."""
        super().__init__(data, handovers=handovers, hint="")
        for field in self.fields.values():
            field.required = False
        self.fields["earliest_start_on"].empty_value = None  # type: ignore[attr-defined]


class ChangeForm(ApplyForm):
    """The answers of an application that was sent, with the version that its applicant saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
