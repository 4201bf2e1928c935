"""An export layout as a form: its own fields, a row for each column, a code for each office."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django import forms

from compensation.domain.layout_content import (
    DATE_FORMATS,
    EVERY_OFFICE,
    FIXED,
    KINDS,
    LONGEST_FILE_NAME,
    ROWS,
    SOURCES,
    Column,
    Content,
    PayCode,
)
from compensation.domain.layout_rows import Layout
from compensation.operations.layouts import LONGEST_NAME, NewLayout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from volunteers.queries.places import OfficeLine

ADD, UP, DOWN, REMOVE = "add", "up", "down", "remove"
SAVE, PREVIEW = "save", "preview"
_LONGEST_NUMBER = 6
_NEW = Column(heading="", source="employee_id")


class LayoutForm(forms.Form):
    """What a layout says besides its columns and pay codes, which stand in the page by hand."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        label="Name",
        help_text="How finance calls it, such as the payroll system and the office.",
    )
    office = forms.ChoiceField(
        required=False,
        label="For",
        help_text="The file of one office leaves out everybody else.",
    )
    rows = forms.ChoiceField(
        choices=list(ROWS.items()), widget=forms.RadioSelect, label="What a row is"
    )
    date_format = forms.ChoiceField(
        choices=[(name, name) for name in DATE_FORMATS], label="Dates are written"
    )
    currency = forms.ChoiceField(
        required=False,
        label="Currency",
        help_text="The file of one currency leaves out the others. Amounts of two are never mixed.",
    )
    file_name = forms.CharField(
        required=False,
        max_length=LONGEST_FILE_NAME,
        label="File name",
        help_text="Without .csv. {month} becomes 2026-11, {mm} 11, {version} 01. Left empty, Rota "
        "chooses one that sorts.",
    )
    columns = forms.CharField(required=False, widget=forms.HiddenInput, label="Columns")
    pay_codes = forms.CharField(required=False, widget=forms.HiddenInput, label="Pay codes")

    def __init__(self, *args: Any, offices: Sequence[OfficeLine], **kwargs: Any) -> None:
        """Offer these offices and their currencies, and the currency that it has already."""
        super().__init__(*args, **kwargs)
        known = {office.currency for office in offices} | {_value(self, "currency")}
        places = [(office.slug, office.name) for office in offices]
        self._offer("office", [(EVERY_OFFICE, "Every office"), *places])
        self._offer(
            "currency",
            [("", "Every currency, told apart by a column")]
            + [(code, f"{code} alone") for code in sorted(known) if code],
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = choices


def _value(form: forms.Form, name: str) -> str:
    """What stands in the field, sent or not."""
    return str((form.data if form.is_bound else form.initial).get(name) or "")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CodeCell:
    """One pay code in the table: the name of its input, what it is for, and the code."""

    name: str
    kind: str
    code: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CodeRow:
    """The pay codes of an office, or of all that have none of their own."""

    office: str
    is_every: bool
    cells: tuple[CodeCell, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    """A layout as it stands in the page, saved or not."""

    form: LayoutForm
    slug: str
    content: Content
    offices: tuple[OfficeLine, ...]

    @property
    def wanted(self) -> NewLayout:
        """What saving would write."""
        return NewLayout(
            name=_value(self.form, "name").strip(),
            office=_value(self.form, "office"),
            content=self.content,
        )

    @property
    def layout(self) -> Layout:
        """What the preview is made by."""
        return Layout(
            slug=self.slug or "new", office=_value(self.form, "office"), content=self.content
        )

    @property
    def sources(self) -> list[tuple[str, str]]:
        """What a column can show, in the order of the list."""
        return [(name, source.label) for name, source in SOURCES.items()]

    @property
    def kinds(self) -> list[str]:
        """What has a pay code of its own."""
        return list(KINDS.values())

    @property
    def code_rows(self) -> list[CodeRow]:
        """The table of pay codes: every office first."""
        codes = {(one.kind, one.office): one.code for one in self.content.pay_codes}
        places = [(EVERY_OFFICE, "Every office"), *((one.slug, one.name) for one in self.offices)]
        return [
            CodeRow(
                office=name,
                is_every=slug == EVERY_OFFICE,
                cells=tuple(
                    CodeCell(
                        name=f"code-{kind}-{slug}", kind=label, code=codes.get((kind, slug), "")
                    )
                    for kind, label in KINDS.items()
                ),
            )
            for slug, name in places
        ]


def editor_of(*, layout: NewLayout, slug: str, offices: Sequence[OfficeLine]) -> Editor:
    """The editor of a layout as it is."""
    content = layout.content
    initial = {
        "name": layout.name,
        "office": layout.office,
        "rows": content.rows,
        "date_format": content.date_format,
        "currency": content.currency,
        "file_name": content.file_name,
    }
    form = LayoutForm(initial=initial, offices=offices)
    return Editor(form=form, slug=slug, content=content, offices=tuple(offices))


def editor_sent(*, post: QueryDict, slug: str, offices: Sequence[OfficeLine]) -> Editor:
    """The editor as it was sent, with the one step that a button asked for."""
    form = LayoutForm(post, offices=offices)
    content = Content(
        rows=_value(form, "rows"),
        columns=_stepped(_columns(post), post.get("do", "")),
        date_format=_value(form, "date_format"),
        currency=_value(form, "currency"),
        pay_codes=_codes(post, offices),
        file_name=_value(form, "file_name").strip(),
    )
    return Editor(form=form, slug=slug, content=content, offices=tuple(offices))


def number_of(text: str) -> int:
    """The number that a hidden field or a button names; -1 for anything that is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else -1


def _columns(post: QueryDict) -> list[Column]:
    names = ("heading", "source", "text")
    rows = zip(*(post.getlist(name) for name in names), strict=False)
    return [
        Column(heading=heading.strip(), source=source, text=text.strip() if source == FIXED else "")
        for heading, source, text in rows
    ]


def _codes(post: QueryDict, offices: Sequence[OfficeLine]) -> tuple[PayCode, ...]:
    slugs = [EVERY_OFFICE, *(office.slug for office in offices)]
    return tuple(
        PayCode(kind=kind, office=slug, code=code)
        for slug in slugs
        for kind in KINDS
        if (code := post.get(f"code-{kind}-{slug}", "").strip())
    )


def _stepped(columns: list[Column], step: str) -> tuple[Column, ...]:
    """The columns after a button: one more, one less, or two in each other's place."""
    what, _hyphen, place = step.partition("-")
    if what == ADD:
        return (*columns, _NEW)
    number = number_of(place)
    other = {UP: number - 1, DOWN: number + 1}.get(what, number)
    if not (0 <= number < len(columns) and 0 <= other < len(columns)):
        return tuple(columns)
    if what == REMOVE:
        return (*columns[:number], *columns[number + 1 :])
    columns[number], columns[other] = columns[other], columns[number]
    return tuple(columns)
