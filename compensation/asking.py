"""What a report is asked with, as an address holds it: for pages, the API and files alike."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from common.cleaning import Cleaner
from common.forms import DayField
from compensation.domain import periods, years
from compensation.domain.reports import ABOUT, MOST_MONTHS, Ask, Report, Wanted
from rotation.domain import wall_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compensation.domain.years import PayYear
    from compensation.queries.reports import Choices

LONGEST = 64
_TIME = re.compile(r"([01][0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)
_TURNS = [("", "Only once"), ("first", "The first time"), ("second", "The second time")]
_OF_AN_INSTANT = ("day", "time", "turn")


class ReportForm(forms.Form):
    """The part of a report that somebody wants; what is left out has a sensible meaning.

    Without months it is the calendar year so far, without a day the instant of asking.
    """

    since = forms.ChoiceField(label="From")
    until = forms.ChoiceField(label="To")
    year = forms.ChoiceField(label="Year")
    currency = forms.ChoiceField(label="Currency", required=False)
    office = forms.ChoiceField(label="Office", required=False)
    rotation = forms.ChoiceField(label="Rotation", required=False)
    cost_centre = forms.CharField(label="Cost centre", required=False, max_length=LONGEST)
    person = forms.CharField(label="Employee number", required=False, max_length=LONGEST)
    day = DayField(label="Day", required=False)
    time = forms.CharField(
        label="Time, 24 hours",
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5, "autocomplete": "off"}),
    )
    turn = forms.ChoiceField(label="Which of the two?", required=False, choices=_TURNS)

    def __init__(
        self,
        sent: Mapping[str, str],
        *,
        report: Report,
        choices: Choices,
        now: dt.datetime,
        zone: str,
    ) -> None:
        """Offer what the report can be asked with; times are of the reader's zone."""
        self._report, self._choices, self._now, self._zone = report, choices, now, zone
        asks = ABOUT[report].asks
        kept = {
            *(ask.value for ask in asks if ask is not Ask.AT),
            *(_OF_AN_INSTANT if Ask.AT in asks else ()),
        }
        given = {name: text for name, text in sent.items() if name in kept and text}
        super().__init__({**self._usual(), **given}, auto_id="id_%s")
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        self.is_narrowed = bool(given)
        self._offer()

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        data = self.cleaned_data
        year = self._year(data["year"]) if data.get("year") else None
        return Wanted(
            since=year.first_month if year else data.get("since", ""),
            until=self._year_until(year) if year else data.get("until", ""),
            year=data.get("year", ""),
            currency=data.get("currency", ""),
            office=data.get("office", ""),
            cost_centre=data.get("cost_centre", ""),
            person=data.get("person", ""),
            rotation=data.get("rotation", ""),
            at=data.get("at"),
        )

    def clean(self) -> dict[str, Any]:
        """Months in order and not too many; `at` as an instant."""
        values: dict[str, Any] = super().clean() or {}
        self._clean_lines(values)
        since, until = values.get("since"), values.get("until")
        if since and until:
            self._check_months(since, until)
        if "day" in self.fields and not self.errors:
            values["at"] = self._at(values)
        return values

    def _clean_lines(self, values: dict[str, Any]) -> None:
        """Nothing is asked for that could not stand in a row."""
        cleaner = Cleaner()
        for name in ("cost_centre", "person"):
            text = values.get(name)
            if text:
                values[name] = cleaner.line(name, text, longest=LONGEST, required=False)
        for name, message in cleaner.problems.items():
            self.add_error(name, message)

    def _usual(self) -> dict[str, str]:
        """What a fresh page shows."""
        this_month = self._choices.this_month
        first = years.calendar_year_of(this_month).first_month
        return {
            "since": max(first, self._choices.months[-1]),
            "until": this_month,
            "year": years.calendar_year_of(this_month).key,
        }

    def _offer(self) -> None:
        months = [(month, _label(month)) for month in self._choices.months]
        codes = [(code, code) for code in self._choices.currencies]
        self._choose("since", months)
        self._choose("until", months)
        self._choose("year", [(year.key, year_words(year)) for year in self._choices.years])
        self._choose("currency", [("", "All, each for itself"), *codes])
        self._choose("office", [("", "All"), *self._choices.offices])
        self._choose("rotation", [("", "All"), *self._choices.rotations])

    def _choose(self, name: str, offered: Iterable[tuple[str, str]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = list(offered)
            field.error_messages["invalid_choice"] = "This is none of those that can be asked for."

    def _check_months(self, since: str, until: str) -> None:
        if until < since:
            self.add_error("until", f"{_label(until)} is before {_label(since)}: swap the two.")
        elif len(periods.months_between(since, until)) > MOST_MONTHS:
            self.add_error("until", f"Ask for {MOST_MONTHS // 12} years at most.")

    def _year(self, key: str) -> PayYear:
        return next(year for year in self._choices.years if year.key == key)

    def _year_until(self, year: PayYear) -> str:
        """A year that runs goes to the current month."""
        last = max(self._choices.months[0], self._choices.this_month)
        return max(year.first_month, min(year.last_month, last))

    def _at(self, values: dict[str, Any]) -> dt.datetime | None:
        day, text = values.get("day"), (values.get("time") or "").strip()
        if day is None and not text:
            return self._now.replace(microsecond=0)
        if day is None:
            self.add_error("day", "Choose the day, or leave the time out for now.")
            return None
        typed = _TIME.fullmatch(text or "00:00")
        if typed is None:
            self.add_error("time", "Write the time as 17:30, in 24 hours.")
            return None
        return self._instant(day, dt.time(int(typed[1]), int(typed[2])), values.get("turn", ""))

    def _instant(self, day: dt.date, time: dt.time, turn: str) -> dt.datetime | None:
        found = wall_times.instants(self._zone, day, time)
        said = f"{time:%H:%M}"
        if not found:
            self.add_error(
                "time",
                f"{said} does not exist on {wording.day(day)}: the clocks go forward then.",
            )
            return None
        if len(found) > 1 and not turn:
            self.add_error("turn", f"{said} comes twice on {wording.day(day)}: choose one.")
            return None
        return found[-1] if turn == "second" else found[0]


def year_words(year: PayYear) -> str:
    """A year as people say it: `2026`, `2026/27, fiscal, from April 2026`."""
    if not year.is_fiscal:
        return str(year.year)
    both = f"{year.year}/{(year.year + 1) % 100:02d}" if year.starts_in > 1 else str(year.year)
    return f"{both}, fiscal, from {_label(year.first_month)}"


def _label(month: str) -> str:
    return wording.month(periods.first_day(month))
