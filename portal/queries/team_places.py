"""Whether an on-call team has a place for one more, and from when."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.queries import forecasts
from volunteers import domain
from volunteers.queries import team_places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.queries.forecasts import CoverageForecast
    from rotation.queries.joining import Joining
    from volunteers.domain import Service


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """A team's size against its target, and what becomes of it.

    `free_from` is the first day from which one more could serve a whole term within the target;
    None while nobody's end leaves a place. `leaver` is whose end does, empty when a place is free
    from the next handover on. `listed` is how many are on its waiting list.
    """

    joining: Joining
    spans: tuple[Service, ...]
    people: int
    free_from: dt.date | None
    leaver: str
    listed: int
    forecast: CoverageForecast

    @property
    def is_free_now(self) -> bool:
        """Whether somebody could start at the next handover."""
        return self.free_from is not None and not self.leaver

    @property
    def headline(self) -> str:
        """The coverage forecast in a sentence."""
        return forecasts.headline(self.forecast)

    @property
    def needed(self) -> str:
        """Who is needed by when, by the coverage forecast; empty for nobody."""
        return forecasts.needed_words(self.forecast)

    def free_after(self, *, engineer_id: int, not_before: dt.date, weeks: int) -> dt.date | None:
        """From when the person could serve that long within the target size."""
        others = [span for span in self.spans if span.engineer_id != engineer_id]
        return domain.free_from(
            others, target_size=self.joining.target_size, weeks=weeks, not_before=not_before
        )


def places(*, joinings: Mapping[int, Joining]) -> dict[int, Places]:
    """The places of each team, by team, in order of name; three queries."""
    spans = team_places.spans_of(team_ids=joinings)
    ahead = forecasts.forecasts_of(rotation_ids=[each.rotation_id for each in joinings.values()])
    listed = team_places.listed_by_team(team_ids=joinings)
    in_order = sorted(joinings.items(), key=lambda item: (item[1].name, item[0]))
    return {
        team_id: _places(
            joining,
            spans.get(team_id, []),
            ahead=ahead[joining.rotation_id],
            listed=listed.get(team_id, 0),
        )
        for team_id, joining in in_order
    }


def _places(
    joining: Joining, spans: Sequence[Service], *, ahead: CoverageForecast, listed: int
) -> Places:
    first = joining.choices(not_before=joining.today)[0].starts_on
    free = domain.free_from(
        spans, target_size=joining.target_size, weeks=joining.term_weeks, not_before=first
    )
    return Places(
        joining=joining,
        spans=tuple(spans),
        people=domain.people_on(spans, joining.today),
        free_from=free,
        leaver=_leaver(spans, free) if free is not None and free > first else "",
        listed=listed,
        forecast=ahead,
    )


def _leaver(spans: Iterable[Service], day: dt.date) -> str:
    names = sorted({span.name for span in spans if span.ends_on == day})
    return " and ".join(names)
