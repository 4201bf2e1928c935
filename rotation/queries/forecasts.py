"""The coverage forecast as pages and the API show it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from common import wording
from rotation.domain import staffing
from rotation.models import Forecast, LevelName

if TYPE_CHECKING:
    from collections.abc import Iterable

PRESSING = dt.timedelta(weeks=8)
WAITING = {Forecast.State.QUEUED, Forecast.State.WORKING}
NOUNS = {
    LevelName.PRIMARY: ("more volunteer", "more volunteers"),
    LevelName.ESCALATION: ("more manager on level 2", "more managers on level 2"),
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OpenWeek:
    """A week of a level that no schedule covers."""

    week_date: dt.date
    level: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NeededPeople:
    """So many people more at a level from a handover on; `total` counts those before, too."""

    level: str
    people: int
    total: int
    starts_on: dt.date

    @property
    def words(self) -> str:
        """`2 more volunteers`."""
        return wording.counted(self.people, *NOUNS[LevelName(self.level)])


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CoverageForecast:
    """What becomes of a rotation when terms end and nobody joins.

    `horizon_until` is None until the weeks ahead are worked out, `people_now` until anything is.
    `first_gap` is the first week that no schedule covers together with all weeks before it. Not
    `proven`, the gap may come later and fewer people may be enough. While `is_waiting`, what stands
    is about the facts before the last change.
    """

    state: str
    finished_at: dt.datetime | None = None
    failure: str = ""
    horizon_until: dt.date | None = None
    first_gap: dt.date | None = None
    gaps: tuple[OpenWeek, ...] = ()
    needed: tuple[NeededPeople, ...] = ()
    proven: bool = False
    people_now: int | None = None
    minimum: int | None = None
    below_from: dt.date | None = None
    people_then: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a worker has not looked at the facts as they are."""
        return self.state in WAITING

    @property
    def next_needed(self) -> NeededPeople | None:
        """Who is needed first."""
        return self.needed[0] if self.needed else None

    @property
    def is_below_now(self) -> bool:
        """Whether the team has fewer people than its minimum on the day it was looked at."""
        now, minimum = self.people_now, self.minimum
        return now is not None and minimum is not None and now < minimum

    def is_pressing_on(self, today: dt.date) -> bool:
        """Whether the team is too small, or will be within eight weeks."""
        return self.below_from is not None and self.below_from < today + PRESSING


def forecast_of(*, rotation_id: int) -> CoverageForecast:
    """The rotation's forecast; one that waits when none was asked for yet; one query."""
    return forecasts_of(rotation_ids=[rotation_id])[rotation_id]


def forecasts_of(*, rotation_ids: Iterable[int]) -> dict[int, CoverageForecast]:
    """The forecast of each rotation; one query."""
    ids = list(rotation_ids)
    found = {row.rotation_id: _shown(row) for row in Forecast.objects.filter(rotation__in=ids)}
    waits = CoverageForecast(state=Forecast.State.QUEUED.value)
    return {rotation_id: found.get(rotation_id, waits) for rotation_id in ids}


def headline(forecast: CoverageForecast) -> str:
    """The forecast in a sentence."""
    if forecast.horizon_until is None:
        return "The weeks ahead cannot be judged" if forecast.failure else "Looking a year ahead"
    if forecast.first_gap is None:
        return f"Every week until {wording.day(forecast.horizon_until)} can be covered"
    first = f"First gap that no draft closes: week of {wording.day(forecast.first_gap)}"
    return first if forecast.proven else f"{first}, or later"


def needed_words(forecast: CoverageForecast) -> str:
    """`2 more volunteers needed by Mon 4 May 2027`, of whom is needed first; empty for nobody."""
    first = forecast.next_needed
    if first is None:
        return ""
    at_most = "" if forecast.proven else "at most "
    return f"{at_most}{first.words} needed by {wording.day(first.starts_on)}"


def size_words(forecast: CoverageForecast) -> str:
    """`The team falls to 3 people on Mon 3 May 2027, below its minimum of 6`; empty when never."""
    if forecast.below_from is None or forecast.people_then is None:
        return ""
    people = wording.counted(forecast.people_then, "person", "people")
    if forecast.is_below_now:
        return f"The team has {people}, fewer than its minimum of {forecast.minimum}"
    day = wording.day(forecast.below_from)
    return f"The team falls to {people} on {day}, below its minimum of {forecast.minimum}"


def noticed_days(forecast: CoverageForecast, *, today: dt.date) -> list[dt.date]:
    """From when the team is too small and by when somebody is needed, if near enough to tell."""
    first = forecast.next_needed
    days = [forecast.below_from, None if first is None else first.starts_on]
    near = [staffing.noticed_from(day, today=today) for day in days]
    return [day for day in near if day is not None]


def _shown(row: Forecast) -> CoverageForecast:
    figures: dict[str, Any] = row.figures
    return CoverageForecast(
        state=row.state,
        finished_at=row.finished_at,
        failure=row.failure,
        horizon_until=_date(figures.get("horizon_until")),
        first_gap=_date(figures.get("first_gap")),
        gaps=tuple(
            OpenWeek(week_date=dt.date.fromisoformat(gap["week"]), level=gap["level"])
            for gap in figures.get("gaps", ())
        ),
        needed=_needed(figures.get("needed", ())),
        proven=figures.get("proven", False),
        people_now=figures.get("people_now"),
        minimum=figures.get("minimum"),
        below_from=_date(figures.get("below_minimum_from")),
        people_then=figures.get("people_then"),
    )


def _needed(lines: Iterable[dict[str, Any]]) -> tuple[NeededPeople, ...]:
    totals: dict[str, int] = {}
    found = []
    for line in lines:
        level = line["level"]
        totals[level] = totals.get(level, 0) + line["volunteers"]
        found.append(
            NeededPeople(
                level=level,
                people=line["volunteers"],
                total=totals[level],
                starts_on=dt.date.fromisoformat(line["from"]),
            )
        )
    return tuple(found)


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
