from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from common.periods import Period, intersection
from rotation.domain import drift, drift_causes, slots
from rotation.domain.drift import Divergence, Known, LookedAt
from rotation.domain.drift_causes import Author, Evidence
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_state import (
    AuditRecord,
    FinalEntry,
    LayerState,
    OverrideState,
    ScheduleState,
)
from tests.rotation.layers import office

BEN, EVA, FINN, TOM = "PBEN", "PEVA", "PFINN", "PTOM"
MONDAY = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 25, 14, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
PATTERN = office()


def at(text: str) -> dt.datetime:
    """`30 17:30` is that time of 30 November, and so on into December: `2 09:00`."""
    day, time = text.split()
    month = 11 if int(day) > 20 else 12
    return dt.datetime.combine(
        dt.date(2026, month, int(day)), dt.time.fromisoformat(time), tzinfo=dt.UTC
    )


def span(first: str, last: str) -> Period:
    return Period(starts_at=at(first), ends_at=at(last))


def week_of(*holders: str | None) -> list[LookedAt]:
    """One week for each holder from 30 November on."""
    weeks = []
    for number, holder in enumerate(holders):
        period = Period(starts_at=MONDAY + number * WEEK, ends_at=MONDAY + (number + 1) * WEEK)
        windows = tuple(slots.regular_windows(PATTERN, period))
        weeks.append(
            LookedAt(
                period=period,
                windows=windows,
                wanted=tuple(UserStint(user_ref=holder, period=each) for each in windows),
            )
        )
    return weeks


def entries(weeks: list[LookedAt], *overrides: OverrideState) -> list[FinalEntry]:
    """What PagerDuty shows: the weeks as wanted, the overrides over them."""
    shown = [
        FinalEntry(user_ref=stint.user_ref, period=stint.period)
        for week in weeks
        for stint in week.wanted
        if stint.user_ref is not None
    ]
    for override in overrides:
        shown = [
            dataclasses.replace(entry, period=rest)
            for entry in shown
            for rest in _outside(entry.period, override.period)
        ]
        shown.append(FinalEntry(user_ref=override.user_ref, period=override.period))
    return shown


def _outside(period: Period, hole: Period) -> list[Period]:
    ends = [
        (period.starts_at, min(period.ends_at, hole.starts_at)),
        (max(period.starts_at, hole.ends_at), period.ends_at),
    ]
    return [Period(starts_at=one, ends_at=other) for one, other in ends if one < other]


def override(user: str, period: Period, ref: str | None = "PO1") -> OverrideState:
    return OverrideState(ref=ref, user_ref=user, period=period)


def as_lines(found: list[Divergence]) -> list[tuple[str | None, str | None, Period]]:
    return [(each.wanted, each.shown, each.period) for each in found]


OVERRIDES = {
    "one night": (
        [override(EVA, span("1 17:30", "2 09:00"))],
        [(BEN, EVA, span("1 17:30", "2 09:00"))],
    ),
    "two days with the office hours between them": (
        [override(EVA, span("1 12:00", "3 12:00"))],
        [(BEN, EVA, span("1 12:00", "3 12:00"))],
    ),
    "a whole week": (
        [override(EVA, span("30 12:00", "7 12:00"))],
        [(BEN, EVA, span("30 12:00", "7 12:00"))],
    ),
    "over the handover, cut at the week's border": (
        [override(EVA, span("6 12:00", "8 12:00"))],
        [(BEN, EVA, span("6 12:00", "7 12:00")), (FINN, EVA, span("7 12:00", "8 12:00"))],
    ),
    "two people, two drifts": (
        [
            override(EVA, span("1 17:30", "2 09:00")),
            override(TOM, span("2 17:30", "3 09:00"), "PO2"),
        ],
        [(BEN, EVA, span("1 17:30", "2 09:00")), (BEN, TOM, span("2 17:30", "3 09:00"))],
    ),
    "two overrides of one person are two": (
        [
            override(EVA, span("1 17:30", "2 09:00")),
            override(EVA, span("2 17:30", "3 09:00"), "PO2"),
        ],
        [(BEN, EVA, span("1 17:30", "2 09:00")), (BEN, EVA, span("2 17:30", "3 09:00"))],
    ),
    "office hours alone": (
        [override(EVA, span("2 09:00", "2 12:00"))],
        [(None, EVA, span("2 09:00", "2 12:00"))],
    ),
    "for whom it is anyway": ([override(BEN, span("1 17:30", "2 09:00"))], []),
    "before now": ([override(EVA, span("23 12:00", "24 12:00"))], []),
}


@pytest.mark.parametrize("name", OVERRIDES)
def test_an_override_is_one_drift_of_each_week(name: str) -> None:
    overrides, expected = OVERRIDES[name]
    weeks = week_of(BEN, FINN)

    found = drift.divergences(weeks, entries(weeks, *overrides), overrides, NOW)

    assert as_lines(found) == expected
    assert all(each.override is not None for each in found)


def test_a_gap_that_somebody_fills_is_a_drift_too() -> None:
    weeks = week_of(None)
    tom = override(TOM, span("1 17:30", "2 09:00"))

    found = drift.divergences(weeks, entries(weeks, tom), [tom], NOW)

    assert as_lines(found) == [(None, TOM, span("1 17:30", "2 09:00"))]
    assert not found[0].is_off_call


