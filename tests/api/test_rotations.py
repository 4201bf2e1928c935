from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.domain.pagerduty_turns import Ending
from rotation.models import SyncRun
from rotation.operations import account, syncing
from tests import builders

if TYPE_CHECKING:
    from tests.api.people import Cast

WEEKS = [builders.NEXT_WEEK + number * builders.WEEK for number in range(4)]


@pytest.fixture
def published(cast: Cast) -> Cast:
    level = builders.level_of(cast.rotation)
    for week_date in WEEKS[:3]:
        builders.make_shift(level=level, week_date=week_date, holder=cast.ben)
    gap = builders.make_shift(level=level, week_date=WEEKS[3])
    gap.gap_reasons = [{"engineer": cast.ben.pk, "code": "unavailable"}]
    gap.save(update_fields=["gap_reasons"])
    builders.make_shift(
        level=builders.level_of(cast.rotation, "escalation"),
        week_date=WEEKS[0],
        holder=cast.anna,
    )
    type(cast.rotation).objects.filter(pk=cast.rotation.pk).update(schedule_version=1)
    return cast


def test_everybody_reads_rotations_their_hours_and_the_policy_in_force(cast: Cast) -> None:
    carla = cast.api("carla")

    listed = carla.all("rotations/")
    one = carla.get("rotations/core/").expect(200)

    assert [each["slug"] for each in listed] == ["core"]
    assert one["office_hours"] == {"start": "09:00", "end": "17:30"}
    assert (one["handover_weekday"], one["handover_time"]) == (0, "12:00")
    assert (one["policy"]["term_weeks"], one["policy"]["holiday_load"]) == (26, "0.50")
    assert one["holidays_of"] == "dublin"
    assert one["pagerduty"]["state"] == "unpublished"
    assert [level["level"] for level in one["pagerduty"]["levels"]] == ["primary", "escalation"]


def test_a_rotation_that_is_not_there_answers_404(cast: Cast) -> None:
    for below in ("", "shifts/", "fairness/", "on-call-now/", "handovers/", "sync-runs/"):
        cast.api("ada").get(f"rotations/none/{below}").expect(404)


def test_shifts_say_who_holds_each_week_and_when_they_are_on_call(published: Cast) -> None:
    body = published.api("carla").get("rotations/core/shifts/").expect(200)

    first = next(each for each in body["shifts"] if each["level"] == "primary")
    assert (body["from"], body["until"], body["schedule_version"]) == (
        "2026-11-23",
        "2027-05-24",
        1,
    )
    assert len(body["shifts"]) == 5
    assert first["holder"] == {"id": published.ben.pk, "name": "Ben"}
    assert (first["week_date"], first["load"], first["version"]) == ("2026-11-30", "1.00", 1)
    assert (first["starts_at"], first["ends_at"]) == (
        "2026-11-30T12:00:00Z",
        "2026-12-07T12:00:00Z",
    )
    assert first["on_call"][0] == {
        "engineer": {"id": published.ben.pk, "name": "Ben"},
        "starts_at": "2026-11-30T17:30:00Z",
        "ends_at": "2026-12-01T09:00:00Z",
    }


def test_one_shift_is_the_same_as_in_the_schedule(published: Cast) -> None:
    carla = published.api("carla")
    shifts = carla.get("rotations/core/shifts/").expect(200)["shifts"]

    assert [carla.get(f"shifts/{each['id']}/").expect(200) for each in shifts] == shifts
    carla.get("shifts/0/").expect(404)


def test_a_cover_shows_in_the_stints_and_leaves_the_holder(published: Cast) -> None:
    shift = builders.level_of(published.rotation).shifts.get(week_date=WEEKS[0])
    builders.make_cover(
        shift=shift,
        from_engineer=published.ben,
        to_engineer=published.carla,
        starts_at=shift.starts_at + dt.timedelta(days=2),
    )

    body = published.api("carla").get("rotations/core/shifts/").expect(200)

    first = next(each for each in body["shifts"] if each["level"] == "primary")
    assert first["holder"]["name"] == "Ben"
    assert [each["engineer"]["name"] for each in first["stints"]] == ["Ben", "Carla"]


