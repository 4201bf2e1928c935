"""Forms of a rotation's hours and of its policy."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from rotation.models import DriftChoice
from volunteers.queries import places

WEEKDAYS = (
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
)
WEIGHT = re.compile(r"[0-9]{1,4}", re.ASCII)
CLOCK = ["%H:%M", "%H:%M:%S"]


def _time(**options: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(input_formats=CLOCK, widget=widget, **options)


class HoursForm(forms.Form):
    """Zone, handover, office hours and calendar."""

    time_zone = forms.CharField(help_text="As in Europe/Dublin; weeks are built in it.")
    handover_weekday = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int)
    handover_time = _time()
    business_start = _time(
        label="Office hours from", required=False, help_text="Empty: on call at every hour."
    )
    business_end = _time(label="Office hours until", required=False)
    holiday_office = forms.TypedChoiceField(
        choices=(),
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Whose public holidays are on call all day.",
    )
    level2_paid = forms.BooleanField(label="Level 2 is paid", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the offices as they are now."""
        super().__init__(*args, **kwargs)
        offices = [(line.office_id, line.name) for line in places.office_lines()]
        field = self.fields["holiday_office"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "none"), *offices]


class NewRotationForm(HoursForm):
    """The rotation of an on-call team that has none."""

    team = forms.TypedChoiceField(label="On-call team", choices=(), coerce=int)
    field_order = ("team",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the on-call teams as they are now."""
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = list(places.on_call_teams().items())


class PolicyForm(forms.Form):
    """Every figure of a policy, and why it changes."""

    term_weeks = forms.IntegerField(label="Weeks of a term")
    cool_down_weeks = forms.IntegerField(label="Weeks between two terms")
    target_size = forms.IntegerField(label="People wanted")
    minimum_size = forms.IntegerField(label="People needed at least")
    horizon_weeks = forms.IntegerField(label="Weeks of a draft")
    primary_rest_weeks = forms.IntegerField(label="Weeks of rest, primary")
    primary_shifts_per_term = forms.IntegerField(label="Shifts of a term, primary")
    escalation_rest_weeks = forms.IntegerField(label="Weeks of rest, level 2")
    escalation_shifts_per_term = forms.IntegerField(
        label="Shifts of a term, level 2", required=False, help_text="Empty: no limit."
    )
    spacing_weeks = forms.IntegerField(label="Weeks wanted between two shifts")
    holiday_load_hundredths = forms.IntegerField(
        label="Load of a public holiday", help_text="In hundredths of a week."
    )
    holiday_weights = forms.CharField(
        label="Public holidays by office",
        required=False,
        help_text="In hundredths, as in: dublin 50 san-francisco 25. Empty: the rotation’s own.",
    )
    escalation_delay_minutes = forms.IntegerField(label="Minutes until a page goes on", initial=15)
    escalation_loops = forms.IntegerField(label="Times that a page starts again", initial=2)
    drift_choice = forms.ChoiceField(
        label="When PagerDuty shows somebody else", choices=DriftChoice.choices
    )
    deduplicates_pay = forms.BooleanField(
        label="Two rotations at once are paid once", required=False
    )
    objectives = forms.CharField(help_text="In order, with spaces: gaps overload unfairness …")
    reason = forms.CharField(help_text="Why it changes; everybody reads it.")

    def clean_objectives(self) -> tuple[str, ...]:
        """The names in their order."""
        return tuple(self.cleaned_data["objectives"].replace(",", " ").split())

    def clean_holiday_weights(self) -> dict[str, int]:
        """Hundredths by office.

        Raises:
            ValidationError: it is no list of offices and numbers.
        """
        words = self.cleaned_data["holiday_weights"].replace(",", " ").split()
        pairs = list(zip(words[::2], words[1::2], strict=False))
        if len(words) % 2 or not all(WEIGHT.fullmatch(weight) for _slug, weight in pairs):
            raise ValidationError("Write an office and a number each, as in: dublin 50.")
        return {slug: int(weight) for slug, weight in pairs}
