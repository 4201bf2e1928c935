"""The scheduling problem: its plain data, and the JSON instance file (version 1)."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from rotation.solver.fields import Field, ProblemError, parsed
from rotation.solver.instance import (
    OBJECTIVES,
    Level,
    Person,
    Pin,
    Problem,
    PublishedCell,
    Role,
    Rules,
    ShiftLimit,
    Span,
    Week,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "OBJECTIVES",
    "Level",
    "Person",
    "Pin",
    "Problem",
    "ProblemError",
    "PublishedCell",
    "Role",
    "Rules",
    "ShiftLimit",
    "Span",
    "Week",
    "from_json",
    "to_json",
]

VERSION = 1


def from_json(source: str | Mapping[str, object]) -> Problem:
    """The problem that an instance file, or its parsed content, describes.

    Raises:
        ProblemError: the instance is malformed; the message names the place in the file.
    """
    root = Field(place="", value=parsed(source) if isinstance(source, str) else dict(source))
    version = root.member("version")
    if version.whole() != VERSION:
        raise version.error(f"must be {VERSION}")
    pins, published = root.member("pins"), root.member("published")
    return Problem(
        name=_optional_text(root.member("name")) or "",
        note=_optional_text(root.member("note")) or "",
        timezone=_optional_text(root.member("timezone")) or "",
        weeks=tuple(_week(item) for item in root.member("weeks").items()),
        levels=tuple(_level(item) for item in root.member("levels").items()),
        rules=_rules(root.member("rules")),
        people=tuple(_person(item) for item in root.member("people").items()),
        pins=() if pins.is_nothing else tuple(_pin(item) for item in pins.items()),
        published=None
        if published.is_nothing
        else tuple(_published_cell(item) for item in published.items()),
        objectives=tuple(item.text() for item in root.member("objectives").items()),
    )


def to_json(problem: Problem) -> str:
    """The instance file of a problem, ending in a newline; `from_json` gives the same problem."""
    data = {
        "version": VERSION,
        "name": problem.name,
        "note": problem.note,
        "timezone": problem.timezone,
        "levels": [dataclasses.asdict(level) for level in problem.levels],
        "rules": dataclasses.asdict(problem.rules),
        "weeks": [_week_data(week) for week in problem.weeks],
        "people": [_person_data(person) for person in problem.people],
        "pins": [dataclasses.asdict(pin) for pin in problem.pins],
        "published": None
        if problem.published is None
        else [dataclasses.asdict(cell) for cell in problem.published],
        "objectives": list(problem.objectives),
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _optional_text(field: Field) -> str | None:
    return None if field.is_nothing else field.text()


def _optional_texts(field: Field) -> tuple[str, ...]:
    return tuple(item.text() for item in field.optional_items())


def _week(field: Field) -> Week:
    holidays = field.member("holidays")
    return Week(
        id=field.member("id").text(),
        starts_at=field.member("start").instant(),
        ends_at=field.member("end").instant(),
        weight=field.member("weight").hundredths(),
        holidays=() if holidays.is_nothing else _optional_texts(holidays),
    )


def _level(field: Field) -> Level:
    return Level(id=field.member("id").text(), name=_optional_text(field.member("name")) or "")


def _rules(field: Field) -> Rules:
    limit = field.member("max_shifts")
    return Rules(
        min_rest_weeks=field.member("min_rest_weeks").whole(default=0),
        spacing_target=field.member("spacing_target").whole(default=0),
        max_shifts=None
        if limit.is_nothing
        else ShiftLimit(
            shifts=limit.member("shifts").whole(),
            window_weeks=limit.member("window_weeks").whole(minimum=1),
        ),
    )


def _person(field: Field) -> Person:
    return Person(
        id=field.member("id").text(),
        team=_optional_text(field.member("team")),
        roles=tuple(_role(level, item) for level, item in field.member("roles").members()),
        active=tuple(_span(item) for item in field.member("active").items()),
        unavailable=_optional_texts(field.member("unavailable")),
        wants=_optional_texts(field.member("wants")),
        avoids=_optional_texts(field.member("avoids")),
    )


def _role(level: str, field: Field) -> Role:
    limit, last = field.member("max_shifts"), field.member("last_week")
    return Role(
        level=level,
        max_shifts=None if limit.is_nothing else limit.whole(),
        prior_load=field.member("prior_load").hundredths(default=0),
        prior_weeks=field.member("prior_weeks").whole(default=0),
        prior_holidays=field.member("prior_holidays").whole(default=0),
        last_week=None if last.is_nothing else last.whole(minimum=None),
    )


def _span(field: Field) -> Span:
    return Span(first=_optional_text(field.member("from")), last=_optional_text(field.member("to")))


def _pin(field: Field) -> Pin:
    return Pin(
        week=field.member("week").text(),
        level=field.member("level").text(),
        person=field.member("person").text(),
    )


def _published_cell(field: Field) -> PublishedCell:
    person = field.member("person")
    return PublishedCell(
        week=field.member("week").text(),
        level=field.member("level").text(),
        person=None if person.value is None else person.text(),
    )


def _week_data(week: Week) -> dict[str, object]:
    return {
        "id": week.id,
        "start": week.starts_at.isoformat(),
        "end": week.ends_at.isoformat(),
        "weight": week.weight / 100,
        "holidays": list(week.holidays),
    }


def _person_data(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "team": person.team,
        "roles": {role.level: _role_data(role) for role in person.roles},
        "active": [{"from": span.first, "to": span.last} for span in person.active],
        "unavailable": list(person.unavailable),
        "wants": list(person.wants),
        "avoids": list(person.avoids),
    }


def _role_data(role: Role) -> dict[str, object]:
    return {
        "max_shifts": role.max_shifts,
        "prior_load": role.prior_load / 100,
        "prior_weeks": role.prior_weeks,
        "prior_holidays": role.prior_holidays,
        "last_week": role.last_week,
    }
