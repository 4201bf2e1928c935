"""What a list of people from a file would change, line by line, without changing anything."""

from __future__ import annotations

import collections
import dataclasses
import unicodedata
import zoneinfo
from typing import TYPE_CHECKING

from common.cleaning import Cleaner, words
from volunteers.models import Engineer, Office, Posting, Team

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

NAME_LENGTH = 150
NUMBER_LENGTH = 64
COST_CENTRE_LENGTH = 64
NEW = "new"
CHANGED = "changed"
UNCHANGED = "unchanged"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ImportRow:
    """One line of the file as it was typed; None for a column that the file does not have."""

    line: int
    name: str
    email: str
    office: str
    team: str | None = None
    employee_number: str | None = None
    cost_centre: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ImportLine:
    """What a line comes to. `outcome` is new, changed or unchanged; `changes` says what, in words.

    The values are those that the person will have; `engineer_id` is None for new people, and
    `starts_on` is today in the office's zone.
    """

    line: int
    outcome: str
    changes: tuple[str, ...]
    engineer_id: int | None
    name: str
    email: str
    employee_number: str
    office_id: int
    team_id: int | None
    cost_centre: str
    starts_on: dt.date


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """Every line, and every problem as line number and sentence, in order of the file."""

    lines: tuple[ImportLine, ...]
    problems: tuple[tuple[int, str], ...]

    def count(self, outcome: str) -> int:
        """How many lines come to that."""
        return sum(1 for line in self.lines if line.outcome == outcome)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """The rows that the file is compared with, by what the file calls them."""

    offices: Mapping[str, Office]
    teams: Mapping[str, Team]
    engineers: Mapping[str, Engineer]
    numbers: Mapping[str, Engineer]
    postings: Mapping[int, list[Posting]]


def plan_import(*, rows: Iterable[ImportRow], now: dt.datetime) -> ImportPlan:
    """Compare the rows with the people that are there; four queries however many there are."""
    known = _known()
    first_lines: dict[tuple[str, str], int] = {}
    lines: list[ImportLine] = []
    problems: list[tuple[int, str]] = []
    for row in rows:
        cleaner = Cleaner()
        line = _line(row, known, cleaner, now)
        for field, value in (("email", line.email), ("employee_number", line.employee_number)):
            earlier = first_lines.setdefault((field, value), row.line)
            if value and earlier != row.line:
                cleaner.refuse(field, f"The same as in line {earlier}.")
        problems += [
            (row.line, f"{words(field)}: {said}") for field, said in cleaner.problems.items()
        ]
        lines.append(line)
    return ImportPlan(lines=tuple(lines), problems=tuple(problems))


def _known() -> _Known:
    offices = Office.objects.order_by("pk")
    postings: collections.defaultdict[int, list[Posting]] = collections.defaultdict(list)
    rows = Posting.objects.select_related("office", "team").order_by("starts_on", "pk")
    for posting in rows:
        postings[posting.engineer_id].append(posting)
    engineers = list(Engineer.objects.order_by("pk"))
    return _Known(
        offices={
            key.casefold(): office for office in offices for key in (office.slug, office.name)
        },
        teams={team.name.casefold(): team for team in Team.objects.order_by("pk")},
        engineers={engineer.email: engineer for engineer in engineers},
        numbers={engineer.employee_id: engineer for engineer in engineers if engineer.employee_id},
        postings=postings,
    )


def _line(row: ImportRow, known: _Known, cleaner: Cleaner, now: dt.datetime) -> ImportLine:
    email = cleaner.email("email", row.email)
    person = known.engineers.get(email)
    office = known.offices.get(_key(row.office))
    if office is None:
        cleaner.refuse("office", f"There is no office called {row.office.strip()!r}.")
    zone = zoneinfo.ZoneInfo(office.time_zone if office else "UTC")
    today = now.astimezone(zone).date()
    current = _current(known.postings.get(person.pk, []) if person else [], today)
    line = ImportLine(
        line=row.line,
        outcome=NEW,
        changes=(),
        engineer_id=person.pk if person else None,
        name=cleaner.line("name", row.name, longest=NAME_LENGTH),
        email=email,
        employee_number=_number(row, person, known, cleaner),
        office_id=office.pk if office else 0,
        team_id=_team(row, current, known, cleaner),
        cost_centre=_cost_centre(row, current, cleaner),
        starts_on=today,
    )
    before = _facts_before(person, current)
    after = _facts_after(line, office, known)
    changes = tuple(
        f"{fact} {after[fact] or 'none'}" if person is None else _change(fact, before, after)
        for fact in after
        if before[fact] != after[fact]
    )
    known_outcome = CHANGED if changes else UNCHANGED
    outcome = NEW if person is None else known_outcome
    return dataclasses.replace(line, outcome=outcome, changes=changes)


def _change(fact: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return f"{fact} {before[fact] or 'none'} → {after[fact] or 'none'}"


def _facts_before(person: Engineer | None, current: Posting | None) -> dict[str, str]:
    return {
        "name": person.name if person else "",
        "employee number": (person.employee_id or "") if person else "",
        "office": current.office.name if current else "",
        "team": current.team.name if current and current.team else "",
        "cost centre": current.cost_centre if current else "",
    }


def _facts_after(line: ImportLine, office: Office | None, known: _Known) -> dict[str, str]:
    team = next((team.name for team in known.teams.values() if team.pk == line.team_id), "")
    return {
        "name": line.name,
        "employee number": line.employee_number,
        "office": office.name if office else "",
        "team": team,
        "cost centre": line.cost_centre,
    }


def _number(row: ImportRow, person: Engineer | None, known: _Known, cleaner: Cleaner) -> str:
    if row.employee_number is None:
        return (person.employee_id or "") if person else ""
    number = cleaner.line(
        "employee_number", row.employee_number, longest=NUMBER_LENGTH, required=False
    )
    holder = known.numbers.get(number)
    if holder is not None and (person is None or holder.pk != person.pk):
        cleaner.refuse("employee_number", f"{number} is {holder.name}'s ({holder.email}).")
    return number


def _team(row: ImportRow, current: Posting | None, known: _Known, cleaner: Cleaner) -> int | None:
    if row.team is None:
        return current.team_id if current else None
    if not row.team.strip():
        return None
    team = known.teams.get(_key(row.team))
    if team is None:
        cleaner.refuse("team", f"There is no team called {row.team.strip()!r}.")
    return team.pk if team else None


def _cost_centre(row: ImportRow, current: Posting | None, cleaner: Cleaner) -> str:
    if row.cost_centre is None:
        return current.cost_centre if current else ""
    return cleaner.line("cost_centre", row.cost_centre, longest=COST_CENTRE_LENGTH, required=False)


def _current(postings: list[Posting], today: dt.date) -> Posting | None:
    """The last that has begun; the list is in order of start."""
    begun = [posting for posting in postings if posting.starts_on <= today]
    return begun[-1] if begun else None


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()
