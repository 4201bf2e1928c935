from __future__ import annotations

import collections
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from rotation.models import Shift
from rotation.operations import syncing as operations
from tests import builders
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
SWITCHES: list[dict[str, str | int]] = [
    {},
    {"answer_times": "utc"},
    {"touching_entries": "separate"},
    {"answer_times": "utc", "touching_entries": "separate", "turns": "fixed_seconds"},
    {"past_layer_start": "kept", "past_override_start": "kept"},
]


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published()
    know_people(simulator, published.people)
    return published


def _counted(simulator: RunningSimulator) -> tuple[dict[str, int], dict[str, int]]:
    """Writes by kind, and everything else by kind, since the last look."""
    writes: collections.Counter[str] = collections.Counter()
    reads: collections.Counter[str] = collections.Counter()
    for each in simulator.requests():
        kind = _kind(each)
        into = reads if each["method"] == "GET" or kind.endswith("preview") else writes
        into[kind] += 1
    simulator.clear_requests()
    return dict(writes), dict(reads)


def _kind(each: dict[str, Any]) -> str:
    parts = [part for part in each["path"].split("/") if part]
    what = parts[0] if len(parts) == 1 else f"{parts[0]}/{parts[2] if len(parts) > 2 else '{id}'}"
    return f"{each['method']} {'preview' if 'preview' in parts else what}"


def _again(published: Published, simulator: RunningSimulator) -> str:
    operations.queue_sync(rotation_id=published.rotation.pk, cause="again", now=published.at)
    return str(published.sync(simulator).state)


def _cover(published: Published, level: str, number: int) -> None:
    shift = Shift.objects.filter(level__name=level).order_by("week_date")[number]
    team = published.people[:2] if level == "escalation" else published.people[2:]
    taker = next(person for person in team if person.pk != shift.holder_id)
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=taker)


def test_from_nothing_it_takes_two_schedules_one_policy_and_a_batch_for_each_level(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)

    writes, reads = _counted(simulator)
    assert writes == {
        "POST schedules": 2,
        "POST schedules/overrides": 2,
        "POST escalation_policies": 1,
    }
    assert reads["POST preview"] == 6
    assert sum(reads.values()) <= 20


def test_unchanged_it_takes_no_write_and_few_reads(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _counted(simulator)

    state = _again(published, simulator)

    writes, reads = _counted(simulator)
    assert (state, writes) == ("done", {})
    assert sum(reads.values()) <= 24


def test_one_changed_level_takes_one_batch_and_the_other_none(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    _cover(published, "primary", 9)
    _counted(simulator)

    _again(published, simulator)

    assert _counted(simulator)[0] == {"POST schedules/overrides": 1}


def test_published_again_it_takes_one_write_a_changed_level_and_one_batch(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    for level in ("primary", "escalation"):
        first, second = Shift.objects.filter(level__name=level).order_by("week_date")[7:9]
        first.holder, second.holder = second.holder, first.holder
        first.save(update_fields=["holder"])
        second.save(update_fields=["holder"])
    _counted(simulator)

    _again(published, simulator)

    writes, _reads = _counted(simulator)
    assert writes.pop("PUT schedules/{id}") == 2
    assert set(writes) <= {"POST schedules/overrides", "DELETE schedules/overrides"}
    assert writes.get("POST schedules/overrides", 0) <= 2


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda one: "-".join(map(str, one)) or "usual")
def test_applied_read_and_applied_again_nothing_is_written_before_or_after_a_clock_change(
    simulator: RunningSimulator, switches: dict[str, str | int]
) -> None:
    published = make_published()
    know_people(simulator, published.people)
    simulator.set_switches(**switches)
    published.sync(simulator)
    _cover(published, "primary", 17)
    _again(published, simulator)
    found = []

    # The clocks change on 28 March 2027; the running week is cut at now each time.
    for days in (0, 40, 120, 124, 127):
        published.at = NOW.replace(hour=20) + dt.timedelta(days=days)
        simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
        _counted(simulator)
        state = _again(published, simulator)
        found.append((state, _counted(simulator)[0]))

    assert found == [("done", {})] * 5
