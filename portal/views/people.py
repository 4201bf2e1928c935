"""People: who is in, until when, and their weeks. Managers see their teams, admins everybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from common import clock, wording
from rotation import access as rotation_access
from rotation.queries import held, limits, paid_once, readiness
from volunteers import access, domain
from volunteers.queries import former, marks, people, profiles, service, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from rotation.queries.held import HeldShift
    from rotation.queries.limits import OverLimit
    from rotation.queries.readiness import Reach
    from volunteers.access import SignedInRequest, Viewer
    from volunteers.domain import PersonMark
    from volunteers.models import Engineer, Term
    from volunteers.queries.people import PersonLine
    from volunteers.queries.terms import TermLine

PER_PAGE = 50
PAST_SHOWN = 26
DAY = dt.timedelta(days=1)
LOOKED_AHEAD = dt.timedelta(days=400)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One person with the term of note and its weeks: done, planned in all, and the next one."""

    person: PersonLine
    mark: PersonMark
    term: TermLine | None
    weeks_gone: int
    done: int
    planned: int
    next_shift: HeldShift | None
    limit: int | None = None
    reach: Reach | None = None

    @property
    def cannot_be_paged(self) -> bool:
        """Whether PagerDuty would not reach somebody who serves now or later."""
        serves = self.term is not None and self.term.state != terms.ENDED
        return serves and self.reach is not None and self.reach.is_bad

    @property
    def is_over(self) -> bool:
        """Whether the term has more weeks than the policy wants; one without an end never has."""
        is_bounded = self.term is not None and self.term.ends_on is not None
        return is_bounded and self.limit is not None and self.planned > self.limit


@require_GET
def person_list(request: SignedInRequest) -> HttpResponse:
    """Who serves and will serve; those who have served, and for admins everybody, on request."""
    viewer, now = request.viewer, clock.now()
    if not (viewer.is_manager or viewer.is_admin):
        raise PermissionDenied("Only managers of an on-call team and admins see the people.")
    own_terms = _terms(viewer)
    shows_all = viewer.is_admin or request.GET.get("show") == "all"
    text = request.GET.get("q", "")
    rows = access.visible_people(viewer=viewer)
    if not shows_all:
        rows = terms.serving_or_coming(people=rows, terms=own_terms, today=now.date())
    found = people.people_found(people=rows, text=text)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = found[max(page.start_index() - 1, 0) : page.end_index()]
    managed = rotation_access.managed_rotations(viewer=viewer).order_by("name", "pk")
    context = {
        "page": page,
        "page_query": _query(text, request.GET.get("show", "")),
        "rows": _rows(shown, own_terms, now),
        "summary": terms.summary(terms=own_terms, today=now.date()),
        "text": text,
        "shows_all": shows_all,
        "rotations": list(managed.values_list("slug", "name")),
    }
    return render(request, "portal/people.html", context)


@require_GET
def person_detail(request: SignedInRequest, engineer_id: int) -> HttpResponse:
    """One person: terms, weeks, days away without their reason."""
    viewer, now = request.viewer, clock.now()
    person = get_object_or_404(access.visible_people(viewer=viewer), pk=engineer_id)
    profile = profiles.profile(engineer_id=person.pk, now=now)
    today = wording.local(now, profile.place.zone).date()
    lines = terms.terms_by_person(
        terms=access.visible_terms(viewer=viewer), engineer_ids=[person.pk], today=today
    ).get(person.pk, [])
    shifts = held.held_shifts(engineer_ids=[person.pk]).get(person.pk, [])
    coming = [shift for shift in shifts if shift.ends_at > now]
    past = [shift for shift in reversed(shifts) if shift.ends_at <= now]
    term = terms.of_note(lines)
    context = {
        "profile": profile,
        "person_id": person.pk,
        "is_active": person.is_active,
        "is_self": person.pk == viewer.engineer_id,
        "is_anonymous": former.is_anonymous(person.email),
        "mark": _mark(person.pk, profile.name, term),
        "term": term,
        "terms": list(reversed(lines)),
        "today": today,
        "coming": coming,
        "past": past[:PAST_SHOWN],
        "past_count": len(past),
        "away": [
            (line.starts_on, line.ends_on - DAY)
            for line in service.absences_of(
                engineer_ids=[person.pk], from_date=today, until_date=today + LOOKED_AHEAD
            )
        ],
        "managed": viewer.managed_team_ids,
        "over": _over(viewer, person.pk, lines, now),
        "reach": readiness.own_reach(engineer_id=person.pk),
        "two_rotations": paid_once.two_rotations(now=now),
    }
    return render(request, "portal/person.html", context)


