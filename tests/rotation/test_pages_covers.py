from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from outbox.models import Message
from rotation.models import Cover, Shift
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    mark_published,
    page_of,
    queries_of,
    signed_in,
    team_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
WEEKEND = {
    "part": "part",
    "from_day": "2026-12-05",
    "from_time": "12:00",
    "to_day": "2026-12-06",
    "to_time": "12:00",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    return team


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    return builders.make_shift(level=team.primary, holder=team.ben)


def _send(team: TeamAtWork, shift: Shift, **fields: object) -> HttpResponse:
    answer: HttpResponse = signed_in(team.anna).post(  # type: ignore[assignment]
        f"/shifts/{shift.pk}/cover/enter/", {"seen": team.ben.pk, **fields}
    )
    return answer


def _text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def test_managers_are_led_from_the_shift_to_a_cover(team: TeamAtWork, shift: Shift) -> None:
    link = f'href="/shifts/{shift.pk}/cover/enter/"'

    assert link in page_of(team.anna, f"/shifts/{shift.pk}/")
    assert link not in page_of(team.ben, f"/shifts/{shift.pk}/")
    over = builders.make_shift(level=team.primary, week_date=THIS_WEEK - WEEK, holder=team.ben)
    assert "Enter a cover" not in page_of(team.anna, f"/shifts/{over.pk}/")


def test_the_page_lists_who_can_best_first_and_who_cannot_and_why(
    team: TeamAtWork, shift: Shift
) -> None:
    _ben, dora, eve, finn, gus = team.volunteers
    builders.make_absence(
        engineer=dora, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK, note="A wedding."
    )
    finn.terms.update(starts_on=NEXT_WEEK + WEEK)
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK + 2 * WEEK, holder=gus)
    builders.make_shift(level=team.escalation, holder=team.max)

    page = page_of(team.anna, f"/shifts/{shift.pk}/cover/enter/")

    assert heading(page) == "Who carries it instead of Ben?"
    places = [page.index(f"<b>{name}</b>") for name in ("Eve Moss", "Gus Vane", "Anna")]
    assert places == sorted(places)
    assert "Best for balance" in page
    assert "load 0.0 → 1.0, fair share" in page
    assert "1 clear week until Mon 14 Dec; the policy wants 3" in page
    assert "Serves at level 2" in page
    assert '<b class="strong">Dora Hale</b> is away then.' in page
    assert "Finn Roth</b> is in a term from Mon 7 Dec 2026, 12:00 GMT." in page
    assert "Max Lund</b> is on call then already: level 2 of Core" in page
    assert "wedding" not in page
    assert eve.name in page


def test_update_shows_another_part_and_enters_nothing(team: TeamAtWork, shift: Shift) -> None:
    page = _text(_send(team, shift, **WEEKEND, look="1"))

    assert "Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT: 1 day, of which 24 h on call" in page
    assert "This part" in page
    assert not Cover.objects.exists()


def test_a_part_is_entered_and_the_shift_shows_it(team: TeamAtWork, shift: Shift) -> None:
    dora = team.volunteers[1]

    answer = _send(team, shift, **WEEKEND, to_engineer=dora.pk)

    assert answer.status_code == 302
    page = page_of(team.anna, f"/shifts/{shift.pk}/")
    assert "One cover" in page
    assert "for Ben" in page
    assert "entered by Anna" in page
    assert f'href="/covers/{Cover.objects.get().pk}/undo/"' in page
    assert "/undo/" not in page_of(team.carla, f"/shifts/{shift.pk}/")
    board = page_of(team.carla, "/rotations/core/")
    assert "Dora Hale covers Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT" in board


def test_nobody_chosen_is_said_beside_the_list(team: TeamAtWork, shift: Shift) -> None:
    answer = _send(team, shift, part="whole")

    assert answer.status_code == 422
    assert "Choose who takes it." in _text(answer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from_time": "noon"}, "Write the time as 17:30, in 24 hours."),
        ({"from_time": "24:00"}, "Write the time as 17:30, in 24 hours."),
        ({"to_time": ""}, "Write the time as 17:30, in 24 hours."),
        ({"to_day": "2027-01-01"}, "Select a valid choice"),
        ({"to_day": "2026-12-05", "to_time": "11:00"}, "The end comes after the start."),
        (
            {"from_day": "2026-11-30", "from_time": "11:00"},
            "The shift starts Mon 30 Nov 2026, 12:00 GMT: begin then or later.",
        ),
    ],
)
def test_a_part_that_cannot_be_is_said_beside_its_time(
    fields: dict[str, str], said: str, team: TeamAtWork, shift: Shift
) -> None:
    answer = _send(team, shift, **{**WEEKEND, **fields}, to_engineer=team.volunteers[1].pk)

    assert answer.status_code == 422
    assert said in _text(answer)
    assert not Cover.objects.exists()


def test_a_time_that_happens_twice_asks_which(team: TeamAtWork) -> None:
    shift = builders.make_shift(
        level=team.primary, week_date=dt.date(2027, 10, 25), holder=team.ben
    )
    team.volunteers[1].terms.update(ends_on=dt.date(2028, 1, 3))
    fields = {
        "part": "part",
        "from_day": "2027-10-31",
        "from_time": "01:30",
        "to_day": "2027-10-31",
        "to_time": "12:00",
        "to_engineer": team.volunteers[1].pk,
    }

    asked = _text(_send(team, shift, **fields))
    answer = _send(team, shift, **fields, from_turn="second")

    assert "01:30 happens twice on Sun 31 Oct 2027: first or second?" in asked
    assert "The second time" in asked
    assert answer.status_code == 302
    assert Cover.objects.get().starts_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


