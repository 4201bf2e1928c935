from __future__ import annotations

import datetime as dt

from rotation.domain import wall_times

DUBLIN = "Europe/Dublin"
HALF_PAST_ONE = dt.time(1, 30)


def test_a_usual_time_is_one_instant() -> None:
    found = wall_times.instants(DUBLIN, dt.date(2026, 7, 1), dt.time(19, 0))

    assert found == (dt.datetime(2026, 7, 1, 18, 0, tzinfo=dt.UTC),)


def test_the_hour_that_is_repeated_has_two_instants() -> None:
    found = wall_times.instants(DUBLIN, dt.date(2026, 10, 25), HALF_PAST_ONE)

    assert found == (
        dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    )


def test_the_hour_that_is_left_out_has_none() -> None:
    assert wall_times.instants(DUBLIN, dt.date(2027, 3, 28), HALF_PAST_ONE) == ()


def test_the_other_hemisphere_changes_the_other_way() -> None:
    assert len(wall_times.instants("Australia/Sydney", dt.date(2027, 4, 4), dt.time(2, 30))) == 2
    assert wall_times.instants("Australia/Sydney", dt.date(2026, 10, 4), dt.time(2, 30)) == ()
