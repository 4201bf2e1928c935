"""What Rota knows of one person, as they may read it themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models.functions import Coalesce

from common import wording
from volunteers.models import Engineer, Posting, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """Whether somebody serves today, has ever served or been accepted, and in which team last."""

    is_serving: bool
    has_term: bool
    team_id: int | None


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
    """The person's terms in short; the team is that of the term that ends last."""
    terms = list(
        Term.objects.filter(engineer_id=engineer_id)
        .annotate(over_on=Coalesce("left_on", "ends_on"))
        .order_by("-starts_on", "-pk")
        .values_list("team_id", "over_on")
    )
    return Serving(
        is_serving=any(over_on is None or over_on > today for _team_id, over_on in terms),
        has_term=bool(terms),
        team_id=terms[0][0] if terms else None,
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
