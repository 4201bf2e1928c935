from __future__ import annotations

import datetime as dt
import json
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from rotation.models import Level, Shift, SyncRun, SyncStep
from rotation.operations import syncing as operations
from rotation.queries import syncing as queries
from tests import builders
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

CHECKER = pathlib.Path(__file__).resolve().parents[3] / "shared/pagerduty/check_traffic.py"
LEVELS = ("primary", "escalation")


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published()
    know_people(simulator, published.people)
    return published


def _writes(simulator: RunningSimulator) -> list[str]:
    return [
        f"{each['method']} {each['path']}"
        for each in simulator.requests()
        if each["method"] != "GET" and not each["path"].endswith("/preview")
    ]


def test_half_a_year_on_both_levels_stands_in_pagerduty(
    published: Published, simulator: RunningSimulator
) -> None:
    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    for level in LEVELS:
        assert published.shown(simulator, level) == published.wanted(level)
        row = Level.objects.get(rotation=published.rotation, name=level)
        assert (row.in_pagerduty_since, row.in_pagerduty_version) == (NOW, 1)


def test_it_takes_one_schedule_and_one_batch_for_each_level_and_one_policy(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)

    writes = [write.split("/")[-1] for write in _writes(simulator)]
    assert writes == ["schedules", "overrides"] * 2 + ["escalation_policies"]


def test_syncing_again_writes_nothing(published: Published, simulator: RunningSimulator) -> None:
    published.sync(simulator)
    simulator.clear_requests()

    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=NOW)
    run = published.sync(simulator)

    assert run.state == SyncRun.State.DONE
    assert _writes(simulator) == []


def test_weeks_later_with_a_new_version_the_past_stays_and_the_coming_is_right(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    published.at = NOW + dt.timedelta(days=23, hours=9)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
    builders.make_absence(
        engineer=published.people[2],
        starts_on=dt.date(2027, 1, 10),
        ends_on=dt.date(2027, 3, 10),
    )

    published.publish(weeks=20)
    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    for level in LEVELS:
        assert published.shown(simulator, level) == published.wanted(level)


def test_a_cover_becomes_overrides_and_is_taken_back_with_it(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[3]
    taker = next(p for p in published.people[2:] if p.pk != shift.holder_id)
    cover = builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=taker,
        starts_at=shift.starts_at + dt.timedelta(days=2),
        ends_at=shift.starts_at + dt.timedelta(days=5),
    )

    operations.queue_sync(rotation_id=published.rotation.pk, cause="a cover", now=NOW)
    with_cover = published.sync(simulator)
    shown_with_cover = published.shown(simulator, "primary")
    wanted_with_cover = published.wanted("primary")
    type(cover).objects.filter(pk=cover.pk).update(state="undone", closed_at=NOW)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="undone", now=NOW)
    without = published.sync(simulator)

    assert (with_cover.state, without.state) == ("done", "done")
    assert shown_with_cover == wanted_with_cover
    assert wanted_with_cover != published.wanted("primary")
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_a_lost_answer_makes_no_second_schedule(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="POST", path="/schedules", drop_after_write=True, count=1)

    failed = published.sync(simulator)
    first = failed.state
    operations.requeue_failed(real_now=NOW + dt.timedelta(minutes=5))
    again = published.sync(simulator)

    assert first == SyncRun.State.FAILED
    assert (again.state, again.tries) == (SyncRun.State.DONE, 2)
    assert len(simulator.state()["schedules"]) == 2


def test_a_lost_answer_makes_no_override_twice(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="POST", path="/schedules/*/overrides", drop_after_write=True, count=1)

    published.sync(simulator)
    operations.requeue_failed(real_now=NOW + dt.timedelta(minutes=5))
    again = published.sync(simulator)

    asked = [
        (item["user"]["id"], item["start"])
        for step in SyncStep.objects.filter(action="create_overrides", level__name="primary")
        for item in (step.request or {})["overrides"]
    ]
    assert again.state == SyncRun.State.DONE
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_fault_is_told_and_tried_again_later(
    status: int, published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="POST", path="/schedules", status=status, count=1)

    failed = published.sync(simulator)
    told = (failed.state, failed.failure)
    requeued_at_once = operations.requeue_failed(real_now=NOW)
    requeued_later = operations.requeue_failed(real_now=NOW + dt.timedelta(minutes=2))
    again = published.sync(simulator)

    assert told[0] == SyncRun.State.FAILED
    assert str(status) in told[1]
    assert (requeued_at_once, requeued_later) == (0, 1)
    assert again.state == SyncRun.State.DONE


def test_a_wrong_token_stops_at_once_and_is_for_an_admin(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="GET", path="*", status=401, count=10)

    run = published.sync(simulator)

    assert run.state == SyncRun.State.FAILED
    assert "An admin has to give Rota a token" in run.failure
    assert "PAGERDUTY_API_TOKEN" not in run.failure
    assert len(simulator.requests()) <= 2


def test_somebody_without_an_account_is_named_and_the_others_go_on(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = next(person for person in published.people if person.name == "Ben")
    know_people(simulator, [person for person in published.people if person != ben])

    run = published.sync(simulator)

    assert (run.state, run.unmatched) == (SyncRun.State.DONE, ["Ben"])
    without_ben = [piece for piece in published.wanted("primary") if piece[0] != ben.email]
    assert published.shown(simulator, "primary") == without_ben


def test_a_schedule_that_a_human_deleted_is_not_made_again(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    published.delete_schedule(simulator, "primary")
    simulator.clear_requests()

    operations.queue_sync(rotation_id=published.rotation.pk, cause="check", now=NOW)
    run = published.sync(simulator)

    assert run.state == SyncRun.State.FAILED
    assert "deleted in PagerDuty" in run.failure
    assert run.next_try_at is None
    assert _writes(simulator) == []


def test_a_run_whose_worker_died_is_taken_over_and_nothing_is_doubled(
    published: Published, simulator: RunningSimulator
) -> None:
    run = SyncRun.objects.get(rotation=published.rotation)
    operations.claim_run(run_id=run.pk, now=NOW, real_now=NOW, holder="dead")
    too_early = queries.waiting_run_ids(now=NOW, real_now=NOW + dt.timedelta(seconds=59))

    published.at = NOW + dt.timedelta(seconds=61)
    taken = published.sync(simulator, run)

    assert too_early == []
    assert (taken.state, taken.tries) == (SyncRun.State.DONE, 2)
    assert len(simulator.state()["schedules"]) == 2


@pytest.mark.reference
def test_the_recorded_exchanges_are_what_pagerduty_describes(
    published: Published, simulator: RunningSimulator, tmp_path: pathlib.Path
) -> None:
    published.sync(simulator)
    recorded = tmp_path / "exchanges.jsonl"
    recorded.write_text("".join(json.dumps(each) + "\n" for each in published.exchanges))

    verdict = subprocess.run(
        [sys.executable, str(CHECKER), "--strict", str(recorded)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert len(published.exchanges) > 10
    assert verdict.returncode == 0, verdict.stdout


def test_an_unlinked_level_gets_a_new_schedule_for_the_one_that_was_deleted(
    published: Published,
    simulator: RunningSimulator,
) -> None:
    published.sync(simulator)
    level = Level.objects.get(rotation=published.rotation, name="primary")
    published.delete_schedule(simulator, "primary")

    operations.unlink_schedule(level_id=level.pk, actor=Actor.shell(), now=NOW)
    run = published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    assert published.shown(simulator, "primary") == published.wanted("primary")
