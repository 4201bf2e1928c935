from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from rotation.models import Shift, SyncRun
from rotation.operations import cancelling
from rotation.operations import syncing as operations
from tests.rotation.syncs import Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published(weeks=10)
    know_people(simulator, published.people)
    return published


def _again(published: Published, simulator: RunningSimulator, cause: str = "again") -> SyncRun:
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause=cause, now=published.at)
    return published.sync(simulator)


def test_a_week_that_is_cancelled_and_restored_is_its_holders_again(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    before = published.shown(simulator, "primary")
    coming = Shift.objects.filter(level__name="primary").order_by("week_date")[1]
    anna = Actor.shell()

    cancelling.cancel_shift(shift_id=coming.pk, reason="No releases.", actor=anna, now=published.at)
    cancelled = _again(published, simulator)
    without = published.shown(simulator, "primary")
    cancelling.restore_shift(shift_id=coming.pk, actor=anna, now=published.at)
    restored = _again(published, simulator)

    assert {cancelled.state, restored.state} == {SyncRun.State.DONE}
    assert without != before
    assert all(
        ends <= coming.starts_at or starts >= coming.ends_at for _who, starts, ends in without
    )
    assert published.shown(simulator, "primary") == published.wanted("primary") == before
