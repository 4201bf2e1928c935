"""Terms with the names of their people and teams, for programs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from volunteers.queries import contacts, terms

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from volunteers.models import Term
    from volunteers.queries.terms import TermLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermPerson:
    """Who serves."""

    engineer_id: int
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermTeam:
    """Where."""

    slug: str
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NamedTerm:
    """A term's line, its person and its team."""

    line: TermLine
    engineer: TermPerson
    team: TermTeam


def named_terms(*, rows: QuerySet[Term], today: dt.date) -> list[NamedTerm]:
    """One for each of `rows`, by start; two queries."""
    lines = terms.term_lines(terms=rows, today=today)
    names = contacts.contacts(engineer_ids=[line.engineer_id for line in lines])
    return [
        NamedTerm(
            line=line,
            engineer=TermPerson(engineer_id=line.engineer_id, name=names[line.engineer_id].name),
            team=TermTeam(slug=line.team_slug, name=line.team_name),
        )
        for line in lines
    ]
