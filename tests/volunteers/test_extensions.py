"""A few weeks more: asked for, given, confirmed, declined, withdrawn."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from outbox.models import Message
from tests import builders
from tests.builders import NOW, TODAY, WEEK
from volunteers.models import Engineer, Term, TermExtension
from volunteers.operations import extensions, term_moves
from volunteers.operations.terms import TermInvalidError, TermOverlapError

if TYPE_CHECKING:
    import datetime as dt

pytestmark = pytest.mark.django_db

START = builders.THIS_WEEK - 20 * WEEK


@pytest.fixture
def anna() -> Engineer:
    return builders.make_anna(team=builders.make_team())


@pytest.fixture
def term(anna: Engineer) -> Term:
    return builders.make_term(
        team=anna.manager_grants.get().team,
        engineer=builders.make_ben(),
        starts_on=START,
        accepted_by=anna,
    )


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def _ask(term: Term, weeks: int = 4) -> TermExtension:
    return extensions.ask_extension(
        term_id=term.pk, weeks=weeks, actor=_actor(term.engineer), today=TODAY, now=NOW
    )


def _confirm(extension: TermExtension, by: Engineer, *, today: dt.date = TODAY) -> TermExtension:
    return extensions.confirm_extension(
        extension_id=extension.pk, actor=_actor(by), today=today, now=NOW
    )


def _kinds(to: Engineer) -> list[str]:
    return list(Message.objects.filter(to=to.email).order_by("pk").values_list("kind", flat=True))


def test_a_manager_who_confirms_moves_the_end_and_the_engineer_hears_it(
    term: Term, anna: Engineer
) -> None:
    planned = term.ends_on
    asked = _ask(term)
    _confirm(asked, anna)

    term.refresh_from_db()
    asked.refresh_from_db()
    assert planned is not None
    assert term.ends_on == planned + 4 * WEEK
    assert (asked.state, asked.decided_by_id) == ("confirmed", anna.pk)
    assert (_kinds(anna), _kinds(term.engineer)) == (["extension_asked"], ["extension_decided"])
    assert AuditEvent.objects.get(verb="confirmed").before == {"ends_on": str(planned)}


def test_asking_alone_changes_no_end(term: Term) -> None:
    planned = term.ends_on
    _ask(term)
    term.refresh_from_db()
    assert term.ends_on == planned


@pytest.mark.parametrize("weeks", [0, 9, -1])
def test_only_one_to_eight_weeks_are_asked_for(term: Term, weeks: int) -> None:
    with pytest.raises(TermInvalidError, match="One to 8 weeks"):
        _ask(term, weeks)


def test_a_second_question_waits_until_the_first_is_decided(term: Term, anna: Engineer) -> None:
    first = _ask(term)
    with pytest.raises(extensions.ExtensionAskedError, match="4 weeks more are asked for"):
        _ask(term, 2)
    _confirm(first, anna)
    assert _ask(term, 2).state == "asked"


def test_nobody_confirms_their_own_weeks_not_even_in_the_database(
    term: Term, anna: Engineer
) -> None:
    builders.make_manager(engineer=term.engineer, team=term.team)
    asked = _ask(term)
    act = functools.partial(
        extensions.extend_term, term_id=term.pk, weeks=1, actor=_actor(term.engineer)
    )

    with pytest.raises(extensions.OwnExtensionError):
        _confirm(asked, term.engineer)
    with pytest.raises(extensions.OwnExtensionError):
        act(today=TODAY, now=NOW)
    with (
        pytest.raises(IntegrityError, match="extension_not_confirmed_by_oneself"),
        transaction.atomic(),
    ):
        TermExtension.objects.update(state="confirmed", decided_at=NOW, decided_by=term.engineer)
    assert anna.pk != term.engineer_id


def test_declining_needs_a_reason_and_the_engineer_reads_it(term: Term, anna: Engineer) -> None:
    asked = _ask(term)
    decline = functools.partial(
        extensions.decline_extension, extension_id=asked.pk, actor=_actor(anna), now=NOW
    )

    with pytest.raises(TermInvalidError, match="Say why"):
        decline(reason="  ")
    decline(reason="Two newcomers start then.")

    term.refresh_from_db()
    assert term.ends_on == START + 26 * WEEK
    assert "Two newcomers start then." in Message.objects.get(to=term.engineer.email).body


def test_what_is_decided_is_not_decided_again(term: Term, anna: Engineer) -> None:
    asked = _ask(term)
    _confirm(asked, anna)

    with pytest.raises(extensions.ExtensionDecidedError, match="Anna has confirmed it already"):
        _confirm(asked, anna)
    with pytest.raises(extensions.ExtensionDecidedError):
        extensions.withdraw_extension(extension_id=asked.pk, actor=_actor(term.engineer), now=NOW)
    term.refresh_from_db()
    assert term.ends_on == START + 30 * WEEK


def test_the_weeks_may_not_meet_the_next_term(term: Term, anna: Engineer) -> None:
    next_start = START + 28 * WEEK
    builders.make_term(
        team=term.team, engineer=term.engineer, starts_on=next_start, accepted_by=anna
    )

    with pytest.raises(TermOverlapError, match="serves in Core again from"):
        _ask(term, 3)
    assert _ask(term, 2).weeks == 2


def test_a_term_agreed_while_the_question_waits_is_met_when_it_is_confirmed(
    term: Term, anna: Engineer
) -> None:
    asked = _ask(term)
    builders.make_term(
        team=term.team,
        engineer=term.engineer,
        starts_on=START + 28 * WEEK,
        accepted_by=anna,
    )
    with pytest.raises(TermOverlapError):
        _confirm(asked, anna)


def test_a_term_that_has_ended_meanwhile_is_not_extended(term: Term, anna: Engineer) -> None:
    asked = _ask(term)
    with pytest.raises(term_moves.TermMovedOnError, match="ended on"):
        _confirm(asked, anna, today=START + 26 * WEEK)


def test_who_asks_for_more_no_longer_rolls_off_and_who_rolls_off_no_longer_asks(
    term: Term,
) -> None:
    roll_off = functools.partial(
        term_moves.confirm_roll_off,
        term_id=term.pk,
        actor=_actor(term.engineer),
        today=TODAY,
        now=NOW,
    )
    roll_off()
    asked = _ask(term)
    term.refresh_from_db()
    assert term.roll_off_confirmed_at is None

    roll_off()
    roll_off()
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert AuditEvent.objects.filter(verb="confirmed the end of").count() == 2


def test_a_manager_gives_weeks_at_once_and_the_engineer_is_told(term: Term, anna: Engineer) -> None:
    extensions.extend_term(term_id=term.pk, weeks=2, actor=_actor(anna), today=TODAY, now=NOW)

    term.refresh_from_db()
    assert term.ends_on == START + 28 * WEEK
    assert "gave you 2 weeks more" in Message.objects.get(to=term.engineer.email).body


def test_who_leaves_early_asks_for_no_more(term: Term) -> None:
    asked = _ask(term)
    term_moves.cut_short(
        term_id=term.pk,
        left_on=builders.NEXT_WEEK,
        earliest=builders.NEXT_WEEK,
        actor=_actor(term.engineer),
        today=TODAY,
        now=NOW,
    )
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    with pytest.raises(TermInvalidError, match="Take that back first"):
        _ask(term)


def test_level_2_is_not_extended_in_weeks(anna: Engineer) -> None:
    team = anna.manager_grants.get().team
    term = builders.make_escalation_term(team=team, engineer=anna, starts_on=START)
    with pytest.raises(TermInvalidError, match="level 2 can stay open"):
        _ask(term)
