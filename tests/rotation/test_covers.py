from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation.models import Cover, Shift, SyncRun
from rotation.operations import covers
from rotation.operations.covers import Seen, WantedCover
from rotation.queries import worked
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import TeamAtWork, actor, team_at_work

if TYPE_CHECKING:
    from common.refusals import RefusedError
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
SATURDAY = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)
SUNDAY = SATURDAY + dt.timedelta(days=1)


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    return builders.make_shift(level=team.primary, holder=team.ben)


@dataclasses.dataclass(frozen=True)
class Entering:
    """Anna, who enters covers of one shift."""

    team: TeamAtWork
    shift: Shift

    def cover(self, to: Engineer, *, now: dt.datetime = NOW, **wanted: object) -> Cover:
        return covers.enter_cover(
            wanted=WantedCover(shift_id=self.shift.pk, to_engineer_id=to.pk, **wanted),  # type: ignore[arg-type]
            actor=actor(self.team.anna),
            now=now,
        )

    def undo(self, cover: Cover, *, now: dt.datetime = NOW) -> Cover:
        return covers.undo_cover(cover_id=cover.pk, actor=actor(self.team.anna), now=now)

    def stints(self) -> list[tuple[str, dt.datetime, dt.datetime]]:
        names = {one.pk: one.name for one in (*self.team.volunteers, self.team.anna)}
        found = worked.worked_shift(shift_id=self.shift.pk).stints
        return [
            (names[each.person] if each.person else "", each.period.starts_at, each.period.ends_at)
            for each in found
        ]


@pytest.fixture
def anna(team: TeamAtWork, shift: Shift) -> Entering:
    return Entering(team, shift)


def refused(kind: type[RefusedError], act: object, *args: object, **wanted: object) -> str:
    with pytest.raises(kind) as raised:
        act(*args, **wanted)  # type: ignore[operator]
    return raised.value.message


def test_a_manager_enters_a_part_and_the_stints_follow(team: TeamAtWork, anna: Entering) -> None:
    dora = team.volunteers[1]

    cover = anna.cover(dora, starts_at=SATURDAY, ends_at=SUNDAY)

    assert anna.stints() == [
        ("Ben", anna.shift.starts_at, SATURDAY),
        ("Dora Hale", SATURDAY, SUNDAY),
        ("Ben", SUNDAY, anna.shift.ends_at),
    ]
    assert (cover.state, cover.from_engineer, cover.acceptance_number) == ("accepted", team.ben, 1)
    assert Shift.objects.get().holder == team.ben
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED


def test_without_times_it_is_the_whole_week(team: TeamAtWork, anna: Entering) -> None:
    anna.cover(team.volunteers[1])

    assert anna.stints() == [("Dora Hale", anna.shift.starts_at, anna.shift.ends_at)]


def test_both_are_told_in_their_own_zone_with_the_rotations_beside(
    team: TeamAtWork, anna: Entering
) -> None:
    office = builders.make_office(
        name="San Francisco", time_zone="America/Los_Angeles", country="US", currency="USD"
    )
    dora = team.volunteers[1]
    dora.postings.all().delete()
    builders.make_posting(engineer=dora, office=office)

    anna.cover(dora, starts_at=SATURDAY, ends_at=SUNDAY)

    mails = {mail.to: mail for mail in Message.objects.all()}
    assert set(mails) == {team.ben.email, dora.email}
    told = mails[dora.email].body
    assert "Sat 5 Dec, 04:00 to Sun 6 Dec 2026, 04:00 PST (America/Los_Angeles)" in told
    assert "Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT (Europe/Dublin" in told
    assert "you carry primary of Core instead of Ben" in told
    assert "Anna entered this cover" in told
    relieved = mails[team.ben.email].body
    assert "Dora Hale carries primary of Core instead of you" in relieved
    assert "PST" not in relieved
    assert "On call for 24 hours of it." in relieved


def test_the_trail_names_both(team: TeamAtWork, anna: Entering) -> None:
    dora = team.volunteers[1]

    anna.cover(dora, starts_at=SATURDAY, ends_at=SUNDAY)

    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.team) == (team.anna.email, "entered", "core")
    assert event.on_behalf_of == dora.email
    assert event.concerned == sorted([team.ben.email, dora.email])


