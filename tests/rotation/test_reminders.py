from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from outbox.models import ChatHook, Message, Notice, TurnedOff
from outbox.operations import drop_late
from rotation import tasks
from rotation.domain import reminders as rules
from rotation.models import Cover, Incident, Rotation, Shift
from rotation.operations import digests, gap_mails, handover_notes, reminders
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    del rotation
    return builders.make_ben()


@pytest.fixture
def shift(rotation: Rotation, ben: Engineer) -> Shift:
    return builders.make_shift(level=builders.level_of(rotation), holder=ben)


def _mails(kind: str = "") -> list[Message]:
    found = Message.objects.filter(chat=None).order_by("pk")
    return list(found.filter(kind=kind) if kind else found)


def _kinds() -> list[str]:
    return [message.kind for message in _mails()]


def test_a_shift_is_told_of_a_week_before_a_day_before_and_at_its_start_once_each(
    shift: Shift,
) -> None:
    at = shift.starts_at - 8 * DAY
    told = {}
    while at < shift.starts_at + DAY:
        for _beat in range(2):
            before = len(_mails())
            reminders.remind(now=at)
            for message in _mails()[before:]:
                told[message.kind] = at
        at += HOUR

    assert told == {
        "shift_in_a_week": shift.starts_at - 7 * DAY,
        "shift_tomorrow": shift.starts_at - DAY,
        "handover": shift.starts_at,
    }
    assert len(_mails()) == 3


def test_after_an_outage_only_what_is_still_true_is_told(shift: Shift) -> None:
    reminders.remind(now=shift.starts_at - HOUR)

    assert _kinds() == ["shift_tomorrow"]
    assert _mails()[0].subject == "You are on call today: primary of Core"

    reminders.remind(now=shift.starts_at + rules.HANDOVER_LASTS)
    assert _kinds() == ["shift_tomorrow"]


def test_a_mail_that_waited_until_the_shift_began_is_not_sent(shift: Shift) -> None:
    reminders.remind(now=shift.starts_at - HOUR)

    assert drop_late(now=shift.starts_at - dt.timedelta(seconds=1)) == 0
    assert drop_late(now=shift.starts_at) == 1
    assert _mails()[0].state == Message.State.DROPPED


def test_who_covers_the_shift_is_told_and_not_its_holder(shift: Shift, ben: Engineer) -> None:
    carla = builders.make_carla()
    builders.make_cover(shift=shift, from_engineer=ben, to_engineer=carla)

    reminders.remind(now=shift.starts_at - HOUR)

    assert [message.to for message in _mails()] == [carla.email]


def test_what_waits_is_dropped_when_the_shift_becomes_somebody_elses_and_told_again_if_it_returns(
    shift: Shift, ben: Engineer
) -> None:
    at, carla = shift.starts_at - 5 * HOUR, builders.make_carla()
    reminders.remind(now=at)
    cover = builders.make_cover(shift=shift, from_engineer=ben, to_engineer=carla)
    reminders.remind(now=at + HOUR)

    bens, carlas = _mails()
    assert (bens.to, bens.state) == (ben.email, Message.State.DROPPED)
    assert (carlas.to, carlas.state) == (carla.email, Message.State.QUEUED)

    cover.state, cover.closed_at = Cover.State.UNDONE, NOW
    cover.save()
    reminders.remind(now=at + 2 * HOUR)

    assert [m.to for m in _mails() if m.state == Message.State.QUEUED] == [ben.email]


def test_somebody_who_goes_on_for_another_week_is_not_told_that_they_begin(
    shift: Shift, ben: Engineer
) -> None:
    builders.make_shift(level=shift.level, week_date=NEXT_WEEK + WEEK, holder=ben)

    reminders.remind(now=shift.ends_at - HOUR)
    reminders.remind(now=shift.ends_at + HOUR)

    assert _kinds() == ["handover_note_due"]


