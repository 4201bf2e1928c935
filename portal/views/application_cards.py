"""An application as a card: who, what they say, and what accepting them would do."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from portal.forms.applications import AcceptForm, DeclineForm
from portal.queries import application_effect, team_places
from rotation.queries import joining
from volunteers import access
from volunteers.queries import cool_down, terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from django.forms import Form

    from portal.queries.application_effect import Effect
    from portal.queries.team_places import Places
    from volunteers.access import Viewer
    from volunteers.queries.applications import ApplicationLine
    from volunteers.queries.people import PostingLine
    from volunteers.queries.terms import TermLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """An application that waits, with the forms of those who may decide it.

    `listed` is how many are on its team's waiting list. `earlier` are the terms that the applicant
    has served or serves, the newest first; `rests_until` is the end of the time that the policy
    wants between two terms, where that is later than the wanted start.
    """

    line: ApplicationLine
    posting: PostingLine | None
    days: int
    zone: str
    is_own: bool
    may_decide: bool
    listed: int
    earlier: tuple[TermLine, ...]
    rests_until: dt.date | None
    effect: Effect | None
    accept: AcceptForm | None
    decline: DeclineForm

    @property
    def is_last(self) -> bool:
        """Whether nobody is behind it on the waiting list."""
        return self.line.place == self.listed

    @property
    def asks_for_more(self) -> bool:
        """Whether the page offers to exceed the team's target size."""
        has_refused = self.accept is not None and self.accept.is_bound
        return has_refused or (self.effect is not None and self.effect.is_tight)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Cards:
    """The cards, and the places of their teams and of those that the viewer manages, by name."""

    cards: tuple[Card, ...]
    places: tuple[Places, ...]


def auto_id(application_id: int) -> str:
    """What makes the ids of one card's fields its own."""
    return f"a{application_id}_%s"


def cards(
    lines: list[ApplicationLine],
    *,
    team_ids: Iterable[int],
    viewer: Viewer,
    now: dt.datetime,
    refused: Mapping[int, Form],
) -> Cards:
    """One card for each line, in their order; `refused` are bound forms by application."""
    ids = {line.team_id for line in lines} | set(team_ids)
    found = team_places.places(joinings=joining.joinings(team_ids=ids, now=now))
    postings = application_effect.postings_of(lines=lines, places=found.values(), date=now.date())
    earlier = terms.terms_by_person(
        terms=access.visible_terms(viewer=viewer),
        engineer_ids=[line.engineer_id for line in lines],
        today=now.date(),
    )
    made = [
        _card(
            line,
            places=found.get(line.team_id),
            postings=postings,
            earlier=earlier.get(line.engineer_id, []),
            viewer=viewer,
            now=now,
            refused=refused.get(line.application_id),
        )
        for line in lines
    ]
    return Cards(cards=tuple(made), places=tuple(found.values()))


def _card(  # noqa: PLR0913 - what was read for all cards at once
    line: ApplicationLine,
    *,
    places: Places | None,
    postings: Mapping[int, PostingLine],
    earlier: list[TermLine],
    viewer: Viewer,
    now: dt.datetime,
    refused: Form | None,
) -> Card:
    rests_until = _rests_until(line, places, earlier)
    not_before = rests_until or line.earliest_start_on
    choices = places.joining.choices(not_before=not_before) if places else []
    is_own = line.engineer_id == viewer.engineer_id
    effect = (
        application_effect.effect_of(line, places, choices, postings)
        if places is not None
        else None
    )
    accept_form = refused if isinstance(refused, AcceptForm) else None
    decline_form = refused if isinstance(refused, DeclineForm) else None
    ids = auto_id(line.application_id)
    if accept_form is None and effect is not None:
        accept_form = AcceptForm(choices=choices, proposed=effect.term.starts_on, auto_id=ids)
    return Card(
        line=line,
        posting=postings.get(line.engineer_id),
        days=(now - line.submitted_at).days,
        zone=places.joining.pattern.zone if places else "UTC",
        is_own=is_own,
        may_decide=viewer.manages(line.team_id) and not is_own,
        listed=places.listed if places else 0,
        earlier=tuple(reversed(earlier)),
        rests_until=rests_until,
        effect=effect,
        accept=accept_form,
        decline=decline_form or DeclineForm(auto_id=ids),
    )


def _rests_until(
    line: ApplicationLine, places: Places | None, earlier: list[TermLine]
) -> dt.date | None:
    weeks = places.joining.cool_down_weeks if places else 0
    until = cool_down.rest_after(earlier, team_id=line.team_id, weeks=weeks)
    return until if until is not None and until > line.earliest_start_on else None
