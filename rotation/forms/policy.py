"""The form of a policy: every figure, what counts in which order, and why it changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from common import wording
from rotation.domain.policies import OBJECTIVES
from rotation.models import DriftChoice
from rotation.operations.policies import BOUNDS, LONGEST_REASON, MOST_WEIGHT, Figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.forms import BoundField

    from rotation.models import PolicyVersion
    from rotation.queries.policy_words import Offices

_LOAD = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?", re.ASCII)
_NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}
_PLACES = [(str(number), str(number)) for number in range(1, len(OBJECTIVES) + 1)]
_NOWHERE = ("0", "not at all")
_NAMES = [objective.name for objective in OBJECTIVES]


class LoadField(forms.CharField):
    """A load as people write it, `0.5`; kept in hundredths. Empty gives None."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what any text field takes."""
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        """The load in hundredths.

        Raises:
            ValidationError: it is no such number, or too large.
        """
        text = super().clean(value)
        if not text:
            return None
        found = _LOAD.fullmatch(text)
        if found is None:
            raise ValidationError("Write it as 0.5, with a point and two decimals at most.")
        load = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if load > MOST_WEIGHT:
            raise ValidationError(f"A load from 0 to {wording.load(MOST_WEIGHT)}.")
        return load


def _figure(name: str, label: str, hint: str = "", *, required: bool = True) -> forms.IntegerField:
    least, most = BOUNDS[name]
    bounds = f"From {least} to {most}."
    return forms.IntegerField(
        label=label,
        help_text=f"{hint} {bounds}".strip(),
        required=required,
        widget=forms.TextInput(attrs=_NUMERIC),
        error_messages={
            "required": f"A number {bounds[0].lower()}{bounds[1:]}",
            "invalid": f"A whole number {bounds[0].lower()}{bounds[1:]}",
        },
    )


