"""A person takes all that Rota holds about them: to read in a program, or in a spreadsheet."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from compensation.domain.csv_text import csv_text, neutralised
from portal.queries.own_data import own_data

if TYPE_CHECKING:
    from portal.queries.own_data import Table
    from volunteers.access import SignedInRequest


@require_GET
def own_data_page(request: SignedInRequest) -> HttpResponse:
    """How many rows of each kind there are, and both files."""
    tables = _tables(request)
    counts = [(name.replace("_", " ").capitalize(), len(rows)) for name, rows in tables.items()]
    return render(request, "portal/own_data.html", {"counts": counts})


@require_GET
def own_data_json(request: SignedInRequest) -> HttpResponse:
    """All of it as JSON."""
    text = json.dumps(_tables(request), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    return _file(text.encode(), "application/json", "json")


@require_GET
def own_data_zip(request: SignedInRequest) -> HttpResponse:
    """A CSV file for each kind of row that there is, in one archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _tables(request).items():
            if rows:
                archive.writestr(f"{name}.csv", _csv(rows))
    return _file(held.getvalue(), "application/zip", "zip")


def _tables(request: SignedInRequest) -> dict[str, Table]:
    viewer = request.viewer
    return own_data(engineer_id=viewer.engineer_id, email=viewer.email)


def _csv(rows: Table) -> str:
    return csv_text(list(rows[0]), [[_cell(value) for value in row.values()] for row in rows])


def _cell(value: Any) -> str:
    """Text that a spreadsheet does not compute; figures as they are."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | dict):
        return neutralised(json.dumps(value, ensure_ascii=False))
    return neutralised(str(value))


def _file(content: bytes, kind: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    name = f"rota-my-data-{clock.now():%Y-%m-%d}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