def test_a_cover_of_a_gap_relieves_nobody(team: TeamAtWork, anna: Entering) -> None:
    Shift.objects.update(holder=None)

    cover = anna.cover(team.ben)

    assert cover.from_engineer is None
    assert [mail.to for mail in Message.objects.all()] == [team.ben.email]


def test_a_cover_of_a_cover_relieves_who_covers(team: TeamAtWork, anna: Entering) -> None:
    _ben, dora, eve, *_others = team.volunteers
    anna.cover(dora, starts_at=SATURDAY, ends_at=SUNDAY)

    second = anna.cover(eve, starts_at=SATURDAY + dt.timedelta(hours=6), ends_at=SUNDAY)

    assert (second.from_engineer, second.acceptance_number) == (dora, 2)
    assert [name for name, *_times in anna.stints()] == ["Ben", "Dora Hale", "Eve Moss", "Ben"]


def test_time_of_two_people_is_refused_and_says_who_has_what(
    team: TeamAtWork, anna: Entering
) -> None:
    _ben, dora, eve, *_others = team.volunteers
    anna.cover(dora, starts_at=SATURDAY, ends_at=SUNDAY)

    told = refused(covers.CoverTakenError, anna.cover, eve, starts_at=SATURDAY)

    assert "Dora Hale Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT" in told
    assert "Ben Sun 6 Dec, 12:00 to Mon 7 Dec 2026, 12:00 GMT" in told
    assert Cover.objects.count() == 1


def test_time_that_changed_hands_meanwhile_is_refused(team: TeamAtWork, anna: Entering) -> None:
    ben, dora, eve, *_others = team.volunteers
    anna.cover(dora)

    told = refused(covers.CoverTakenError, anna.cover, eve, seen=Seen(engineer_id=ben.pk))

    assert told.startswith("That time has changed hands: Dora Hale Mon 30 Nov, 12:00 to")


def test_one_covers_nobody_for_oneself(team: TeamAtWork, anna: Entering) -> None:
    told = refused(covers.CoverInvalidError, anna.cover, team.ben)

    assert told == "Ben carries that time already."


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (SATURDAY - WEEK, SUNDAY, "starts_at"),
        (SATURDAY, SUNDAY + WEEK, "ends_at"),
        (SUNDAY, SATURDAY, "ends_at"),
        (SATURDAY, SATURDAY, "ends_at"),
    ],
)
def test_a_part_lies_in_its_shift_and_ends_after_it_starts(
    first: dt.datetime, last: dt.datetime, field: str, team: TeamAtWork, anna: Entering
) -> None:
    with pytest.raises(covers.CoverInvalidError) as raised:
        anna.cover(team.volunteers[1], starts_at=first, ends_at=last)

    assert list(raised.value.fields) == [field]
    assert not Cover.objects.exists()


def test_the_past_of_a_running_shift_is_not_rewritten(team: TeamAtWork) -> None:
    shift = builders.make_shift(level=team.primary, week_date=THIS_WEEK, holder=team.ben)
    anna = Entering(team, shift)

    cover = anna.cover(team.volunteers[1], starts_at=shift.starts_at)

    assert (cover.starts_at, cover.ends_at) == (NOW, shift.ends_at)
    told = refused(
        covers.CoverInvalidError,
        anna.cover,
        team.volunteers[2],
        starts_at=shift.starts_at,
        ends_at=NOW,
    )
    assert told == "That time has passed: it is Wed 25 Nov 2026, 10:00 GMT."


def test_a_week_that_ended_or_is_paid_or_cancelled_takes_no_cover(
    team: TeamAtWork, anna: Entering
) -> None:
    dora = team.volunteers[1]

    refused(covers.ShiftCompletedError, anna.cover, dora, now=anna.shift.ends_at)
    Shift.objects.update(completed_at=NOW)
    refused(covers.ShiftCompletedError, anna.cover, dora)
    Shift.objects.update(completed_at=None, cancelled_at=NOW)
    refused(covers.ShiftCancelledError, anna.cover, dora)
    assert not Cover.objects.exists()


def test_who_has_no_term_then_is_refused(team: TeamAtWork, anna: Entering) -> None:
    gone = builders.make_engineer(name="Gone", is_active=False)

    for who in (team.carla, gone):
        told = refused(covers.CoverInvalidError, anna.cover, who)
        assert told == f"{who.name} has no term in Core then, at either level."


def test_a_term_has_to_hold_all_of_it(team: TeamAtWork, anna: Entering) -> None:
    team.volunteers[1].terms.update(left_on=NEXT_WEEK)

    told = refused(covers.CoverInvalidError, anna.cover, team.volunteers[1])

    assert "has no term in Core then" in told