EDITS: dict[str, tuple[list[FinalEntry], list[tuple[str | None, str | None, Period]]]] = {
    "another person in the layer": (
        entries(week_of(TOM)),
        [(BEN, TOM, span("30 17:30", "7 09:00"))],
    ),
    "nobody": ([], [(BEN, None, span("30 17:30", "7 09:00"))]),
    "without its restrictions": (
        [FinalEntry(user_ref=BEN, period=span("30 12:00", "7 12:00"))],
        [(None, BEN, span("30 12:00", "7 12:00"))],
    ),
    "an hour later each day, as with other restrictions": (
        [
            FinalEntry(
                user_ref=BEN,
                period=Period(
                    starts_at=stint.period.starts_at + dt.timedelta(hours=1),
                    ends_at=stint.period.ends_at,
                ),
            )
            for stint in week_of(BEN)[0].wanted
        ],
        [(BEN, None, span("30 17:30", "4 18:30"))],
    ),
    "an hour later on one day": (
        [
            FinalEntry(
                user_ref=BEN,
                period=Period(
                    starts_at=stint.period.starts_at + dt.timedelta(hours=1),
                    ends_at=stint.period.ends_at,
                ),
            )
            for stint in week_of(BEN)[0].wanted[:1]
        ]
        + entries(week_of(BEN))[1:],
        [(BEN, None, span("30 17:30", "30 18:30"))],
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_layer_is_one_drift_of_the_week(name: str) -> None:
    shown, expected = EDITS[name]

    found = drift.divergences(week_of(BEN), shown, [], NOW)

    assert as_lines(found) == expected


SAME_IN_OTHER_WORDS = {
    "touching entries joined": [FinalEntry(user_ref=BEN, period=span("30 17:30", "1 09:00"))],
    "touching entries apart": [
        FinalEntry(user_ref=BEN, period=span("30 17:30", "30 22:00")),
        FinalEntry(user_ref=BEN, period=span("30 22:00", "1 09:00")),
    ],
    "with what lies before": [FinalEntry(user_ref=BEN, period=span("30 17:00", "1 09:00"))],
}


@pytest.mark.parametrize("name", SAME_IN_OTHER_WORDS)
def test_how_pagerduty_cuts_its_entries_is_no_drift(name: str) -> None:
    window = span("30 17:30", "1 09:00")
    week = LookedAt(
        period=window, windows=(window,), wanted=(UserStint(user_ref=BEN, period=window),)
    )

    assert drift.divergences([week], SAME_IN_OTHER_WORDS[name], [], NOW) == []


def test_entries_cut_at_now_are_no_drift_in_a_running_week() -> None:
    now = at("2 03:00")
    weeks = week_of(BEN)
    shown = [
        dataclasses.replace(entry, period=rest)
        for entry in entries(weeks)
        for rest in intersection([entry.period], [Period(starts_at=now, ends_at=at("20 12:00"))])
    ]

    assert drift.divergences(weeks, shown, [], now) == []


def test_only_weeks_that_begin_within_eight_weeks_are_looked_at_and_whole() -> None:
    weeks = week_of(*[BEN] * 12)

    kept = drift.looked_at(weeks, NOW)
    later = drift.looked_at(weeks, MONDAY + WEEK)

    assert len(kept) == 8
    assert kept == weeks[:8]
    assert later == weeks[1:9]


def known(wanted: str | None, shown: str | None, period: Period, number: int = 1) -> Known:
    return Known(number=number, period=period, wanted=wanted, shown=shown)


def divergence(
    wanted: str | None, shown: str | None, period: Period, *, is_off_call: bool = False
) -> Divergence:
    return Divergence(period=period, wanted=wanted, shown=shown, is_off_call=is_off_call)


NIGHT = span("1 17:30", "2 09:00")
WHOLE = span("1 12:00", "2 12:00")
SEEN: dict[str, tuple[Known, Divergence, dt.datetime, bool]] = {
    "the same": (known(BEN, EVA, NIGHT), divergence(BEN, EVA, NIGHT), NOW, True),
    "cut at now": (
        known(BEN, EVA, NIGHT),
        divergence(BEN, EVA, span("1 20:00", "2 09:00")),
        at("1 20:00"),
        True,
    ),
    "only office hours are left": (
        known(BEN, EVA, WHOLE),
        divergence(None, EVA, span("2 10:00", "2 12:00"), is_off_call=True),
        at("2 10:00"),
        True,
    ),
    "somebody else is shown": (
        known(BEN, EVA, NIGHT),
        divergence(BEN, TOM, NIGHT),
        NOW,
        False,
    ),
    "somebody else is wanted": (
        known(BEN, EVA, NIGHT),
        divergence(FINN, EVA, NIGHT),
        NOW,
        False,
    ),
    "it ends earlier": (
        known(BEN, EVA, NIGHT),
        divergence(BEN, EVA, span("1 17:30", "2 03:00")),
        NOW,
        False,
    ),
    "it begins later and has not begun": (
        known(BEN, EVA, NIGHT),
        divergence(BEN, EVA, span("1 22:00", "2 09:00")),
        NOW,
        False,
    ),
}


@pytest.mark.parametrize("name", SEEN)
def test_a_drift_that_is_seen_again_is_the_same_one(name: str) -> None:
    one, found, now, is_same = SEEN[name]

    matching = drift.match([one], [found], now)

    assert (matching.again == ((1, found),)) is is_same
    assert (matching.new == (found,)) is not is_same
    assert (matching.gone == (1,)) is not is_same


def test_what_is_not_found_again_is_gone() -> None:
    matching = drift.match([known(BEN, EVA, NIGHT)], [], NOW)

    assert matching == drift.Matching(again=(), new=(), gone=(1,))


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
