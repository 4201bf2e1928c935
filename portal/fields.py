"""A form's fields as the templates draw them, whatever form they come from."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dateparse import parse_date

from common import wording

if TYPE_CHECKING:
    from django.forms import BaseForm, BoundField
    from django.utils.safestring import SafeString

ROW_OF_CHOICES = 3
_WIDTHS = {"textarea": "l", "select": "m", "day": "s", "short": "s", "text": "m"}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One radio button or tick with its title and a line below; both from the choice's label."""

    id: str
    kind: str
    name: str
    value: str
    title: str
    line: str
    is_chosen: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShownField:
    """Everything that `components/field.html` writes.

    `kind` is control, choices or tick. `read_as` is the weekday of a day that was entered.
    """

    kind: str
    id: str
    label: str
    hint: str
    is_optional: bool
    messages: tuple[str, ...]
    described_by: str
    control: SafeString | str
    choices: tuple[Choice, ...]
    in_row: bool
    read_as: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to put right: the field's label and id, both empty for the whole form.

    A label that asks stands without its question mark: the message answers it.
    """

    target: str
    label: str
    message: str


def shown_field(bound: BoundField, *, width: str = "", layout: str = "") -> ShownField:
    """The field with its control in the house classes; the form itself stays as it is."""
    choices = _choices(bound)
    kind = "choices" if choices else "tick" if _is_tick(bound) else "control"
    return ShownField(
        kind=kind,
        id=bound.auto_id or "",
        label=str(bound.label),
        hint=str(bound.help_text),
        is_optional=not bound.field.required and kind != "tick",
        messages=tuple(str(message) for message in bound.errors),
        described_by=_described_by(bound),
        control="" if choices else bound.as_widget(attrs=_attributes(bound, width)),
        choices=choices,
        in_row=layout == "row" or (layout != "stack" and len(choices) <= ROW_OF_CHOICES),
        read_as=_read_as(bound),
    )


def problems(form: BaseForm) -> list[Problem]:
    """All messages of a bound form: the whole form's first, then by field in their order."""
    found = [Problem(target="", label="", message=str(text)) for text in form.non_field_errors()]
    for bound in form:
        target = f"{bound.auto_id}_0" if _choices(bound) else bound.auto_id or ""
        found += [
            Problem(target=target, label=str(bound.label).rstrip("?"), message=str(text))
            for text in bound.errors
        ]
    return found


def _is_tick(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.CheckboxInput)


def _choices(bound: BoundField) -> tuple[Choice, ...]:
    """The options of radio buttons and lists of ticks; a label's second line becomes the line."""
    widget = bound.field.widget
    if not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ()
    kind = "checkbox" if isinstance(widget, forms.CheckboxSelectMultiple) else "radio"
    return tuple(_choice(option.data, kind) for option in bound.subwidgets)


def _choice(data: dict[str, Any], kind: str) -> Choice:
    title, _newline, line = str(data["label"]).partition("\n")
    return Choice(
        id=str(data["attrs"].get("id", "")),
        kind=kind,
        name=str(data["name"]),
        value=str(data["value"]),
        title=title,
        line=line,
        is_chosen=bool(data["selected"]),
    )


def _described_by(bound: BoundField) -> str:
    parts = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    if bound.errors:
        parts.append(f"{bound.auto_id}_error")
    return " ".join(parts)


def _attributes(bound: BoundField, width: str) -> dict[str, str | bool]:
    widget = bound.field.widget
    own = widget.attrs.get("class", "")
    if isinstance(widget, forms.CheckboxInput):
        return {"class": f"form-check-input {own}".strip()}
    base = "form-select" if isinstance(widget, forms.Select) else "form-control"
    size = width or _WIDTHS[_shape(bound)]
    classes = f"{base} w-{size}" if size != "full" else base
    return {"class": f"{classes} {own}".strip()}


def _shape(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.DateInput):
        return "day"
    return "short" if isinstance(widget, forms.NumberInput | forms.TimeInput) else "text"


def _read_as(bound: BoundField) -> str:
    """`Mon 7 Dec 2026` when the field holds a day, so that a slip in the picker is seen."""
    if not isinstance(bound.field.widget, forms.DateInput):
        return ""
    value = bound.value()
    if isinstance(value, dt.datetime | str):
        value = _parsed(str(value)[:10])
    return wording.day(value) if isinstance(value, dt.date) else ""


def _parsed(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
