"""What a worker found when it looked a year ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotation.models import Forecast, Rotation
from tests.builders.moments import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


def make_forecast(
    *,
    rotation: Rotation,
    first_gap: dt.date | None = None,
    needed: Iterable[tuple[str, int, dt.date]] = (),
    proven: bool = True,
    below_from: dt.date | None = None,
    people: tuple[int, int] = (7, 7),
) -> Forecast:
    """One that is ready; `people` serve now and when the team is too small, `needed` by level."""
    figures: dict[str, Any] = {
        "horizon_until": (NEXT_WEEK + 52 * WEEK).isoformat(),
        "first_gap": first_gap.isoformat() if first_gap else None,
        "gaps": [{"week": first_gap.isoformat(), "level": "primary"}] if first_gap else [],
        "needed": [
            {"level": level, "volunteers": count, "from": day.isoformat()}
            for level, count, day in needed
        ],
        "proven": proven,
        "people_now": people[0],
        "minimum": 6,
        "below_minimum_from": below_from.isoformat() if below_from else None,
        "people_then": people[1],
    }
    return Forecast.objects.create(
        rotation=rotation,
        state=Forecast.State.READY,
        inputs_digest="as built",
        queued_at=NOW,
        finished_at=NOW,
        figures=figures,
    )
