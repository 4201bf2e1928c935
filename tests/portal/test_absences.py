from __future__ import annotations

import datetime as dt
import html
import re
import urllib.parse
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import heading, page_of, queries_of, signed_in
from volunteers.models import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import Rotation
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = "/absences/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    """Ben, who serves and works in Dublin."""
    ben = builders.make_ben()
    builders.make_posting(engineer=ben, office=builders.make_office())
    builders.make_term(team=rotation.team, engineer=ben, starts_on=THIS_WEEK - 4 * WEEK)
    return ben


def _post(engineer: Engineer, **data: str) -> tuple[int, str]:
    answer = signed_in(engineer).post(PAGE, data, follow=True)
    return answer.status_code, " ".join(answer.content.decode().split())


def test_ben_who_entered_none_is_told_so(ben: Engineer) -> None:
    page = page_of(ben, PAGE)

    assert heading(page) == "No days away are entered"
    assert "You have entered none" in page


def test_days_are_added_and_the_page_says_when_ben_is_away_next(ben: Engineer) -> None:
    status, page = _post(ben, first_day="2027-01-25", last_day="2027-01-31", note="A wedding")

    assert status == 200
    assert heading(page) == "You are away next from Mon 25 to Sun 31 Jan 2027"
    assert "Saved: away Mon 25 to Sun 31 Jan 2027. No draft gives you a week on these days." in page
    assert "A wedding" in page


def test_one_day_is_the_same_first_and_last_day(ben: Engineer) -> None:
    _status, page = _post(ben, first_day="2028-02-29", last_day="2028-02-29")

    assert heading(page) == "You are away next on Tue 29 Feb 2028"
    assert Absence.objects.get().ends_on == dt.date(2028, 3, 1)


def test_ben_who_is_away_reads_until_when(ben: Engineer) -> None:
    builders.make_absence(engineer=ben, starts_on=NOW.date(), ends_on=NOW.date() + 3 * DAY)

    assert heading(page_of(ben, PAGE)) == "You are away until Fri 27 Nov 2026"


def test_before_days_in_a_published_week_are_saved_ben_reads_what_they_mean(
    ben: Engineer, rotation: Rotation
) -> None:
    builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)

    status, page = _post(ben, first_day="2026-12-02", last_day="2026-12-03")

    assert status == 200
    assert "Not saved yet: you hold 1 published week in these days" in page
    assert "Core, Mon 30 Nov to Mon 7 Dec 2026 (yours as published)" in page
    assert not Absence.objects.exists()


def test_days_over_a_published_week_are_saved_with_a_warning(
    ben: Engineer, rotation: Rotation
) -> None:
    shift = builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)

    _status, page = _post(ben, first_day="2026-12-02", last_day="2026-12-03", seen=str(shift.pk))

    assert '<div class="banner warn" role="status">' in page
    assert (
        "You still hold the week of Mon 30 Nov 2026. Ask for cover below, or wait: Rota proposes "
        "a repair to your managers, and you are told when it is published." in page
    )
    assert "You hold the" in page


def test_cover_is_offered_of_just_the_days_in_the_zone_of_bens_office(
    rotation: Rotation,
) -> None:
    ben = builders.make_ben()
    office = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    builders.make_posting(engineer=ben, office=office)
    shift = builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)

    _post(ben, first_day="2026-12-02", last_day="2026-12-02", seen=str(shift.pk))

    page = html.unescape(page_of(ben, PAGE))
    address = re.search(rf"/shifts/{shift.pk}/cover/\?[^\"]+", page)
    assert address is not None
    assert urllib.parse.unquote(address[0]).endswith(
        "?starts=2026-12-02T08:00:00+00:00&ends=2026-12-03T08:00:00+00:00"
    )
    asking = signed_in(ben).get(address[0]).content.decode()
    assert 'name="part" value="part" checked' in asking
    assert 'value="08:00"' in asking


def test_cover_that_ben_asked_for_is_not_offered_again(ben: Engineer, rotation: Rotation) -> None:
    shift = builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)
    builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 2), ends_on=dt.date(2026, 12, 3)
    )
    builders.make_cover(
        shift=shift,
        from_engineer=ben,
        to_engineer=None,
        starts_at=dt.datetime(2026, 12, 2, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 3, tzinfo=dt.UTC),
    )

    page = page_of(ben, PAGE)

    assert "You ask for cover of" in page
    assert f"/shifts/{shift.pk}/cover/?starts" not in page


def test_a_part_that_somebody_else_carries_is_no_longer_bens_to_hand_on(
    ben: Engineer, rotation: Rotation
) -> None:
    shift = builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)
    builders.make_cover(
        shift=shift,
        from_engineer=ben,
        to_engineer=builders.make_carla(),
        starts_at=dt.datetime(2026, 12, 2, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 3, tzinfo=dt.UTC),
    )

    _status, page = _post(ben, first_day="2026-12-02", last_day="2026-12-02")

    assert "No draft gives you a week on these days." in page
    assert Absence.objects.count() == 1


def test_a_manager_who_is_away_asks_for_the_repair_by_a_button(rotation: Rotation) -> None:
    anna = builders.make_anna(team=rotation.team)
    builders.make_posting(engineer=anna, office=builders.make_office())
    level2 = builders.level_of(rotation, "escalation")
    builders.make_shift(level=level2, week_date=NEXT_WEEK, holder=anna)
    builders.make_absence(
        engineer=anna, starts_on=dt.date(2026, 12, 2), ends_on=dt.date(2026, 12, 3)
    )

    page = page_of(anna, PAGE)

    assert f'action="/rotations/{rotation.slug}/draft/"' in page
    assert "Ask for a repair draft" in page


def test_an_engineer_is_told_who_hears_of_it_and_has_no_such_button(
    ben: Engineer, rotation: Rotation
) -> None:
    builders.make_anna(team=rotation.team)
    builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)
    builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 2), ends_on=dt.date(2026, 12, 3)
    )

    page = page_of(ben, PAGE)

    assert "Rota proposes a repair and tells Anna" in page
    assert "Ask for a repair draft" not in page


def test_without_saving_ben_sees_which_weeks_a_day_would_block(ben: Engineer) -> None:
    _status, page = _post(ben, first_day="2026-12-16", last_day="2026-12-16", look="on")

    assert "Not saved yet: what these days block" in page
    assert "Core, Mon 14 to Mon 21 Dec 2026" in page
    assert not Absence.objects.exists()


def test_a_day_before_the_handover_hour_blocks_the_week_that_ends_then_too(ben: Engineer) -> None:
    _status, page = _post(ben, first_day="2026-12-14", last_day="2026-12-14", look="on")

    assert "Core, Mon 7 to Mon 14 Dec 2026" in page
    assert "Core, Mon 14 to Mon 21 Dec 2026" in page


def test_a_week_that_runs_is_not_promised_to_be_moved(ben: Engineer, rotation: Rotation) -> None:
    shift = builders.make_shift(level=builders.level_of(rotation), week_date=THIS_WEEK, holder=ben)

    _status, page = _post(ben, first_day="2026-11-28", last_day="2026-11-28", seen=str(shift.pk))

    assert "No draft moves a week that runs: ask for cover now, below." in page


def test_weeks_that_ben_holds_stand_beside_the_form(ben: Engineer, rotation: Rotation) -> None:
    level = builders.level_of(rotation)
    builders.make_shift(level=level, week_date=THIS_WEEK - WEEK, holder=ben)
    builders.make_shift(level=level, week_date=NEXT_WEEK, holder=ben)

    page = page_of(ben, PAGE)

    assert "Mon 30 Nov – Mon 7 Dec 2026" in page
    assert "Mon 16 – Mon 23 Nov 2026" not in page


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"first_day": "2027-07-12", "last_day": "2027-07-09"},
            "Fri 9 Jul 2027 is before the first day, Mon 12 Jul 2027.",
        ),
        ({"first_day": "2026-11-01", "last_day": "2026-11-03"}, "has passed"),
        ({"first_day": "2026-12-01", "last_day": "2028-12-01"}, "a year at most"),
        ({"first_day": "2026-02-29", "last_day": "2026-03-01"}, "This is not a day."),
        ({"first_day": "0001-01-01", "last_day": "0001-01-02"}, "between 2000 and 2100"),
        ({"first_day": "2026-12-01", "last_day": "10000-01-01"}, "This is not a day."),
        ({"first_day": "", "last_day": ""}, "Say on which day you are first away."),
        (
            {"first_day": "2026-12-01", "last_day": "2026-12-02", "note": "x" * 501},
            "At most 500 characters; this has 501.",
        ),
        (
            {"first_day": "2026-12-01", "last_day": "2026-12-02", "note": "a\x00b"},
            "Null characters",
        ),
    ],
)
def test_days_that_make_no_absence_are_refused_beside_their_field(
    ben: Engineer, data: dict[str, str], message: str
) -> None:
    status, page = _post(ben, **data)

    assert status == 422
    assert message in page
    assert not Absence.objects.exists()


def test_what_was_typed_is_kept_when_it_is_refused(ben: Engineer) -> None:
    _status, page = _post(ben, first_day="2027-07-12", last_day="2027-07-09", note="Lisbon")

    assert 'value="2027-07-12"' in page
    assert 'value="Lisbon"' in page
    assert '<span class="soft read-as">Mon 12 Jul 2027</span>' in page


def test_an_absence_over_another_is_refused_by_name(ben: Engineer) -> None:
    builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 5)
    )

    status, page = _post(ben, first_day="2026-12-04", last_day="2026-12-08")

    assert status == 422
    assert "You are already away Tue 1 Dec 2026 to Fri 4 Dec 2026; take that back first." in page
    assert Absence.objects.count() == 1


def test_an_absence_is_taken_back(ben: Engineer) -> None:
    absence = builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 5)
    )

    answer = signed_in(ben).post(f"/absences/{absence.pk}/cancel/", follow=True)

    page = " ".join(answer.content.decode().split())
    assert "Taken back: away Tue 1 to Fri 4 Dec 2026." in page
    assert heading(page) == "No days away are entered"


def test_another_persons_absence_is_not_there(ben: Engineer) -> None:
    absence = builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 5), note="A wedding"
    )
    carla = builders.make_carla()

    answer = signed_in(carla).post(f"/absences/{absence.pk}/cancel/")

    assert answer.status_code == 404
    assert Absence.objects.get().cancelled_at is None
    assert "A wedding" not in page_of(carla, PAGE)


def test_an_absence_is_not_taken_back_by_a_link(ben: Engineer) -> None:
    assert signed_in(ben).get("/absences/1/cancel/").status_code == 405


def test_a_note_is_shown_as_text(ben: Engineer) -> None:
    _post(ben, first_day="2026-12-01", last_day="2026-12-02", note='"><svg onload=x>')

    assert "<svg onload" not in page_of(ben, PAGE)


def test_many_absences_take_no_more_queries(ben: Engineer) -> None:
    def away(number: int) -> None:
        day = dt.date(2027, 1, 4) + 2 * number * DAY
        builders.make_absence(engineer=ben, starts_on=day, ends_on=day + DAY)

    away(0)
    few = queries_of(ben, PAGE)
    for number in range(1, 40):
        away(number)

    assert queries_of(ben, PAGE) == few
