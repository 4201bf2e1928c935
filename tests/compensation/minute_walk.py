"""A second reading of the pay rules: a scenario played by walking its weeks minute by minute.

It shares nothing with the product: it looks at the clock on the wall, counts minutes and computes
with fractions. What it gives is the form of a scenario's `expected`.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import hashlib
import zoneinfo
from fractions import Fraction
from math import floor
from typing import Any

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
SATURDAY = 5
DECIMALS = {"JPY": 0, "KWD": 3}
HEADER = "period,employee_id,cost_centre,currency,entries,amount"

Row = dict[str, Any]


def nearest(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return floor(value + Fraction(1, 2))


def text_of(instant: dt.datetime) -> str:
    """An instant as the file writes it."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def amount_text(minor: int, currency: str) -> str:
    """An amount as the summary writes it."""
    digits = DECIMALS.get(currency, 2)
    value = f"{abs(minor):0{digits + 1}d}"
    shown = f"{value[:-digits]}.{value[-digits:]}" if digits else value
    return f"-{shown}" if minor < 0 else shown


@dataclasses.dataclass(kw_only=True)
class Run:
    """One person's unbroken run of paid minutes: how many, and which of each date's."""

    person: str
    start: dt.datetime
    end: dt.datetime
    minutes: int = 0
    dates: dict[dt.date, tuple[int, int]] = dataclasses.field(default_factory=dict)


