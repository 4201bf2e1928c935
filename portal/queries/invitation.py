"""What an on-call team tells those who may volunteer: no person, no incident, nothing private."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.queries import rates
from rotation.models import Rotation
from rotation.queries import hook_state, joining, page_counts, patterns, statements
from volunteers import domain
from volunteers.models import TermLevel
from volunteers.queries import team_places

if TYPE_CHECKING:
    import datetime as dt

    from compensation.queries.rates import RateLine
    from rotation.queries.page_counts import MonthCount
    from rotation.queries.statements import Statement


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One on-call team as everybody may read of it.

    `people` serve today of `target` wanted; `gaps` are coming published weeks without anybody.
    `months` are the last three, the newest first, the running one included; none while Rota hears
    of no pages, which is not the same as no pages.
    """

    statement: Statement
    people: int
    target: int
    gaps: int
    rates: tuple[RateLine, ...]
    months: tuple[MonthCount, ...]

    @property
    def places_left(self) -> int:
        """How many more the team would take today."""
        return max(0, self.target - self.people)

    @property
    def pages(self) -> int:
        """The pages of all these months."""
        return sum(month.pages for month in self.months)

    @property
    def asleep(self) -> int:
        """Those of them by night."""
        return sum(month.asleep for month in self.months)


def invitation(*, slug: str, now: dt.datetime) -> Invitation | None:
    """The team of that name; None when there is none; a fixed number of queries."""
    rotation = Rotation.objects.filter(slug=slug).select_related("team").first()
    if rotation is None:
        return None
    found = joining.joinings(team_ids=[rotation.team_id], now=now).get(rotation.team_id)
    today = patterns.today_in(rotation, now)
    spans = team_places.spans_of(team_ids=[rotation.team_id]).get(rotation.team_id, [])
    hears = hook_state.is_known()
    return Invitation(
        statement=next(line for line in statements.statements(now=now) if line.slug == slug),
        people=domain.people_on(spans, today),
        target=found.target_size if found else 0,
        gaps=len(found.gaps) if found else 0,
        rates=tuple(
            line for line in rates.rates_in_force(on=today) if line.level == TermLevel.PRIMARY
        ),
        months=tuple(page_counts.by_month(rotation, months=page_counts.USUAL_MONTHS, now=now))
        if hears
        else (),
    )
