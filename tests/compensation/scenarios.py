"""Reads the pay scenarios and plays them on the pure rules, without a database.

`ROTA_PAY_SCENARIOS` names another file of the same form.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import pathlib
from typing import TYPE_CHECKING, Any

from common.periods import Period
from compensation.domain import keys, periods, pricing, shifts
from compensation.domain.layouts import ExportLine
from compensation.domain.rates import Rate
from rotation.domain import slots, stints

if TYPE_CHECKING:
    from collections.abc import Iterator

COPY = pathlib.Path(__file__).parent / "data" / "scenarios.json"
MORE = pathlib.Path(__file__).parent / "data" / "more_scenarios.json"
ORIGINAL = pathlib.Path(__file__).parents[3] / "shared" / "pay" / "scenarios.json"
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
LEVELS = {1: "primary", 2: "escalation"}

Scenario = dict[str, Any]


def scenario_file() -> pathlib.Path:
    """The file that somebody named, else the specification's, else our copy of it."""
    named = os.environ.get("ROTA_PAY_SCENARIOS", "")
    if named:
        return pathlib.Path(named)
    return ORIGINAL if ORIGINAL.exists() else COPY


def every_scenario() -> dict[str, Scenario]:
    """Those of the file, and more of our own, whose figures `minute_walk` has found."""
    return {**scenarios(MORE), **scenarios()}


def scenarios(file: pathlib.Path | None = None) -> dict[str, Scenario]:
    """Every scenario of the file by its id."""
    content = json.loads((file or scenario_file()).read_text(encoding="utf-8"))
    return {scenario["id"]: scenario for scenario in content["scenarios"]}


def instant(text: str) -> dt.datetime:
    """An instant of the file, which ends in Z."""
    return dt.datetime.fromisoformat(text)


def local_instant(scenario: Scenario, text: str) -> dt.datetime:
    """A wall time of the rotation, as covers have it."""
    wall = dt.datetime.fromisoformat(text)
    return slots.local_instant(scenario["rotation"]["tz"], wall.date(), wall.time())


def pattern_of(scenario: Scenario) -> slots.WeekPattern:
    """The rotation's hours."""
    rotation = scenario["rotation"]
    weekday, handover = rotation["handover"]
    hours: list[dt.time | None] = [None, None]
    if rotation["windows"] != "continuous":
        hours = [dt.time.fromisoformat(text) for text in rotation["windows"]["business"]]
    return slots.WeekPattern(
        zone=rotation["tz"],
        handover_weekday=WEEKDAYS.index(weekday),
        handover_time=dt.time.fromisoformat(handover),
        business_start=hours[0],
        business_end=hours[1],
    )


def holidays_of(scenario: Scenario, office: str) -> frozenset[dt.date]:
    """The public holidays of an office; none for the empty name."""
    dates = scenario["offices"][office]["holidays"] if office else []
    return frozenset(dt.date.fromisoformat(date) for date in dates)


def windows_of(scenario: Scenario, start: dt.date) -> tuple[slots.Week, list[Period]]:
    """The week that starts on a date, and the on-call time of its whole days."""
    pattern = pattern_of(scenario)
    week = slots.week_of(pattern, start)
    holidays = holidays_of(scenario, scenario["rotation"]["holiday_calendar"])
    return week, slots.day_windows(pattern, week, holidays)


def rates_of(scenario: Scenario) -> list[Rate]:
    """The scenario's rates in order of insertion."""
    return [
        Rate(
            version=rate["version"],
            office=rate["office"],
            level=LEVELS[rate["level"]],
            effective_from=dt.date.fromisoformat(rate["effective_from"]),
            weekly_minor=rate["weekly"],
            holiday_minor=rate["holiday"],
            currency=scenario["offices"][rate["office"]]["currency"],
            inserted=index,
        )
        for index, rate in enumerate(scenario["rates"])
    ]


def shift_of(scenario: Scenario, described: dict[str, Any]) -> shifts.Shift:
    """One shift with the covers that it has by now."""
    week, day_windows = windows_of(scenario, dt.date.fromisoformat(described["start"]))
    names = list(scenario["people"])
    spans = [
        stints.CoverSpan(
            person=names.index(cover["person"]),
            period=Period(
                starts_at=local_instant(scenario, cover["from"]),
                ends_at=local_instant(scenario, cover["to"]),
            ),
        )
        for cover in described["covers"]
    ]
    holder = described["holder"]
    worked = stints.stints(names.index(holder) if holder else None, week.period, spans)
    cancelled = described.get("cancelled_at")
    return shifts.Shift(
        key=described["id"],
        level=LEVELS[described["level"]],
        time_zone=scenario["rotation"]["tz"],
        period=week.period,
        day_windows=tuple(day_windows),
        stints=tuple(
            shifts.Stint(
                person=None if stint.person is None else names[stint.person], period=stint.period
            )
            for stint in worked
        ),
        cancelled_at=local_instant(scenario, cancelled) if cancelled else None,
    )


