"""Each window of a cover once, and nothing written again however PagerDuty answers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from rotation.models import Cover, Level, Shift
from rotation.operations import syncing as operations
from rotation.queries import worked
from tests import builders
from tests.rotation import humans
from tests.rotation.syncs import Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
CLOCK_CHANGE = dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC)


def _published(simulator: RunningSimulator, switches: dict[str, str | int]) -> Published:
    published = make_published()
    know_people(simulator, published.people)
    simulator.set_switches(**switches)
    published.sync(simulator)
    return published


def _again(published: Published, simulator: RunningSimulator) -> tuple[str, list[Json]]:
    """How one more run ends, and its writes as they were sent."""
    simulator.clear_requests()
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    state = published.sync(simulator).state
    return str(state), [
        each
        for each in simulator.requests()
        if each["method"] != "GET" and not each["path"].endswith("/preview")
    ]


def _week_long_cover(published: Published, number: int) -> Cover:
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[number]
    taker = next(each for each in published.people[2:] if each.pk != shift.holder_id)
    return builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=taker)


def _spans(published: Published, simulator: RunningSimulator, cover: Cover) -> list[Json]:
    """The overrides that lie in the cover's shift, as PagerDuty keeps them."""
    schedule = humans.schedule_of(published, simulator, "primary")
    return [
        each
        for each in (schedule or {"overrides": []})["overrides"]
        if cover.starts_at <= dt.datetime.fromisoformat(each["start"]) < cover.ends_at
    ]


def test_a_week_long_cover_is_one_batch_with_each_of_its_windows_exactly_once(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator, {})
    cover = _week_long_cover(published, 9)
    [line] = worked.worked_shifts(shifts=Shift.objects.filter(pk=cover.shift_id))

    state, [batch] = _again(published, simulator)

    # Four nights, and the weekend up to Monday's office hours.
    sent = [(each["start"], each["end"]) for each in batch["request_body"]["overrides"]]
    windows = [
        (f"{one.starts_at:%Y-%m-%dT%H:%M:%SZ}", f"{one.ends_at:%Y-%m-%dT%H:%M:%SZ}")
        for one in line.windows
    ]
    assert (state, len(sent), sent) == ("done", 5, windows)
    assert _again(published, simulator) == ("done", [])
    kept = [(each["start"], each["end"]) for each in _spans(published, simulator, cover)]
    assert sorted(kept) == windows
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_of_a_week_long_cover_whose_answer_was_lost_each_window_is_there_once(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator, {})
    cover = _week_long_cover(published, 9)
    simulator.faults(path="*/overrides", method="POST", count=1, drop_after_write=True)

    first, _writes = _again(published, simulator)
    published.at += dt.timedelta(minutes=5)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
    second, writes = _again(published, simulator)

    assert (first, second, writes) == ("failed", "done", [])
    assert len(_spans(published, simulator, cover)) == 5


def test_ids_come_from_the_answer_and_take_the_windows_away_again(
    simulator: RunningSimulator,
) -> None:
    published = _published(simulator, {"override_ids": "editable_only"})
    cover = _week_long_cover(published, 9)
    _state, [batch] = _again(published, simulator)
    made = [each["override"]["id"] for each in batch["response_body"]]
    Cover.objects.filter(pk=cover.pk).update(state="undone", closed_at=published.at)

    state, removals = _again(published, simulator)

    assert (state, {each["method"] for each in removals}) == ("done", {"DELETE"})
    assert sorted(each["path"].rsplit("/", 1)[-1] for each in removals) == sorted(made)
    assert _spans(published, simulator, cover) == []


@pytest.mark.parametrize(
    "switches",
    [
        {"answer_times": "utc", "virtual_start_offset": "shifted", "past_layer_start": "kept"},
        {"override_ids": "always", "overrides_status": 201, "touching_entries": "separate"},
        {"restrictions": "fixed_seconds", "turns": "fixed_seconds"},
        {"layer_users_limit": 1, "past_override_start": "kept", "answer_times": "utc"},
    ],
    ids=lambda one: "-".join(map(str, one)),
)
def test_in_the_middle_of_a_week_and_of_an_override_nothing_is_written_again(
    simulator: RunningSimulator, switches: dict[str, str | int]
) -> None:
    published = _published(simulator, switches)
    cover = _week_long_cover(published, 2)
    _again(published, simulator)
    # Two weeks of one person touch: PagerDuty may answer them as one entry.
    first, second = Shift.objects.filter(level__name="escalation").order_by("week_date")[5:7]
    Shift.objects.filter(pk=second.pk).update(holder=first.holder)
    assert _again(published, simulator)[0] == "done"
    found = []

    # In a covered night; on the Sunday on which the clocks change.
    for at in (cover.starts_at, cover.starts_at + dt.timedelta(hours=8), CLOCK_CHANGE):
        published.at = at
        simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
        found.append(_again(published, simulator))

    assert found == [("done", [])] * 3
    for level in ("primary", "escalation"):
        assert published.shown(simulator, level) == published.wanted(level)


def test_a_level_is_in_pagerduty_only_once_the_final_schedule_shows_it(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rotation.syncing.PATIENCE_SECONDS", 0.0)
    published = _published(simulator, {})
    levels = Level.objects.filter(rotation=published.rotation, name="primary")
    before = levels.get().in_pagerduty_since
    _week_long_cover(published, 9)
    simulator.put_state(simulator.state())
    simulator.set_switches(stale_reads_seconds=600)

    late = _again(published, simulator)[0], levels.get().in_pagerduty_since
    simulator.set_switches(stale_reads_seconds=0)
    then = _again(published, simulator)[0], levels.get().in_pagerduty_since

    assert before is not None
    assert late == ("failed", None)
    assert then == ("done", published.at)
