"""What accepting an applicant would do to the team: people, gaps, offices, everybody's share."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from typing import TYPE_CHECKING, NamedTuple

from volunteers.queries import people

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from portal.queries.team_places import Places
    from rotation.queries.joining import TermChoice
    from volunteers.domain import Service
    from volunteers.queries.applications import ApplicationLine
    from volunteers.queries.people import PostingLine

NO_OFFICE = "no office"
NO_TEAM = "no home team"


class Spread(NamedTuple):
    """How many people come from one office or home team."""

    name: str
    people: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What the proposed term would do, the applicant counted in.

    `gaps` are those that it could close, of `all_gaps`. `offices` and `home_teams` are where the
    people of that day come from, the most first. A share is the weeks of a term for each person,
    in tenths; none before the first.
    """

    term: TermChoice
    is_later: bool
    gaps: tuple[dt.date, ...]
    all_gaps: int
    people_then: int
    minimum: int
    target: int
    offices: tuple[Spread, ...]
    home_teams: tuple[Spread, ...]
    share_before: str
    share_after: str

    @property
    def is_above_target(self) -> bool:
        """Whether the team would have more people than its target size."""
        return self.people_then > self.target

    @property
    def is_tight(self) -> bool:
        """Whether not every offered start leaves the team within its target size."""
        return self.is_later or self.is_above_target


def postings_of(
    *, lines: Iterable[ApplicationLine], places: Iterable[Places], date: dt.date
) -> Mapping[int, PostingLine]:
    """Where applicants and those who serve beside them work on a day; one query."""
    ids = {line.engineer_id for line in lines}
    for each in places:
        ids |= {span.engineer_id for span in each.spans}
    return people.postings_on(engineer_ids=sorted(ids), date=date)


def proposed_term(
    line: ApplicationLine, places: Places, choices: Sequence[TermChoice]
) -> TermChoice | None:
    """The first offered term within the target size; the very first when none is."""
    if not choices:
        return None
    free = places.free_after(
        engineer_id=line.engineer_id,
        not_before=choices[0].starts_on,
        weeks=places.joining.term_weeks,
    )
    fitting = [each for each in choices if free is not None and each.starts_on >= free]
    return fitting[0] if fitting else choices[0]


def effect_of(
    line: ApplicationLine,
    places: Places,
    choices: Sequence[TermChoice],
    postings: Mapping[int, PostingLine],
) -> Effect | None:
    """The effect of the proposed term; None when no term is offered."""
    term = proposed_term(line, places, choices)
    if term is None:
        return None
    joining = places.joining
    serving = _serving(places.spans, term.starts_on) - {line.engineer_id}
    then = serving | {line.engineer_id}
    known = [postings.get(one) for one in sorted(then)]
    return Effect(
        term=term,
        is_later=term != choices[0],
        gaps=tuple(joining.gaps_in(term, without=line.unsuitable_weeks)),
        all_gaps=len(joining.gaps),
        people_then=len(then),
        minimum=joining.minimum_size,
        target=joining.target_size,
        offices=_spread(each.office_name if each else NO_OFFICE for each in known),
        home_teams=_spread((each.team_name if each else "") or NO_TEAM for each in known),
        share_before=_share(joining.term_weeks, len(serving)),
        share_after=_share(joining.term_weeks, len(then)),
    )


def _serving(spans: Iterable[Service], day: dt.date) -> set[int]:
    return {
        span.engineer_id
        for span in spans
        if span.starts_on <= day and (span.ends_on is None or day < span.ends_on)
    }


def _spread(names: Iterable[str]) -> tuple[Spread, ...]:
    found = collections.Counter(names).items()
    return tuple(sorted(itertools.starmap(Spread, found), key=lambda one: (-one.people, one.name)))


def _share(weeks: int, people: int) -> str:
    return f"{weeks / people:.1f}" if people else ""
