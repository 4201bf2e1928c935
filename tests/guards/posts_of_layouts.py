"""Good requests of the routes about export layouts."""

from __future__ import annotations

from compensation.domain.ready_made import READY_MADE
from tests.guards.posts import Post

CONTENT = READY_MADE["generic-long"].content


def _post(*typed: str, **fields: object) -> Post:
    return Post(viewer="finance", fields=lambda _world: dict(fields), typed=typed)


def _form(**fields: object) -> Post:
    """The editor's form with every column and pay code."""
    codes = {f"code-{one.kind}-{one.office}": one.code for one in CONTENT.pay_codes}
    return _post(
        "name",
        name="Payroll of Dublin",
        office="",
        rows=CONTENT.rows,
        date_format=CONTENT.date_format,
        currency="",
        file_name="",
        heading=[column.heading for column in CONTENT.columns],
        source=[column.source for column in CONTENT.columns],
        text=[column.text for column in CONTENT.columns],
        do="save",
        **codes,
        **fields,
    )


PAGES = {
    "layout-add": _form(),
    "layout-detail": _form(seen_version="1"),
    "layout-use": _post(),
    "layout-archive": _post(),
    "layout-restore": _post(),
}

API_ROUTES = {
    "api-export-layouts": _post("name", name="Payroll of Dublin", content=CONTENT.as_data()),
    "api-export-layout-archive": _post(),
    "api-export-layout-restore": _post(),
    "api-ready-made-layout-use": _post(),
}
