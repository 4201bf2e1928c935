"""What the clock and changes of the schedule do to open requests for cover."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation.domain import cover_requests as domain
from rotation.models import Cover, CoverAsk, Shift, SwapOffer
from rotation.operations import cover_settling, cover_sweeps, covers, publishing
from rotation.operations.covers import WantedCover
from rotation.queries import cover_requests as queries
from tests import builders
from tests.builders import NOW
from tests.rotation.cover_room import SATURDAY, SUNDAY, Room
from tests.rotation.pages import actor, team_at_work

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def room() -> Room:
    team = team_at_work()
    return Room(team, builders.make_shift(level=team.primary, holder=team.ben))


def sweep(now: dt.datetime) -> int:
    due = queries.due_ids(now=now)
    return sum(cover_sweeps.settle_request(cover_id=pk, now=now) for pk in due)


def kinds(to: str = "") -> list[str]:
    mails = Message.objects.filter(to=to) if to else Message.objects.all()
    return list(mails.order_by("pk").values_list("kind", flat=True))


def test_a_request_ends_as_its_part_starts_and_who_asks_and_the_managers_are_told(
    room: Room,
) -> None:
    cover = room.ask(room.dora, now=SATURDAY - HOUR)
    Message.objects.all().delete()

    assert sweep(SATURDAY - SECOND) == 1  # the managers are told
    Message.objects.all().delete()
    assert sweep(SATURDAY) == 1
    assert sweep(SATURDAY) == 0

    cover.refresh_from_db()
    assert (cover.state, cover.closed_at) == (Cover.State.EXPIRED, SATURDAY)
    assert kinds(room.team.ben.email) == ["cover_expired"]
    assert kinds(room.team.anna.email) == ["cover_expired"]
    assert kinds(room.dora.email) == []
    assert AuditEvent.objects.order_by("-pk")[0].actor == "sweep:sweep_cover_requests"


def test_an_urgent_request_stands_while_its_part_runs(room: Room) -> None:
    room.ask(room.dora, now=SATURDAY, starts_at=None, ends_at=SUNDAY)

    sweep(SATURDAY + HOUR)
    assert Cover.objects.get().state == Cover.State.OPEN
    sweep(SUNDAY)
    assert Cover.objects.get().state == Cover.State.EXPIRED


def test_managers_are_told_once_two_days_before_it_ends(room: Room) -> None:
    room.ask(room.dora)

    sweep(SATURDAY - 48 * HOUR - SECOND)
    assert "cover_expiring" not in kinds()
    sweep(SATURDAY - 48 * HOUR)
    sweep(SATURDAY - 47 * HOUR)

    assert kinds(room.team.anna.email) == ["cover_expiring"]
    assert kinds(room.team.max.email) == ["cover_expiring"]


def test_those_asked_and_who_asks_are_reminded_at_each_threshold_once(room: Room) -> None:
    room.ask(room.dora, room.eve)
    room.decline(Cover.objects.get(), room.eve)

    for hours in (168, 167, 72, 71, 24, 12, 11):
        sweep(SATURDAY - hours * HOUR)

    assert kinds(room.dora.email).count("cover_reminder") == 4
    assert kinds(room.team.ben.email).count("cover_reminder") == 4
    assert "cover_reminder" not in kinds(room.eve.email)


def test_after_an_outage_there_is_one_reminder(room: Room) -> None:
    room.ask(room.dora)

    sweep(SATURDAY - 11 * HOUR)
    sweep(SATURDAY - 11 * HOUR)

    assert kinds(room.dora.email).count("cover_reminder") == 1


@pytest.mark.parametrize("weeks_ahead", [1, 3, 10])
def test_asking_is_no_reminder(weeks_ahead: int) -> None:
    ends_at = NOW + dt.timedelta(weeks=weeks_ahead)

    assert not domain.is_reminder_due(ends_at=ends_at, last_told_at=NOW, now=NOW + SECOND)


def test_a_request_that_was_taken_is_left_alone(room: Room) -> None:
    cover = room.ask(room.dora)
    room.take(cover, room.dora)

    assert not cover_sweeps.settle_request(cover_id=cover.pk, now=SUNDAY)
    assert sweep(SUNDAY) == 0


def test_weeks_offered_in_return_lapse_with_the_request(room: Room) -> None:
    cover = room.ask(room.dora)
    offer = SwapOffer.objects.create(
        cover=cover,
        engineer=room.dora,
        return_shift=room.shift,
        return_starts_at=SATURDAY,
        return_ends_at=SUNDAY,
        offered_by=room.dora.email,
        offered_at=NOW,
    )

    room.withdraw(cover)

    offer.refresh_from_db()
    assert offer.state == SwapOffer.State.LAPSED


def test_a_publication_that_gives_the_week_to_another_closes_the_request_and_says_so(
    room: Room,
) -> None:
    cover = room.ask(room.dora)
    draft = builders.make_draft(rotation=room.team.rotation, weeks=1)
    builders.make_draft_shift(
        draft=draft,
        level=room.team.primary,
        week_date=room.shift.week_date,
        holder=room.team.volunteers[3],
    )

    publishing.publish_draft(
        draft_id=draft.pk,
        escalation_gaps_confirmed=True,
        actor=actor(room.team.anna),
        now=NOW + HOUR,
    )

    cover.refresh_from_db()
    assert cover.state == Cover.State.WITHDRAWN
    for who in (room.team.ben, room.dora):
        mail = Message.objects.get(to=who.email, kind="cover_moved")
        assert "A new schedule was published. The request is closed" in mail.body
    assert AuditEvent.objects.filter(verb="closed").count() == 1


def test_a_publication_that_keeps_the_week_keeps_the_request(room: Room) -> None:
    cover = room.ask(room.dora)
    draft = builders.make_draft(rotation=room.team.rotation, weeks=1)
    builders.make_draft_shift(
        draft=draft,
        level=room.team.primary,
        week_date=room.shift.week_date,
        holder=room.team.ben,
    )

    publishing.publish_draft(
        draft_id=draft.pk,
        escalation_gaps_confirmed=True,
        actor=actor(room.team.anna),
        now=NOW + HOUR,
    )

    cover.refresh_from_db()
    assert cover.state == Cover.State.OPEN
    assert not Message.objects.filter(kind="cover_moved").exists()


def test_hours_that_move_take_the_request_with_them(room: Room) -> None:
    cover = room.ask(room.dora, starts_at=None, ends_at=None)
    Shift.objects.update(starts_at=room.shift.starts_at + 6 * HOUR)
    shift = Shift.objects.select_related("level__rotation__team").get()

    cover_settling.settle_shift(shift=shift, why=cover_settling.PUBLISHED, now=NOW + HOUR)

    cover.refresh_from_db()
    assert (cover.state, cover.starts_at) == (Cover.State.OPEN, shift.starts_at)
    assert "The request stands for this time now" in (
        Message.objects.get(to=room.dora.email, kind="cover_moved").body
    )


def test_a_cover_in_the_middle_splits_the_request_with_its_answers(room: Room) -> None:
    room.ask(room.dora, room.eve, starts_at=None, ends_at=None)
    room.decline(Cover.objects.get(), room.eve)
    wanted = WantedCover(
        shift_id=room.shift.pk,
        to_engineer_id=room.team.volunteers[3].pk,
        starts_at=SATURDAY,
        ends_at=SUNDAY,
    )

    covers.enter_cover(wanted=wanted, actor=actor(room.team.anna), now=NOW + HOUR)

    first, second = Cover.objects.filter(state=Cover.State.OPEN).order_by("starts_at")
    assert (first.starts_at, first.ends_at) == (room.shift.starts_at, SATURDAY)
    assert (second.starts_at, second.ends_at) == (SUNDAY, room.shift.ends_at)
    answers = CoverAsk.objects.filter(cover=second).order_by("engineer__name")
    assert [ask.state for ask in answers] == ["waiting", "declined"]


def test_a_request_of_who_no_longer_covers_is_closed(room: Room) -> None:
    cover = room.ask(room.dora)
    room.take(cover, room.dora)
    onward = room.ask(room.eve, by=room.dora)

    covers.undo_cover(cover_id=cover.pk, actor=actor(room.team.anna), now=NOW + 2 * HOUR)

    onward.refresh_from_db()
    assert onward.state == Cover.State.WITHDRAWN
    assert Message.objects.filter(to=room.dora.email, kind="cover_moved").exists()
