"""Where people work and who pays for them, from a day on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from volunteers.models import Engineer, Office, Posting, Team

if TYPE_CHECKING:
    from audit.operations import Actor

COST_CENTRE_LENGTH = 64
FIRST_DAY = dt.date(2000, 1, 1)
FURTHEST_AHEAD = dt.timedelta(days=2 * 366)


class PostingInvalidError(RefusedError):
    """There is no such office or team, or the day cannot be used."""

    code = "POSTING_INVALID"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where somebody works from a day on, and who pays for them."""

    office_id: int
    team_id: int | None
    cost_centre: str
    starts_on: dt.date


def set_posting(*, engineer_id: int, place: Place, actor: Actor, now: dt.datetime) -> Posting:
    """Say where somebody works from a day on; a posting from the same day is replaced.

    Nothing is written or recorded when they already work there on that day.

    Raises:
        PostingInvalidError: with a message for each field.
    """
    cost_centre = _clean(place, today=now.date())
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        current = _posting_on(engineer_id, place.starts_on)
        wanted = (place.office_id, place.team_id, cost_centre)
        if current and (current.office_id, current.team_id, current.cost_centre) == wanted:
            return current
        posting, _created = Posting.objects.update_or_create(
            engineer=engineer,
            starts_on=place.starts_on,
            defaults={
                "office_id": place.office_id,
                "team_id": place.team_id,
                "cost_centre": cost_centre,
            },
        )
        record(
            actor=actor,
            now=now,
            area=Area.PEOPLE,
            verb="posted",
            subject=engineer.email,
            concerned=[engineer.email],
            before=_shown(current) if current else None,
            after=_shown(posting),
        )
    return posting


def _clean(place: Place, *, today: dt.date) -> str:
    cleaner = Cleaner()
    cost_centre = cleaner.line(
        "cost_centre", place.cost_centre, longest=COST_CENTRE_LENGTH, required=False
    )
    if not Office.objects.filter(pk=place.office_id).exists():
        cleaner.refuse("office", "There is no such office.")
    if place.team_id is not None and not Team.objects.filter(pk=place.team_id).exists():
        cleaner.refuse("team", "There is no such team.")
    if not FIRST_DAY <= place.starts_on <= today + FURTHEST_AHEAD:
        cleaner.refuse("starts_on", "Choose a day from 2000 on, at most two years ahead.")
    cleaner.raise_problems(PostingInvalidError)
    return cost_centre


def _posting_on(engineer_id: int, date: dt.date) -> Posting | None:
    postings = Posting.objects.filter(engineer_id=engineer_id, starts_on__lte=date)
    return postings.select_related("office", "team").order_by("-starts_on", "-pk").first()


def _shown(posting: Posting) -> dict[str, Any]:
    return {
        "office": posting.office.name,
        "team": posting.team.name if posting.team else None,
        "cost_centre": posting.cost_centre,
        "starts_on": str(posting.starts_on),
    }