@pytest.mark.parametrize(
    ("zone", "monday", "expected"),
    [
        ("Europe/Dublin", dt.date(2027, 3, 22), "Mon 22 Mar, 12:00 GMT to Mon 29 Mar 2027, 12:00"),
        (
            "America/Los_Angeles",
            dt.date(2027, 3, 22),
            "Mon 22 Mar, 05:00 to Mon 29 Mar 2027, 04:00",
        ),
        ("Europe/Dublin", dt.date(2027, 10, 25), "Mon 25 Oct, 12:00 IST to Mon 1 Nov 2027, 12:00"),
        ("America/Los_Angeles", dt.date(2027, 11, 1), "Mon 1 Nov, 05:00 PDT to Mon 8 Nov 2027"),
    ],
)
def test_times_are_those_of_the_readers_zone_over_both_clock_changes(
    rotation: Rotation, ben: Engineer, zone: str, monday: dt.date, expected: str
) -> None:
    office = builders.make_office(name="There", time_zone=zone)
    builders.make_posting(engineer=ben, office=office)
    shift = builders.make_shift(level=builders.level_of(rotation), week_date=monday, holder=ben)

    reminders.remind(now=shift.starts_at - HOUR)

    assert expected in _mails()[0].body
    assert zone in _mails()[0].body


def test_the_handover_holds_notes_open_pages_and_who_is_on_level_2(
    rotation: Rotation, shift: Shift, ben: Engineer
) -> None:
    anna, carla = builders.make_anna(team=rotation.team), builders.make_carla()
    last = builders.make_shift(level=shift.level, week_date=NEXT_WEEK - WEEK, holder=carla)
    builders.make_shift(level=builders.level_of(rotation, "escalation"), holder=anna)
    handover_notes.write_note(
        shift_id=last.pk,
        text="The queue fills at night.\nRestart it.",
        actor=_actor(carla),
        now=last.ends_at - HOUR,
    )
    for title, resolved_at in (("Disk full", None), ("Slow login", last.ends_at - HOUR)):
        Incident.objects.create(
            ref=title,
            title=title,
            rotation=rotation,
            triggered_at=last.ends_at - 5 * HOUR,
            resolved_at=resolved_at,
        )

    reminders.remind(now=shift.starts_at)

    (mail,) = [one for one in _mails("handover") if one.to == ben.email]
    assert "Level 2 is Anna. You take over from Carla." in mail.body
    assert "  The queue fills at night.\n  Restart it." in mail.body
    assert "- Disk full" in mail.body
    assert "Slow login" not in mail.body


def test_who_goes_off_is_asked_for_a_note_unless_there_is_one(shift: Shift, ben: Engineer) -> None:
    at = shift.ends_at - HOUR
    reminders.remind(now=at)
    assert _kinds() == ["handover_note_due"]

    Message.objects.all().delete()
    Notice.objects.all().delete()
    handover_notes.write_note(shift_id=shift.pk, text="Quiet.", actor=_actor(ben), now=at)
    reminders.remind(now=at)
    assert _kinds() == []


def test_the_chat_hears_once_who_is_on_call_by_name_alone(rotation: Rotation, shift: Shift) -> None:
    hook = ChatHook.objects.create(
        team=rotation.team, address="sealed", set_by="anna@example.com", set_at=NOW
    )

    for _beat in range(2):
        reminders.remind(now=shift.starts_at)

    (line,) = Message.objects.filter(chat=hook)
    assert "Primary: Ben, Level 2: nobody" in line.body
    assert "@" not in line.body


def test_a_reader_who_turned_it_off_is_told_only_of_tomorrow(shift: Shift, ben: Engineer) -> None:
    for kind in ("shift_in_a_week", "shift_tomorrow", "handover"):
        TurnedOff.objects.create(engineer=ben, kind=kind)

    for at in (shift.starts_at - 7 * DAY, shift.starts_at - DAY):
        reminders.remind(now=at)

    assert _kinds() == ["shift_tomorrow"]


# ------------------------------------------------------------------ gaps
@pytest.fixture
def gap(rotation: Rotation) -> Shift:
    builders.make_anna(team=rotation.team)
    return builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK + 10 * WEEK)


def test_a_gap_is_told_8_4_2_and_1_weeks_before_once_each(gap: Shift) -> None:
    told = []
    at = gap.starts_at - 9 * WEEK
    while at < gap.starts_at:
        if gap_mails.tell_gaps(now=at):
            told.append((gap.starts_at - at) / WEEK)
        at += DAY

    assert told == [8, 4, 2, 1]


