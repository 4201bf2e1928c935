"""Weeks that an engineer would like to carry, or would rather not."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from volunteers.models import Engineer, OnCallTeam, Term, WeekWish

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from audit.operations import Actor

NO_WISH = ""


class WishInvalidError(RefusedError):
    """Nobody can wish for this."""

    code = "WISH_INVALID"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wished:
    """What somebody says of a week of an on-call team: `want`, `avoid`, or nothing any more."""

    team_id: int
    week_date: dt.date
    wish: str


def set_wishes(*, wished: Sequence[Wished], actor: Actor, now: dt.datetime) -> int:
    """Keep one's own wishes for these weeks, others staying as they are; gives how many changed.

    Weeks are the local dates of handovers. The draft that is made next reads them; what is
    published stays as it is.

    Raises:
        WishInvalidError: an unknown word, the same week twice, or a week outside one's terms.
    """
    me = actor.person_id
    with transaction.atomic():
        # The row stands for the person: two changes at once wait for each other here.
        Engineer.objects.select_for_update().get(pk=me)
        _check(wished, list(Term.objects.filter(engineer_id=me)))
        changed = _changed(wished, me)
        for team_id, lines in changed.items():
            _write(team_id, me, lines)
            _record(team_id, lines, actor=actor, now=now)
    return sum(len(lines) for lines in changed.values())


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    week_date: dt.date
    was: str
    becomes: str


def _check(wished: Sequence[Wished], terms: Iterable[Term]) -> None:
    seen = set()
    spans = [(term.team_id, term.starts_on, _end(term)) for term in terms]
    for each in wished:
        if each.wish not in {NO_WISH, *WeekWish.Wish.values}:
            raise WishInvalidError("A wish is want or avoid.")
        week = wording.day(each.week_date)
        if (each.team_id, each.week_date) in seen:
            raise WishInvalidError(f"The week of {week} stands there twice.")
        seen.add((each.team_id, each.week_date))
        if not any(
            team_id == each.team_id
            and starts_on <= each.week_date
            and (ends_on is None or each.week_date < ends_on)
            for team_id, starts_on, ends_on in spans
        ):
            raise WishInvalidError(f"You have no term there in the week of {week}.")


def _end(term: Term) -> dt.date | None:
    return min((day for day in (term.ends_on, term.left_on) if day is not None), default=None)


def _changed(wished: Sequence[Wished], me: int) -> dict[int, list[_Change]]:
    """What differs from what stands, by team, in order of time."""
    rows = WeekWish.objects.filter(
        engineer_id=me, week_date__in={each.week_date for each in wished}
    )
    stands = {(row.team_id, row.week_date): row.wish for row in rows}
    found: dict[int, list[_Change]] = collections.defaultdict(list)
    for each in sorted(wished, key=lambda one: (one.team_id, one.week_date)):
        was = stands.get((each.team_id, each.week_date), NO_WISH)
        if was != each.wish:
            change = _Change(week_date=each.week_date, was=was, becomes=each.wish)
            found[each.team_id].append(change)
    return found


def _write(team_id: int, me: int, lines: Sequence[_Change]) -> None:
    own = WeekWish.objects.filter(engineer_id=me, team_id=team_id)
    own.filter(week_date__in=[line.week_date for line in lines]).delete()
    WeekWish.objects.bulk_create(
        WeekWish(engineer_id=me, team_id=team_id, week_date=line.week_date, wish=line.becomes)
        for line in lines
        if line.becomes
    )


def _record(team_id: int, lines: Sequence[_Change], *, actor: Actor, now: dt.datetime) -> None:
    team = OnCallTeam.objects.get(pk=team_id)
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb="changed",
        subject=f"wishes for {team.name}",
        team=team.slug,
        concerned=[actor.name],
        before={str(line.week_date): line.was for line in lines if line.was},
        after={str(line.week_date): line.becomes for line in lines if line.becomes},
    )
