from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.models import PagerDutyPerson, PeopleCheck
from tests import builders
from tests.builders import NOW
from volunteers.models import Term

if TYPE_CHECKING:
    from tests.api.people import Cast


def _looked_up(cast: Cast) -> None:
    PeopleCheck.objects.create(
        state=PeopleCheck.State.DONE, cause="daily", queued_at=NOW, finished_at=NOW
    )
    PagerDutyPerson.objects.create(
        engineer=cast.ben, problems=["only_email"], checked_at=NOW, problems_since=NOW
    )


def test_before_the_first_look_nobody_knows(cast: Cast) -> None:
    body = cast.api("ben").get("me/readiness/").expect(200)

    assert (body["reachable"], body["problems"], body["is_checking"]) == (None, [], False)


def test_one_reads_what_keeps_pages_from_oneself_and_asks_to_look_again(cast: Cast) -> None:
    _looked_up(cast)

    before = cast.api("ben").get("me/readiness/").expect(200)
    after = cast.api("ben").post("me/readiness/").expect(202)

    assert before["reachable"] is False
    assert [each["code"] for each in before["problems"]] == ["only_email"]
    assert "Add a phone" in before["problems"][0]["to_do"]
    assert (before["is_checking"], after["is_checking"]) == (False, True)


def test_a_manager_reads_the_whole_team_and_the_weeks_of_leavers(cast: Cast) -> None:
    _looked_up(cast)
    shift = builders.make_shift(level=builders.level_of(cast.rotation), holder=cast.ben)
    Term.objects.filter(engineer=cast.ben).update(left_on=builders.NEXT_WEEK)

    body = cast.api("anna").get("rotations/core/readiness/").expect(200)

    ben = next((each for each in body["people"] if each["person"]["name"] == "Ben"), None)
    assert ben is None or ben["reach"]["reachable"] is False
    assert [(each["shift"], each["why"]) for each in body["withheld"]] == [
        (shift.pk, "out_of_term")
    ]


def test_a_manager_asks_to_look_everybody_up(cast: Cast) -> None:
    body = cast.api("anna").post("rotations/core/readiness/").expect(202)

    assert body["is_checking"] is True
    assert PeopleCheck.objects.get().cause == "asked for by anna@example.com"


def test_an_engineer_does_not_read_about_others(cast: Cast) -> None:
    cast.api("ben").get("rotations/core/readiness/").expect(404)
