from __future__ import annotations

import datetime as dt

import pytest

from outbox.models import Message
from rotation.operations import cover_request_mails, drift_mails, reader_times
from rotation.queries import worked
from tests import builders
from tests.builders import NEXT_WEEK
from tests.guards.world import make_drift

AT = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_one_text_reads_right_in_every_zone() -> None:
    text = f"until {reader_times.moment(AT)}, {reader_times.span(AT, AT + dt.timedelta(hours=1))}"

    assert reader_times.in_zone(text, "Europe/Dublin") == (
        "until Sun 25 Oct 2026, 01:30 IST, Sun 25 Oct 2026, 01:30 IST to 01:30 GMT"
    )
    assert reader_times.in_zone(text, "America/Los_Angeles") == (
        "until Sat 24 Oct 2026, 17:30 PDT, Sat 24 Oct 2026, 17:30 to 18:30 PDT"
    )


def test_what_people_type_is_left_as_it_is() -> None:
    for typed in ("{}|{}", "\ue000", "\ue000x|y\ue001", "1|2"):
        assert reader_times.in_zone(typed, "UTC") == typed


@pytest.mark.django_db
def test_mails_about_covers_and_drift_name_times_of_their_readers_zone() -> None:
    rotation = builders.make_rotation()
    anna, ben = builders.make_anna(team=rotation.team), builders.make_ben()
    west = builders.make_office(name="San Francisco", time_zone="America/Los_Angeles")
    for person in (anna, ben):
        builders.make_posting(engineer=person, office=west)
    level = builders.level_of(rotation)
    shift = builders.make_shift(level=level, week_date=NEXT_WEEK, holder=ben)
    cover = builders.make_cover(shift=shift, from_engineer=ben, to_engineer=None)
    found = worked.worked_shift(shift_id=shift.pk)

    cover_request_mails.tell_managers(cover=cover, shift=found, now=builders.NOW)
    drift = make_drift(shift, by=anna)
    drift.told_at = None
    drift.save()
    drift_mails.tell_managers(rotation_id=rotation.pk, now=builders.NOW)

    asked, shown = Message.objects.order_by("pk")
    assert asked.subject.endswith("Mon 30 Nov, 04:00 to Mon 7 Dec 2026, 04:00 PST")
    assert "(America/Los_Angeles)" in shown.body
    assert "GMT" not in shown.body
    assert "\ue000" not in asked.body + asked.subject + shown.body
