from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from rotation.domain import drift_causes
from rotation.domain.drift import Divergence
from rotation.domain.drift_causes import Author, Evidence
from rotation.domain.pagerduty_state import AuditRecord, LayerState, OverrideState, ScheduleState
from tests.rotation.spans import (
    BEN,
    DAY,
    EVA,
    FINN,
    MONDAY,
    NIGHT,
    NOW,
    PATTERN,
    TOM,
    WEEK,
    WHOLE,
    divergence,
    override,
    span,
)


def layer(*users: str, ref: str = "PL1", name: str = "Weeks", seconds: int = 604_800) -> LayerState:
    return LayerState(
        ref=ref,
        name=name,
        starts_at=MONDAY,
        ends_at=MONDAY + 26 * WEEK,
        virtual_start=MONDAY,
        turn_seconds=seconds,
        user_refs=users,
        restrictions=(),
    )


def schedule(*layers: LayerState, zone: str = "Europe/Dublin") -> ScheduleState:
    return ScheduleState(ref="PS", name="Nights", description="", time_zone=zone, layers=layers)


def evidence(
    held: ScheduleState,
    *,
    written: ScheduleState | None = None,
    asked: tuple[OverrideState, ...] = (),
    removed: tuple[OverrideState, ...] = (),
) -> Evidence:
    return Evidence(
        held=held,
        written=written,
        asked=asked,
        removed=removed,
        zone="Europe/Dublin",
        pattern=PATTERN,
    )


OURS = schedule(layer(BEN, FINN))
CAUSES = {
    "an override": (
        Divergence(period=NIGHT, wanted=BEN, shown=EVA, override=override(EVA, NIGHT)),
        evidence(OURS, written=OURS),
        "override",
    ),
    "ours removed": (
        divergence(BEN, FINN, NIGHT),
        evidence(OURS, written=OURS, removed=(override(BEN, NIGHT),)),
        "removed",
    ),
    "another zone": (
        divergence(BEN, None, NIGHT),
        evidence(schedule(layer(BEN, FINN), zone="Europe/Berlin"), written=OURS),
        "zone",
    ),
    "other users": (
        divergence(BEN, TOM, NIGHT),
        evidence(schedule(layer(TOM, FINN)), written=OURS),
        "layer",
    ),
    "another name": (
        divergence(BEN, TOM, NIGHT),
        evidence(schedule(layer(BEN, FINN, name="Mine")), written=OURS),
        "layer",
    ),
    "a layer more": (
        divergence(BEN, TOM, NIGHT),
        evidence(schedule(layer(BEN, FINN), layer(TOM, ref="PL2")), written=OURS),
        "layer",
    ),
    "nothing differs": (divergence(BEN, TOM, NIGHT), evidence(OURS, written=OURS), "unknown"),
    "no answer came": (divergence(BEN, TOM, NIGHT), evidence(OURS), "unknown"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_what_differs_from_what_rota_wrote(name: str) -> None:
    found, facts, expected = CAUSES[name]

    assert drift_causes.cause_of(found, facts, NOW) == expected


def test_a_start_that_pagerduty_moved_and_layers_that_ended_are_no_edit() -> None:
    moved = dataclasses.replace(layer(BEN), starts_at=MONDAY + DAY)
    ended = dataclasses.replace(layer(TOM, ref="PL0"), ends_at=NOW)

    assert not drift_causes.layers_differ([layer(BEN)], [ended, moved], NOW)


def test_last_written_is_ours_over_the_layer() -> None:
    cover = override(EVA, NIGHT)
    facts = evidence(OURS, written=OURS, asked=(cover,))
    later = divergence(FINN, TOM, span("8 17:30", "9 09:00"))

    assert drift_causes.written_for(divergence(EVA, TOM, NIGHT), facts) == EVA
    assert drift_causes.written_for(later, facts) == FINN
    assert drift_causes.written_for(later, evidence(OURS)) is None


def test_an_override_of_ours_is_removed_when_neither_its_id_nor_its_end_is_there() -> None:
    mine = override(EVA, NIGHT, "PO9")
    running = override(EVA, span("1 20:00", "2 09:00"), None)

    assert drift_causes.removed_overrides([mine], [], NOW) == [mine]
    assert drift_causes.removed_overrides([mine], [override(TOM, WHOLE, "PO9")], NOW) == []
    assert drift_causes.removed_overrides([mine], [running], NOW) == []


def record(
    name: str,
    hours: int,
    *fields: str,
    objects: frozenset[str] = frozenset(),
    is_person: bool = True,
) -> AuditRecord:
    return AuditRecord(
        at=NOW + dt.timedelta(hours=hours),
        by=name,
        is_person=is_person,
        fields=fields,
        objects=objects,
    )


EDITED = "schedule_layers.users"
RECORDS = {
    "the override's own": (
        "override",
        [record("Tom", 1, objects=frozenset({"PO1"})), record("Eva", 2, EDITED)],
        "Tom",
    ),
    "an override without a record": ("override", [record("Eva", 2, EDITED)], ""),
    "the newest edit of a layer": (
        "layer",
        [record("Eva", 1, EDITED), record("Tom", 2, EDITED), record("Gil", 3, "name")],
        "Tom",
    ),
    "a person rather than a key": (
        "layer",
        [record("Eva", 1, EDITED), record("Key", 2, EDITED, is_person=False)],
        "Eva",
    ),
    "what came before Rota's last write": ("layer", [record("Eva", -1, EDITED)], ""),
    "the zone": ("zone", [record("Eva", 1, EDITED), record("Tom", 1, "time_zone")], "Tom"),
    "nothing known": ("unknown", [record("Eva", 1, EDITED)], ""),
}


@pytest.mark.parametrize("name", RECORDS)
def test_who_did_it_is_in_the_record_that_fits(name: str) -> None:
    cause, records, expected = RECORDS[name]
    found = Divergence(period=NIGHT, wanted=BEN, shown=EVA, override=override(EVA, NIGHT))

    author = drift_causes.author_of(found, cause, records, NOW)

    assert author.name == expected
    assert (author == Author()) is (expected == "")
