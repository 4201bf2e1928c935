"""Whom a people check is about, and whether one is due."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q

from rotation.models import PagerDutyPerson, PeopleCheck, PolicyVersion, Shift
from rotation.queries import identities, worked
from volunteers.queries import serving

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rotation.domain.pagerduty_people import Identity

DAY = dt.timedelta(days=1)
# Whoever serves in no rotation any more is still held to the usual delay.
USUAL_MINUTES = 15
State = PeopleCheck.State


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonToCheck:
    """Somebody whom a page must reach before it escalates after that many minutes."""

    engineer_id: int
    name: str
    email: str
    escalation_minutes: int
    known: Identity | None


def people_to_check(*, now: dt.datetime) -> list[PersonToCheck]:
    """Active people in a term, or with one to come, or on call in a published week; by id."""
    people = serving.serving(from_date=now.date(), also=on_call_ids(now=now))
    known = identities.identities(engineer_ids=[each.engineer_id for each in people])
    minutes = _minutes_by_team(now)
    return [
        PersonToCheck(
            engineer_id=each.engineer_id,
            name=each.name,
            email=each.email,
            escalation_minutes=min(
                (minutes[team] for team in each.team_ids if team in minutes), default=USUAL_MINUTES
            ),
            known=known.get(each.engineer_id),
        )
        for each in people
    ]


def on_call_ids(*, now: dt.datetime) -> set[int]:
    """Everybody with a stint in a published week that has not ended; two queries."""
    shifts = Shift.objects.filter(ends_at__gt=now, cancelled_at__isnull=True)
    return {
        stint.person
        for line in worked.worked_shifts(shifts=shifts)
        for stint in line.stints
        if stint.person is not None
    }


def is_due(*, now: dt.datetime) -> bool:
    """Whether nobody has looked for a day, or at somebody who serves.

    False while a check waits or runs, or one that failed is to be tried again.
    """
    open_ones = PeopleCheck.objects.filter(
        Q(state__in=[State.QUEUED, State.RUNNING])
        | Q(state=State.FAILED, next_try_at__isnull=False)
    )
    if open_ones.exists():
        return False
    wanted = {each.engineer_id for each in serving.serving(from_date=now.date())}
    if not wanted:
        return False
    return is_old(now=now) or not wanted <= set(
        PagerDutyPerson.objects.filter(checked_at__gt=now - DAY).values_list(
            "engineer_id", flat=True
        )
    )


def is_old(*, now: dt.datetime) -> bool:
    """Whether PagerDuty has not been asked about people for a day."""
    last = last_done_at()
    return last is None or last + DAY <= now


def last_done_at() -> dt.datetime | None:
    """When people were last looked up; None when never."""
    done = PeopleCheck.objects.filter(state=State.DONE).order_by("-finished_at", "-pk")
    return done.values_list("finished_at", flat=True).first()


def waiting_check_ids(*, real_now: dt.datetime) -> list[int]:
    """Checks that a worker may claim now, oldest first."""
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=real_now)
    free = Q(due, state=State.QUEUED) | Q(state=State.RUNNING, leased_until__lte=real_now)
    rows = PeopleCheck.objects.filter(free).order_by("queued_at", "pk")
    return list(rows.values_list("pk", flat=True))


def _minutes_by_team(now: dt.datetime) -> dict[int, int]:
    in_force = PolicyVersion.objects.filter(effective_from__lte=now).order_by("number")
    pairs: Iterable[tuple[int, int]] = in_force.values_list(
        "rotation__team_id", "escalation_delay_minutes"
    )
    return dict(pairs)
