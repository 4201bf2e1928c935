"""Good requests of the routes that make reports into files."""

from __future__ import annotations

from tests.guards.posts import Post

_ASKED = {"since": "2026-09", "until": "2026-10", "format": "csv", "cost_centre": "ENG-110"}


def _post(**fields: object) -> Post:
    return Post(viewer="finance", fields=lambda _world: dict(fields))


PAGES = {"report-file-ask": _post(**_ASKED)}

API_ROUTES = {"api-report-files": _post(report="people", **_ASKED)}
