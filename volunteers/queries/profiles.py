"""What Rota knows of one person, as they may read it themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from volunteers import domain
from volunteers.models import Engineer, Posting, Term
from volunteers.queries import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from volunteers.domain import PersonMark

NO_ZONE = "UTC"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where somebody works on a day; empty texts and UTC for those without a posting."""

    office: str
    zone: str
    team: str
    cost_centre: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A person's own facts, read-only in Rota."""

    name: str
    email: str
    employee_number: str
    place: Place


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """Whether somebody serves today, has ever served or been accepted, and how they are shown.

    The mark is that of the team whose term starts last; None for those who never had a term.
    """

    is_serving: bool
    has_term: bool
    mark: PersonMark | None


def profile(*, engineer_id: int, now: dt.datetime) -> Profile:
    """The person's facts as they are on the day of `now` in their office.

    Raises:
        Engineer.DoesNotExist: there is no such person.
    """
    engineer = Engineer.objects.get(pk=engineer_id)
    return Profile(
        name=engineer.name,
        email=engineer.email,
        employee_number=engineer.employee_id or "",
        place=place(engineer_id=engineer_id, now=now),
    )


def place(*, engineer_id: int, now: dt.datetime) -> Place:
    """The posting in force at `now`, each posting starting on its own office's calendar."""
    postings = (
        Posting.objects.filter(
            engineer_id=engineer_id, starts_on__lte=(now + dt.timedelta(days=1)).date()
        )
        .select_related("office", "team")
        .order_by("-starts_on", "-pk")
    )
    return _in_force(list(postings[:2]), now)


def serving(*, engineer_id: int, today: dt.date) -> Serving:
    """The person's terms in short, with the mark that their team's pages show; one query."""
    own = Term.objects.filter(engineer_id=engineer_id)
    rows = marks.service_rows(team_ids=own.values("team_id"))
    mine = [row for row in rows if row.service.engineer_id == engineer_id]
    if not mine:
        return Serving(is_serving=False, has_term=False, mark=None)
    last = max(mine, key=lambda row: (row.service.starts_on, row.term_id))
    dealt = domain.deal_marks(row.service for row in rows if row.team_id == last.team_id)
    ends = [row.service.ends_on for row in mine]
    return Serving(
        is_serving=any(over_on is None or over_on > today for over_on in ends),
        has_term=True,
        mark=dealt[engineer_id],
    )


def _in_force(postings: Sequence[Posting], now: dt.datetime) -> Place:
    for posting in postings:
        if posting.starts_on <= wording.local(now, posting.office.time_zone).date():
            return Place(
                office=posting.office.name,
                zone=posting.office.time_zone,
                team=posting.team.name if posting.team else "",
                cost_centre=posting.cost_centre,
            )
    return Place(office="", zone=NO_ZONE, team="", cost_centre="")
