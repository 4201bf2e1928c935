from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

from rotation.models import Draft, SyncRun
from tests.api.people import api_of
from tests.api.rows import grow

if TYPE_CHECKING:
    from tests.api.client import LocalApi
    from tests.api.people import Cast

FEW, MANY = 10, 1000
READ_BY_ANNA = (
    "me/",
    "people/",
    "offices/",
    "on-call-teams/",
    "absences/",
    "applications/",
    "terms/",
    "rotations/",
    "rotations/core/",
    "rotations/core/shifts/?from=2026-11-30&until=2027-12-06",
    "rotations/core/fairness/",
    "rotations/core/on-call-now/",
    "rotations/core/handovers/",
    "rotations/core/drafts/",
    "rotations/core/sync-runs/",
    "drafts/",
    "drafts/{draft}/",
    "drafts/{draft}/rules/",
    "drafts/{draft}/compare/",
    "sync-runs/{run}/",
    "rates/in-force/",
    "entries/",
)
READ_BY_FINN = (
    "rates/",
    "entries/?scope=all",
    "entries/?scope=all&page_size=100",
    "periods/",
    "periods/2026-10/",
    "periods/2026-10/entries/",
    "periods/2026-10/exports/",
    "blocked-shifts/",
)
READ_BY_ADA = ("people/", "people/?page_size=100", "applications/")


def _queries(api: LocalApi, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        api.get(path).expect(200)
    return len(captured)


def _measure(cast: Cast) -> dict[str, int]:
    ids = {
        "draft": Draft.objects.order_by("pk")[0].pk,
        "run": SyncRun.objects.order_by("pk")[0].pk,
    }
    asked = {"anna": READ_BY_ANNA, "finn": READ_BY_FINN, "ada": READ_BY_ADA}
    return {
        f"{name} {path}": _queries(api_of(getattr(cast, name)), path.format(**ids))
        for name, paths in asked.items()
        for path in paths
    }


def test_no_list_asks_more_with_a_thousand_rows_than_with_ten(cast: Cast) -> None:
    grow(cast, first=0, until=FEW)
    few = _measure(cast)

    grow(cast, first=FEW, until=MANY)
    many = _measure(cast)

    assert many == few
    assert max(many.values()) < 30


def test_pages_hold_every_row_once_in_a_stable_order(cast: Cast) -> None:
    grow(cast, first=0, until=120)

    for name, path in (("ada", "people/"), ("anna", "drafts/"), ("anna", "terms/")):
        found = cast.api(name).all(path, page_size=7)
        ids = [each["id"] for each in found]
        assert len(ids) == len(set(ids)) > 100
        assert found == cast.api(name).all(path, page_size=100)
