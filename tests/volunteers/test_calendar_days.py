from __future__ import annotations

import datetime as dt

import pytest

from volunteers.reading.calendar_days import (
    BusyDays,
    CalendarUnreadableError,
    Zones,
    busy_days,
)

DUBLIN = Zones(since=((dt.date(2020, 1, 1), "Europe/Dublin"),))
SAN_FRANCISCO = Zones(since=((dt.date(2020, 1, 1), "America/Los_Angeles"),))
FROM, UNTIL = dt.date(2026, 11, 23), dt.date(2027, 11, 23)


def _event(*lines: str, title: str = "Away") -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:1", f"SUMMARY:{title}", *lines, "END:VEVENT"])


def _days(*events: str, zones: Zones = DUBLIN) -> list[tuple[str, str]]:
    return [(str(each.first_day), str(each.last_day)) for each in _read(*events, zones=zones)]


def _read(*events: str, zones: Zones = DUBLIN) -> list[BusyDays]:
    raw = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR"])
    return busy_days(raw.encode(), zones=zones, from_day=FROM, until_day=UNTIL)


def test_an_all_day_event_is_for_its_days_in_any_zone() -> None:
    event = _event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227")

    assert _days(event) == _days(event, zones=SAN_FRANCISCO) == [("2026-12-24", "2026-12-26")]


def test_an_all_day_event_without_an_end_is_one_day() -> None:
    assert _days(_event("DTSTART;VALUE=DATE:20261224")) == [("2026-12-24", "2026-12-24")]


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        (DUBLIN, [("2026-12-01", "2026-12-01")]),
        (SAN_FRANCISCO, [("2026-11-30", "2026-11-30")]),
    ],
)
def test_a_timed_event_is_for_the_day_where_one_works(
    zones: Zones, expected: list[tuple[str, str]]
) -> None:
    event = _event("DTSTART:20261201T020000Z", "DTEND:20261201T070000Z")

    assert _days(event, zones=zones) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(0, 1), (-1, 0)])
def test_four_hours_of_a_day_make_it_a_busy_one(minutes: int, expected: int) -> None:
    end = dt.datetime(2026, 12, 1, 13) + dt.timedelta(minutes=minutes)  # noqa: DTZ001 - text only

    found = _days(_event("DTSTART:20261201T090000Z", f"DTEND:{end:%Y%m%dT%H%M%SZ}"))

    assert len(found) == expected


def test_an_event_over_days_lists_those_of_which_it_takes_four_hours() -> None:
    event = _event("DTSTART:20261204T180000Z", "DTEND:20261207T020000Z")

    assert _days(event) == [("2026-12-04", "2026-12-06")]


def test_the_day_of_a_clock_change_is_measured_in_time_that_passes() -> None:
    # To 05:00 and to 04:00 on the clock, from which the change in March takes an hour.
    march = _event(
        "DTSTART;TZID=Europe/Dublin:20270328T000000", "DTEND;TZID=Europe/Dublin:20270328T050000"
    )
    short = _event(
        "DTSTART;TZID=Europe/Dublin:20270328T000000", "DTEND;TZID=Europe/Dublin:20270328T040000"
    )
    # 00:00 to 03:00 on the clock, to which the change in October adds an hour.
    long = _event(
        "DTSTART;TZID=Europe/Dublin:20271031T000000", "DTEND;TZID=Europe/Dublin:20271031T030000"
    )

    assert _days(march) == [("2027-03-28", "2027-03-28")]
    assert _days(short) == []
    assert _days(long) == [("2027-10-31", "2027-10-31")]


def test_a_time_without_a_zone_is_that_where_one_works() -> None:
    event = _event("DTSTART:20261201T200000", "DTEND:20261202T003000")

    assert _days(event) == _days(event, zones=SAN_FRANCISCO) == [("2026-12-01", "2026-12-01")]


