"""Terms that end soon or have just ended, for the sweep that writes of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least

from outbox.models import Notice
from rotation.domain import term_ends
from rotation.models import Rotation
from rotation.queries import leaving, patterns
from volunteers.models import Term, TermLevel

if TYPE_CHECKING:
    from django.db.models import QuerySet

FAR = dt.date(9999, 12, 31)
ENDS = "term-ends:"
OVER = "term-over:"
DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DueTerm:
    """A term of which there is something to say, and the key under which it is said once.

    `weeks` is which of the two mails before the end, None once it has ended.
    """

    term_id: int
    key: str
    weeks: int | None


def due_terms(*, now: dt.datetime) -> list[DueTerm]:
    """What nobody was told yet, by term; the queries grow with rotations, not with terms."""
    rotations = {row.team_id: row for row in Rotation.objects.all()}
    found = [
        due
        for term in _candidates(now).filter(team_id__in=rotations)
        if (due := due_of(term, rotations[term.team_id], now)) is not None
    ]
    told = set(
        Notice.objects.filter(key__in=[due.key for due in found]).values_list("key", flat=True)
    )
    return [due for due in found if due.key not in told]


def due_of(term: Term, rotation: Rotation, now: dt.datetime) -> DueTerm | None:
    """What is to be said of the term now, told before or not."""
    end = min((day for day in (term.ends_on, term.left_on) if day is not None), default=None)
    if end is None:
        return None
    ended_at = leaving.handover_at(rotation, end)
    if term_ends.is_thanked(starts_on=term.starts_on, ended_at=ended_at, now=now):
        return DueTerm(term_id=term.pk, key=f"{OVER}{term.pk}:{end}", weeks=None)
    weeks = None
    if term.left_on is None and term.level == TermLevel.PRIMARY and now < ended_at:
        today = patterns.today_in(rotation, now)
        weeks = term_ends.due(starts_on=term.starts_on, ends_on=end, today=today)
    if weeks is None:
        return None
    return DueTerm(term_id=term.pk, key=f"{ENDS}{term.pk}:{end}:{weeks}", weeks=weeks)


def _candidates(now: dt.datetime) -> QuerySet[Term]:
    """Terms of active people that end within eight weeks or ended within two."""
    first = now.date() - term_ends.THANKED_FOR - DAY
    last = now.date() + max(term_ends.ASKED) * term_ends.WEEK + DAY
    end = Least(Coalesce("ends_on", FAR), Coalesce("left_on", FAR))
    rows = Term.objects.filter(Q(ends_on__isnull=False) | Q(left_on__isnull=False))
    return (
        rows.filter(engineer__is_active=True)
        .annotate(end=end)
        .filter(end__gte=first, end__lte=last, starts_on__lt=F("end"))
        .order_by("pk")
    )
