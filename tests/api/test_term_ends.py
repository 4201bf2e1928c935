"""How terms end, by the API: leaving, rolling off, more weeks, and the record of service."""

from __future__ import annotations

import pytest
import time_machine

from tests import builders
from tests.api.people import Cast, make_cast
from volunteers.models import Term, TermExtension

pytestmark = pytest.mark.django_db

WHEN = builders.NEXT_WEEK + 20 * builders.WEEK


@pytest.fixture
def cast() -> Cast:
    with time_machine.travel(builders.NOW, tick=False):
        return make_cast()


def _at(cast: Cast) -> str:
    return f"terms/{Term.objects.get(engineer=cast.ben).pk}"


@time_machine.travel(builders.NOW, tick=False)
def test_what_leaving_means_is_read_before_it_is_done(cast: Cast) -> None:
    level = builders.level_of(cast.rotation)
    week = builders.make_shift(
        level=level, week_date=builders.NEXT_WEEK + 2 * builders.WEEK, holder=cast.ben
    )
    ben, at = cast.api("ben"), _at(cast)

    effect = ben.get(f"{at}/leave/?on=2026-12-10").expect(200)
    assert (effect["left_on"], effect["told"]) == ("2026-12-14", ["Anna"])
    assert [(each["shift"], each["is_open"]) for each in effect["weeks"]] == [(week.pk, True)]

    left = ben.post(f"{at}/leave/", left_on="2026-12-10", seen=effect["digest"]).expect(200)
    stayed = ben.post(f"{at}/stay/").expect(200)
    assert (left["ends_on"], left["has_left_early"]) == ("2026-12-14", True)
    assert (stayed["ends_on"], stayed["has_left_early"]) == ("2027-05-31", False)


@time_machine.travel(builders.NOW, tick=False)
def test_what_was_shown_and_is_not_so_any_more_is_refused(cast: Cast) -> None:
    answer = cast.api("ben").post(f"{_at(cast)}/leave/", left_on="2026-12-14", seen="another")
    assert answer.expect(409)["code"] == "LEAVING_CHANGED"


@time_machine.travel(builders.NOW, tick=False)
@pytest.mark.parametrize("name", ["carla", "max", "finn", "ada"])
def test_others_do_not_end_or_extend_a_term(name: str, cast: Cast) -> None:
    api, at = cast.api(name), _at(cast)
    api.get(f"{at}/leave/").expect(404)
    for what, sent in (
        ("leave", {"left_on": "2026-12-14"}),
        ("stay", {}),
        ("roll-off", {}),
        ("extend", {"weeks": 1}),
    ):
        api.post(f"{at}/{what}/", **sent).expect(404)


@time_machine.travel(WHEN, tick=False)
def test_weeks_are_asked_for_confirmed_and_read(cast: Cast) -> None:
    ben, anna, at = cast.api("ben"), cast.api("anna"), _at(cast)

    asked = ben.post(f"{at}/extend/", weeks=3).expect(201)
    again = ben.post(f"{at}/extend/", weeks=3).expect(409)
    own = ben.post(f"term-extensions/{asked['id']}/confirm/").expect(404)
    done = anna.post(f"term-extensions/{asked['id']}/confirm/").expect(200)

    assert (asked["state"], asked["new_end"]) == ("asked", "2027-06-21")
    assert (again["code"], own["code"]) == ("EXTENSION_ASKED", "NOT_FOUND")
    assert (done["state"], done["ends_on"], done["new_end"]) == (
        "confirmed",
        "2027-05-31",
        "2027-06-21",
    )
    assert [each["id"] for each in ben.all("term-extensions/")] == [asked["id"]]
    assert cast.api("carla").all("term-extensions/") == []


@time_machine.travel(WHEN, tick=False)
def test_weeks_are_declined_with_a_reason_or_withdrawn(cast: Cast) -> None:
    ben, anna, at = cast.api("ben"), cast.api("anna"), _at(cast)
    first = ben.post(f"{at}/extend/", weeks=1).expect(201)

    assert (
        "reason"
        in anna.post(f"term-extensions/{first['id']}/decline/", reason=" ").expect(400)["fields"]
    )
    anna.post(f"term-extensions/{first['id']}/decline/", reason="Full.").expect(200)
    second = ben.post(f"{at}/extend/", weeks=2).expect(201)
    ben.post(f"term-extensions/{second['id']}/withdraw/").expect(200)
    ben.post(f"{at}/roll-off/").expect(200)

    states = TermExtension.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["declined", "withdrawn"]
    assert Term.objects.get(engineer=cast.ben).roll_off_confirmed_at is not None


@time_machine.travel(WHEN, tick=False)
@pytest.mark.parametrize("weeks", [0, 9, "2", None])
def test_only_one_to_eight_weeks_are_taken(weeks: object, cast: Cast) -> None:
    answer = cast.api("ben").post(f"{_at(cast)}/extend/", weeks=weeks)
    assert "weeks" in answer.expect(400)["fields"]


@time_machine.travel(WHEN, tick=False)
def test_the_record_of_service_is_ones_own_and_has_no_amounts(cast: Cast) -> None:
    builders.make_shift(
        level=builders.level_of(cast.rotation), week_date=builders.NEXT_WEEK, holder=cast.ben
    )

    mine = cast.api("ben").get("me/service/").expect(200)
    anna = cast.api("anna").get("me/service/").expect(200)

    assert mine["total"]["weeks"] == 1
    assert [(each["team"], each["carried"]["weeks"]) for each in mine["terms"]] == [("core", 1)]
    assert set(mine["total"]) == {"weeks", "covers", "hours", "holidays", "pages", "pages_asleep"}
    assert (anna["terms"], anna["total"]["weeks"]) == ([], 0)
