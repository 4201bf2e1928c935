"""A machine's clock that is put back by an hour holds nothing up, and doubles nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from common.clocks import Clocks
from rotation import syncing, tasks
from rotation.domain.pagerduty_turns import Ending
from rotation.models import PagerDutyAccount, SyncRun
from rotation.operations import account, clock_back
from rotation.operations import syncing as operations
from rotation.queries import syncing as queries
from tests import builders
from tests.rotation.syncs import NOW, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = pytest.mark.django_db
BACK = NOW - dt.timedelta(hours=1)
KEY = "k" * 64


def _queued() -> SyncRun:
    rotation = builders.make_rotation()
    operations.queue_sync(rotation_id=rotation.pk, cause="x", now=NOW)
    return SyncRun.objects.get()


def _claim(run: SyncRun, at: dt.datetime) -> SyncRun | None:
    return operations.claim_run(run_id=run.pk, now=at, real_now=at, holder="worker")


def _fail(at: dt.datetime, wait: float | None = None) -> None:
    account.take_turn(key=KEY, holder="one", real_now=at)
    ending = Ending.FAILED if wait is None else Ending.LIMITED
    account.end_turn(
        key=KEY, holder="one", ending=ending, said="No.", wait_seconds=wait, real_now=at
    )


def test_a_run_of_a_dead_worker_is_taken_over_at_once() -> None:
    run = _queued()
    _claim(run, NOW)
    held = queries.next_run_id(now=BACK, real_now=BACK)

    clock_back.forget_the_future(real_now=BACK)

    assert held is None
    assert queries.next_run_id(now=BACK, real_now=BACK) == run.pk
    assert _claim(run, BACK) is not None


def test_a_failed_run_is_tried_again_at_once() -> None:
    run = _queued()
    _claim(run, NOW)
    operations.fail_run(
        run_id=run.pk,
        holder="worker",
        failure="x",
        unmatched=[],
        next_try_at=NOW + dt.timedelta(seconds=15),
        now=NOW,
    )
    before = operations.requeue_failed(real_now=BACK)

    clock_back.forget_the_future(real_now=BACK)

    assert (before, operations.requeue_failed(real_now=BACK)) == (0, 1)


@pytest.mark.parametrize("wait", [None, 15.0], ids=["failed", "limited"])
def test_an_account_that_rests_for_seconds_does_not_rest_for_an_hour(wait: float | None) -> None:
    _fail(NOW, wait)

    clock_back.forget_the_future(real_now=BACK)

    assert not account.is_resting(key=KEY, real_now=BACK)


def test_the_turn_of_a_dead_worker_is_free() -> None:
    account.take_turn(key=KEY, holder="one", real_now=NOW)

    clock_back.forget_the_future(real_now=BACK)

    assert account.take_turn(key=KEY, holder="two", real_now=BACK).taken


def test_a_refused_token_is_left_alone_for_its_hour_and_no_longer() -> None:
    account.take_turn(key=KEY, holder="one", real_now=NOW)
    account.end_turn(
        key=KEY, holder="one", ending=Ending.REFUSED, said="x", wait_seconds=None, real_now=NOW
    )

    clock_back.forget_the_future(real_now=BACK)

    assert PagerDutyAccount.objects.get().paused_until == BACK + account.REFUSED_REST


def test_what_was_given_by_todays_clock_stands() -> None:
    run = _queued()
    _claim(run, NOW)
    _fail(NOW, 890.0)

    ended = clock_back.forget_the_future(real_now=NOW + dt.timedelta(seconds=1))

    run.refresh_from_db()
    assert ended == 0
    assert (run.state, run.leased_until) == (SyncRun.State.RUNNING, NOW + operations.LEASE)
    assert account.is_resting(key=KEY, real_now=NOW + dt.timedelta(seconds=2))


@pytest.mark.real_parts
def test_a_sync_goes_on_when_the_clock_was_put_back_in_the_middle(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0)
    published = make_published(weeks=4)
    know_people(simulator, published.people)
    run = SyncRun.objects.get()
    _claim(run, NOW)  # and dies

    published.at = BACK
    monkeypatch.setattr("common.clock.real_now", lambda: BACK)
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    monkeypatch.setattr(tasks.sync_next, "delay", lambda: None)
    waiting = tasks.sweep_syncs()
    syncing.sync_rotation(
        run_id=run.pk,
        gateway=published.gateway(simulator),
        clocks=Clocks(now=lambda: NOW, real_now=lambda: BACK),
        holder="another",
    )

    run.refresh_from_db()
    published.at = NOW
    assert (waiting, run.state) == (1, SyncRun.State.DONE)
    assert published.shown(simulator, "primary") == published.wanted("primary")
