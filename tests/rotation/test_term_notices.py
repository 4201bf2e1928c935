"""What is written to those whose term ends: once each, true on the day, with two buttons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from outbox.models import Message
from rotation import tasks
from rotation.domain import term_ends
from rotation.operations import term_notices
from rotation.queries import term_ends as queries
from tests import builders
from tests.builders import NEXT_WEEK, WEEK
from tests.rotation.pages import TeamAtWork, actor, team_at_work
from volunteers.models import Term
from volunteers.operations import extensions, term_moves

if TYPE_CHECKING:
    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db

END = NEXT_WEEK + 20 * WEEK
DAY = dt.timedelta(days=1)


@pytest.fixture
def team() -> TeamAtWork:
    team = team_at_work()
    _ben(team).update(ends_on=END)
    return team


def _ben(team: TeamAtWork) -> QuerySet[Term]:
    return Term.objects.filter(engineer=team.ben)


def _at(day: dt.date, hour: int = 14) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def _sweep(at: dt.datetime) -> int:
    return sum(
        term_notices.tell_term(term_id=due.term_id, now=at) for due in queries.due_terms(now=at)
    )


def _subjects(team: TeamAtWork) -> list[str]:
    mails = Message.objects.filter(to=team.ben.email).order_by("pk")
    return list(mails.values_list("subject", flat=True))


def test_the_mails_come_eight_and_four_weeks_before_the_end_and_once_each(
    team: TeamAtWork,
) -> None:
    day = END - 9 * WEEK
    while day < END:
        _sweep(_at(day))
        _sweep(_at(day, 15))
        day += DAY

    assert _subjects(team) == [
        "Your term in Core ends in 8 weeks, on Mon 19 Apr 2027",
        "Your term in Core ends in 4 weeks, on Mon 19 Apr 2027",
    ]


def test_after_an_outage_one_mail_tells_what_is_so_on_that_day(team: TeamAtWork) -> None:
    _sweep(_at(END - 20 * DAY))
    assert _subjects(team) == ["Your term in Core ends in 3 weeks, on Mon 19 Apr 2027"]


@pytest.mark.usefixtures("team")
def test_a_mail_that_could_not_be_sent_until_the_next_one_is_due_is_not_sent_any_more() -> None:
    _sweep(_at(END - 8 * WEEK))
    # A month before the end British and Irish clocks have changed.
    assert Message.objects.get().good_until == dt.datetime(2027, 3, 22, 12, tzinfo=dt.UTC)


def test_an_extension_leads_to_mails_before_the_new_end(team: TeamAtWork) -> None:
    _sweep(_at(END - 4 * WEEK))
    term = _ben(team).get()
    extensions.extend_term(
        term_id=term.pk,
        weeks=6,
        actor=actor(team.anna),
        today=END - 4 * WEEK,
        now=_at(END - 4 * WEEK),
    )
    Message.objects.exclude(kind="term_ending").delete()

    assert _sweep(_at(END - 4 * WEEK + DAY)) == 0
    _sweep(_at(END - 2 * WEEK))
    assert _subjects(team)[1:] == ["Your term in Core ends in 8 weeks, on Mon 31 May 2027"]


def test_what_was_answered_is_not_asked_again(team: TeamAtWork) -> None:
    now = _at(END - 5 * WEEK)
    term_moves.confirm_roll_off(
        term_id=_ben(team).get().pk, actor=actor(team.ben), today=now.date(), now=now
    )
    _sweep(_at(END - 4 * WEEK))
    body = Message.objects.get(kind="term_ending").body
    assert "You said that you roll off as planned" in body
    assert "Roll off as planned: " not in body


def test_who_leaves_early_and_who_has_no_account_are_not_asked(team: TeamAtWork) -> None:
    _ben(team).update(left_on=END - WEEK)
    assert _sweep(_at(END - 4 * WEEK)) == 0
    _ben(team).update(left_on=None)
    type(team.ben).objects.filter(pk=team.ben.pk).update(is_active=False)
    assert _sweep(_at(END - 4 * WEEK)) == 0


def test_a_term_that_is_over_is_thanked_for_once_with_what_was_carried(team: TeamAtWork) -> None:
    for number in (0, 3):
        builders.make_shift(
            level=team.primary, week_date=NEXT_WEEK + number * WEEK, holder=team.ben
        )

    _sweep(_at(END, 9))
    assert not Message.objects.filter(kind="term_over").exists()
    Message.objects.all().delete()
    _sweep(_at(END))
    _sweep(_at(END + DAY))

    mail = Message.objects.get()
    assert (mail.kind, mail.subject) == ("term_over", "Thank you: your term in Core is over")
    assert "You carried 2 weeks" in mail.body
    assert "/service/" in mail.body


@pytest.mark.usefixtures("team")
def test_terms_that_ended_long_ago_are_not_thanked_for_now() -> None:
    assert _sweep(_at(END) + term_ends.THANKED_FOR) == 0


def test_a_term_that_was_left_before_it_began_is_not_thanked_for(team: TeamAtWork) -> None:
    term = _ben(team).get()
    _ben(team).update(left_on=term.starts_on)
    assert _sweep(_at(term.starts_on)) == 0


@pytest.mark.usefixtures("team")
def test_the_sweep_counts_to_whom_it_wrote() -> None:
    with time_machine.travel(_at(END - 4 * WEEK), tick=False):
        assert (tasks.sweep_terms(), tasks.sweep_terms()) == (1, 0)


@pytest.mark.parametrize(
    ("days", "weeks"), [(57, None), (56, 8), (29, 8), (28, 4), (1, 4), (0, None), (-1, None)]
)
def test_which_mail_is_due(days: int, weeks: int | None) -> None:
    start = END - 26 * WEEK
    assert term_ends.due(starts_on=start, ends_on=END, today=END - days * DAY) == weeks


def test_a_short_term_is_asked_about_from_its_start_on() -> None:
    start = END - 3 * WEEK
    assert term_ends.due(starts_on=start, ends_on=END, today=start - DAY) is None
    assert term_ends.due(starts_on=start, ends_on=END, today=start) == 4
