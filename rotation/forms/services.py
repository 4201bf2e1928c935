"""Whose a service is."""

from __future__ import annotations

from typing import Any

from django import forms

from volunteers.queries import places


class OwnerForm(forms.Form):
    """The home team that owns a service, nobody when left empty."""

    owner = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Offer every home team."""
        super().__init__(*arguments, **options)
        field = self.fields["owner"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "Nobody"), *places.home_teams().items()]
