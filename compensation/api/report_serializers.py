"""How reports and their files are written in JSON."""

from __future__ import annotations

import collections.abc
import datetime as dt
from typing import TYPE_CHECKING, Any, overload

from rest_framework import serializers

from common.api.fields import InstantField, StrictSerializer, TextField
from compensation.asking import LONGEST
from compensation.domain.cells import Amount
from compensation.domain.keys import instant_text
from compensation.domain.money import format_amount
from compensation.domain.reports import Ask, Report
from compensation.models import ReportFile
from compensation.operations.report_files import FORMATS

if TYPE_CHECKING:
    from compensation.domain.cells import Cell
    from compensation.domain.reports import Line
    from compensation.queries.report_tables import Table

REPORTS = [report.value for report in Report]


class Rows(collections.abc.Sequence["dict[str, Any]"]):
    """A report's rows for a list in pages: only those of the page are read."""

    def __init__(self, table: Table) -> None:
        """Read nothing yet."""
        self._table = table

    def __len__(self) -> int:
        """How many rows the report has."""
        return self._table.count

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        """One row, or those of a page."""
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _step = place.indices(len(self))
        lines = self._table.part(first, last)
        return [{"cells": cells_of(self._table, line)} for line in lines]


def cells_of(table: Table, line: Line) -> dict[str, Any]:
    """A line's cells by the names of their columns."""
    columns = (column.name for column in table.columns)
    return {name: _plain(cell) for name, cell in zip(columns, line.cells, strict=True)}


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Amount):
        return {
            "amount": format_amount(cell.minor, cell.currency),
            "minor": cell.minor,
            "currency": cell.currency,
        }
    if isinstance(cell, dt.datetime):
        return instant_text(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else cell


class CellsField(serializers.DictField):
    """The cells of a row."""


class AboutSerializer(serializers.Serializer[Any]):
    """One report."""

    report = serializers.CharField()
    title = serializers.CharField(source="about.title")
    answers = serializers.CharField(source="about.line")
    asks = serializers.ListField(
        child=serializers.ChoiceField(choices=[ask.value for ask in Ask]), source="about.asks"
    )


class ReportSerializer(serializers.Serializer[Any]):
    """A report without its rows: `totals` has one line for each currency, never one over two."""

    report = serializers.CharField()
    asked = serializers.DictField(child=serializers.CharField())
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.IntegerField()
    totals = serializers.ListField(child=CellsField())


class RowSerializer(serializers.Serializer[Any]):
    """One row: its cells by the names of the columns; seconds and amounts are whole numbers."""

    cells = CellsField()


class ReportFileSerializer(serializers.Serializer[Any]):
    """A file of a report; `done` of `total` rows are written."""

    id = serializers.IntegerField(source="report_file_id")
    report = serializers.CharField()
    format = serializers.ChoiceField(choices=FORMATS)
    state = serializers.ChoiceField(choices=ReportFile.State.choices)
    asked = serializers.DictField(child=serializers.CharField())
    asked_at = serializers.DateTimeField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    failure = serializers.CharField()


class AtSerializer(serializers.Serializer[Any]):
    """The instant of an accrual."""

    at = InstantField(required=False, default=None)


class NewReportFileSerializer(StrictSerializer):
    """Which report as which kind of file; the rest as in the report's own address."""

    report = serializers.ChoiceField(choices=REPORTS)
    format = serializers.ChoiceField(choices=FORMATS)
    since = TextField(is_line=True, max_length=LONGEST, required=False)
    until = TextField(is_line=True, max_length=LONGEST, required=False)
    year = TextField(is_line=True, max_length=LONGEST, required=False)
    currency = TextField(is_line=True, max_length=LONGEST, required=False)
    office = TextField(is_line=True, max_length=LONGEST, required=False)
    cost_centre = TextField(is_line=True, max_length=LONGEST, required=False)
    person = TextField(is_line=True, max_length=LONGEST, required=False)
    rotation = TextField(is_line=True, max_length=LONGEST, required=False)
    at = InstantField(required=False)