def test_whoever_moves_to_another_office_has_its_zone_from_then_on() -> None:
    zones = Zones(
        since=((dt.date(2020, 1, 1), "Europe/Dublin"), (dt.date(2027, 1, 4), "America/Los_Angeles"))
    )
    before = _event("DTSTART:20261202T020000Z", "DTEND:20261202T070000Z")
    after = _event("DTSTART:20270202T020000Z", "DTEND:20270202T070000Z")

    assert _days(before, after.replace("UID:1", "UID:2"), zones=zones) == [
        ("2026-12-02", "2026-12-02"),
        ("2027-02-01", "2027-02-01"),
    ]


def test_a_recurring_event_is_listed_for_each_time_without_its_exceptions() -> None:
    event = _event(
        "DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20261208"
    )

    assert [first for first, _last in _days(event)] == ["2026-12-01", "2026-12-15", "2026-12-22"]


def test_one_time_of_a_recurring_event_that_is_called_off_or_moved_is_so() -> None:
    every = _event("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=WEEKLY;COUNT=3")
    off = _event(
        "RECURRENCE-ID;VALUE=DATE:20261208", "DTSTART;VALUE=DATE:20261208", "STATUS:CANCELLED"
    )
    moved = _event("RECURRENCE-ID;VALUE=DATE:20261215", "DTSTART;VALUE=DATE:20261217")

    assert [first for first, _last in _days(every, off, moved)] == ["2026-12-01", "2026-12-17"]


def test_a_rule_without_end_from_long_ago_is_listed_for_the_coming_year_only() -> None:
    found = _days(_event("DTSTART;VALUE=DATE:20000101", "RRULE:FREQ=YEARLY"))

    assert found == [("2027-01-01", "2027-01-01")]


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
    ],
)
def test_what_takes_no_time_is_not_listed(line: str) -> None:
    assert _days(_event("DTSTART;VALUE=DATE:20261224", line)) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART;VALUE=DATE:20261224"], True),
        (["DTSTART;VALUE=DATE:20261224", "STATUS:TENTATIVE"], False),
        (["DTSTART:20261224T090000Z", "DURATION:PT8H"], False),
        (["DTSTART:20261224T090000Z", "DURATION:PT8H", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"], True),
    ],
)
def test_all_day_and_out_of_office_are_likely_days_away(
    lines: list[str],
    expected: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert [each.is_likely for each in _read(_event(*lines))] == [expected]


def test_events_that_share_a_day_are_one_line_with_both_names() -> None:
    first = _event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", title="Family")
    second = _event("DTSTART;VALUE=DATE:20261226", "DTEND;VALUE=DATE:20261229", title="Skiing")

    found = _read(first, second.replace("UID:1", "UID:2"))

    assert [(str(each.last_day), each.title) for each in found] == [
        ("2026-12-28", "Family · Skiing")
    ]


def test_a_name_is_one_short_line_without_what_cannot_be_seen() -> None:
    event = _event("DTSTART;VALUE=DATE:20261224", title="A\\nB\u202e" + "x" * 500)

    title = _read(event)[0].title

    assert title.startswith("A B x")
    assert len(title) == 100
    assert _read(_event("DTSTART;VALUE=DATE:20261224", title=""))[0].title == "No title"


@pytest.mark.parametrize(
    "raw",
    [b"", b"<html>", b"\x00\xff" * 100, b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"],
)
def test_what_is_no_calendar_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(CalendarUnreadableError, match="calendar"):
        busy_days(raw, zones=DUBLIN, from_day=FROM, until_day=UNTIL)


def test_a_broken_event_leaves_the_others() -> None:
    broken = _event("DTSTART:yesterday", "DTEND:99999999T999999Z", title="Broken")
    good = _event("DTSTART;VALUE=DATE:20261224", title="Good")

    assert [each.title for each in _read(broken.replace("UID:1", "UID:2"), good)] == ["Good"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=2",
        "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2;BYSECOND=0,1,2",
        "FREQ=NEVER",
    ],
)
def test_a_rule_that_repeats_within_a_day_or_is_none_is_left_out(rule: str) -> None:
    bomb = _event("DTSTART:20261201T000000Z", "DURATION:PT5H", f"RRULE:{rule}", title="Bomb")
    good = _event("DTSTART;VALUE=DATE:20261224", title="Good")

    found = _read(bomb.replace("UID:1", "UID:2"), good)

    assert [each.title for each in found] == ["Good"]
