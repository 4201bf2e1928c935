from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from common.periods import Period
from rotation.domain.pagerduty_plan import plan_level
from rotation.domain.pagerduty_preview import overlaid, preview_body
from rotation.domain.pagerduty_state import FinalEntry
from rotation.models import Level, SyncRun
from rotation.operations import syncing as operations
from tests.rotation.syncs import NOW, Published, know_people, make_published
from tests.rotation.test_pagerduty_plan import held, wanted

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published()
    know_people(simulator, published.people)
    return published


def _sent(simulator: RunningSimulator, method: str) -> list[str]:
    return [each["path"] for each in simulator.requests() if each["method"] == method]


def _upgrade(simulator: RunningSimulator, ref: str) -> None:
    state = simulator.state()
    for schedule in state["schedules"]:
        if schedule["id"] == ref:
            schedule["type"] = "schedule_v3"
    simulator.put_state(state)


def test_a_level_is_previewed_before_it_is_written(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)

    posts = _sent(simulator, "POST")
    assert posts[:4] == ["/schedules/preview"] * 3 + ["/schedules"]
    assert len([path for path in posts if path.endswith("/preview")]) == 6


def test_nothing_is_written_when_the_preview_would_show_somebody_else(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.set_switches(restrictions="fixed_seconds", overlapping_restrictions="refused")

    run = published.sync(simulator)

    assert (run.state, run.next_try_at) == (SyncRun.State.FAILED, None)
    assert (
        "“Core: primary” differs from the schedule in 1 week (from Mon 22 Mar 2027)" in run.failure
    )
    assert "Nothing was written to it." in run.failure
    assert simulator.state()["schedules"] == []
    assert simulator.state()["escalation_policies"] == []


def test_an_upgraded_schedule_is_marked_since_when_and_mended_by_unlinking(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    level = Level.objects.get(rotation=published.rotation, name="primary")
    _upgrade(simulator, level.pagerduty_schedule_ref)

    for hours in (1, 2):
        published.at = NOW + dt.timedelta(hours=hours)
        operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
        published.sync(simulator)
    level.refresh_from_db()
    marked = (level.schedule_trouble, level.schedule_trouble_since)
    operations.unlink_schedule(level_id=level.pk, actor=Actor.shell(), now=published.at)
    run = published.sync(simulator)

    level.refresh_from_db()
    assert marked == ("upgraded", NOW + dt.timedelta(hours=1))
    assert (run.state, level.schedule_trouble, level.schedule_trouble_since) == ("done", "", None)
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_the_preview_is_of_a_schedule_of_its_own_without_the_layers_that_have_ended() -> None:
    first = plan_level(wanted(), None, [], [], NOW)
    there = held(first)
    later = there.layers[0].starts_at + dt.timedelta(days=30)

    body = preview_body(plan_level(wanted(), there, [], [], later), later)

    assert body is None or body["schedule"]["schedule_layers"] == []
    before = preview_body(first, NOW)
    assert before is not None
    [layer] = before["schedule"]["schedule_layers"]
    assert "id" not in layer
    assert before["schedule"]["name"] == "Core: primary (preview)"


def test_an_override_is_shown_in_place_of_what_the_layers_show() -> None:
    def at(day: int) -> dt.datetime:
        return NOW + dt.timedelta(days=day)

    layers = [FinalEntry(user_ref="A", period=Period(starts_at=at(0), ends_at=at(7)))]
    cover = [FinalEntry(user_ref="B", period=Period(starts_at=at(2), ends_at=at(3)))]

    shown = overlaid(layers, cover)

    assert [(entry.user_ref, entry.period.starts_at) for entry in shown] == [
        ("A", at(0)),
        ("B", at(2)),
        ("A", at(3)),
    ]