class PolicyForm(forms.Form):
    """Every figure of a policy, filled with those of the latest version."""

    target_size = _figure("target_size", "People wanted")
    minimum_size = _figure("minimum_size", "People at least", "Fewer is a warning.")
    term_weeks = _figure("term_weeks", "Weeks of a term")
    cool_down_weeks = _figure("cool_down_weeks", "Weeks between two terms of a person")
    horizon_weeks = _figure("horizon_weeks", "Weeks that a draft looks ahead")
    primary_rest_weeks = _figure("primary_rest_weeks", "Clear weeks between two shifts")
    primary_shifts_per_term = _figure(
        "primary_shifts_per_term", "Shifts a term", "More is a warning on the person."
    )
    spacing_weeks = _figure(
        "spacing_weeks", "Better so many weeks from one shift to the next", "A wish, not a rule."
    )
    escalation_rest_weeks = _figure("escalation_rest_weeks", "Clear weeks between two shifts")
    escalation_shifts_per_term = _figure(
        "escalation_shifts_per_term", "Shifts a term", "Empty: no limit.", required=False
    )
    escalation_delay_minutes = _figure(
        "escalation_delay_minutes",
        "Minutes until a page goes on",
        "From primary to level 2, and from there to the beginning.",
    )
    escalation_loops = _figure(
        "escalation_loops", "Times that a page starts again", "When both levels did not answer."
    )
    drift_choice = forms.ChoiceField(
        label="When PagerDuty shows somebody else",
        choices=DriftChoice.choices,
        help_text="Holds for differences found from now on.",
    )
    deduplicates_pay = forms.BooleanField(
        label="Two rotations at once are paid once",
        required=False,
        help_text="Time that another rotation pays already, at as much a week or more, counts as a "
        "gap here. Holds for weeks published from now on; off, both are paid.",
    )
    reason = forms.CharField(
        label="Why does it change?",
        max_length=LONGEST_REASON,
        help_text="A line that everybody reads beside the new version.",
        error_messages={"required": "Say why in a line; everybody reads it."},
    )

    def __init__(self, data: Any = None, *, policy: PolicyVersion, offices: Offices) -> None:
        """Offer each office's holidays, and each objective's place in the order."""
        self._offices, self._policy = offices, policy
        super().__init__(data, initial=_initial(policy, offices))
        for slug, name in offices.names.items():
            is_own = " The rotation follows this calendar." if slug == offices.own else ""
            self.fields[f"holiday_{slug}"] = LoadField(
                label=name,
                help_text=f"Empty: its holidays do not count.{is_own}",
            )
        for objective in OBJECTIVES:
            self.fields[f"order_{objective.name}"] = forms.ChoiceField(
                label=objective.title,
                help_text=objective.meaning,
                choices=_PLACES if objective.name == "gaps" else [*_PLACES, _NOWHERE],
                error_messages={"required": "Give it a number, or say “not at all”."},
            )

    def part(self, *names: str) -> list[BoundField]:
        """Those fields."""
        return [self[name] for name in names]

    @property
    def team(self) -> list[BoundField]:
        """The figures of the team."""
        return self.part(
            "target_size", "minimum_size", "term_weeks", "cool_down_weeks", "horizon_weeks"
        )

    @property
    def primary(self) -> list[BoundField]:
        """The figures of volunteers' shifts."""
        return self.part("primary_rest_weeks", "primary_shifts_per_term", "spacing_weeks")

    @property
    def escalation(self) -> list[BoundField]:
        """The figures of level 2."""
        return self.part("escalation_rest_weeks", "escalation_shifts_per_term")

    @property
    def pagerduty(self) -> list[BoundField]:
        """How PagerDuty calls people, and what happens when it shows somebody else."""
        return self.part("escalation_delay_minutes", "escalation_loops", "drift_choice")

    @property
    def pay(self) -> list[BoundField]:
        """What of pay a team decides."""
        return self.part("deduplicates_pay")

    @property
    def holidays(self) -> list[BoundField]:
        """The weights of public holidays, by office in order of name."""
        return self.part(*(f"holiday_{slug}" for slug in self._offices.names))

    @property
    def order(self) -> Iterator[BoundField]:
        """The places in the order, those that count first, as they were when the form opened."""
        chosen = [name for name in self._policy.objectives if name in _NAMES]
        rest = [name for name in _NAMES if name not in chosen]
        return (self[f"order_{name}"] for name in (*chosen, *rest))

    def clean(self) -> dict[str, Any]:
        """Refuse two objectives in one place."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first: dict[str, str] = {}
        for bound in self.order:
            place = cleaned.get(bound.name, _NOWHERE[0])
            other = first.setdefault(place, str(bound.label))
            if place != _NOWHERE[0] and other != bound.label:
                self.add_error(bound.name, f"“{other}” has number {place} already.")
        return cleaned

    @property
    def figures(self) -> Figures:
        """The policy that was asked for, of a form that is valid."""
        data = self.cleaned_data
        weights = {
            slug: weight
            for slug in self._offices.names
            if (weight := data[f"holiday_{slug}"]) is not None
        }
        own = self._offices.own
        is_own_alone = not weights or list(weights) == [own]
        plain = {name: data[name] for name in BOUNDS if name in data}
        return Figures(
            **plain,
            holiday_load_hundredths=weights.get(own, 0)
            if is_own_alone
            else self._policy.holiday_load_hundredths,
            holiday_weights={} if is_own_alone else weights,
            objectives=self._objectives(),
            drift_choice=data["drift_choice"],
            deduplicates_pay=data["deduplicates_pay"],
        )

    def _objectives(self) -> tuple[str, ...]:
        places = {each.name: self.cleaned_data[f"order_{each.name}"] for each in OBJECTIVES}
        chosen = [(int(place), name) for name, place in places.items() if place != _NOWHERE[0]]
        return tuple(name for _place, name in sorted(chosen))


def _initial(policy: PolicyVersion, offices: Offices) -> dict[str, Any]:
    figures = {name: getattr(policy, name) for name in BOUNDS if name != "holiday_load_hundredths"}
    weights = policy.holiday_weights or {offices.own: policy.holiday_load_hundredths}
    return {
        **figures,
        "drift_choice": policy.drift_choice,
        "deduplicates_pay": policy.deduplicates_pay,
        **{f"holiday_{slug}": wording.load(weight) for slug, weight in weights.items()},
        **{f"order_{name}": _place(name, policy.objectives) for name in _NAMES},
    }


def _place(name: str, objectives: Sequence[str]) -> str:
    return str(objectives.index(name) + 1) if name in objectives else _NOWHERE[0]