def test_only_the_teams_managers_read_why_nobody_takes_a_week(published: Cast) -> None:
    def reasons(name: str) -> list[dict[str, str]]:
        body = published.api(name).get("rotations/core/shifts/").expect(200)
        gaps: list[dict[str, str]] = body["shifts"][-1]["gap_reasons"]
        return gaps

    assert reasons("anna") == [{"name": "Ben", "why": "is away"}]
    for name in ("ben", "carla", "max", "finn", "ada"):
        assert reasons(name) == []


def test_shifts_come_from_the_days_that_are_asked_for(published: Cast) -> None:
    carla = published.api("carla")

    body = carla.get("rotations/core/shifts/", from_="2026-12-07", until="2026-12-21").expect(200)

    assert [each["week_date"] for each in body["shifts"]] == ["2026-12-07", "2026-12-14"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from_": "2026-2-29"}, "from"),
        ({"from_": "2026-02-29"}, "from"),
        ({"from_": "0001-01-01", "until": "9999-12-31"}, "from"),
        ({"from_": "20261207"}, "from"),
        ({"from_": "2026-W50-1"}, "from"),
        ({"from_": "1764547200"}, "from"),
        ({"until": "2026-11-01"}, "until"),
        ({"from_": "2026-11-23", "until": "2027-12-01"}, "until"),
    ],
)
def test_days_that_are_none_or_too_many_are_refused_by_name(
    query: dict[str, str], field: str, cast: Cast
) -> None:
    answer = cast.api("carla").get("rotations/core/shifts/", **query)

    assert field in answer.expect(400)["fields"]


def test_on_call_now_names_the_turn_and_when_on_call_time_begins(published: Cast) -> None:
    body = published.api("carla").get("rotations/core/on-call-now/").expect(200)

    primary, escalation = body["levels"]
    assert primary["turn"]["engineer"]["name"] == "Ben"
    assert primary["on_call_from"] == "2026-11-30T17:30:00Z"
    assert escalation["turn"]["engineer"]["name"] == "Anna"


def test_the_team_its_managers_and_admins_see_how_load_is_shared(published: Cast) -> None:
    for name in ("ben", "anna", "ada"):
        body = published.api(name).get("rotations/core/fairness/").expect(200)
        primary = body["levels"][0]
        assert [(each["engineer"]["name"], each["load"]) for each in primary["people"]] == [
            ("Ben", "3.00")
        ]
    for name in ("carla", "max", "finn"):
        published.api(name).get("rotations/core/fairness/").expect(403)


def test_handovers_are_the_days_on_which_a_term_can_start(cast: Cast) -> None:
    ben = cast.api("ben")

    coming = ben.get("rotations/core/handovers/").expect(200)["handovers"]
    later = ben.get("rotations/core/handovers/", not_before="2027-01-01").expect(200)

    assert len(coming) == 26
    assert coming[0] == {
        "week_date": "2026-11-30",
        "starts_at": "2026-11-30T12:00:00Z",
        "ends_at": "2026-12-07T12:00:00Z",
    }
    assert later["handovers"][0]["week_date"] == "2027-01-04"


def test_managers_and_admins_read_sync_runs_and_ask_for_one(published: Cast) -> None:
    for name in ("anna", "ada"):
        api = published.api(name)
        run = api.post("rotations/core/sync/").expect(202)
        assert run["state"] == "queued"
        assert api.all("rotations/core/sync-runs/") == [run]
        assert api.get(f"sync-runs/{run['id']}/").expect(200) == {**run, "steps": []}
    assert SyncRun.objects.count() == 1


def test_nobody_else_sees_a_sync_run(published: Cast) -> None:
    syncing.queue_sync(rotation_id=published.rotation.pk, cause="a test", now=builders.NOW)
    run = SyncRun.objects.get()

    for name in ("ben", "carla", "max", "finn"):
        api = published.api(name)
        api.get("rotations/core/sync-runs/").expect(404)
        api.get(f"sync-runs/{run.pk}/").expect(404)
        api.post("rotations/core/sync/").expect(404)


def test_a_sync_of_an_unpublished_rotation_is_refused_by_code(cast: Cast) -> None:
    answer = cast.api("anna").post("rotations/core/sync/")

    assert answer.expect(409)["code"] == "NOTHING_PUBLISHED"


