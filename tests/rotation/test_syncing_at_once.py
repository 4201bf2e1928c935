"""Sync runs that meet changes and each other at the same moment, on the engine of this run."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

import pytest
from django.db import connections, transaction

from rotation.models import SyncRun
from rotation.operations import syncing as operations
from tests import builders
from tests.builders import NOW
from tests.compensation.test_at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.models import Rotation

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10
SECONDS = 15.0


@dataclasses.dataclass
class Change:
    """A change of a rotation's schedule in a thread, which commits when it is told to."""

    rotation: Rotation
    cause: str
    has_queued: threading.Event = dataclasses.field(default_factory=threading.Event)
    may_commit: threading.Event = dataclasses.field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._change)
        self.thread.start()

    def _change(self) -> None:
        try:
            with transaction.atomic():
                operations.queue_sync(rotation_id=self.rotation.pk, cause=self.cause, now=NOW)
                self.has_queued.set()
                self.may_commit.wait(SECONDS)
        finally:
            connections.close_all()

    def commit(self) -> None:
        self.may_commit.set()
        self.thread.join(SECONDS)


def _claim(run_id: int, holder: str, got: list[str]) -> Callable[[], None]:
    def run() -> None:
        claimed = operations.claim_run(run_id=run_id, now=NOW, real_now=NOW, holder=holder)
        if claimed is not None:
            got.append(holder)

    return run


def test_a_change_that_met_another_one_is_read_by_the_run_that_serves_both() -> None:
    rotation = builders.make_rotation()
    first = Change(rotation, "first")
    assert first.has_queued.wait(SECONDS)
    second = Change(rotation, "second")
    time.sleep(0.3)  # it waits for the first one's row by now
    first.commit()
    assert second.has_queued.wait(SECONDS)

    [run] = SyncRun.objects.all()
    got: list[str] = []
    worker = threading.Thread(target=at_once, args=(_claim(run.pk, "worker", got),))
    worker.start()
    time.sleep(0.5)
    before = list(got)
    second.commit()
    worker.join(SECONDS)

    # Had it begun before the second change was there, nobody would have brought that one over.
    assert (before, got) == ([], ["worker"])
    assert SyncRun.objects.get().state == SyncRun.State.RUNNING


def test_of_three_workers_one_gets_a_run_and_changes_meanwhile_leave_one_more() -> None:
    rotation = builders.make_rotation()
    for number in range(ROUNDS):
        operations.queue_sync(rotation_id=rotation.pk, cause="x", now=NOW)
        run = SyncRun.objects.get(state=SyncRun.State.QUEUED)
        got: list[str] = []

        def change(number: int = number) -> None:
            operations.queue_sync(rotation_id=rotation.pk, cause=f"change {number}", now=NOW)

        raised = at_once(*[_claim(run.pk, holder, got) for holder in "abc"], change, change)

        waiting = SyncRun.objects.filter(state=SyncRun.State.QUEUED)
        assert (raised, len(got)) == ([], 1)
        # A change before the claim is served by this run, one after it by the next.
        assert waiting.count() <= 1
        assert operations.finish_run(run_id=run.pk, holder=got[0], unmatched=[], now=NOW)
        waiting.delete()


def test_a_change_gives_a_run_that_was_refused_before_all_its_tries_again() -> None:
    rotation = builders.make_rotation()
    operations.queue_sync(rotation_id=rotation.pk, cause="refused", now=NOW)
    SyncRun.objects.update(tries=4)

    operations.queue_sync(rotation_id=rotation.pk, cause="another holder", now=NOW)

    run = SyncRun.objects.get()
    assert (run.cause, run.tries) == ("another holder", 0)
