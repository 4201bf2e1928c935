"""What a manager sends to fix somebody in a week of a draft, or to keep them from it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from rotation.models import DraftRule, LevelName

if TYPE_CHECKING:
    from common.refusals import RefusedError
    from rotation.queries.hand_rules import HandRules

KINDS = [
    (DraftRule.Kind.PIN, "Must carry it\nthe rest is solved around it"),
    (DraftRule.Kind.FORBID, "Must not carry it\nanybody else may"),
]
BESIDE = {"engineer": "who", "level": "who", "week_date": "week"}
NOBODY_CHOSEN = {"required": "Choose a person.", "invalid_choice": "Choose a person of the list."}


def _kind() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="What should hold?",
        choices=KINDS,
        initial=DraftRule.Kind.PIN,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose one of the two.",
            "invalid_choice": "Choose one of the two.",
        },
    )


class RuleForm(forms.Form):
    """A person at their level, a week, and which of the two; cleans to the operation's words."""

    who = forms.ChoiceField(label="Who", error_messages=NOBODY_CHOSEN)
    week = forms.ChoiceField(
        label="Week from",
        error_messages={
            "required": "Choose a week.",
            "invalid_choice": "Choose a week of the draft.",
        },
    )
    kind = _kind()

    def __init__(self, *args: Any, hand: HandRules, **kwargs: Any) -> None:
        """Offer the people of each level and the weeks that have not started."""
        super().__init__(*args, **kwargs)
        _offer(self, "who", [("", "Choose a person"), *_people(hand)])
        weeks = [(week.isoformat(), wording.day(week)) for week in hand.weeks]
        _offer(self, "week", [("", "Choose a week"), *weeks])

    def wanted(self) -> dict[str, Any]:
        """The arguments of `draft_rules.add_rule` that a valid form names."""
        level, _dash, engineer_id = self.cleaned_data["who"].partition("-")
        return {
            "level": level,
            "engineer_id": int(engineer_id),
            "week_date": dt.date.fromisoformat(self.cleaned_data["week"]),
            "kind": DraftRule.Kind(self.cleaned_data["kind"]),
        }


class WeekRuleForm(forms.Form):
    """A person of the week's level, and which of the two."""

    who = forms.ChoiceField(label="Who", error_messages=NOBODY_CHOSEN)
    kind = _kind()

    def __init__(self, *args: Any, hand: HandRules, level: str, **kwargs: Any) -> None:
        """Offer the people of the level."""
        super().__init__(*args, **kwargs)
        people = [(str(engineer_id), name) for engineer_id, name in hand.people_of(level)]
        _offer(self, "who", [("", "Choose a person"), *people])

    def wanted(self) -> dict[str, Any]:
        """Person and kind, as `draft_rules.add_rule` takes them."""
        return {
            "engineer_id": int(self.cleaned_data["who"]),
            "kind": DraftRule.Kind(self.cleaned_data["kind"]),
        }


class KeepForm(forms.Form):
    """Weeks that stay as published, each as `primary 2026-12-07`."""

    keep = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "Choose weeks that the draft would change."},
    )

    def __init__(self, *args: Any, weeks: list[tuple[str, dt.date]], **kwargs: Any) -> None:
        """Take any of these weeks, by level and date."""
        super().__init__(*args, **kwargs)
        _offer(self, "keep", [(f"{level} {week}", "") for level, week in weeks])

    def kept(self) -> list[tuple[str, dt.date]]:
        """Level and date of each ticked week."""
        parts = (value.split(" ") for value in self.cleaned_data["keep"])
        return [(level, dt.date.fromisoformat(week)) for level, week in parts]


def beside(refusal: RefusedError) -> None:
    """Let a refusal name this form's fields."""
    refusal.fields = {BESIDE.get(name, name): text for name, text in refusal.fields.items()}


def _people(hand: HandRules) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            LevelName(level.level).label,
            [(f"{level.level}-{engineer_id}", name) for engineer_id, name in level.people],
        )
        for level in hand.levels
        if level.people
    ]


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
