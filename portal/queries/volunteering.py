"""What somebody reads before they volunteer, and where they stand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from compensation.queries import rates
from portal.queries import team_places
from rotation.queries import hook_state, joining, page_counts, statements
from volunteers import access
from volunteers.models import OPEN_STATES, Application, TermLevel
from volunteers.queries import (
    application_history,
    cool_down,
    own_applications,
    people,
    terms,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from compensation.queries.rates import RateLine
    from portal.queries.team_places import Places
    from rotation.models import Rotation
    from rotation.queries.joining import Joining, TermChoice
    from rotation.queries.statements import Statement
    from volunteers.access import Viewer
    from volunteers.queries.application_history import Step
    from volunteers.queries.applications import ApplicationLine
    from volunteers.queries.own_applications import Draft
    from volunteers.queries.people import PostingLine
    from volunteers.queries.terms import TermLine

AGAIN_WEEKS = 8


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Volunteering:
    """One on-call team as the viewer may join it.

    `term` is the one that they serve or will serve in the team, `application` their last one to
    it. `choices` are the terms that they could apply for now, none while their own runs on; `gaps`
    are published weeks that nobody holds. `rate` is what a week is worth in their office, None
    when finance has set none. `managers` are the names of those who answer. `draft` is what they
    have typed and not sent, `history` what became of the last application.
    `rests_until` is the end of the weeks without on-call that the policy wants after their last
    term, None without. `pages` is how many pages the last three months had, None while Rota hears
    of none.
    """

    today: dt.date
    statement: Statement
    posting: PostingLine | None
    rate: RateLine | None
    term: TermLine | None
    application: ApplicationLine | None
    choices: tuple[TermChoice, ...]
    rests_until: dt.date | None
    gaps: tuple[dt.date, ...]
    managers: tuple[str, ...]
    draft: Draft | None
    history: tuple[Step, ...]
    places: Places
    pages: int | None

    @property
    def waits(self) -> bool:
        """Whether an application of theirs waits for an answer."""
        return self.application is not None and self.application.state in OPEN_STATES

    @property
    def declined(self) -> ApplicationLine | None:
        """The last application when it was declined."""
        if self.application is None or self.application.state != Application.State.DECLINED:
            return None
        return self.application

    @property
    def may_apply(self) -> bool:
        """Whether the form is offered."""
        return not self.waits and bool(self.choices)


def volunteering(*, rotation: Rotation, viewer: Viewer, now: dt.datetime) -> Volunteering:
    """Everything on the page of one team; a fixed number of queries."""
    found = joining.joinings(team_ids=[rotation.team_id], now=now)[rotation.team_id]
    postings = people.postings_on(engineer_ids=[viewer.engineer_id], date=found.today)
    posting = postings.get(viewer.engineer_id)
    serving = _serving(viewer, found)
    managers = access.managers_of(team_id=rotation.team_id, now=now)
    rests_until = cool_down.rests_until(
        team_id=found.team_id, engineer_id=viewer.engineer_id, weeks=found.cool_down_weeks
    )
    own = access.own_applications(viewer=viewer)
    sent = own_applications.newest_by_team(applications=own).get(rotation.team_id)
    told = statements.statements(now=now)
    return Volunteering(
        today=found.today,
        statement=next(line for line in told if line.slug == rotation.slug),
        posting=posting,
        rate=_rate(posting, found.today),
        term=serving[0] if serving else None,
        application=sent,
        choices=tuple(_choices(found, serving, rests_until)),
        rests_until=rests_until,
        gaps=found.gaps,
        draft=own_applications.draft_of(team_id=rotation.team_id, engineer_id=viewer.engineer_id),
        history=tuple(_history(own, sent)),
        places=team_places.places(joinings={rotation.team_id: found})[rotation.team_id],
        pages=_pages(rotation, now),
        managers=tuple(managers.order_by("name", "pk").values_list("name", flat=True)),
    )


def _pages(rotation: Rotation, now: dt.datetime) -> int | None:
    if not hook_state.is_known():
        return None
    months = page_counts.by_month(rotation, months=page_counts.USUAL_MONTHS, now=now)
    return sum(month.pages for month in months)


def _history(own: QuerySet[Application], sent: ApplicationLine | None) -> list[Step]:
    """What became of the last application."""
    if sent is None:
        return []
    return application_history.history_of(application=own.get(pk=sent.application_id))


def _serving(viewer: Viewer, found: Joining) -> list[TermLine]:
    """The viewer's terms in the team that have not ended, by start."""
    own = access.visible_terms(viewer=viewer).filter(
        engineer_id=viewer.engineer_id, team_id=found.team_id
    )
    lines = terms.term_lines(terms=own, today=found.today)
    return [line for line in lines if line.state != terms.ENDED]


def _rate(posting: PostingLine | None, today: dt.date) -> RateLine | None:
    if posting is None:
        return None
    lines = rates.rates_in_force(on=today, office_id=posting.office_id)
    return next((line for line in lines if line.level == TermLevel.PRIMARY), None)


def _choices(
    found: Joining, serving: list[TermLine], rests_until: dt.date | None
) -> list[TermChoice]:
    """The terms that begin at one of the next 26 handovers.

    Somebody who serves chooses among those after their own term, once it ends within 8 weeks;
    after a term the policy's weeks without on-call pass first.
    """
    coming = found.choices(not_before=max(found.today, rests_until or found.today))
    if not serving:
        return coming
    ends = [line.ends_on for line in serving if line.ends_on is not None]
    is_open = len(ends) < len(serving)
    if is_open or max(ends) > found.today + dt.timedelta(weeks=AGAIN_WEEKS):
        return []
    return [choice for choice in coming if choice.starts_on >= max(ends)]