def _over(
    viewer: Viewer, engineer_id: int, lines: Iterable[TermLine], now: dt.datetime
) -> list[OverLimit]:
    """Where the person has more weeks in a term that is not over than the policy wants."""
    team_ids = {line.team_id for line in lines if line.state != terms.ENDED}
    served = rotation_access.visible_rotations(viewer=viewer).filter(team_id__in=team_ids)
    return limits.of_person(engineer_id=engineer_id, rotations=served.order_by("name"), now=now)


def _terms(viewer: Viewer) -> QuerySet[Term]:
    """The terms that count on the viewer's page: own teams', all for an admin."""
    visible = access.visible_terms(viewer=viewer)
    if viewer.is_admin:
        return visible
    return terms.of_teams(terms=visible, team_ids=viewer.managed_team_ids)


def _rows(
    shown: QuerySet[Engineer], own_terms: QuerySet[Term], now: dt.datetime
) -> list[PersonRow]:
    lines = people.people_lines(people=shown, date=now.date(), now=now)
    ids = [line.engineer_id for line in lines]
    found = terms.terms_by_person(terms=own_terms, engineer_ids=ids, today=now.date())
    shifts = held.held_shifts(engineer_ids=ids)
    team_ids = {term.team_id for each in found.values() for term in each}
    by_team = marks.teams_marks(team_ids=team_ids)
    rows = [
        _row(line, found.get(line.engineer_id, []), shifts.get(line.engineer_id, []), by_team, now)
        for line in lines
    ]
    caps = limits.limits_by_team(team_ids=team_ids, now=now)
    reached = readiness.reaches(engineer_ids=ids)
    return [
        dataclasses.replace(
            row,
            limit=caps.get((row.term.team_id, row.term.level)) if row.term else None,
            reach=reached.get(row.person.engineer_id),
        )
        for row in rows
    ]


def _row(
    person: PersonLine,
    own: Sequence[TermLine],
    shifts: Iterable[HeldShift],
    by_team: Mapping[int, Mapping[int, PersonMark]],
    now: dt.datetime,
) -> PersonRow:
    term = terms.of_note(own)
    counted = [shift for shift in shifts if term is not None and _is_in(shift, term)]
    coming = [shift for shift in counted if shift.ends_at > now]
    plain = domain.unmarked(engineer_id=person.engineer_id, name=person.name)
    dealt = by_team.get(term.team_id, {}) if term is not None else {}
    return PersonRow(
        person=person,
        mark=dealt.get(person.engineer_id, plain),
        term=term,
        weeks_gone=term.weeks_gone(now.date()) if term is not None else 0,
        done=len(counted) - len(coming),
        planned=len(counted),
        next_shift=coming[0] if coming else None,
    )


def _is_in(shift: HeldShift, term: TermLine) -> bool:
    return (
        shift.team_id == term.team_id
        and shift.level == term.level
        and shift.week_date >= term.starts_on
        and (term.ends_on is None or shift.week_date < term.ends_on)
    )


def _mark(engineer_id: int, name: str, term: TermLine | None) -> PersonMark:
    plain = domain.unmarked(engineer_id=engineer_id, name=name)
    if term is None:
        return plain
    return marks.team_marks(team_id=term.team_id).get(engineer_id, plain)


def _query(text: str, show: str) -> str:
    """The part of a page's address before its number."""
    asked = {key: value for key, value in (("q", text), ("show", show)) if value}
    return f"{urlencode(asked)}&" if asked else ""
