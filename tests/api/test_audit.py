from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor, Area, record
from tests.builders import NOW

if TYPE_CHECKING:
    from tests.api.people import Cast

pytestmark = pytest.mark.django_db


def _record(email: str, subject: str) -> None:
    record(actor=Actor(name=email), now=NOW, area=Area.SCHEDULE, verb="changed", subject=subject)


def test_the_trail_is_read_in_pages_by_whoever_may_see_it(cast: Cast) -> None:
    for number in range(3):
        _record(cast.carla.email, f"thing {number}")
    _record(cast.max.email, "not hers")

    first = cast.api("carla").get("audit-events/?page_size=2&what=t&who=carla").expect(200)
    cursor = first["next"].split("cursor=")[1].split("&")[0]
    second = cast.api("carla").get(f"audit-events/?page_size=2&cursor={cursor}").expect(200)

    assert [row["subject"] for row in first["results"]] == ["thing 2", "thing 1"]
    assert second["results"][0]["subject"] == "thing 0"
    assert "not hers" not in [row["subject"] for row in second["results"]]


def test_days_in_the_wrong_order_and_a_made_up_cursor_are_refused(cast: Cast) -> None:
    api = cast.api("carla")

    order = api.get("audit-events/?since=2026-07-02&until=2026-07-01")
    cursor = api.get("audit-events/?cursor=made-up")

    assert (order.status, cursor.status) == (400, 400)
    assert "until" in order.expect(400)["fields"]


def test_the_trail_has_no_route_that_changes_it(cast: Cast) -> None:
    assert cast.api("ada").post("audit-events/").status == 405
