"""The same scenarios through the operations, on the engine of this run."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.operations import Actor
from compensation.domain.keys import instant_text
from compensation.domain.layouts import summary_table
from compensation.models import Entry, Rate
from compensation.operations import periods, weeks
from compensation.queries.closing import CheckCode
from compensation.queries.entries import entries_in
from compensation.queries.ledger import export_lines, verified_ledger
from compensation.queries.periods import period_lines
from compensation.queries.shifts import waiting_shifts
from tests import builders
from tests.compensation.scenarios import (
    LEVELS,
    Scenario,
    instant,
    local_instant,
    pattern_of,
    scenarios,
)

if TYPE_CHECKING:
    from compensation.queries.entries import EntryLine
    from rotation.models import Shift
    from volunteers.models import Engineer, Office

pytestmark = pytest.mark.django_db
SWEEP = Actor.sweep("weeks")
FINN = Actor(name="finn@example.com")


class World:
    """A scenario's rows, and the way back from our ids to its names."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.offices = {name: self._office(name) for name in scenario["offices"]}
        self.people = {name: self._person(name) for name in scenario["people"]}
        for rate in scenario["rates"]:
            self._rate(rate)
        pattern = pattern_of(scenario)
        hours = pattern.office_hours
        calendar = scenario["rotation"]["holiday_calendar"]
        self.rotation = builders.make_rotation(
            time_zone=pattern.zone,
            business_hours=hours,
            handover_time=pattern.handover_time,
            holiday_office=self.offices[calendar] if calendar else None,
        )
        self.shifts = {shift["id"]: self._shift(shift) for shift in scenario["shifts"]}

    def play(self) -> list[dict[str, str]]:
        results = []
        for event in self.scenario["events"]:
            now = instant(event["at"])
            if event["do"] == "process":
                result = f"posted {weeks.complete_weeks(actor=SWEEP, now=now).posted}"
            else:
                result = self._close(event["period"], now)
            results.append({"at": event["at"], "do": event["do"], "result": result})
        return results

    def ledger(self) -> list[dict[str, Any]]:
        months = sorted(line.month for line in period_lines())
        lines = [line for month in months for line in entries_in(month=month)]
        return [self._row(line) for line in sorted(lines, key=lambda line: line.number)]

    def summary(self) -> list[str]:
        months = sorted(line.month for line in period_lines())
        tables = [summary_table(export_lines(month=month)) for month in months]
        return [",".join(row) for table in tables for row in table.rows]

    def _office(self, name: str) -> Office:
        described = self.scenario["offices"][name]
        office = builders.make_office(
            name=name, time_zone="Europe/London", country="GB", currency=described["currency"]
        )
        for date in described["holidays"]:
            builders.make_holiday(office=office, date=dt.date.fromisoformat(date))
        return office

    def _person(self, name: str) -> Engineer:
        described = self.scenario["people"][name]
        engineer = builders.make_engineer(name=name, employee_id=described["employee_id"])
        builders.make_posting(
            engineer=engineer,
            office=self.offices[described["office"]],
            cost_centre=described["cost_centre"],
            starts_on=dt.date(2020, 1, 1),
        )
        return engineer

    def _rate(self, rate: dict[str, Any]) -> None:
        office = self.offices[rate["office"]]
        Rate.objects.create(
            version=rate["version"],
            office=office,
            level=LEVELS[rate["level"]],
            effective_from=dt.date.fromisoformat(rate["effective_from"]),
            weekly_minor=rate["weekly"],
            holiday_minor=rate["holiday"],
            currency=office.currency,
            added_by="shell",
            added_at=builders.LONG_AGO,
        )

    def _shift(self, described: dict[str, Any]) -> Shift:
        shift = builders.make_shift(
            level=builders.level_of(self.rotation, LEVELS[described["level"]]),
            week_date=dt.date.fromisoformat(described["start"]),
            holder=self.people[described["holder"]],
        )
        for cover in described["covers"]:
            builders.make_cover(
                shift=shift,
                from_engineer=None,
                to_engineer=self.people[cover["person"]],
                starts_at=local_instant(self.scenario, cover["from"]),
                ends_at=local_instant(self.scenario, cover["to"]),
            )
        return shift

    def _close(self, month: str, now: dt.datetime) -> str:
        try:
            periods.close_period(month=month, actor=FINN, now=now)
        except periods.CannotCloseError as error:
            check = error.checks[0]
            ids = {shift.pk: name for name, shift in self.shifts.items()}
            waiting = waiting_shifts(now=now, until_month=month)
            assert check.code is CheckCode.PROCESSED
            assert check.items == tuple(shift.title for shift in waiting)
            return f"refused {check.code} {','.join(ids[shift.shift_id] for shift in waiting)}"
        return "ok"

    def _row(self, line: EntryLine) -> dict[str, Any]:
        shifts = {shift.pk: name for name, shift in self.shifts.items()}
        assert line.shift_id is not None
        assert line.segment_start is not None
        assert line.segment_end is not None
        shift = shifts[line.shift_id]
        ours = f"{line.shift_id}|{line.engineer_id}|"
        assert line.key.startswith(ours)
        return {
            "n": line.number,
            "period": line.month,
            "earned_on": line.earned_on.isoformat(),
            "shift": shift,
            "person": line.name,
            "kind": line.kind,
            "seg": [instant_text(line.segment_start), instant_text(line.segment_end)],
            "seconds": line.seconds,
            "rate": line.rate_version,
            "currency": line.currency,
            "minor": line.amount_minor,
            "key": f"{shift}|{line.name}|{line.key.removeprefix(ours)}",
        }


@pytest.mark.parametrize("name", ["P01", "P04", "P06", "P12"])
def test_the_operations_give_a_scenarios_results_ledger_and_summary(name: str) -> None:
    scenario = scenarios()[name]
    world = World(scenario)

    results = world.play()

    assert results == scenario["expected"]["events"]
    assert world.ledger() == scenario["expected"]["ledger"]
    assert world.summary() == scenario["expected"]["summary"]["rows"]
    assert verified_ledger().entries == Entry.objects.count()
    assert verified_ledger().is_intact
