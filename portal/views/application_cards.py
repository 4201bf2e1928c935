"""An application as a card: who, what they say, and what accepting them would do."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from portal.forms.applications import AcceptForm, DeclineForm
from rotation.queries import joining
from volunteers import access
from volunteers.queries import people, terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.forms import Form

    from rotation.queries.joining import Joining, TermChoice
    from volunteers.access import Viewer
    from volunteers.queries.applications import ApplicationLine
    from volunteers.queries.people import PostingLine
    from volunteers.queries.terms import TermLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """What the first offered term would do: gaps it could close, and people in term then."""

    gaps: tuple[dt.date, ...]
    all_gaps: int
    people_then: int
    minimum: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """An application that waits, with the forms of those who may decide it."""

    line: ApplicationLine
    posting: PostingLine | None
    days: int
    zone: str
    is_own: bool
    may_decide: bool
    forecast: Forecast | None
    accept: AcceptForm | None
    decline: DeclineForm


def auto_id(application_id: int) -> str:
    """What makes the ids of one card's fields its own."""
    return f"a{application_id}_%s"


def cards(
    lines: list[ApplicationLine],
    *,
    viewer: Viewer,
    now: dt.datetime,
    refused: Mapping[int, Form],
) -> list[Card]:
    """One card for each line, in their order; `refused` are bound forms by application."""
    places = joining.joinings(team_ids={line.team_id for line in lines}, now=now)
    members = terms.volunteers_of(
        terms=access.visible_terms(viewer=viewer), team_ids=places, today=now.date()
    )
    postings = people.postings_on(
        engineer_ids=[line.engineer_id for line in lines], date=now.date()
    )
    return [
        _card(
            line,
            place=places.get(line.team_id),
            members=[each for each in members if each.team_id == line.team_id],
            posting=postings.get(line.engineer_id),
            viewer=viewer,
            refused=refused.get(line.application_id),
        )
        for line in lines
    ]


def _card(
    line: ApplicationLine,
    *,
    place: Joining | None,
    members: list[TermLine],
    posting: PostingLine | None,
    viewer: Viewer,
    refused: Form | None,
) -> Card:
    choices = place.choices(not_before=line.earliest_start_on) if place else []
    is_own = line.engineer_id == viewer.engineer_id
    accept_form = refused if isinstance(refused, AcceptForm) else None
    decline_form = refused if isinstance(refused, DeclineForm) else None
    ids = auto_id(line.application_id)
    if accept_form is None and choices:
        accept_form = AcceptForm(choices=choices, auto_id=ids)
    return Card(
        line=line,
        posting=posting,
        days=(place.now - line.submitted_at).days if place else 0,
        zone=place.pattern.zone if place else "UTC",
        is_own=is_own,
        may_decide=viewer.manages(line.team_id) and not is_own,
        forecast=_forecast(line, place, choices[0], members) if place and choices else None,
        accept=accept_form,
        decline=decline_form or DeclineForm(auto_id=ids),
    )


def _forecast(
    line: ApplicationLine, place: Joining, term: TermChoice, members: list[TermLine]
) -> Forecast:
    serving = {
        each.engineer_id
        for each in members
        if each.starts_on <= term.starts_on
        and (each.ends_on is None or each.ends_on > term.starts_on)
    }
    return Forecast(
        gaps=tuple(place.gaps_in(term, without=line.unsuitable_weeks)),
        all_gaps=len(place.gaps),
        people_then=len(serving | {line.engineer_id}),
        minimum=place.minimum_size,
    )
