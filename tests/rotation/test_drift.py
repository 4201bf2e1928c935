from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from common.periods import Period, intersection
from rotation.domain import drift
from rotation.domain.drift import Divergence, Known, LookedAt
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_state import FinalEntry
from tests.rotation.spans import (
    BEN,
    EVA,
    FINN,
    MONDAY,
    NIGHT,
    NOW,
    TOM,
    WEEK,
    WHOLE,
    as_lines,
    at,
    divergence,
    entries,
    override,
    span,
    week_of,
)

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
