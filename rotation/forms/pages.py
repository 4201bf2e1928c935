"""Which pages somebody wants to see counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from rotation.models import LevelName
from rotation.queries import page_counts
from rotation.queries.page_counts import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

Choices = list[tuple[str, str]]
MONTHS = {1: "This month", 3: "3 months", 6: "6 months", 12: "12 months"}


class PagesForm(forms.Form):
    """Since when, and of one level, service or person; what is no choice counts as not chosen."""

    months = forms.ChoiceField(
        label="Since", choices=[(str(number), MONTHS[number]) for number in page_counts.MONTHS]
    )
    level = forms.ChoiceField(
        label="Level", required=False, choices=[("", "Both"), *LevelName.choices]
    )
    service = forms.ChoiceField(label="Service", required=False)
    person = forms.ChoiceField(label="Person", required=False)

    def __init__(
        self, data: Any, *, services: Iterable[tuple[str, str]], people: Iterable[tuple[int, str]]
    ) -> None:
        """Offer the rotation's services and people."""
        usual = {"months": str(page_counts.USUAL_MONTHS)}
        super().__init__({**usual, **{name: data.get(name) for name in data}})
        offered: dict[str, Choices] = {
            "service": [("", "All"), *services],
            "person": [("", "Everybody"), *((str(pk), name) for pk, name in people)],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def wanted(self) -> Wanted:
        """What was chosen, the usual where nothing was."""
        self.full_clean()
        chosen: dict[str, Any] = getattr(self, "cleaned_data", {})
        person = chosen.get("person") or ""
        return Wanted(
            months=int(chosen.get("months") or page_counts.USUAL_MONTHS),
            level=chosen.get("level") or "",
            service=chosen.get("service") or "",
            person=int(person) if person else None,
        )
