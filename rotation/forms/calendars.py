"""Which calendar somebody wants an address of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from rotation.domain.calendar_feeds import MINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rotation.queries.calendar_feeds import Choice

LEVELS = {"": "both levels", "primary": "primary", "escalation": "level 2"}


class CalendarForm(forms.Form):
    """A rotation's calendar or one level's; one's own shifts come as `mine`."""

    calendar = forms.ChoiceField(
        label="Which calendar",
        error_messages={
            "required": "Choose a calendar.",
            "invalid_choice": "There is no such calendar. Choose one of the list.",
        },
    )

    def __init__(self, *arguments: Any, choices: Iterable[Choice], **options: Any) -> None:
        """Offer the calendars of each rotation."""
        super().__init__(*arguments, **options)
        field = self.fields["calendar"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (one.value, f"{one.rotation_name}, {LEVELS[one.level]}") for one in choices
            ]

    def clean_calendar(self) -> tuple[str, str]:
        """The rotation's slug and the level, each empty where none is meant."""
        slug, _slash, level = str(self.cleaned_data["calendar"]).partition("/")
        return slug, level


class OwnCalendarForm(forms.Form):
    """One's own shifts: nothing is to be chosen."""

    calendar = forms.ChoiceField(choices=[(MINE, "My shifts")])

    def clean_calendar(self) -> tuple[str, str]:
        """No rotation and no level."""
        return "", ""
