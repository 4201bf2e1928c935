from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from rotation.models import CalendarFeed

if TYPE_CHECKING:
    from tests.api.people import Cast

pytestmark = pytest.mark.django_db
FEEDS = "me/calendar-feeds/"


def _status(feed: dict[str, Any]) -> int:
    """What the address answers to a program without a token."""
    path = "/calendar/" + feed["address"].rpartition("/")[2]
    return int(Client().get(path).status_code)


def test_an_address_is_made_listed_replaced_and_stopped(cast: Cast) -> None:
    ben = cast.api("ben")

    made = ben.post(FEEDS).expect(201)
    assert (made["kind"], made["rotation"], made["level"]) == ("mine", "", "")
    assert made["webcal"] == made["address"].replace("http://", "webcal://")
    assert made["fetched_at"] is None
    assert _status(made) == 200
    assert ben.get(FEEDS).expect(200)["results"] == [made]

    other = ben.post(f"{FEEDS}{made['id']}/replace/").expect(201)
    assert (_status(made), _status(other)) == (404, 200)

    ben.post(f"{FEEDS}{other['id']}/stop/").expect(204)
    assert _status(other) == 404
    assert ben.get(FEEDS).expect(200)["results"] == []


def test_everybody_makes_addresses_of_a_rotation_and_its_levels(cast: Cast) -> None:
    carla = cast.api("carla")

    both = carla.post(FEEDS, rotation="core").expect(201)
    level2 = carla.post(FEEDS, rotation="core", level="escalation").expect(201)

    assert (both["kind"], level2["kind"]) == ("rotation", "level")
    assert [row["level"] for row in carla.all(FEEDS)] == ["", "escalation"]
    assert {_status(both), _status(level2)} == {200}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rotation": "nowhere"}, "rotation"),
        ({"level": "primary"}, "rotation"),
        ({"rotation": "core", "level": "third"}, "level"),
        ({"engineer": 1}, "engineer"),
    ],
)
def test_a_calendar_that_is_not_there_is_refused_by_field(
    body: dict[str, Any], field: str, cast: Cast
) -> None:
    answer = cast.api("ben").post(FEEDS, **body).expect(400)

    assert list(answer["fields"]) == [field]
    assert not CalendarFeed.objects.exists()


def test_a_second_address_of_the_same_calendar_is_refused(cast: Cast) -> None:
    ben = cast.api("ben")
    ben.post(FEEDS).expect(201)

    assert ben.post(FEEDS).expect(409)["code"] == "CALENDAR_FEED_ALREADY_THERE"
    assert CalendarFeed.objects.count() == 1


def test_an_address_of_another_is_not_there(cast: Cast) -> None:
    made = cast.api("ben").post(FEEDS).expect(201)

    for name in ("carla", "anna", "ada"):
        api = cast.api(name)
        api.post(f"{FEEDS}{made['id']}/replace/").expect(404)
        api.post(f"{FEEDS}{made['id']}/stop/").expect(404)
        assert api.get(FEEDS).expect(200)["results"] == []
    assert _status(made) == 200


def test_a_stopped_address_can_be_neither_stopped_nor_replaced_again(cast: Cast) -> None:
    ben = cast.api("ben")
    made = ben.post(FEEDS).expect(201)
    ben.post(f"{FEEDS}{made['id']}/stop/").expect(204)

    ben.post(f"{FEEDS}{made['id']}/stop/").expect(404)
    ben.post(f"{FEEDS}{made['id']}/replace/").expect(404)
