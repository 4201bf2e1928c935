"""Terms as lists of people show them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from volunteers.models import TermLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from volunteers.models import Engineer, Term

UPCOMING = "upcoming"
ACTIVE = "active"
ENDED = "ended"
SOON = dt.timedelta(weeks=8)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermLine:
    """One term as it really runs: `[starts_on, ends_on)`, None being open; `state` on a day.

    In its first `shadow_weeks` the person looks on. `rolls_off` says whether they confirmed that
    it ends as planned.
    """

    term_id: int
    team_id: int
    team_slug: str
    team_name: str
    engineer_id: int
    level: str
    starts_on: dt.date
    ends_on: dt.date | None
    state: str
    has_left_early: bool
    shadow_weeks: int
    planned_end: dt.date | None
    is_cut_short: bool
    rolls_off: bool

    @property
    def on_call_from(self) -> dt.date:
        """The first day after the weeks in which they shadow."""
        return self.starts_on + dt.timedelta(weeks=self.shadow_weeks)

    def shadows_on(self, day: dt.date) -> bool:
        """Whether they look on beside whoever is on call that day."""
        is_over = self.ends_on is not None and self.ends_on <= day
        return self.starts_on <= day < self.on_call_from and not is_over

    @property
    def weeks(self) -> int | None:
        """Whole weeks from start to end; None while the end is open."""
        return None if self.ends_on is None else (self.ends_on - self.starts_on).days // 7

    def weeks_gone(self, today: dt.date) -> int:
        """Whole weeks since the start, never more than the term has."""
        gone = max(0, (today - self.starts_on).days // 7)
        return gone if self.weeks is None else min(gone, self.weeks)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """People in term today, people whose term is to come, and terms that end within 8 weeks."""

    active: int
    upcoming: int
    ending: int


def summary(*, terms: QuerySet[Term], today: dt.date) -> Summary:
    """The headline of a list of people; one query."""
    stays = Q(left_on__isnull=True) | Q(left_on__gt=today)
    runs = (Q(ends_on__isnull=True) | Q(ends_on__gt=today)) & stays
    active = runs & Q(starts_on__lte=today)
    ending = active & (Q(ends_on__lte=today + SOON) | Q(left_on__lte=today + SOON))
    found = terms.filter(engineer__is_active=True).aggregate(
        active=Count("engineer", filter=active, distinct=True),
        upcoming=Count("engineer", filter=runs & Q(starts_on__gt=today), distinct=True),
        ending=Count("pk", filter=ending),
    )
    return Summary(**found)


def term_lines(*, terms: QuerySet[Term], today: dt.date) -> list[TermLine]:
    """One line for each, by start; `today` says whether it has begun or ended; one query."""
    rows = terms.select_related("team").order_by("starts_on", "pk")
    return [_line(row, today) for row in rows]


def volunteers_of(
    *, terms: QuerySet[Term], team_ids: Iterable[int], today: dt.date
) -> list[TermLine]:
    """Terms of active people on primary in these teams, by start; one query."""
    rows = terms.filter(
        team_id__in=list(team_ids), level=TermLevel.PRIMARY, engineer__is_active=True
    )
    return term_lines(terms=rows, today=today)


def of_teams(*, terms: QuerySet[Term], team_ids: Iterable[int]) -> QuerySet[Term]:
    """Those of `terms` in these teams."""
    return terms.filter(team_id__in=list(team_ids))


def terms_by_person(
    *, terms: QuerySet[Term], engineer_ids: Iterable[int], today: dt.date
) -> dict[int, list[TermLine]]:
    """Each person's terms among `terms`, by start; one query."""
    found: dict[int, list[TermLine]] = {}
    for line in term_lines(terms=terms.filter(engineer_id__in=list(engineer_ids)), today=today):
        found.setdefault(line.engineer_id, []).append(line)
    return found


def of_note(lines: Iterable[TermLine]) -> TermLine | None:
    """The term to show of a person: the active one, else the next, else the last that ended."""
    order = {ACTIVE: 0, UPCOMING: 1, ENDED: 2}
    found = sorted(lines, key=lambda line: order[line.state])
    if found and found[0].state == ENDED:
        return found[-1]
    return found[0] if found else None


def serving_or_coming(
    *, people: QuerySet[Engineer], terms: QuerySet[Term], today: dt.date
) -> QuerySet[Engineer]:
    """Those of `people` with one of `terms` that has not ended."""
    running = terms.filter(engineer=OuterRef("pk")).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=today),
        Q(left_on__isnull=True) | Q(left_on__gt=today),
    )
    return people.filter(Exists(running))


def _line(term: Term, today: dt.date) -> TermLine:
    ends_on = min((day for day in (term.ends_on, term.left_on) if day is not None), default=None)
    is_over = ends_on is not None and ends_on <= today
    running = UPCOMING if term.starts_on > today else ACTIVE
    return TermLine(
        term_id=term.pk,
        team_id=term.team_id,
        team_slug=term.team.slug,
        team_name=term.team.name,
        engineer_id=term.engineer_id,
        level=term.level,
        starts_on=term.starts_on,
        ends_on=ends_on,
        state=ENDED if is_over else running,
        has_left_early=term.left_on is not None and term.left_on != term.ends_on,
        shadow_weeks=term.shadow_weeks,
        planned_end=term.ends_on,
        is_cut_short=term.left_on is not None,
        rolls_off=term.roll_off_confirmed_at is not None,
    )
