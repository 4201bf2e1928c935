"""What somebody sends to ask for cover: the part, its times, whom to ask, and a line to them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from common import wording
from common.periods import Period
from rotation.domain import wall_times
from rotation.forms.covers import PART, CoverForm

if TYPE_CHECKING:
    from rotation.queries.worked import WorkedShift

_LARGEST = 2**31 - 1


class PeopleField(forms.Field):
    """Any number of people by id."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> tuple[int, ...]:
        """The ids, each once, in the order in which they were sent.

        Raises:
            ValidationError: one is no number.
        """
        found = []
        for text in value or []:
            if not (str(text).isascii() and str(text).isdecimal()) or int(text) > _LARGEST:
                raise ValidationError("Choose people from the list.")
            found.append(int(text))
        return tuple(dict.fromkeys(found))


class AskForm(CoverForm):
    """The whole shift or some of it, and those to ask; nobody ticked asks everyone who can."""

    asked = PeopleField(label="Whom to ask", required=False)
    message = forms.CharField(
        label="A line to them",
        required=False,
        max_length=280,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(
        self, *args: Any, shift: WorkedShift, now: dt.datetime, query: Any = None, **kwargs: Any
    ) -> None:
        """Begin with the part that the address names, as a page about days away does."""
        super().__init__(*args, shift=shift, now=now, **kwargs)
        self.first_values: dict[str, dt.datetime] = {}
        named = named_part(query, shift, now) if query and not self.is_bound else None
        if named is not None:
            self.first_values = {"starts_at": named.starts_at, "ends_at": named.ends_at}
            self.initial["part"] = PART
            self.initial.update(edge("from", named.starts_at, shift.zone))
            self.initial.update(edge("to", named.ends_at, shift.zone))


class PersonForm(forms.Form):
    """For whom a manager answers; nobody named is the one who sends it."""

    engineer = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=_LARGEST,
        error_messages={"invalid": "Choose somebody from the list."},
    )


def named_part(query: Any, shift: WorkedShift, now: dt.datetime) -> Period | None:
    """The part that `starts` and `ends` of an address name, cut to the shift; None for odd ones."""
    first, last = _instant(query.get("starts")), _instant(query.get("ends"))
    if first is None or last is None:
        return None
    first = max(first, shift.period.starts_at, now.replace(second=0, microsecond=0))
    last = min(last, shift.period.ends_at)
    if last <= first or (first == shift.period.starts_at and last == shift.period.ends_at):
        return None
    return Period(starts_at=first, ends_at=last)


def _instant(text: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat((text or "").replace(" ", "+"))
    except ValueError:
        return None
    return found.astimezone(dt.UTC) if found.tzinfo else None


def edge(which: str, at: dt.datetime, zone: str) -> dict[str, str]:
    """The fields of one end of a part, `from` or `to`, that show that instant."""
    here = wording.local(at, zone)
    both = wall_times.instants(zone, here.date(), here.time().replace(second=0, microsecond=0))
    turn = "second" if len(both) > 1 and here.fold else "first" if len(both) > 1 else ""
    return {
        f"{which}_day": here.date().isoformat(),
        f"{which}_time": f"{here:%H:%M}",
        f"{which}_turn": turn,
    }
