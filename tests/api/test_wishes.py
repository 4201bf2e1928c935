from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from tests import builders
from tests.builders import NEXT_WEEK, WEEK
from volunteers.models import WeekWish

if TYPE_CHECKING:
    from tests.api.people import Cast

PATH = "me/wishes/"
LATER = NEXT_WEEK + WEEK


def _line(week: Any = NEXT_WEEK, wish: str = "avoid", team: str = "core") -> dict[str, str]:
    return {"team": team, "week": str(week), "wish": wish}


def test_ben_reads_his_coming_weeks_with_what_he_wishes(cast: Cast) -> None:
    builders.make_wish(engineer=cast.ben, team=cast.team, week_date=LATER, wish="want")

    weeks = cast.api("ben").get(PATH).expect(200)["weeks"]

    first, second = weeks[:2]
    assert first["team"] == {"slug": "core", "name": "Core"}
    assert (first["week"], first["wish"], first["load"]) == ("2026-11-30", None, "1.00")
    assert (first["starts_at"], first["ends_at"]) == (
        "2026-11-30T12:00:00Z",
        "2026-12-07T12:00:00Z",
    )
    assert (first["is_held"], first["is_away"], first["holidays"]) == (False, False, [])
    assert (second["week"], second["wish"]) == (str(LATER), "want")


def test_put_sets_all_wishes_and_a_week_that_is_not_listed_has_none(cast: Cast) -> None:
    builders.make_wish(engineer=cast.ben, team=cast.team, week_date=LATER, wish="want")
    api = cast.api("ben")

    answer = api.call("PUT", PATH, {"wishes": [_line()]}).expect(200)

    assert answer == api.get(PATH).expect(200)
    kept = WeekWish.objects.filter(engineer=cast.ben).values_list("week_date", "wish")
    assert list(kept) == [(NEXT_WEEK, "avoid")]
    event = AuditEvent.objects.get(verb="changed")
    assert (event.before, event.after) == ({str(LATER): "want"}, {str(NEXT_WEEK): "avoid"})
    api.call("PUT", PATH, {"wishes": []}).expect(200)
    assert not WeekWish.objects.filter(engineer=cast.ben).exists()


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "wishes", "required"),
        ({"wishes": "none"}, "wishes", "list"),
        ({"wishes": [_line(wish="perhaps")]}, "wishes.0.wish", "not a valid choice"),
        ({"wishes": [_line("2026-12-01")]}, "wishes.0.week", "no coming week of a term of yours"),
        ({"wishes": [_line(), _line(NEXT_WEEK - WEEK)]}, "wishes.1.week", "no coming week"),
        ({"wishes": [_line(), _line()]}, "wishes.1.week", "twice"),
        ({"wishes": [_line(team="edge")]}, "wishes.0.week", "no coming week of a term of yours"),
        ({"wishes": [{**_line(), "why": "x"}]}, "wishes.0.why", "no such field"),
    ],
)
def test_what_nobody_can_wish_for_is_refused_at_its_line(
    cast: Cast, body: dict[str, Any], field: str, message: str
) -> None:
    refused = cast.api("ben").call("PUT", PATH, body).expect(400)

    assert message in refused["fields"][field]
    assert not WeekWish.objects.filter(engineer=cast.ben).exists()


def test_somebody_without_a_term_has_no_week_to_wish_for(cast: Cast) -> None:
    api = cast.api("carla")

    assert api.get(PATH).expect(200) == {"weeks": []}
    api.call("PUT", PATH, {"wishes": [_line()]}).expect(400)


def test_nobody_reads_or_sets_anothers_wishes(cast: Cast) -> None:
    builders.make_wish(engineer=cast.ben, team=cast.team, week_date=NEXT_WEEK, wish="avoid")

    weeks = cast.api("anna").get(PATH).expect(200)["weeks"]

    assert not any(week["wish"] for week in weeks)
