"""Ends of terms that meet other decisions at the same moment, on the engine of this run."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from outbox.models import Message
from rotation.models import Cover, Draft, Shift
from rotation.operations import covers, leaving, publishing, term_notices
from rotation.operations.covers import WantedCover
from rotation.queries import worked
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import TeamAtWork, actor, team_at_work
from volunteers.models import Term, TermExtension
from volunteers.operations import extensions, term_moves

if TYPE_CHECKING:
    import datetime as dt

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
LEFT = NEXT_WEEK + WEEK


def _term(team: TeamAtWork) -> Term:
    return Term.objects.get(engineer=team.ben)


def _leave(team: TeamAtWork, on: dt.date = LEFT) -> Term:
    return leaving.leave_team(term_id=_term(team).pk, left_on=on, actor=actor(team.ben), now=NOW)


def _draft_for_ben(team: TeamAtWork, week_date: dt.date) -> Draft:
    """A draft that gives Ben that week."""
    team.rotation.refresh_from_db()
    draft = builders.make_draft(rotation=team.rotation, weeks=ROUNDS + 2)
    builders.make_draft_shift(draft=draft, level=team.primary, week_date=week_date, holder=team.ben)
    return draft


def test_of_leaving_and_a_publication_that_counts_on_the_leaver_one_sees_the_other() -> None:
    team = team_at_work()

    for number in range(ROUNDS):
        week_date = LEFT + number * WEEK
        Term.objects.filter(engineer=team.ben).update(left_on=None, left_by=None)
        Message.objects.all().delete()
        publish = functools.partial(
            publishing.publish_draft,
            draft_id=_draft_for_ben(team, week_date).pk,
            escalation_gaps_confirmed=True,
            actor=actor(team.anna),
            now=NOW,
        )

        raised = at_once(publish, functools.partial(_leave, team, week_date))

        mail = Message.objects.get(kind="somebody_leaves", to=team.anna.email).body
        published = Shift.objects.filter(holder=team.ben, week_date=week_date).exists()
        assert _term(team).left_on == week_date
        # Published first, the week is told to be open; left first, it is not published.
        assert [type(error) for error in raised] == (
            [] if published else [publishing.DraftOutdatedError]
        )
        assert ("One published week of theirs" in mail) is published


def test_of_leaving_and_a_cover_that_the_leaver_takes_afterwards_none_is_left_with_them() -> None:
    team = team_at_work()
    dora = team.volunteers[1]

    for number in range(ROUNDS):
        Term.objects.filter(engineer=team.ben).update(left_on=None, left_by=None)
        shift = builders.make_shift(level=team.primary, week_date=LEFT + number * WEEK, holder=dora)
        take = functools.partial(
            covers.enter_cover,
            wanted=WantedCover(shift_id=shift.pk, to_engineer_id=team.ben.pk),
            actor=actor(team.anna),
            now=NOW,
        )

        raised = at_once(take, lambda: _leave(team))

        assert all(isinstance(error, covers.CoverInvalidError) for error in raised)
        assert not Cover.objects.filter(to_engineer=team.ben, state="accepted").exists()
        stints = worked.worked_shift(shift_id=shift.pk).stints
        assert [each.person for each in stints] == [dora.pk]


def test_of_two_managers_who_confirm_at_once_one_does_and_the_end_moves_once() -> None:
    team = team_at_work()

    for _round in range(ROUNDS):
        TermExtension.objects.all().delete()
        term = _term(team)
        asked = builders.make_extension(term=term, weeks=1)
        confirm = [
            functools.partial(
                extensions.confirm_extension,
                extension_id=asked.pk,
                actor=actor(manager),
                today=TODAY,
                now=NOW,
            )
            for manager in (team.anna, team.max)
        ]

        raised = at_once(*confirm)

        assert [type(error) for error in raised] == [extensions.ExtensionDecidedError]
        assert term.ends_on is not None
        assert _term(team).ends_on == term.ends_on + WEEK


def test_of_confirming_and_leaving_whichever_is_later_knows_of_the_other() -> None:
    team = team_at_work()

    for _round in range(ROUNDS):
        TermExtension.objects.all().delete()
        Term.objects.filter(engineer=team.ben).update(left_on=None, left_by=None)
        asked = builders.make_extension(term=_term(team), weeks=1)
        confirm = functools.partial(
            extensions.confirm_extension,
            extension_id=asked.pk,
            actor=actor(team.anna),
            today=TODAY,
            now=NOW,
        )

        raised = at_once(confirm, lambda: _leave(team))

        asked.refresh_from_db()
        assert _term(team).left_on == LEFT
        assert (asked.state, [type(error) for error in raised]) in [
            ("confirmed", []),
            ("withdrawn", [extensions.ExtensionDecidedError]),
        ]


def test_of_two_sweeps_at_once_one_writes() -> None:
    team = team_at_work()
    Term.objects.filter(engineer=team.ben).update(ends_on=NEXT_WEEK + 3 * WEEK)
    tell = functools.partial(term_notices.tell_term, term_id=_term(team).pk, now=NOW)

    assert at_once(tell, tell) == []
    assert Message.objects.filter(kind="term_ending").count() == 1


def test_who_rolls_off_and_asks_for_more_at_once_has_said_one_of_both() -> None:
    team = team_at_work()
    who = actor(team.ben)

    for _round in range(ROUNDS):
        TermExtension.objects.all().delete()
        Term.objects.filter(engineer=team.ben).update(roll_off_confirmed_at=None)
        pk = _term(team).pk
        at_once(
            functools.partial(
                term_moves.confirm_roll_off, term_id=pk, actor=who, today=TODAY, now=NOW
            ),
            functools.partial(
                extensions.ask_extension, term_id=pk, weeks=2, actor=who, today=TODAY, now=NOW
            ),
        )
        waits = TermExtension.objects.filter(state="asked").exists()
        assert waits is (_term(team).roll_off_confirmed_at is None)
