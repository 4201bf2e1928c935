"""A scenario's rows in the database, and its events through the operations."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.operations import Actor
from common.periods import Period
from compensation.domain.csv_text import csv_text
from compensation.domain.keys import instant_text
from compensation.domain.layouts import SUMMARY_COLUMNS, summary_table
from compensation.models import Entry, PayPeriod, Rate
from compensation.operations import periods, weeks
from compensation.queries.closing import CheckCode
from compensation.queries.entries import entry_lines
from compensation.queries.exporting import export_lines
from compensation.queries.shifts import waiting_shifts
from rotation.operations import cancelling, covers
from tests import builders
from tests.compensation import replayed_requests
from tests.compensation.scenarios import (
    LEVELS,
    Scenario,
    instant,
    local_instant,
    pattern_of,
)

if TYPE_CHECKING:
    from compensation.queries.entries import EntryLine
    from rotation.models import Rotation, Shift
    from volunteers.models import Engineer, Office

SWEEP = Actor.sweep("weeks")
FINN = Actor(name="finn@example.com")
ANNA = Actor(name="anna@example.com")
EARLIEST = dt.date(2020, 1, 6)
REVERSAL = "REV|"
_OF_WEEKS = {CheckCode.PROCESSED, CheckCode.PRICED}
_FIXED = {"process": r"posted [0-9]+", "close": r"ok", "swap": r"ok|refused SHIFT_COMPLETED"}


class World:
    """A scenario's rows, and the way back from our ids to its names."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.offices = {name: self._office(name) for name in scenario["offices"]}
        self.people = {name: self._person(name) for name in scenario["people"]}
        self._cancelled: set[str] = set()
        self.others: dict[str, Engineer] = {}
        self.versions: dict[str, str] = {}
        for rate in scenario["rates"]:
            self._rate(rate)
        self.rotation = self._rotation()
        self.shifts = {shift["id"]: self._shift(shift) for shift in scenario["shifts"]}
        self.names = {shift.pk: name for name, shift in self.shifts.items()}
        for person in self.people.values():
            team = self.rotation.team
            builders.make_escalation_term(team=team, engineer=person, starts_on=EARLIEST)

    def play(self) -> list[dict[str, str]]:
        """Every event in order; what became of each, in the file's own words."""
        return [self._play(event) for event in self.scenario["events"]]

    def ledger(self) -> list[dict[str, Any]]:
        """Every entry in the file's own form, and what it reverses."""
        return [self._row(line) for line in entry_lines(Entry.objects.order_by("number"))]

    def summary(self) -> str:
        """The summary of all months as one CSV."""
        months = PayPeriod.objects.order_by("month").values_list("month", flat=True)
        tables = [summary_table(export_lines(month=month)) for month in months]
        return csv_text(SUMMARY_COLUMNS, [row for table in tables for row in table.rows])

    def _play(self, event: dict[str, Any]) -> dict[str, str]:
        now = instant(event["at"])
        self._cancel_until(now)
        match event["do"]:
            case "process":
                result = f"posted {weeks.complete_weeks(actor=SWEEP, now=now).posted}"
            case "close":
                result = self._close(event["period"], now)
            case "swap":
                result = self._swap(event, now)
            case "correct":
                result = replayed_requests.correct(self, event, now)
            case "add_rate":
                result = replayed_requests.add_rate(self, event, now)
            case other:
                raise ValueError(f"no scenario does {other}")
        return {"at": event["at"], "do": event["do"], "result": result}

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
            starts_on=EARLIEST,
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

    def _rotation(self) -> Rotation:
        pattern = pattern_of(self.scenario)
        calendar = self.scenario["rotation"]["holiday_calendar"]
        rotation = builders.make_rotation(
            time_zone=pattern.zone,
            business_hours=pattern.office_hours,
            handover_time=pattern.handover_time,
            holiday_office=self.offices[calendar] if calendar else None,
        )
        rotation.handover_weekday = pattern.handover_weekday
        rotation.level2_paid = self.scenario["rotation"]["level2_paid"]
        rotation.save(update_fields=["handover_weekday", "level2_paid"])
        return rotation

    def _shift(self, described: dict[str, Any]) -> Shift:
        holder = described["holder"]
        shift = builders.make_shift(
            level=builders.level_of(self.rotation, LEVELS[described["level"]]),
            week_date=dt.date.fromisoformat(described["start"]),
            holder=self.people[holder] if holder else None,
        )
        for cover in described["covers"]:
            self._agreed_before(shift, cover["person"], self.span(cover))
        return shift

    def span(self, cover: dict[str, Any]) -> Period:
        """The time of a cover of the file."""
        return Period(
            starts_at=local_instant(self.scenario, cover["from"]),
            ends_at=local_instant(self.scenario, cover["to"]),
        )

    def _agreed_before(self, shift: Shift, name: str, period: Period) -> None:
        builders.make_cover(
            shift=shift,
            from_engineer=None,
            to_engineer=self.people[name],
            starts_at=period.starts_at,
            ends_at=period.ends_at,
        )

    def _cancel_until(self, now: dt.datetime) -> None:
        """Cancel what was cancelled by then, each at its instant; after its end that is refused."""
        for described in self.scenario["shifts"]:
            text = described.get("cancelled_at")
            at = local_instant(self.scenario, text) if text else None
            if at is None or at > now or described["id"] in self._cancelled:
                continue
            self._cancelled.add(described["id"])
            with contextlib.suppress(covers.ShiftCompletedError):
                cancelling.cancel_shift(
                    shift_id=self.shifts[described["id"]].pk,
                    reason="As the scenario has it.",
                    actor=ANNA,
                    now=at,
                )

    def _close(self, month: str, now: dt.datetime) -> str:
        try:
            periods.close_period(month=month, actor=FINN, now=now)
        except periods.CannotCloseError as error:
            waiting = waiting_shifts(now=now, until_month=month)
            named = ",".join(self.names[shift.shift_id] for shift in waiting)
            of_weeks = [code for code in error.codes if code in _OF_WEEKS]
            return f"refused {(of_weeks or error.codes)[0]} {named}".rstrip()
        except periods.PeriodClosedError as error:
            return f"refused {error.code}"
        return "ok"

    def _swap(self, event: dict[str, Any], now: dt.datetime) -> str:
        shift = self.shifts[event["shift"]]
        try:
            with transaction.atomic():
                for cover in event["covers"]:
                    self._cover(shift, cover["person"], self.span(cover), now)
        except (covers.ShiftCompletedError, covers.ShiftCancelledError):
            # To the specification a cancelled week is one that completed at that instant.
            return "refused SHIFT_COMPLETED"
        return "ok"

    def _cover(self, shift: Shift, name: str, period: Period, now: dt.datetime) -> None:
        """Enter the cover, one for each person whom it relieves.

        A running week's time that has passed, and who is on call twice, the operation refuses and
        the scenarios do not know: there the cover is a row as those from before.
        """
        taker = self.people[name]
        line = covers.open_shift(shift=covers.hold_shift(shift.pk), now=now)
        for stint in [each for each in line.within(period) if each.person != taker.pk]:
            wanted = covers.WantedCover(
                shift_id=shift.pk,
                to_engineer_id=taker.pk,
                starts_at=stint.period.starts_at,
                ends_at=stint.period.ends_at,
            )
            if stint.period.starts_at < now:
                self._agreed_before(shift, name, stint.period)
                continue
            try:
                covers.enter_cover(wanted=wanted, actor=ANNA, now=now)
            except covers.CoverInvalidError:
                self._agreed_before(shift, name, stint.period)

    def _row(self, line: EntryLine) -> dict[str, Any]:
        assert line.shift_id is not None
        assert line.segment_start is not None
        assert line.segment_end is not None
        rate = self.versions.get(line.rate_version, line.rate_version)
        return {
            "n": line.number,
            "period": line.month,
            "earned_on": line.earned_on.isoformat(),
            "shift": self.names[line.shift_id],
            "person": line.name,
            "kind": line.kind,
            "seg": [instant_text(line.segment_start), instant_text(line.segment_end)],
            "seconds": line.seconds,
            "rate": rate,
            "currency": line.currency,
            "minor": line.amount_minor,
            "key": self._key(line, rate),
            "reverses": line.reverses,
        }

    def _key(self, line: EntryLine, rate: str) -> str:
        """The key with the scenario's names in the places of our ids."""
        mark = REVERSAL if line.key.startswith(REVERSAL) else ""
        shift, person, start, version, kind, revision = line.key.removeprefix(mark).split("|")
        assert (shift, person) == (str(line.shift_id), str(line.engineer_id))
        assert version == line.rate_version
        shift = self.names[int(shift)]
        return f"{mark}{shift}|{line.name}|{start}|{rate}|{kind}|{revision}"


def agree(expected: dict[str, str], ours: dict[str, str]) -> bool:
    """Whether an event came out as expected.

    The words that the specification gives are compared to the letter. It has none for corrections,
    rates and some refusals: of those what counts is whether it was refused, how many entries were
    posted and which shifts are named.
    """
    if (expected["at"], expected["do"]) != (ours["at"], ours["do"]):
        return False
    theirs, told = expected["result"], ours["result"]
    words = _FIXED.get(expected["do"])
    if words is not None and re.fullmatch(words, theirs):
        return theirs == told
    if theirs.startswith("refused") != told.startswith("refused"):
        return False
    facts = [set(re.findall(r"[\w-]*[0-9][\w-]*", text)) for text in (theirs, told)]
    return not facts[0] or facts[0] == facts[1]


def as_expected(row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The row with the fields that are asked for, those that the specification does not name apart.

    It gives the sign of what a reversal takes back, and none to its seconds.
    """
    found = {name: row.get(name, wanted[name]) for name in wanted}
    if row["key"].startswith(REVERSAL) and abs(row["seconds"]) == abs(wanted["seconds"]):
        found["seconds"] = wanted["seconds"]
    return found


def sha256(text: str) -> str:
    """The fingerprint of a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()