def test_after_a_month_without_a_worker_a_gap_is_told_once(gap: Shift) -> None:
    assert gap_mails.tell_gaps(now=gap.starts_at - 3 * DAY) == 1
    assert gap_mails.tell_gaps(now=gap.starts_at - 2 * DAY) == 0


def test_gaps_that_are_news_together_are_one_mail_and_one_line(gap: Shift) -> None:
    rotation = gap.level.rotation
    builders.make_shift(level=gap.level, week_date=gap.week_date + WEEK)
    ChatHook.objects.create(team=rotation.team, address="sealed", set_by="x", set_at=NOW)

    gap_mails.tell_gaps(now=gap.starts_at - 6 * WEEK)

    (mail,), (line,) = _mails(), Message.objects.exclude(chat=None)
    assert mail.subject == "Core: 2 weeks have nobody"
    assert mail.body.count("- Primary, ") == 2
    assert "2 weeks have nobody" in line.body


def test_a_week_that_a_cover_fills_is_no_gap(gap: Shift) -> None:
    builders.make_cover(shift=gap, from_engineer=None, to_engineer=builders.make_carla())

    assert gap_mails.tell_gaps(now=gap.starts_at - WEEK) == 0


# ------------------------------------------------------------------ Monday
@pytest.mark.parametrize(
    ("zone", "monday"),
    [
        ("Europe/Dublin", dt.date(2026, 11, 30)),
        ("Europe/Dublin", dt.date(2027, 3, 29)),
        ("America/Los_Angeles", dt.date(2027, 11, 8)),
        ("Pacific/Kiritimati", dt.date(2026, 11, 30)),
        ("Pacific/Pago_Pago", dt.date(2026, 11, 30)),
    ],
)
def test_a_manager_gets_one_digest_on_monday_at_eight_in_their_zone(
    rotation: Rotation, zone: str, monday: dt.date
) -> None:
    anna = builders.make_anna(team=rotation.team)
    builders.make_posting(engineer=anna, office=builders.make_office(name="There", time_zone=zone))
    eight = dt.datetime.combine(monday, dt.time(8), tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(
        dt.UTC
    )

    told = [
        hours
        for hours in range(-48, 96)
        for _beat in range(2)
        if digests.tell_managers(now=eight + hours * HOUR)
    ]

    assert told == [0]


def test_a_digest_after_an_outage_comes_on_monday_or_not_at_all(rotation: Rotation) -> None:
    builders.make_anna(team=rotation.team)
    monday = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)

    assert digests.tell_managers(now=monday + 16 * HOUR) == 0
    assert digests.tell_managers(now=monday + 15 * HOUR) == 1


def test_a_digest_says_now_next_gaps_who_is_away_and_what_waits_but_not_why(
    rotation: Rotation, shift: Shift, ben: Engineer
) -> None:
    builders.make_anna(team=rotation.team)
    builders.make_term(team=rotation.team, engineer=ben, starts_on=NEXT_WEEK - 4 * WEEK)
    carla = builders.make_carla()
    builders.make_shift(level=shift.level, week_date=NEXT_WEEK - WEEK, holder=carla)
    builders.make_shift(level=shift.level, week_date=NEXT_WEEK + WEEK)
    builders.make_absence(
        engineer=ben,
        starts_on=NEXT_WEEK + 2 * DAY,
        ends_on=NEXT_WEEK + 4 * DAY,
        note="In hospital.",
    )
    builders.make_application(team=rotation.team, engineer=carla)

    digests.tell_managers(now=dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC))

    (mail,) = _mails()
    assert "- Primary: Carla until Mon 30 Nov, 12:00 UTC, then Ben" in mail.body
    assert "- Gap: primary, Mon 7 to Mon 14 Dec 2026" in mail.body
    assert "- Away: Ben, Wed 2 to Thu 3 Dec 2026" in mail.body
    assert "- 1 application waits" in mail.body
    assert "hospital" not in mail.body


def test_the_sweep_does_all_of_it_and_one_that_fails_stops_no_other(
    shift: Shift, gap: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    del gap

    def broken(*, now: dt.datetime) -> int:
        raise RuntimeError(now)

    monkeypatch.setattr(gap_mails, "tell_gaps", broken)
    monkeypatch.setattr("common.clock.now", lambda: shift.starts_at - HOUR)

    assert tasks.sweep_reminders() == 2  # the reminder, and Anna's Monday mail


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)
