from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation.models import Cover, Shift, SyncRun
from rotation.operations import cancelling, covers
from rotation.operations.covers import WantedCover
from rotation.queries import worked
from tests import builders
from tests.builders import NOW
from tests.rotation.pages import TeamAtWork, actor, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from common.refusals import RefusedError

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
WHY = "No releases in that week."


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def shift(team: TeamAtWork) -> Shift:
    return builders.make_shift(level=team.primary, holder=team.ben)


def cancel(team: TeamAtWork, shift: Shift, *, now: dt.datetime = NOW, reason: str = WHY) -> Shift:
    return cancelling.cancel_shift(
        shift_id=shift.pk, reason=reason, actor=actor(team.anna), now=now
    )


def restore(team: TeamAtWork, shift: Shift, *, now: dt.datetime = NOW) -> Shift:
    return cancelling.restore_shift(shift_id=shift.pk, actor=actor(team.anna), now=now)


def stints(shift: Shift) -> list[tuple[int | None, dt.datetime, dt.datetime]]:
    found = worked.worked_shift(shift_id=shift.pk).stints
    return [(each.person, each.period.starts_at, each.period.ends_at) for each in found]


def refused(kind: type[RefusedError], act: object, *args: object, **wanted: object) -> str:
    with pytest.raises(kind) as raised:
        act(*args, **wanted)  # type: ignore[operator]
    return raised.value.message


def test_before_its_start_nobody_carries_the_week_any_more(team: TeamAtWork, shift: Shift) -> None:
    cancel(team, shift)

    kept = Shift.objects.get()
    assert stints(shift) == [(None, shift.starts_at, shift.ends_at)]
    assert (kept.cancelled_at, kept.cancelled_by) == (NOW, team.anna.email)
    assert (kept.cancel_reason, kept.holder) == (WHY, team.ben)
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED
    assert SyncRun.objects.get().first_change_at == shift.starts_at


def test_while_it_runs_what_was_carried_stays_and_the_rest_is_a_gap(
    team: TeamAtWork, shift: Shift
) -> None:
    at = shift.starts_at + dt.timedelta(days=2, microseconds=5)

    cancel(team, shift, now=at)

    until = shift.starts_at + dt.timedelta(days=2)
    assert stints(shift) == [
        (team.ben.pk, shift.starts_at, until),
        (None, until, shift.ends_at),
    ]


def test_after_its_end_or_once_it_is_paid_or_twice_it_is_refused(
    team: TeamAtWork, shift: Shift
) -> None:
    refused(covers.ShiftCompletedError, cancel, team, shift, now=shift.ends_at)
    Shift.objects.update(completed_at=NOW)
    refused(covers.ShiftCompletedError, cancel, team, shift)
    Shift.objects.update(completed_at=None)
    cancel(team, shift)
    refused(covers.ShiftCancelledError, cancel, team, shift)

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "two\nlines"])
def test_without_a_reason_in_a_line_nothing_happens(
    team: TeamAtWork, shift: Shift, reason: str
) -> None:
    refused(cancelling.CancelInvalidError, cancel, team, shift, reason=reason)

    assert Shift.objects.get().cancelled_at is None
    assert not Message.objects.exists()


def test_everybody_with_a_part_of_it_is_told_why_and_what_is_paid(
    team: TeamAtWork, shift: Shift
) -> None:
    dora = team.volunteers[1]
    covers.enter_cover(
        wanted=WantedCover(
            shift_id=shift.pk,
            to_engineer_id=dora.pk,
            starts_at=shift.starts_at + dt.timedelta(days=5),
        ),
        actor=actor(team.anna),
        now=NOW,
    )
    Message.objects.all().delete()

    cancel(team, shift, now=shift.starts_at + dt.timedelta(days=1))

    mails = {mail.to: mail for mail in Message.objects.all()}
    assert set(mails) == {team.ben.email, dora.email}
    told = mails[dora.email]
    assert told.subject == "Cancelled: primary of Core"
    assert f"Anna cancelled it: {WHY}" in told.body
    assert "What was carried until then is paid; nothing after it." in told.body
    assert "primary of Core is cancelled from now on" in told.body


def test_requests_for_cover_of_the_week_are_closed(team: TeamAtWork, shift: Shift) -> None:
    builders.make_cover(shift=shift, from_engineer=team.ben, to_engineer=None)

    cancel(team, shift)

    assert Cover.objects.get().state == Cover.State.WITHDRAWN


def test_it_is_on_record_with_those_whom_it_concerns(team: TeamAtWork, shift: Shift) -> None:
    cancel(team, shift)
    restore(team, shift)

    first, second = AuditEvent.objects.order_by("pk")
    assert (first.verb, second.verb) == ("cancelled", "restored")
    assert first.actor == team.anna.email
    assert first.after == {"cancelled_at": NOW.isoformat(), "reason": WHY}
    assert team.ben.email in first.concerned


def test_until_it_begins_it_can_be_restored_with_its_covers(team: TeamAtWork, shift: Shift) -> None:
    dora = team.volunteers[1]
    builders.make_cover(
        shift=shift,
        from_engineer=team.ben,
        to_engineer=dora,
        starts_at=shift.starts_at + dt.timedelta(days=5),
    )
    before = stints(shift)
    cancel(team, shift)
    Message.objects.all().delete()

    restore(team, shift, now=shift.starts_at - SECOND)

    kept = Shift.objects.get()
    assert stints(shift) == before
    assert (kept.cancelled_at, kept.cancelled_by, kept.cancel_reason) == (None, "", "")
    assert {mail.to for mail in Message.objects.all()} == {team.ben.email, dora.email}


def test_once_it_would_have_begun_it_stays_cancelled(team: TeamAtWork, shift: Shift) -> None:
    cancel(team, shift)

    told = refused(cancelling.RestoreTooLateError, restore, team, shift, now=shift.starts_at)

    assert "it stays cancelled" in told
    assert Shift.objects.get().cancelled_at == NOW


def test_a_week_that_takes_place_has_no_cancelling_to_undo(team: TeamAtWork, shift: Shift) -> None:
    refused(cancelling.NotCancelledError, restore, team, shift)


def test_who_is_on_call_elsewhere_by_now_does_not_carry_it_again(
    team: TeamAtWork, shift: Shift
) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Edge"))
    cancel(team, shift)
    builders.make_shift(level=builders.level_of(other), holder=team.ben)

    told = refused(cancelling.RestoreClashError, restore, team, shift)

    assert told.startswith("Ben is on call then already: primary of Edge, ")
    assert Shift.objects.get(pk=shift.pk).cancelled_at == NOW


def test_publishing_leaves_a_cancelled_week_as_it_is(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    first = Shift.objects.filter(level=team.primary).earliest("week_date")
    cancel(team, first)
    first.refresh_from_db()
    draft = solved_draft(team)

    publish(team, draft)

    kept = Shift.objects.get(pk=first.pk)
    assert kept.cancelled_at == NOW
    assert (kept.holder_id, kept.version) == (first.holder_id, first.version)