def terms_of(scenario: Scenario, level: str) -> pricing.Terms:
    """People, rates and whether the level is paid."""
    people = {
        name: pricing.Person(
            key=name,
            office=person["office"],
            holidays=holidays_of(scenario, person["office"]),
        )
        for name, person in scenario["people"].items()
    }
    is_paid = level == "primary" or scenario["rotation"]["level2_paid"]
    return pricing.Terms(people=people, rates=rates_of(scenario), is_paid=is_paid)


@dataclasses.dataclass(kw_only=True, slots=True)
class Played:
    """The pure rules with a ledger in memory: what the database does, without one."""

    scenario: Scenario
    ledger: list[tuple[str, str, pricing.PricedEntry]] = dataclasses.field(default_factory=list)
    done: set[str] = dataclasses.field(default_factory=set)
    last_closed: str | None = None
    results: list[dict[str, str]] = dataclasses.field(default_factory=list)

    def play(self) -> None:
        """Every event in order."""
        for event in self.scenario["events"]:
            now = instant(event["at"])
            match event["do"]:
                case "process":
                    result = self.process(now)
                case "close":
                    result = self.close(event["period"], now)
                case "swap":
                    result = self.swap(event, now)
                case other:
                    raise ValueError(f"the pure rules alone do not {other}")
            self.results.append({"at": event["at"], "do": event["do"], "result": result})

    def process(self, now: dt.datetime) -> str:
        """Post every completed shift that is not posted yet."""
        posted = 0
        for shift in self.waiting(now):
            priced = pricing.price(shift, terms_of(self.scenario, shift.level))
            if isinstance(priced, pricing.Blocked):
                continue
            self.done.add(shift.key)
            for entry in priced.entries:
                month = periods.posting_month(entry.earned_on, last_closed=self.last_closed)
                self.ledger.append((month, shift.key, entry))
                posted += 1
        return f"posted {posted}"

    def waiting(self, now: dt.datetime) -> list[shifts.Shift]:
        """Completed shifts without entries, in order of processing."""
        all_shifts = (shift_of(self.scenario, described) for described in self.scenario["shifts"])
        completed = [
            shift
            for shift in all_shifts
            if shifts.is_completed(shift, now=now) and shift.key not in self.done
        ]
        return sorted(completed, key=lambda shift: (shifts.completed_at(shift), shift.key))

    def close(self, month: str, now: dt.datetime) -> str:
        """Close a month unless a shift earned in it waits."""
        waiting = [
            shift.key
            for shift in self.waiting(now)
            if periods.month_of(shifts.earned_on(shift)) <= month
        ]
        if waiting:
            return f"refused UNPROCESSED {','.join(waiting)}"
        self.last_closed = month
        return "ok"

    def swap(self, event: dict[str, Any], now: dt.datetime) -> str:
        """Add covers to a shift that has not completed."""
        described = next(
            shift for shift in self.scenario["shifts"] if shift["id"] == event["shift"]
        )
        shift = shift_of(self.scenario, described)
        if shifts.is_completed(shift, now=now):
            return "refused SHIFT_COMPLETED"
        described["covers"] = [*described["covers"], *event["covers"]]
        return "ok"

    def as_rows(self) -> list[dict[str, Any]]:
        """The ledger in the file's own form."""
        return [
            {
                "n": number,
                "period": month,
                "earned_on": entry.earned_on.isoformat(),
                "shift": shift,
                "person": entry.person,
                "kind": entry.kind,
                "seg": [
                    keys.instant_text(entry.segment.starts_at),
                    keys.instant_text(entry.segment.ends_at),
                ],
                "seconds": entry.seconds,
                "rate": entry.rate_version,
                "currency": entry.currency,
                "minor": entry.amount_minor,
                "key": entry.key,
            }
            for number, (month, shift, entry) in enumerate(self.ledger, start=1)
        ]

    def as_lines(self) -> Iterator[ExportLine]:
        """The ledger as an export sees it."""
        for number, (month, shift, entry) in enumerate(self.ledger, start=1):
            person = self.scenario["people"][entry.person]
            yield ExportLine(
                period=month,
                entry=number,
                earned_on=entry.earned_on,
                employee_id=person["employee_id"],
                name=entry.person,
                cost_centre=person["cost_centre"],
                office=person["office"],
                rotation=self.scenario["rotation"]["id"],
                level="primary",
                shift=shift,
                kind=entry.kind,
                segment_start=entry.segment.starts_at,
                segment_end=entry.segment.ends_at,
                seconds=entry.seconds,
                rate_version=entry.rate_version,
                currency=entry.currency,
                amount_minor=entry.amount_minor,
                reverses=None,
                key=entry.key,
            )
