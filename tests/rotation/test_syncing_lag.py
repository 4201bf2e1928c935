"""Runs one after the other while PagerDuty's reads still show what was there before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation import syncing
from rotation.domain.pagerduty_lag import LONGEST_LAG, Unseen
from rotation.domain.pagerduty_state import LayerState, ScheduleState
from rotation.models import Cover, Shift
from rotation.operations import syncing as operations
from tests import builders
from tests.rotation import humans
from tests.rotation.christmas import ANNA, BEN, hours, made
from tests.rotation.layers import Layers, holders, office
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
# By the machine's clock; far longer than a test takes.
LONG = 600


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published()
    know_people(simulator, published.people)
    published.sync(simulator)
    return published


def _again(published: Published, simulator: RunningSimulator) -> tuple[str, list[str]]:
    """How one more run ends, and what it writes."""
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    state = published.sync(simulator).state
    asked = [(each["method"], each["path"]) for each in simulator.requests()]
    writes = [
        f"{method} {path.rsplit('/', 1)[-1] if path.endswith('overrides') else path}"
        for method, path in asked
        if method != "GET" and not path.endswith("/preview")
    ]
    return str(state), writes


def _lag(simulator: RunningSimulator) -> None:
    """From now on reads show what is there now; nothing older is left to be shown."""
    simulator.put_state(simulator.state())
    simulator.set_switches(stale_reads_seconds=LONG)


def _cover(published: Published) -> Cover:
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[9]
    taker = next(each for each in published.people[2:] if each.pk != shift.holder_id)
    return builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=taker)


def _move(published: Published, simulator: RunningSimulator, by: dt.timedelta) -> None:
    published.at += by
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")


def _overrides(published: Published, simulator: RunningSimulator) -> list[tuple[str, str, str]]:
    schedule = humans.schedule_of(published, simulator, "primary")
    kept: list[Json] = (schedule or {"overrides": []})["overrides"]
    return [(each["user"], each["start"], each["end"]) for each in kept]


def test_a_second_run_at_once_writes_no_override_again(
    published: Published, simulator: RunningSimulator
) -> None:
    _cover(published)
    _lag(simulator)

    first = _again(published, simulator)
    second, third = _again(published, simulator), _again(published, simulator)

    assert first == ("failed", ["POST overrides"])
    assert (second, third) == (("failed", []), ("failed", []))
    there = _overrides(published, simulator)
    assert len(there) == len(set(there))
    simulator.set_switches(stale_reads_seconds=0)
    assert _again(published, simulator) == ("done", [])
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_a_second_run_at_once_makes_no_layer_again(
    published: Published, simulator: RunningSimulator
) -> None:
    # A week that becomes nobody's ends one layer and begins another.
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[9]
    Shift.objects.filter(pk=shift.pk).update(holder=None)
    _lag(simulator)

    first = _again(published, simulator)
    second = _again(published, simulator)

    assert [path.split("/")[0] for path in first[1]] == ["PUT "]
    assert second == ("failed", [])
    simulator.set_switches(stale_reads_seconds=0)
    assert _again(published, simulator) == ("done", [])
    schedule = humans.schedule_of(published, simulator, "primary")
    assert len((schedule or {})["layers"]) == 2


def test_what_was_removed_a_moment_ago_is_made_again_although_it_is_still_shown(
    published: Published, simulator: RunningSimulator
) -> None:
    cover = _cover(published)
    _again(published, simulator)
    before = len(_overrides(published, simulator))
    _lag(simulator)
    Cover.objects.filter(pk=cover.pk).update(state="undone", closed_at=published.at)
    _state, removals = _again(published, simulator)
    Cover.objects.filter(pk=cover.pk).update(state="accepted", closed_at=None)

    _state, writes = _again(published, simulator)

    assert {each.split(" ")[0] for each in removals} == {"DELETE"}
    assert writes == ["POST overrides"]
    simulator.set_switches(stale_reads_seconds=0)
    assert _again(published, simulator) == ("done", [])
    assert len(_overrides(published, simulator)) == before


def test_what_never_appears_is_written_again_after_a_bounded_time(
    published: Published, simulator: RunningSimulator
) -> None:
    _cover(published)
    _lag(simulator)
    _again(published, simulator)
    schedule = humans.schedule_of(published, simulator, "primary")
    assert schedule is not None
    for each in schedule["overrides"][-5:]:
        humans.act(simulator, "remove-override", schedule=schedule["id"], override=each["id"])
    simulator.set_switches(stale_reads_seconds=0)

    waited = _again(published, simulator)
    _move(published, simulator, LONGEST_LAG + dt.timedelta(seconds=1))

    assert waited == ("failed", [])
    assert _again(published, simulator) == ("done", ["POST overrides"])
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_what_a_run_has_read_back_and_a_human_removes_then_is_written_again_at_once(
    published: Published, simulator: RunningSimulator
) -> None:
    _cover(published)
    _again(published, simulator)
    schedule = humans.schedule_of(published, simulator, "primary")
    assert schedule is not None
    last = schedule["overrides"][-1]["id"]
    humans.act(simulator, "remove-override", schedule=schedule["id"], override=last)

    assert _again(published, simulator) == ("done", ["POST overrides"])


def test_an_override_that_is_shown_without_its_id_is_not_counted_twice() -> None:
    created = made(ANNA, hours(0, 8), "Q1")
    hidden, other = made(ANNA, hours(2, 8)), made(BEN, hours(0, 8), "Q2")
    unseen = Unseen(created=(created,))

    assert unseen.overrides([hidden, other]) == [hidden, other]
    assert unseen.overrides([other]) == [other, created]
    assert unseen.overrides([created]) == [created]
    assert Unseen(removed=frozenset({"Q2"})).overrides([other]) == []


def test_a_schedule_with_a_layer_that_no_answer_told_of_is_newer_than_the_answer() -> None:
    pagerduty = Layers(office())
    pagerduty.take(holders(office(), "2026-11-30", [ANNA, None, BEN]), NOW)
    first, second = pagerduty.held

    def schedule(ref: str, *layers: LayerState) -> ScheduleState:
        return ScheduleState(
            ref=ref, name="", description="", time_zone="Europe/Dublin", layers=layers
        )

    older, newer = schedule("S1", first), schedule("S1", first, second)

    assert Unseen(schedule=newer).layers(older) == newer
    assert Unseen(schedule=older).layers(newer) == newer
    assert Unseen(schedule=newer).layers(schedule("S2", first)) == schedule("S2", first)
    assert Unseen(schedule=newer).layers(None) is None
    assert Unseen().layers(older) == older