def test_what_failed_in_pagerduty_is_told_to_managers_and_admins_alone(published: Cast) -> None:
    SyncRun.objects.create(
        rotation=published.rotation,
        state=SyncRun.State.FAILED,
        cause="a test",
        queued_at=builders.NOW,
        finished_at=builders.NOW,
        failure="PagerDuty answers 401.",
    )

    def failure(name: str) -> object:
        body = published.api(name).get("rotations/core/").expect(200)
        return body["pagerduty"]["state"], body["pagerduty"]["failure"]

    assert failure("anna") == ("failed", "PagerDuty answers 401.")
    assert failure("ben") == ("failed", "")


def test_the_forecast_waits_until_a_worker_has_looked_ahead(cast: Cast) -> None:
    body = cast.api("carla").get("rotations/core/forecast/").expect(200)

    assert (body["state"], body["horizon_until"], body["first_gap"]) == ("queued", None, None)
    assert (body["gaps"], body["needed"], body["proven"]) == ([], [], False)


def test_the_forecast_says_the_first_gap_and_who_is_needed_by_when(cast: Cast) -> None:
    last = builders.NEXT_WEEK + 20 * builders.WEEK
    builders.make_forecast(
        rotation=cast.rotation,
        first_gap=last,
        needed=[("primary", 1, last - builders.WEEK), ("primary", 2, last)],
    )

    body = cast.api("ben").get("rotations/core/forecast/").expect(200)

    assert (body["state"], body["first_gap"], body["proven"]) == ("ready", last.isoformat(), True)
    assert body["gaps"] == [{"week_date": last.isoformat(), "level": "primary"}]
    assert [(line["from"], line["people"], line["total"]) for line in body["needed"]] == [
        ((last - builders.WEEK).isoformat(), 1, 1),
        (last.isoformat(), 2, 3),
    ]
    assert (body["people_now"], body["minimum"], body["below_minimum_from"]) == (7, 6, None)


def test_fairness_counts_holidays_wishes_and_terms_with_too_many_shifts(published: Cast) -> None:
    level = builders.level_of(published.rotation)
    holiday = level.shifts.get(week_date=WEEKS[2])
    holiday.holidays = ["A day off"]
    holiday.save(update_fields=["holidays"])
    builders.make_wish(
        engineer=published.ben, team=published.team, week_date=WEEKS[0], wish="avoid"
    )
    for number in range(4, 9):
        week_date = builders.NEXT_WEEK + number * builders.WEEK
        builders.make_shift(level=level, week_date=week_date, holder=published.ben)

    body = published.api("anna").get("rotations/core/fairness/").expect(200)

    ben = next(
        person
        for person in body["levels"][0]["people"]
        if person["engineer"]["id"] == published.ben.pk
    )
    assert (ben["weeks"], ben["done"], ben["coming"]) == (8, 0, 8)
    assert (ben["holidays_done"], ben["holidays_coming"]) == (0, 1)
    assert (ben["wishes_met"], ben["wishes_unmet"]) == (0, 1)
    assert [(over["shifts"], over["limit"]) for over in ben["over_limit"]] == [(8, 6)]


def test_a_schedule_that_was_deleted_is_told_and_made_again_on_a_managers_order(
    published: Cast,
) -> None:
    level = builders.level_of(published.rotation)
    level.schedule_trouble, level.schedule_trouble_since = "deleted", builders.NOW
    level.save()

    told = published.api("ada").get("rotations/core/").expect(200)["pagerduty"]["levels"][0]
    order = "rotations/core/levels/primary/schedule-again/"
    published.api("ada").post(order).expect(404)
    run = published.api("anna").post(order).expect(202)
    again = published.api("anna").post(order).expect(409)

    assert (told["trouble"], told["trouble_since"]) == ("deleted", "2026-11-25T10:00:00Z")
    assert run["state"] == "queued"
    assert again["code"] == "SCHEDULE_NOT_DELETED"


def test_that_pagerduty_is_away_is_told_to_all_and_why_to_those_who_may_check(
    published: Cast,
) -> None:
    at = builders.NOW
    account.take_turn(key="k" * 64, holder="one", real_now=at)
    account.end_turn(
        key="k" * 64,
        holder="one",
        ending=Ending.FAILED,
        said="PagerDuty cannot be reached.",
        wait_seconds=None,
        real_now=at,
    )

    def told(name: str) -> tuple[str, str]:
        found = published.api(name).get("rotations/core/").expect(200)["pagerduty"]["account"]
        return found["state"], found["said"]

    assert told("anna") == ("unreachable", "PagerDuty cannot be reached.")
    assert told("ben") == ("unreachable", "")