class Walk:
    """One scenario, its ledger and the months that are closed."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.scenario = scenario
        self.zone = zoneinfo.ZoneInfo(scenario["rotation"]["tz"])
        self.rates = [dict(rate) for rate in scenario["rates"]]
        self.shifts = {shift["id"]: dict(shift) for shift in scenario["shifts"]}
        self.ledger: list[Row] = []
        self.done: set[str] = set()
        self.last_closed = ""

    def expected(self) -> dict[str, Any]:
        """Results, ledger and summary."""
        events = [self._play(event) for event in self.scenario["events"]]
        lines = self._summary()
        text = "".join(f"{line}\r\n" for line in [HEADER, *lines])
        return {
            "events": events,
            "ledger": self.ledger,
            "summary": {"rows": lines, "sha256": hashlib.sha256(text.encode()).hexdigest()},
        }

    def _play(self, event: dict[str, Any]) -> dict[str, str]:
        now = dt.datetime.fromisoformat(event["at"])
        result = getattr(self, f"_{event['do']}")(event, now)
        return {"at": event["at"], "do": event["do"], "result": result}

    # -------------------------------------------------------------- events
    def _process(self, _event: dict[str, Any], now: dt.datetime) -> str:
        posted = 0
        for name in self._waiting(now):
            rows = self._priced(name)
            if rows is not None:
                self.done.add(name)
                posted += self._post(rows)
        return f"posted {posted}"

    def _close(self, event: dict[str, Any], now: dt.datetime) -> str:
        waiting = [
            name for name in self._waiting(now) if f"{self._earned(name)}"[:7] <= event["period"]
        ]
        if waiting:
            return f"refused UNPROCESSED {','.join(waiting)}"
        self.last_closed = event["period"]
        return "ok"

    def _swap(self, event: dict[str, Any], now: dt.datetime) -> str:
        shift = self.shifts[event["shift"]]
        if now >= self._over(event["shift"]):
            return "refused SHIFT_COMPLETED"
        shift["covers"] = [*shift["covers"], *event["covers"]]
        return "ok"

    def _correct(self, event: dict[str, Any], _now: dt.datetime) -> str:
        name, approver = event["shift"], event["approved_by"]
        if approver == event["proposed_by"]:
            return "refused OWN_REQUEST"
        before = self.shifts[name]
        self.shifts[name] = {**before, "covers": event["covers"]}
        over, missing = self._changes(name)
        concerned = {row["person"] for row in [*over, *missing]}
        if approver in concerned | {cover["person"] for cover in event["covers"]}:
            self.shifts[name] = before
            return "refused BENEFICIARY"
        return f"posted {self._recompute(name)}"

    def _add_rate(self, event: dict[str, Any], now: dt.datetime) -> str:
        rate = event["rate"]
        if rate["effective_from"] < now.date().isoformat() and not event.get("retroactive"):
            return "refused RATE_IN_THE_PAST"
        self.rates.append(rate)
        if not event.get("retroactive"):
            return "ok"
        later = [
            name
            for name in sorted(self.done, key=lambda one: (self._over(one), one))
            if self.shifts[name]["start"] >= rate["effective_from"]
        ]
        return f"posted {sum(self._recompute(name) for name in later)}"

    # -------------------------------------------------------------- the ledger
    def _post(self, rows: list[Row]) -> int:
        for row in rows:
            month = row["earned_on"][:7]
            if month <= self.last_closed:
                year, number = divmod(
                    int(self.last_closed[:4]) * 12 + int(self.last_closed[5:]), 12
                )
                month = f"{year:04d}-{number + 1:02d}"
            self.ledger.append({"n": len(self.ledger) + 1, "period": month, **row})
        return len(rows)

    def _live(self, name: str) -> list[Row]:
        gone = {row["reverses"] for row in self.ledger if "reverses" in row}
        return [
            row
            for row in self.ledger
            if row["shift"] == name and "reverses" not in row and row["n"] not in gone
        ]

    def _changes(self, name: str) -> tuple[list[Row], list[Row]]:
        fields = ("person", "kind", "seg", "seconds", "rate", "minor")
        missing = []
        over = self._live(name)
        for row in self._priced(name) or []:
            equal = [one for one in over if all(one[field] == row[field] for field in fields)]
            if equal:
                over.remove(equal[0])
            else:
                missing.append(row)
        return over, missing

    def _recompute(self, name: str) -> int:
        if name not in self.done:
            return 0
        over, missing = self._changes(name)
        revision = 1 + max(
            (
                int(row["key"].rpartition("|r")[2])
                for row in self.ledger
                if row["shift"] == name and "reverses" not in row
            ),
            default=1,
        )
        reversals = [
            {
                **{field: value for field, value in row.items() if field not in {"n", "period"}},
                "seconds": -row["seconds"],
                "minor": -row["minor"],
                "key": f"REV|{row['key']}",
                "reverses": row["n"],
            }
            for row in over
        ]
        new = [{**row, "key": f"{row['key'].rpartition('|')[0]}|r{revision}"} for row in missing]
        return self._post([*reversals, *new])

    def _summary(self) -> list[str]:
        sums: dict[tuple[str, str, str, str], list[int]] = collections.defaultdict(list)
        for row in self.ledger:
            person = self.scenario["people"][row["person"]]
            key = (row["period"], person["employee_id"], person["cost_centre"], row["currency"])
            sums[key].append(row["minor"])
        return [
            ",".join([*key, str(len(found)), amount_text(sum(found), key[3])])
            for key, found in sorted(sums.items())
        ]

    # -------------------------------------------------------------- one week
    def _wall(self, text: str) -> dt.datetime:
        return dt.datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(dt.UTC)

    def _bounds(self, name: str) -> tuple[dt.datetime, dt.datetime]:
        start = dt.date.fromisoformat(self.shifts[name]["start"])
        handover = self.scenario["rotation"]["handover"][1]
        first, last = (self._wall(f"{day}T{handover}") for day in (start, start + 7 * DAY))
        return first, last

    def _over(self, name: str) -> dt.datetime:
        start, end = self._bounds(name)
        cancelled = self.shifts[name].get("cancelled_at")
        return min(max(self._wall(cancelled), start), end) if cancelled else end

    def _earned(self, name: str) -> dt.date:
        start, _end = self._bounds(name)
        last = max(self._over(name) - dt.timedelta(seconds=1), start)
        return last.astimezone(self.zone).date()

    def _waiting(self, now: dt.datetime) -> list[str]:
        names = [name for name in self.shifts if now >= self._over(name) and name not in self.done]
        return sorted(names, key=lambda name: (self._over(name), name))

    def _is_paid_minute(self, minute: dt.datetime) -> bool:
        rotation = self.scenario["rotation"]
        if rotation["windows"] == "continuous":
            return True
        here = minute.astimezone(self.zone)
        calendar = rotation["holiday_calendar"]
        days_off = self.scenario["offices"][calendar]["holidays"] if calendar else []
        if here.weekday() >= SATURDAY or here.date().isoformat() in days_off:
            return True
        first, last = (dt.time.fromisoformat(each) for each in rotation["windows"]["business"])
        return not first <= here.time() < last

    def _day_before(self, minute: dt.datetime) -> int:
        """How many paid minutes of the minute's local date come before it."""
        date = minute.astimezone(self.zone).date()
        count, other = 0, minute - MINUTE
        while other.astimezone(self.zone).date() == date:
            count += self._is_paid_minute(other)
            other -= MINUTE
        return count

    def _day_minutes(self, date: dt.date) -> int:
        middle = dt.datetime.combine(date, dt.time(12), self.zone).astimezone(dt.UTC)
        minutes = (middle + number * MINUTE for number in range(-14 * 60, 14 * 60))
        return sum(
            self._is_paid_minute(minute)
            for minute in minutes
            if minute.astimezone(self.zone).date() == date
        )

    def _runs(self, name: str) -> tuple[list[Run], int]:
        """The runs of a week, and its paid minutes."""
        start, end = self._bounds(name)
        covers = self._covers(name)
        runs: list[Run] = []
        total, before, minute = 0, None, start
        while minute < end:
            if self._is_paid_minute(minute):
                total += 1
                person = self._who(name, minute, covers)
                if person is not None:
                    if person != before:
                        runs.append(Run(person=person, start=minute, end=minute))
                    self._count(runs[-1], minute)
                before = person
            minute += MINUTE
        return runs, total

    def _covers(self, name: str) -> list[tuple[str | None, dt.datetime, dt.datetime]]:
        return [
            (cover["person"], self._wall(cover["from"]), self._wall(cover["to"]))
            for cover in self.shifts[name]["covers"]
        ]

    def _who(
        self,
        name: str,
        minute: dt.datetime,
        covers: list[tuple[str | None, dt.datetime, dt.datetime]],
    ) -> str | None:
        if minute >= self._over(name):
            return None
        person: str | None = self.shifts[name]["holder"] or None
        for who, first, last in covers:
            if first <= minute < last:
                person = who
        return person

    def _count(self, run: Run, minute: dt.datetime) -> None:
        date = minute.astimezone(self.zone).date()
        run.minutes += 1
        run.end = minute + MINUTE
        if date not in run.dates:
            place = self._day_before(minute)
            run.dates[date] = (place, place)
        first, last = run.dates[date]
        run.dates[date] = (first, last + 1)

    def _rate(self, name: str, person: str) -> Row | None:
        shift = self.shifts[name]
        found: Row | None = None
        for rate in self.rates:
            fits = (rate["office"], rate["level"]) == (
                self.scenario["people"][person]["office"],
                shift["level"],
            )
            if fits and rate["effective_from"] <= shift["start"]:
                is_later = found is None or rate["effective_from"] >= found["effective_from"]
                found = rate if is_later else found
        return found

    def _priced(self, name: str) -> list[Row] | None:
        """The rows of a week, None while somebody has no rate."""
        level = self.shifts[name]["level"]
        start, _end = self._bounds(name)
        is_paid = level == 1 or self.scenario["rotation"]["level2_paid"]
        if not is_paid or self._over(name) <= start:
            return []
        runs, total = self._runs(name)
        rates = [self._rate(name, run.person) for run in runs]
        known = [rate for rate in rates if rate is not None]
        if len(known) < len(runs):
            return None
        base = self._base(runs, known, total)
        return [
            row
            for run, rate, minor in zip(runs, known, base, strict=True)
            for row in self._rows(name, run, rate, minor)
        ]

    def _base(self, runs: list[Run], rates: list[Row], total: int) -> list[int]:
        amounts = [0] * len(runs)
        for version in {rate["version"] for rate in rates}:
            ours = [number for number, rate in enumerate(rates) if rate["version"] == version]
            minutes = sum(runs[number].minutes for number in ours)
            pool = nearest(Fraction(rates[ours[0]]["weekly"] * minutes, total))
            shares = {number: Fraction(pool * runs[number].minutes, minutes) for number in ours}
            for number, share in shares.items():
                amounts[number] = floor(share)
            left = pool - sum(amounts[number] for number in ours)
            by_rest = sorted(ours, key=lambda one: (-(shares[one] % 1), runs[one].start))
            for number in by_rest[:left]:
                amounts[number] += 1
        return amounts

    def _rows(self, name: str, run: Run, rate: Row, minor: int) -> list[Row]:
        office = self.scenario["people"][run.person]["office"]
        days_off = self.scenario["offices"][office]["holidays"]
        found = [("BASE", run.minutes, minor)]
        for date, (first, last) in sorted(run.dates.items()):
            if date.isoformat() in days_off:
                whole = self._day_minutes(date)
                until, since = (
                    nearest(Fraction(rate["holiday"] * place, whole)) for place in (last, first)
                )
                found.append((f"HOL:{date}", last - first, until - since))
        return [
            {
                "earned_on": self._earned(name).isoformat(),
                "shift": name,
                "person": run.person,
                "kind": kind,
                "seg": [text_of(run.start), text_of(run.end)],
                "seconds": 60 * minutes,
                "rate": rate["version"],
                "currency": self.scenario["offices"][office]["currency"],
                "minor": amount,
                "key": f"{name}|{run.person}|{text_of(run.start)}|{rate['version']}|{kind}|r1",
            }
            for kind, minutes, amount in found
        ]
