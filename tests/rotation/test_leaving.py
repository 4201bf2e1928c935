"""Leaving early: what it means is shown before, and it reaches weeks, covers and people."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation.models import Cover, Disturbance, Draft, Shift
from rotation.operations import leaving, repairs
from rotation.queries import leaving as queries
from rotation.queries import worked
from rotation.tasks import REPAIRS
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import TeamAtWork, actor, mark_published, team_at_work
from volunteers.models import Engineer, Term
from volunteers.operations import term_moves
from volunteers.operations.terms import TermInvalidError, TermOverlapError

pytestmark = pytest.mark.django_db

LEFT = NEXT_WEEK + 2 * WEEK


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _term(engineer: Engineer) -> Term:
    return Term.objects.get(engineer=engineer)


def _shift(team: TeamAtWork, number: int, holder: Engineer | None) -> Shift:
    return builders.make_shift(
        level=team.primary, week_date=NEXT_WEEK + number * WEEK, holder=holder
    )


def _effect(team: TeamAtWork, engineer: Engineer, on: dt.date = LEFT) -> queries.Leaving:
    return queries.leaving(term=_term(engineer), rotation=team.rotation, left_on=on, now=NOW)


def _leave(
    engineer: Engineer,
    on: dt.date = LEFT,
    *,
    by: Engineer | None = None,
    seen: str | None = None,
) -> Term:
    return leaving.leave_team(
        term_id=_term(engineer).pk, left_on=on, seen=seen, actor=actor(by or engineer), now=NOW
    )


def _mails(to: Engineer) -> list[tuple[str, str]]:
    return list(Message.objects.filter(to=to.email).order_by("pk").values_list("kind", "body"))


def test_weeks_before_the_last_handover_stay_and_those_after_it_become_open(
    team: TeamAtWork,
) -> None:
    _shift(team, 1, team.ben)
    after = _shift(team, 2, team.ben)
    _shift(team, 3, team.volunteers[1])

    effect = _effect(team, team.ben)

    assert [week.shift_id for week in effect.open_weeks] == [after.pk]
    assert effect.left_at == dt.datetime(2026, 12, 14, 12, tzinfo=dt.UTC)
    assert (effect.size_then, effect.told) == (4, ("Anna", "Max Lund"))


def test_a_week_that_others_carry_wholly_is_not_open_and_one_that_they_carry_in_part_is(
    team: TeamAtWork,
) -> None:
    dora = team.volunteers[1]
    whole, part = _shift(team, 2, team.ben), _shift(team, 3, team.ben)
    builders.make_cover(shift=whole, from_engineer=team.ben, to_engineer=dora)
    builders.make_cover(
        shift=part,
        from_engineer=team.ben,
        to_engineer=dora,
        starts_at=part.starts_at,
        ends_at=part.starts_at + dt.timedelta(days=1),
    )

    effect = _effect(team, team.ben)

    assert [week.shift_id for week in effect.covered_weeks] == [whole.pk]
    assert [(week.shift_id, week.carriers) for week in effect.open_weeks] == [
        (part.pk, ("Dora Hale",))
    ]


def test_leaving_cuts_the_term_tells_the_managers_and_a_repair_is_proposed(
    team: TeamAtWork,
) -> None:
    mark_published(team.rotation, team.anna)
    shift = _shift(team, 2, team.ben)

    term = _leave(team.ben)
    draft = repairs.propose_repair(rotation_id=team.rotation.pk, actor=REPAIRS, now=NOW)

    assert (term.left_on, term.left_by_id) == (LEFT, team.ben.pk)
    assert draft is not None
    assert (draft.kind, draft.state) == (Draft.Kind.REPAIR, Draft.State.QUEUED)
    assert Disturbance.objects.get().week_date == shift.week_date
    kinds = [kind for kind, _body in _mails(team.anna)]
    assert kinds == ["somebody_leaves", "repair_proposed"]
    assert "- primary, Mon 14 Dec" in _mails(team.anna)[0][1]
    kind, own = _mails(team.ben)[0]
    assert (kind, "Stay after all: " in own) == ("term_cut_short", True)
    event = AuditEvent.objects.get(verb="left")
    assert (event.actor, event.on_behalf_of) == (team.ben.email, "")


def test_each_reads_the_times_of_their_own_zone(team: TeamAtWork) -> None:
    west = builders.make_office(name="Seattle", time_zone="America/Los_Angeles")
    builders.make_posting(engineer=team.anna, office=west)
    _shift(team, 5, team.ben)

    _leave(team.ben)

    [manager], [own] = _mails(team.anna), _mails(team.ben)
    assert "04:00 PST" in manager[1]
    assert "GMT" not in manager[1]
    assert "12:00 GMT" in own[1]
    assert "PST" not in own[1]


def test_no_reason_is_asked_for_or_kept(team: TeamAtWork) -> None:
    _leave(team.ben)

    assert "Nobody has to give a reason" in _mails(team.anna)[0][1]
    assert AuditEvent.objects.get(verb="left").after == {"ends_on": str(LEFT)}


def test_covers_that_a_leaver_took_afterwards_go_back_and_are_asked_for_again(
    team: TeamAtWork,
) -> None:
    dora = team.volunteers[1]
    before, after = _shift(team, 1, dora), _shift(team, 2, dora)
    kept = builders.make_cover(shift=before, from_engineer=dora, to_engineer=team.ben)
    taken = builders.make_cover(shift=after, from_engineer=dora, to_engineer=team.ben)

    effect = _effect(team, team.ben)
    _leave(team.ben, seen=effect.digest)

    kept.refresh_from_db()
    taken.refresh_from_db()
    assert [(each.cover_id, each.falls_to) for each in effect.covers] == [(taken.pk, "Dora Hale")]
    assert (kept.state, taken.state) == (Cover.State.ACCEPTED, Cover.State.UNDONE)
    assert [each.person for each in worked.worked_shift(shift_id=after.pk).stints] == [dora.pk]
    again = Cover.objects.get(shift=after, state=Cover.State.OPEN)
    assert again.from_engineer_id == dora.pk
    assert team.ben.pk not in again.asks.values_list("engineer_id", flat=True)
    assert [kind for kind, _body in _mails(dora)] == ["cover_given_back"]


def test_who_goes_on_at_the_other_level_keeps_the_covers_that_they_took(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    builders.make_manager(engineer=team.ben, team=team.rotation.team)
    term = _term(team.ben)
    Term.objects.filter(pk=term.pk).update(ends_on=LEFT)
    builders.make_escalation_term(team=team.rotation.team, engineer=team.ben, starts_on=LEFT)
    shift = _shift(team, 2, dora)
    taken = builders.make_cover(shift=shift, from_engineer=dora, to_engineer=team.ben)

    leaving.leave_team(term_id=term.pk, left_on=NEXT_WEEK + WEEK, actor=actor(team.ben), now=NOW)

    taken.refresh_from_db()
    assert taken.state == Cover.State.ACCEPTED


def test_a_swap_goes_back_as_a_whole_while_neither_week_has_begun(team: TeamAtWork) -> None:
    dora = team.volunteers[1]
    hers, his = _shift(team, 3, dora), _shift(team, 0, team.ben)
    one = builders.make_cover(shift=hers, from_engineer=dora, to_engineer=team.ben)
    other = builders.make_cover(shift=his, from_engineer=team.ben, to_engineer=dora)
    Cover.objects.filter(pk=one.pk).update(swap_with=other)

    _leave(team.ben)

    assert set(Cover.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True)) == {
        Cover.State.UNDONE
    }
    assert [each.person for each in worked.worked_shift(shift_id=his.pk).stints] == [team.ben.pk]


def test_a_later_cover_that_rests_on_the_leavers_stays(team: TeamAtWork) -> None:
    dora, eve = team.volunteers[1:3]
    shift = _shift(team, 2, dora)
    builders.make_cover(shift=shift, from_engineer=dora, to_engineer=team.ben)
    day = shift.starts_at + dt.timedelta(days=1)
    builders.make_cover(
        shift=shift,
        from_engineer=team.ben,
        to_engineer=eve,
        starts_at=shift.starts_at,
        ends_at=day,
    )

    _leave(team.ben)

    stints = worked.worked_shift(shift_id=shift.pk).stints
    assert [(each.person, each.period.ends_at) for each in stints] == [
        (eve.pk, day),
        (dora.pk, shift.ends_at),
    ]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (NEXT_WEEK + dt.timedelta(days=3), "choose Mon 7 Dec 2026 instead of Thu 3 Dec 2026"),
        (NEXT_WEEK - WEEK, "The first handover at which this term can end is Mon 30 Nov 2026"),
        (NEXT_WEEK + 32 * WEEK, "ends on Mon 12 Jul 2027 as planned"),
    ],
)
def test_only_a_coming_handover_before_the_planned_end_ends_a_term(
    team: TeamAtWork, on: dt.date, words: str
) -> None:
    with pytest.raises(TermInvalidError, match=words):
        _leave(team.ben, on)


def test_leaving_is_refused_when_it_means_something_else_than_was_shown(team: TeamAtWork) -> None:
    effect = _effect(team, team.ben)
    _shift(team, 4, team.ben)

    with pytest.raises(leaving.LeavingChangedError):
        _leave(team.ben, seen=effect.digest)

    assert _term(team.ben).left_on is None
    assert not Message.objects.exists()


def test_a_manager_ends_a_level_2_term_and_its_person_hears_by_whom(team: TeamAtWork) -> None:
    _leave(team.max, by=team.anna)

    kind, body = _mails(team.max)[0]
    assert (kind, "Anna entered it." in body) == ("term_cut_short", True)
    assert AuditEvent.objects.get(verb="left").on_behalf_of == team.max.email


def test_who_stays_after_all_has_the_planned_end_again_and_the_managers_hear_it(
    team: TeamAtWork,
) -> None:
    planned = _term(team.ben).ends_on
    _leave(team.ben)
    Message.objects.all().delete()

    term = leaving.stay_after_all(term_id=_term(team.ben).pk, actor=actor(team.ben), now=NOW)

    assert (term.left_on, term.left_by_id, term.ends_on) == (None, None, planned)
    assert [kind for kind, _body in _mails(team.anna)] == ["somebody_leaves"]


def test_leaving_is_taken_back_until_the_hour_of_the_last_handover(team: TeamAtWork) -> None:
    _leave(team.ben)
    handover = queries.handover_at(team.rotation, LEFT)

    with pytest.raises(term_moves.TermMovedOnError, match="ended at the handover"):
        leaving.stay_after_all(term_id=_term(team.ben).pk, actor=actor(team.ben), now=handover)
    before = handover - dt.timedelta(minutes=1)
    leaving.stay_after_all(term_id=_term(team.ben).pk, actor=actor(team.ben), now=before)

    assert _term(team.ben).left_on is None


def test_leaving_is_not_taken_back_over_another_term_that_was_agreed_since(
    team: TeamAtWork,
) -> None:
    term = _leave(team.ben)
    builders.make_term(
        team=team.rotation.team,
        engineer=team.ben,
        starts_on=LEFT + 4 * WEEK,
        accepted_by=team.anna,
    )

    with pytest.raises(TermOverlapError):
        leaving.stay_after_all(term_id=term.pk, actor=actor(team.ben), now=NOW)
