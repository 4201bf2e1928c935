"""What a manager looks for in PagerDuty, to use it in place of what Rota makes."""

from __future__ import annotations

from django import forms

from rotation.models import LevelName

POLICY = "policy"
WHAT = [
    (LevelName.PRIMARY.value, "Schedule of primary"),
    (LevelName.ESCALATION.value, "Schedule of level 2"),
    (POLICY, "Escalation policy"),
]


class SearchForm(forms.Form):
    """What it is to become, and its name or id."""

    what = forms.ChoiceField(
        label="What to replace",
        choices=WHAT,
        widget=forms.RadioSelect(),
        initial=LevelName.PRIMARY.value,
        error_messages={"required": "Say what it is to become."},
    )
    query = forms.CharField(
        label="Name or id in PagerDuty",
        max_length=255,
        help_text="A part of the name finds it. The id stands in its address there.",
        error_messages={"required": "Write a part of its name, or its id."},
    )


class OwnForm(forms.Form):
    """What Rota is to make, or find again, by itself."""

    what = forms.ChoiceField(choices=WHAT)


def level_of(what: str) -> str:
    """The level of a choice; empty for the escalation policy."""
    return "" if what == POLICY else what