def test_a_manager_of_level_2_may_take_primary(team: TeamAtWork, anna: Entering) -> None:
    cover = anna.cover(team.anna)

    assert cover.to_engineer == team.anna


def test_who_is_on_call_on_the_other_level_cannot(team: TeamAtWork, anna: Entering) -> None:
    builders.make_shift(level=team.escalation, holder=team.anna)

    told = refused(covers.CoverInvalidError, anna.cover, team.anna)

    assert told.startswith("Anna is on call then already: level 2 of Core, Mon 30 Nov, 17:30 to")


def test_who_is_on_call_in_another_rotation_cannot(team: TeamAtWork, anna: Entering) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    builders.make_shift(level=builders.level_of(other), holder=team.volunteers[1])

    told = refused(covers.CoverInvalidError, anna.cover, team.volunteers[1])

    assert "primary of Other" in told


def test_who_is_away_in_its_on_call_time_cannot(team: TeamAtWork, anna: Entering) -> None:
    dora = team.volunteers[1]
    builders.make_absence(
        engineer=dora, starts_on=SATURDAY.date(), ends_on=SUNDAY.date(), note="A wedding."
    )

    told = refused(covers.CoverInvalidError, anna.cover, dora)
    cover = anna.cover(dora, ends_at=SATURDAY - dt.timedelta(hours=12))

    assert told == "Dora Hale is away then."
    assert cover.state == Cover.State.ACCEPTED


def test_undone_before_its_start_it_never_was(team: TeamAtWork, anna: Entering) -> None:
    dora = team.volunteers[1]
    cover = anna.cover(dora, starts_at=SATURDAY, ends_at=SUNDAY)
    Message.objects.all().delete()

    undone = anna.undo(cover)

    assert undone.state == Cover.State.UNDONE
    assert anna.stints() == [("Ben", anna.shift.starts_at, anna.shift.ends_at)]
    told = {mail.to: mail.body for mail in Message.objects.all()}
    assert "you carry primary of Core again" in told[team.ben.email]
    assert "you no longer carry primary of Core" in told[dora.email]
    assert AuditEvent.objects.order_by("pk").last().verb == "undid"  # type: ignore[union-attr]


def test_undone_while_it_runs_it_ends_at_that_instant(team: TeamAtWork, anna: Entering) -> None:
    cover = anna.cover(team.volunteers[1], starts_at=SATURDAY, ends_at=SUNDAY)
    at = SATURDAY + dt.timedelta(hours=5)

    anna.undo(cover, now=at)

    assert anna.stints() == [
        ("Ben", anna.shift.starts_at, SATURDAY),
        ("Dora Hale", SATURDAY, at),
        ("Ben", at, anna.shift.ends_at),
    ]
    refused(covers.CoverMovedOnError, anna.undo, cover, now=at)


def test_what_is_over_is_not_undone(team: TeamAtWork, anna: Entering) -> None:
    cover = anna.cover(team.volunteers[1], starts_at=SATURDAY, ends_at=SUNDAY)

    told = refused(covers.CoverMovedOnError, anna.undo, cover, now=SUNDAY)

    assert told == "This cover is over; what was carried stays as it was."
    refused(covers.ShiftCompletedError, anna.undo, cover, now=anna.shift.ends_at)


def test_a_cover_on_which_a_later_one_rests_stays(team: TeamAtWork, anna: Entering) -> None:
    _ben, dora, eve, *_others = team.volunteers
    first = anna.cover(dora)
    second = anna.cover(eve, starts_at=SATURDAY, ends_at=SUNDAY)

    told = refused(covers.CoverMovedOnError, anna.undo, first)
    anna.undo(second)
    anna.undo(first)

    assert told == (
        "A later cover rests on it: Eve Moss, Sat 5 Dec, 12:00 to Sun 6 Dec 2026, 12:00 GMT. "
        "Undo that one first."
    )
    assert anna.stints() == [("Ben", anna.shift.starts_at, anna.shift.ends_at)]


def test_covers_are_numbered_in_order_of_acceptance_across_undone_ones(
    team: TeamAtWork, anna: Entering
) -> None:
    anna.undo(anna.cover(team.volunteers[1]))

    again = anna.cover(team.volunteers[2])

    assert again.acceptance_number == 2
