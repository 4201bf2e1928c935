"""An account that takes no long lists, and no user twice in a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rotation.domain import pagerduty_layers
from rotation.models import SyncRun
from rotation.operations import syncing as operations
from tests.rotation.syncs import know_people, make_published

if TYPE_CHECKING:
    from tests.rotation.syncs import Published
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


def _published(simulator: RunningSimulator, *, continuous: bool = False) -> Published:
    published = make_published(continuous=continuous)
    know_people(simulator, published.people)
    simulator.set_switches(layer_users_limit=1, repeated_layer_users="refused")
    return published


def test_it_is_told_in_pagerdutys_words_and_nothing_of_the_level_is_written(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator)

    run = published.sync(simulator)

    assert run.state == SyncRun.State.FAILED
    assert "users must have at most 1 entries" in run.failure
    assert simulator.state()["schedules"] == []


@pytest.mark.parametrize("continuous", [False, True])
def test_with_one_week_to_a_layer_the_same_stints_stand_there(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch, *, continuous: bool
) -> None:
    monkeypatch.setattr(pagerduty_layers, "MOST_ENTRIES", 1)
    published = _published(simulator, continuous=continuous)

    run = published.sync(simulator)
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    published.sync(simulator)

    assert (run.state, run.failure) == (SyncRun.State.DONE, "")
    for level in ("primary", "escalation"):
        assert published.shown(simulator, level) == published.wanted(level)
    paths = [each["path"] for each in simulator.requests() if each["method"] != "GET"]
    assert [path for path in paths if not path.endswith("/preview")] == []
