"""Good requests of the routes about pay periods and what becomes of closed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from compensation.models import Reopening
from tests import builders
from tests.guards.posts import Post

if TYPE_CHECKING:
    from tests.guards.world import World

WHY = "A cost centre is last year’s."
SUMMARY = "rota-2026-09-summary-v1.csv"


def _post(*typed: str, **fields: object) -> Post:
    return Post(viewer="finance", fields=lambda _world: dict(fields), typed=typed)


def nothing_is_asked(_world: World) -> None:
    """The request to open September again was taken back by whoever asked."""
    Reopening.objects.update(
        state="withdrawn", decided_by=F("proposed_by"), decided_at=builders.NOW
    )


_REOPEN = Post(
    viewer="finance",
    fields=lambda _world: {"reason": WHY},
    before=nothing_is_asked,
    typed=("reason",),
)

PAGES = {
    "period-close": Post(
        viewer="finance", fields=lambda _world: {"seen": "on"}, before=nothing_is_asked
    ),
    "period-send": _post(file_names=SUMMARY),
    "period-reopen": _REOPEN,
    "reopening-approve": _post(),
    "reopening-decline": _post("note", note="A correction does it."),
}

API_ROUTES = {
    "api-period-close": Post(viewer="finance", before=nothing_is_asked),
    "api-period-sent": _post(file_names=[SUMMARY]),
    "api-period-reopenings": _REOPEN,
    "api-reopening-approve": _post(),
    "api-reopening-decline": _post("note", note="A correction does it."),
}
