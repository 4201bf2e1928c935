"""The pages on which cover is asked for and answered."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from common.periods import Period
from compensation.queries import cover_pay
from outbox.models import Message
from rotation.models import Cover, Shift
from rotation.operations import cover_requests
from rotation.operations.cover_requests import Asking
from tests import builders
from tests.compensation.rows import make_rate
from tests.rotation.pages import TeamAtWork, actor, page_of, signed_in, team_at_work
from volunteers.models import Office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
NOW = builders.NOW
SATURDAY = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)
SUNDAY = SATURDAY + dt.timedelta(days=1)
PART = {
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
    return team_at_work()


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    return builders.make_shift(level=team.primary, holder=team.ben)


def asked(team: TeamAtWork, shift: Shift, *people: Engineer, message: str = "") -> Cover:
    asking = Asking(
        shift_id=shift.pk,
        asked_ids=tuple(one.pk for one in people),
        starts_at=SATURDAY,
        ends_at=SUNDAY,
        message=message,
    )
    return cover_requests.request_cover(asking=asking, actor=actor(team.ben), now=NOW)


def post(who: Engineer, url: str, **fields: object) -> HttpResponse:
    answer: HttpResponse = signed_in(who).post(url, fields)  # type: ignore[assignment]
    return answer


def link_to(person: Engineer) -> str:
    mail = Message.objects.filter(to=person.email, kind="cover_asked").order_by("-pk")[0]
    found = re.search(r"https?://[^/]+(/covers/by-mail/\S+)", mail.body)
    assert found is not None
    return found[1]


def test_the_page_lists_who_can_best_first_and_who_cannot_without_their_reason(
    team: TeamAtWork, shift: Shift
) -> None:
    builders.make_absence(
        engineer=team.volunteers[1],
        starts_on=SATURDAY.date(),
        ends_on=SATURDAY.date() + dt.timedelta(days=2),
        note="An operation.",
    )

    page = signed_in(team.ben).post(f"/shifts/{shift.pk}/cover/", {**PART, "look": "1"})
    text = page.content.decode()

    assert page.status_code == 200
    assert "Best for balance" in text
    assert '<b class="strong">Dora Hale</b> is away then.' in text
    assert "operation" not in text
    assert not Cover.objects.exists()


def test_asking_leads_to_the_page_of_the_request(team: TeamAtWork, shift: Shift) -> None:
    dora = team.volunteers[1]

    answer = post(team.ben, f"/shifts/{shift.pk}/cover/", **PART, asked=[dora.pk], message="Please")

    cover = Cover.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/covers/{cover.pk}/")
    page = page_of(team.ben, f"/covers/{cover.pk}/")
    assert "You ask for cover" in page
    assert "Has not answered" in page
    assert "“Please”" in page
    assert "Withdraw the request" in page


def test_a_time_that_happens_twice_is_asked_about(team: TeamAtWork) -> None:
    autumn = builders.make_shift(
        level=team.primary, week_date=dt.date(2027, 10, 25), holder=team.ben
    )
    builders.make_term(
        team=team.rotation.team,
        engineer=team.volunteers[1],
        starts_on=dt.date(2027, 9, 27),
        weeks=10,
    )
    fields = {
        "part": "part",
        "from_day": "2027-10-31",
        "from_time": "01:30",
        "to_day": "2027-10-31",
        "to_time": "12:00",
        "asked": [team.volunteers[1].pk],
    }

    answer = signed_in(team.ben).post(f"/shifts/{autumn.pk}/cover/", fields)

    assert answer.status_code == 422
    assert "01:30 happens twice on Sun 31 Oct 2027: first or second?" in answer.content.decode()
    signed_in(team.ben).post(f"/shifts/{autumn.pk}/cover/", {**fields, "from_turn": "second"})
    assert Cover.objects.get().starts_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


def test_an_address_with_a_part_begins_with_it(team: TeamAtWork, shift: Shift) -> None:
    page = page_of(
        team.ben,
        f"/shifts/{shift.pk}/cover/?starts=2026-12-05T12:00:00%2B00:00&ends=2026-12-06T12:00:00Z",
    )

    assert 'value="part" checked' in page
    assert "Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT" in page


@pytest.mark.parametrize("query", ["?starts=x&ends=y", "?starts=2026-12-05", "?ends="])
def test_an_odd_address_begins_with_the_whole_shift(
    team: TeamAtWork, shift: Shift, query: str
) -> None:
    assert 'value="whole" checked' in page_of(team.ben, f"/shifts/{shift.pk}/cover/{query}")


def test_nobody_to_ask_names_the_managers(team: TeamAtWork, shift: Shift) -> None:
    for one in (*team.volunteers[1:], team.anna, team.max):
        builders.make_absence(
            engineer=one, starts_on=dt.date(2026, 11, 30), ends_on=dt.date(2026, 12, 9)
        )

    page = page_of(team.ben, f"/shifts/{shift.pk}/cover/")

    assert "Nobody can take this part. Shorten it and update, or ask Anna or Max Lund" in page


def test_others_find_no_page(team: TeamAtWork, shift: Shift) -> None:
    cover = asked(team, shift, team.volunteers[1])

    for who in (team.carla, team.volunteers[2]):
        page_of(who, f"/covers/{cover.pk}/", status=404)
        assert post(who, f"/covers/{cover.pk}/take/").status_code == 404
    page_of(team.carla, f"/shifts/{shift.pk}/cover/", status=404)


def test_who_is_asked_sees_what_it_means_and_takes_it(team: TeamAtWork, shift: Shift) -> None:
    make_rate(office=Office.objects.get(), weekly_minor=60000)
    cover = asked(team, shift, team.volunteers[1])

    page = page_of(team.volunteers[1], f"/covers/{cover.pk}/")
    assert "Ben asks you for cover" in page
    assert "Take this cover" in page
    assert "+ €" in page
    answer = post(team.volunteers[1], f"/covers/{cover.pk}/take/")

    assert answer.status_code == 302
    page = page_of(team.volunteers[1], f"/covers/{cover.pk}/")
    assert "You carry it for Ben" in page
    assert "Give it back" in page


def test_own_pay_is_what_the_ledger_would_pay_and_nobody_elses_is_shown(
    team: TeamAtWork, shift: Shift
) -> None:
    make_rate(office=Office.objects.get(), weekly_minor=60000)
    dora = team.volunteers[1]

    change = cover_pay.own_change(
        shift_id=shift.pk,
        period=Period(starts_at=SATURDAY, ends_at=SUNDAY),
        engineer_id=dora.pk,
        taker_id=dora.pk,
    )

    assert change is not None
    assert change.part_seconds == 24 * 3600
    assert change.before_minor == 0
    assert change.after_minor == round(60000 * change.part_seconds / change.paid_seconds)
    cover = asked(team, shift, dora)
    assert "€" not in page_of(team.anna, f"/covers/{cover.pk}/")


def test_the_second_gets_409_and_reads_who_was_faster(team: TeamAtWork, shift: Shift) -> None:
    _ben, dora, eve, *_others = team.volunteers
    cover = asked(team, shift, dora, eve)
    post(dora, f"/covers/{cover.pk}/take/")

    answer = post(eve, f"/covers/{cover.pk}/take/")

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Dora Hale took it a moment ago (10:00 GMT). You are not on call for it." in text


def test_not_me_is_seen_by_who_asks(team: TeamAtWork, shift: Shift) -> None:
    cover = asked(team, shift, team.volunteers[1])

    post(team.volunteers[1], f"/covers/{cover.pk}/decline/")

    assert "Not me" in page_of(team.ben, f"/covers/{cover.pk}/")
    assert "Everybody said no" in page_of(team.ben, f"/covers/{cover.pk}/")


def test_a_manager_assigns_somebody_and_notes_a_no(team: TeamAtWork, shift: Shift) -> None:
    _ben, dora, eve, *_others = team.volunteers
    cover = asked(team, shift, dora)
    url = f"/covers/{cover.pk}"

    assert "Assign somebody" in page_of(team.anna, f"{url}/")
    assert post(team.anna, f"{url}/decline/", engineer=dora.pk).status_code == 302
    assert post(team.anna, f"{url}/take/", engineer=eve.pk).status_code == 302

    cover.refresh_from_db()
    assert cover.to_engineer == eve


def test_an_engineer_answers_for_nobody_else(team: TeamAtWork, shift: Shift) -> None:
    _ben, dora, eve, *_others = team.volunteers
    cover = asked(team, shift, dora, eve)

    assert post(dora, f"/covers/{cover.pk}/take/", engineer=eve.pk).status_code == 404
    cover.refresh_from_db()
    assert cover.state == Cover.State.OPEN


def test_withdrawing_and_giving_back_are_one_button(team: TeamAtWork, shift: Shift) -> None:
    dora = team.volunteers[1]
    first = asked(team, shift, dora)
    assert post(team.ben, f"/covers/{first.pk}/withdraw/").status_code == 302
    second = asked(team, shift, dora)
    post(dora, f"/covers/{second.pk}/take/")

    assert post(dora, f"/covers/{second.pk}/give-back/").status_code == 302

    states = list(Cover.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["withdrawn", "undone", "open"]
    assert "The cover is undone" in page_of(dora, f"/covers/{second.pk}/")


def test_a_link_that_is_only_followed_changes_nothing(team: TeamAtWork, shift: Shift) -> None:
    cover = asked(team, shift, team.volunteers[1])

    answers = [Client().get(link_to(team.volunteers[1])) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "You answer as Dora Hale" in answers[0].content.decode()
    cover.refresh_from_db()
    assert cover.state == Cover.State.OPEN


def test_the_link_takes_it_without_sign_in_by_a_button(team: TeamAtWork, shift: Shift) -> None:
    cover = asked(team, shift, team.volunteers[1])
    link = link_to(team.volunteers[1])

    answer = Client().post(link, {"answer": "take"}, follow=True)

    assert "Dora Hale has it" in answer.content.decode()
    cover.refresh_from_db()
    assert (cover.state, cover.to_engineer) == (Cover.State.ACCEPTED, team.volunteers[1])


def test_the_link_declines_as_well(team: TeamAtWork, shift: Shift) -> None:
    cover = asked(team, shift, team.volunteers[1])

    Client().post(link_to(team.volunteers[1]), {"answer": "decline"})

    assert cover.asks.get().state == "declined"


def test_a_link_of_a_request_that_was_taken_says_by_whom(team: TeamAtWork, shift: Shift) -> None:
    _ben, dora, eve, *_others = team.volunteers
    asked(team, shift, dora, eve)
    link = link_to(eve)
    Client().post(link_to(dora), {"answer": "take"})

    answer = Client().post(link, {"answer": "take"})

    assert answer.status_code == 409
    assert "Dora Hale took it a moment ago" in answer.content.decode()


def test_a_link_needs_the_token_of_its_form(team: TeamAtWork, shift: Shift) -> None:
    asked(team, shift, team.volunteers[1])

    strict = Client(enforce_csrf_checks=True)

    assert strict.post(link_to(team.volunteers[1]), {"answer": "take"}).status_code == 403


def test_the_link_of_a_closed_account_opens_nothing(team: TeamAtWork, shift: Shift) -> None:
    dora = team.volunteers[1]
    cover = asked(team, shift, dora)
    link = link_to(dora)
    dora.is_active = False
    dora.save(update_fields=["is_active"])

    assert Client().post(link, {"answer": "take"}).status_code == 404
    cover.refresh_from_db()
    assert cover.state == Cover.State.OPEN


def test_a_link_that_was_cut_is_refused(team: TeamAtWork, shift: Shift) -> None:
    asked(team, shift, team.volunteers[1])

    assert Client().get(link_to(team.volunteers[1])[:-5] + "/").status_code == 404


def test_who_cannot_any_more_reads_why_and_has_nothing(team: TeamAtWork, shift: Shift) -> None:
    dora = team.volunteers[1]
    cover = asked(team, shift, dora)
    link = link_to(dora)
    builders.make_absence(
        engineer=dora, starts_on=SATURDAY.date(), ends_on=SUNDAY.date() + dt.timedelta(days=1)
    )

    on_page = post(dora, f"/covers/{cover.pk}/take/")
    by_mail = Client().post(link, {"answer": "take"})

    for answer in (on_page, by_mail):
        assert answer.status_code == 422
        assert "Dora Hale is away then." in answer.content.decode()
    cover.refresh_from_db()
    assert cover.state == Cover.State.OPEN


def test_a_gap_is_offered_by_managers(team: TeamAtWork, shift: Shift) -> None:
    Shift.objects.update(holder=None)

    assert "It stays a gap until somebody takes it." in page_of(
        team.anna, f"/shifts/{shift.pk}/cover/"
    )
    post(team.anna, f"/shifts/{shift.pk}/cover/", part="whole", seen=0)

    assert "You are asked to fill a gap" in page_of(
        team.volunteers[1], f"/covers/{Cover.objects.get().pk}/"
    )
