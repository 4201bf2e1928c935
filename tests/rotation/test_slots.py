from __future__ import annotations

import datetime as dt

import pytest

from common.periods import Period, seconds
from rotation.domain import slots
from rotation.domain.slots import WeekPattern

HOUR = dt.timedelta(hours=1)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def period(starts_at: str, ends_at: str) -> Period:
    return Period(starts_at=utc(starts_at), ends_at=utc(ends_at))


def office(zone: str = "Europe/Dublin", *, weekday: int = 0, at: str = "12:00") -> WeekPattern:
    return WeekPattern(
        zone=zone,
        handover_weekday=weekday,
        handover_time=dt.time.fromisoformat(at),
        business_start=dt.time(9),
        business_end=dt.time(17, 30),
    )


def continuous(zone: str, *, weekday: int = 0, at: str = "12:00") -> WeekPattern:
    return WeekPattern(zone=zone, handover_weekday=weekday, handover_time=dt.time.fromisoformat(at))


@pytest.mark.parametrize(
    ("zone", "date", "time", "instant"),
    [
        # The clocks go forward: a wall time that is left out moves by the hour left out.
        ("Europe/Dublin", "2026-03-29", "01:30", "2026-03-29T01:30"),
        ("Europe/London", "2026-03-29", "00:59", "2026-03-29T00:59"),
        ("Europe/London", "2026-03-29", "01:00", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29", "02:00", "2026-03-29T01:00"),
        ("America/Los_Angeles", "2026-03-08", "02:30", "2026-03-08T10:30"),
        ("Australia/Sydney", "2026-10-04", "02:30", "2026-10-03T16:30"),
        # The clocks go back: a wall time that happens twice means the first.
        ("Europe/Dublin", "2026-10-25", "01:30", "2026-10-25T00:30"),
        ("Europe/London", "2026-10-25", "01:30", "2026-10-25T00:30"),
        ("America/Los_Angeles", "2026-11-01", "01:30", "2026-11-01T08:30"),
        ("Australia/Sydney", "2026-04-05", "02:30", "2026-04-04T15:30"),
        # Ordinary days.
        ("Europe/Dublin", "2026-11-30", "12:00", "2026-11-30T12:00"),
        ("Europe/Dublin", "2026-07-06", "12:00", "2026-07-06T11:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
    ],
)
def test_a_wall_time_has_one_instant(zone: str, date: str, time: str, instant: str) -> None:
    assert slots.local_instant(zone, day(date), dt.time.fromisoformat(time)) == utc(instant)


def test_the_fold_of_an_entered_time_is_not_asked() -> None:
    later = dt.time(1, 30, fold=1)

    assert slots.local_instant("Europe/London", day("2026-10-25"), later) == utc("2026-10-25T00:30")


@pytest.mark.parametrize(
    ("zone", "week_date", "hours"),
    [
        ("Europe/Dublin", "2026-03-23", 167),
        ("Europe/Dublin", "2026-10-19", 169),
        ("Europe/London", "2026-03-23", 167),
        ("Europe/London", "2026-03-30", 168),
        ("Europe/London", "2026-10-19", 169),
        ("Europe/London", "2026-10-26", 168),
        ("America/Los_Angeles", "2026-03-02", 167),
        ("America/Los_Angeles", "2026-10-26", 169),
        ("Australia/Sydney", "2026-03-30", 169),
        ("Australia/Sydney", "2026-09-28", 167),
        ("Asia/Kolkata", "2026-03-23", 168),
    ],
)
def test_a_week_across_a_clock_change_is_an_hour_shorter_or_longer(
    zone: str, week_date: str, hours: int
) -> None:
    week = slots.week_of(office(zone), day(week_date))

    assert week.period.seconds == hours * 3600


@pytest.mark.parametrize(
    "zone", ["Europe/Dublin", "Europe/London", "America/Los_Angeles", "Australia/Sydney"]
)
def test_a_year_of_weeks_touches_without_overlap(zone: str) -> None:
    weeks = slots.weeks_from(office(zone), day("2026-01-05"), 53)

    assert [week.period.ends_at for week in weeks[:-1]] == [
        week.period.starts_at for week in weeks[1:]
    ]
    assert weeks[-1].week_date == day("2027-01-04")


def test_a_week_begins_on_the_handovers_weekday_only() -> None:
    with pytest.raises(ValueError, match="not a day of the handover"):
        slots.week_of(office(), day("2026-12-01"))


def test_the_first_week_from_a_date_may_start_that_day() -> None:
    assert slots.first_week_on_or_after(office(), day("2026-11-30")).week_date == day("2026-11-30")
    assert slots.first_week_on_or_after(office(), day("2026-12-01")).week_date == day("2026-12-07")


@pytest.mark.parametrize(
    ("instant", "first", "running"),
    [
        ("2026-11-30T11:59:59", "2026-11-30", "2026-11-23"),
        ("2026-11-30T12:00:00", "2026-11-30", "2026-11-30"),
        ("2026-11-30T12:00:01", "2026-12-07", "2026-11-30"),
        ("2026-12-04T00:00:00", "2026-12-07", "2026-11-30"),
    ],
)
def test_an_instant_has_a_running_week_and_a_next_one(
    instant: str, first: str, running: str
) -> None:
    assert slots.first_week_on_or_after(office(), utc(instant)).week_date == day(first)
    assert slots.week_at(office(), utc(instant)).week_date == day(running)


def test_on_call_is_outside_office_hours_and_all_weekend() -> None:
    week = slots.week_of(office(), day("2026-11-30"))

    windows = slots.on_call_windows(office(), week, frozenset())

    assert windows == [
        period("2026-11-30T17:30", "2026-12-01T09:00"),
        period("2026-12-01T17:30", "2026-12-02T09:00"),
        period("2026-12-02T17:30", "2026-12-03T09:00"),
        period("2026-12-03T17:30", "2026-12-04T09:00"),
        period("2026-12-04T17:30", "2026-12-07T09:00"),
    ]
    assert seconds(windows) == 125.5 * 3600


@pytest.mark.parametrize(
    ("zone", "week_date", "hours"),
    [
        ("Europe/Dublin", "2026-03-23", 124.5),
        ("Europe/Dublin", "2026-10-19", 126.5),
        ("America/Los_Angeles", "2026-03-02", 124.5),
        ("America/Los_Angeles", "2026-10-26", 126.5),
        ("Australia/Sydney", "2026-09-28", 124.5),
        ("Australia/Sydney", "2026-03-30", 126.5),
    ],
)
def test_the_night_of_a_clock_change_counts_as_long_as_it_is(
    zone: str, week_date: str, hours: float
) -> None:
    week = slots.week_of(office(zone), day(week_date))

    assert seconds(slots.on_call_windows(office(zone), week, frozenset())) == hours * 3600


def test_day_windows_hold_whole_days_from_the_day_of_the_start_to_that_of_the_end() -> None:
    week = slots.week_of(office(), day("2026-11-30"))

    windows = slots.day_windows(office(), week, frozenset())

    assert windows[0] == period("2026-11-30T00:00", "2026-11-30T09:00")
    assert windows[-1] == period("2026-12-07T17:30", "2026-12-08T00:00")
    assert windows[-2] == period("2026-12-04T17:30", "2026-12-07T09:00")


def test_a_holiday_is_on_call_all_day_and_joins_its_neighbours() -> None:
    week = slots.week_of(office(), day("2026-12-21"))
    christmas = frozenset({day("2026-12-25")})

    windows = slots.on_call_windows(office(), week, christmas)

    assert windows[-1] == period("2026-12-24T17:30", "2026-12-28T09:00")


def test_office_hours_of_a_holiday_are_told_apart_and_cut_at_the_handover() -> None:
    before = slots.week_of(office(), day("2026-04-27"))
    after = slots.week_of(office(), day("2026-05-04"))
    may_day = frozenset({day("2026-05-04")})

    assert slots.office_hours_of_holidays(office(), before, may_day) == [
        period("2026-05-04T08:00", "2026-05-04T11:00")
    ]
    assert slots.office_hours_of_holidays(office(), after, may_day) == [
        period("2026-05-04T11:00", "2026-05-04T16:30")
    ]


def test_a_holiday_on_a_weekend_adds_nothing() -> None:
    week = slots.week_of(office(), day("2026-12-21"))

    assert slots.office_hours_of_holidays(office(), week, frozenset({day("2026-12-26")})) == []


def test_a_continuous_rotation_is_on_call_at_every_hour() -> None:
    pattern = continuous("Europe/London")
    week = slots.week_of(pattern, day("2026-10-19"))

    windows = slots.on_call_windows(pattern, week, frozenset({day("2026-10-21")}))

    assert windows == [week.period]
    assert slots.office_hours_of_holidays(pattern, week, frozenset({day("2026-10-21")})) == []


def test_regular_windows_cross_the_borders_of_weeks() -> None:
    around = period("2026-12-07T08:30", "2026-12-07T18:00")

    assert slots.regular_windows(office(), around) == [
        period("2026-12-07T08:30", "2026-12-07T09:00"),
        period("2026-12-07T17:30", "2026-12-07T18:00"),
    ]


@pytest.mark.parametrize(
    "zone", ["Europe/Dublin", "America/Los_Angeles", "Australia/Sydney", "Australia/Lord_Howe"]
)
def test_windows_of_neighbouring_weeks_tile_the_year(zone: str) -> None:
    pattern = office(zone, weekday=6, at="02:30")
    weeks = slots.weeks_from(pattern, day("2026-01-04"), 52)
    whole = Period(starts_at=weeks[0].period.starts_at, ends_at=weeks[-1].period.ends_at)

    by_week = [slots.on_call_windows(pattern, week, frozenset()) for week in weeks]

    assert sum(map(seconds, by_week)) == seconds(slots.regular_windows(pattern, whole))


@pytest.mark.parametrize(
    ("start", "end"), [(dt.time(9), None), (dt.time(9), dt.time(9)), (dt.time(17), dt.time(9))]
)
def test_office_hours_need_a_start_before_their_end(start: dt.time, end: dt.time | None) -> None:
    with pytest.raises(ValueError, match="office hours"):
        WeekPattern(
            zone="Europe/Dublin",
            handover_weekday=0,
            handover_time=dt.time(12),
            business_start=start,
            business_end=end,
        )