def test_a_time_that_the_clocks_leave_out_is_refused(team: TeamAtWork) -> None:
    shift = builders.make_shift(level=team.primary, week_date=dt.date(2027, 3, 22), holder=team.ben)

    answer = _send(
        team,
        shift,
        part="part",
        from_day="2027-03-28",
        from_time="01:30",
        to_day="2027-03-29",
        to_time="12:00",
        to_engineer=team.volunteers[1].pk,
    )

    assert "01:30 does not exist on Sun 28 Mar 2027: the clocks go forward then." in _text(answer)


def test_what_another_manager_did_meanwhile_is_said_and_nothing_is_lost(
    team: TeamAtWork, shift: Shift
) -> None:
    _ben, dora, eve, *_others = team.volunteers
    _send(team, shift, part="whole", to_engineer=dora.pk)

    answer = _send(team, shift, part="whole", to_engineer=eve.pk)

    assert answer.status_code == 409
    page = _text(answer)
    assert "That time has changed hands: Dora Hale Mon 30 Nov, 12:00 to" in page
    assert heading(page) == "Who carries it instead of Dora Hale?"
    assert Cover.objects.count() == 1


def test_time_of_two_people_says_who_has_which(team: TeamAtWork, shift: Shift) -> None:
    _send(team, shift, **WEEKEND, to_engineer=team.volunteers[1].pk)

    page = page_of(team.anna, f"/shifts/{shift.pk}/cover/enter/")

    assert "This part is not one person’s." in page
    assert "Enter the cover" not in page


def test_undoing_says_what_it_does_before_it_does_it(team: TeamAtWork, shift: Shift) -> None:
    _send(team, shift, **WEEKEND, to_engineer=team.volunteers[1].pk)
    cover = Cover.objects.get()
    url = f"/covers/{cover.pk}/undo/"
    Message.objects.all().delete()

    page = page_of(team.anna, url)
    answer = signed_in(team.anna).post(url)

    assert heading(page) == "Undo Dora Hale’s cover?"
    assert '<b class="strong">Ben</b> carries it again' in page
    assert "Keep the cover" in page
    assert answer.status_code == 302
    assert Cover.objects.get().state == "undone"
    assert Message.objects.count() == 2
    assert "undone <time" in page_of(team.anna, f"/shifts/{shift.pk}/")
    assert heading(page_of(team.anna, url)) == "Dora Hale’s cover cannot be undone"
    assert signed_in(team.anna).post(url).status_code == 409


def test_undoing_warns_when_the_one_who_gets_it_back_is_away(
    team: TeamAtWork, shift: Shift
) -> None:
    _send(team, shift, **WEEKEND, to_engineer=team.volunteers[1].pk)
    builders.make_absence(
        engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK, note="A wedding."
    )

    page = page_of(team.anna, f"/covers/{Cover.objects.get().pk}/undo/")

    assert "but Ben is away then" in page
    assert "wedding" not in page


def test_a_cover_on_which_another_rests_says_so(team: TeamAtWork, shift: Shift) -> None:
    _ben, dora, eve, *_others = team.volunteers
    _send(team, shift, part="whole", to_engineer=dora.pk)
    _send(team, shift, **WEEKEND, seen=dora.pk, to_engineer=eve.pk)

    first = Cover.objects.get(to_engineer=dora)

    assert "A later cover rests on it." in page_of(team.anna, f"/covers/{first.pk}/undo/")


def test_other_peoples_managers_and_engineers_find_no_such_page(
    team: TeamAtWork, shift: Shift
) -> None:
    _send(team, shift, **WEEKEND, to_engineer=team.volunteers[1].pk)
    other = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=other, team=builders.make_team(name="Other"))

    for who in (team.volunteers[1], team.carla, other):
        page_of(who, f"/shifts/{shift.pk}/cover/enter/", status=404)
        page_of(who, f"/covers/{Cover.objects.get().pk}/undo/", status=404)


def test_who_is_relieved_takes_it_back_but_enters_none(team: TeamAtWork, shift: Shift) -> None:
    _send(team, shift, **WEEKEND, to_engineer=team.volunteers[1].pk)
    undo = f"/covers/{Cover.objects.get().pk}/undo/"

    page_of(team.ben, f"/shifts/{shift.pk}/cover/enter/", status=404)
    assert "Undo Dora Hale’s cover?" in page_of(team.ben, undo)
    signed_in(team.ben).post(undo)

    assert Cover.objects.get().state == Cover.State.UNDONE


def test_a_week_that_is_over_answers_409(team: TeamAtWork) -> None:
    over = builders.make_shift(level=team.primary, week_date=THIS_WEEK - WEEK, holder=team.ben)

    page_of(team.anna, f"/shifts/{over.pk}/cover/enter/", status=409)


def test_the_pages_ask_no_more_with_many_covers(team: TeamAtWork, shift: Shift) -> None:
    _send(team, shift, **WEEKEND, to_engineer=team.volunteers[1].pk)
    url, undo = f"/shifts/{shift.pk}/cover/enter/", f"/covers/{Cover.objects.get().pk}/undo/"
    few = queries_of(team.anna, url), queries_of(team.anna, undo)
    for number in range(20):
        builders.make_cover(
            shift=shift,
            from_engineer=team.ben,
            to_engineer=team.volunteers[1 + number % 4],
            starts_at=shift.starts_at + number * dt.timedelta(hours=2),
            ends_at=shift.starts_at + (number + 1) * dt.timedelta(hours=2),
        )

    many = queries_of(team.anna, url), queries_of(team.anna, undo)

    assert many == few
