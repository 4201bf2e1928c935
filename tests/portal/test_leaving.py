"""The pages of a term's end: leaving early, more weeks, the mail's buttons, the record."""

from __future__ import annotations

import datetime as dt
import html
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from outbox.models import Message
from rotation.models import Cover
from rotation.operations import term_notices
from rotation.queries import term_ends
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import TeamAtWork, page_of, signed_in, team_at_work
from volunteers.models import Term, TermExtension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

LEFT = NEXT_WEEK + 2 * WEEK
END = NEXT_WEEK + 6 * WEEK


@pytest.fixture
def team() -> Iterator[TeamAtWork]:
    with time_machine.travel(NOW, tick=False):
        yield team_at_work()


def _term(team: TeamAtWork) -> Term:
    return Term.objects.get(engineer=team.ben)


def _url(team: TeamAtWork, what: str) -> str:
    return f"/terms/{_term(team).pk}/{what}/"


def _text(answer: Answer) -> str:
    return html.unescape(answer.content.decode())


def _sent_digest(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


def test_any_day_is_snapped_to_a_handover_and_the_page_says_so(team: TeamAtWork) -> None:
    page = html.unescape(page_of(team.ben, _url(team, "leave") + "?on=2026-12-10"))

    assert "You leave on Mon 14 Dec 2026?" in page
    assert "You chose" in page
    assert "Nobody has to give a reason" in page


def test_the_effect_names_open_weeks_covers_and_who_is_told_and_changes_nothing(
    team: TeamAtWork,
) -> None:
    dora = team.volunteers[1]
    builders.make_shift(level=team.primary, week_date=LEFT, holder=team.ben)
    hers = builders.make_shift(level=team.primary, week_date=LEFT + WEEK, holder=dora)
    builders.make_cover(shift=hers, from_engineer=dora, to_engineer=team.ben)

    page = html.unescape(page_of(team.ben, _url(team, "leave") + f"?on={LEFT}"))

    assert "1 published week becomes open" in page
    assert "1 cover goes back" in page
    assert "Dora Hale is on call again" in page
    assert "Anna, Max Lund" in page
    assert _term(team).left_on is None
    assert Cover.objects.get().state == Cover.State.ACCEPTED


def test_who_confirms_leaves_and_can_take_it_back_on_the_same_page(team: TeamAtWork) -> None:
    url = _url(team, "leave")
    seen = _sent_digest(page_of(team.ben, f"{url}?on={LEFT}"))
    ben = signed_in(team.ben)

    left = ben.post(url, {"left_on": str(LEFT), "seen": seen}, follow=True)
    stayed = ben.post(_url(team, "stay"), follow=True)

    assert "You leave on Mon 14 Dec 2026. The managers are told" in _text(left)
    assert "Stay after all" in _text(left)
    assert "You stay until Mon 12 Jul 2027." in _text(stayed)
    assert _term(team).left_on is None


def test_who_saw_another_effect_is_shown_the_new_one_instead(team: TeamAtWork) -> None:
    url = _url(team, "leave")
    seen = _sent_digest(page_of(team.ben, f"{url}?on={LEFT}"))
    builders.make_shift(level=team.primary, week_date=LEFT, holder=team.ben)

    answer = signed_in(team.ben).post(url, {"left_on": str(LEFT), "seen": seen})

    assert answer.status_code == 409
    assert "changed since you looked" in _text(answer)
    assert "1 published week becomes open" in _text(answer)
    assert _term(team).left_on is None


def test_a_day_after_the_planned_end_is_refused_in_words(team: TeamAtWork) -> None:
    page = html.unescape(page_of(team.ben, _url(team, "leave") + "?on=2027-12-01", status=422))
    assert "ends on Mon 12 Jul 2027 as planned" in page


def test_a_manager_ends_a_level_2_term_and_others_do_not(team: TeamAtWork) -> None:
    term = Term.objects.get(engineer=team.max)
    url = f"/terms/{term.pk}/leave/"
    otto = builders.make_engineer(name="Otto")
    builders.make_manager(engineer=otto, team=builders.make_team(name="Other"))

    seen = _sent_digest(page_of(team.anna, f"{url}?on={LEFT}"))
    signed_in(team.anna).post(url, {"left_on": str(LEFT), "seen": seen})

    term.refresh_from_db()
    assert term.left_on == LEFT
    for stranger in (otto, team.carla, builders.make_admin()):
        page_of(stranger, url, status=404)


def test_what_a_manager_ended_is_not_the_engineers_to_take_back(team: TeamAtWork) -> None:
    Term.objects.filter(engineer=team.ben).update(left_on=LEFT, left_by=team.anna)

    page = page_of(team.ben, _url(team, "leave"))
    answer = signed_in(team.ben).post(_url(team, "stay"))

    assert ("A manager of the team entered it" in page, answer.status_code) == (True, 404)


def test_home_asks_how_a_term_goes_on_in_its_last_eight_weeks(team: TeamAtWork) -> None:
    assert "Roll off as planned" not in page_of(team.ben, "/")
    Term.objects.filter(engineer=team.ben).update(ends_on=END)

    page = page_of(team.ben, "/")
    after = _text(signed_in(team.ben).post(_url(team, "roll-off"), follow=True))

    assert "7 of 14 weeks left" in page
    assert "Roll off as planned" in page
    assert "Stay a little longer" in page
    assert "Noted: your term ends on Mon 11 Jan 2027 as planned." in after
    assert "How does it go on?" not in after


def test_a_manager_finds_the_question_on_home_and_confirms_it(team: TeamAtWork) -> None:
    Term.objects.filter(engineer=team.ben).update(ends_on=END)
    signed_in(team.ben).post(_url(team, "extend"), {"weeks": "3"})
    extension = TermExtension.objects.get()
    home = page_of(team.anna, "/")

    answer = signed_in(team.anna).post(f"/term-extensions/{extension.pk}/confirm/", follow=True)

    assert "Ben would stay 3 weeks longer" in home
    assert "Ben stays until Mon 1 Feb 2027, and has a mail." in _text(answer)
    assert _term(team).ends_on == END + 3 * WEEK
    assert "Ben would stay" not in page_of(team.anna, "/")


def test_declining_without_a_reason_is_refused_beside_the_field(team: TeamAtWork) -> None:
    extension = builders.make_extension(term=_term(team))
    url = f"/term-extensions/{extension.pk}/decline/"

    empty = signed_in(team.anna).post(url, {"reason": ""})
    done = signed_in(team.anna).post(url, {"reason": "Two newcomers."}, follow=True)

    assert (empty.status_code, "Say why in a line" in _text(empty)) == (422, True)
    assert "It ends as planned" in _text(done)
    assert "“Two newcomers.”" in page_of(team.ben, "/")


def _links(team: TeamAtWork) -> list[str]:
    Term.objects.filter(engineer=team.ben).update(ends_on=END)
    for due in term_ends.due_terms(now=NOW):
        term_notices.tell_term(term_id=due.term_id, now=NOW)
    body = Message.objects.get(kind="term_ending").body
    found = [line.split("://")[1] for line in body.splitlines() if "://" in line]
    return ["/" + each.split("/", 1)[1] for each in found]


def test_the_mails_links_change_nothing_until_a_button_is_pressed(team: TeamAtWork) -> None:
    roll_off, extend = _links(team)
    stranger = Client()

    shown = [_text(stranger.get(link)) for link in (roll_off, extend)]
    assert "You answer as Ben" in shown[0]
    assert "You ask as Ben" in shown[1]
    assert _term(team).roll_off_confirmed_at is None
    assert not TermExtension.objects.exists()

    done = stranger.post(roll_off, follow=True)
    asked = stranger.post(extend, {"weeks": "2"}, follow=True)

    assert "Noted: the term ends as planned" in _text(done)
    assert "2 weeks more are asked for" in _text(asked)
    assert (TermExtension.objects.get().weeks, TermExtension.objects.get().asked_by) == (
        2,
        team.ben.email,
    )


def test_a_link_of_one_button_does_not_open_the_other_and_ends_with_the_term(
    team: TeamAtWork,
) -> None:
    roll_off, extend = _links(team)
    mixed = extend.replace("extend-by-mail", "roll-off-by-mail")

    assert Client().post(mixed).status_code == 404
    with time_machine.travel(dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC), tick=False):
        late = Client().get(roll_off)
    assert (late.status_code, "The time for this link is over" in _text(late)) == (404, True)


def test_the_record_counts_weeks_covers_and_hours_by_term_and_knows_no_amounts(
    team: TeamAtWork,
) -> None:
    dora = team.volunteers[1]
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK - 3 * WEEK, holder=team.ben)
    hers = builders.make_shift(level=team.primary, week_date=NEXT_WEEK - 2 * WEEK, holder=dora)
    builders.make_cover(
        shift=hers,
        from_engineer=dora,
        to_engineer=team.ben,
        starts_at=hers.starts_at,
        ends_at=hers.starts_at + dt.timedelta(hours=24),
    )
    builders.make_shift(level=team.primary, week_date=NEXT_WEEK, holder=team.ben)

    page = page_of(team.ben, "/service/")
    row = page.split("<tbody>")[1]

    assert [cell.split("<")[0] for cell in row.split('<td class="num">')[1:3]] == ["1", "1"]
    assert "€" not in page
    assert "Nothing carried yet" in page_of(team.carla, "/service/")
