"""Which weeks a person edited in PagerDuty that a publication would write over."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period
from rotation.domain import slots
from rotation.models import Drift, Level, LevelName
from rotation.queries import drift_decisions, drift_words, patterns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.models import Rotation
    from rotation.queries.draft_shifts import ProposedWeek


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ChangedWeek:
    """A week that a publication gives to somebody else, None being nobody."""

    level: str
    week_date: dt.date
    period: Period
    holder_id: int | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EditedWeek:
    """A changed week that shows an edit nobody decided on.

    `author` is `by Tom Whitfield, Thu 3 Dec 2026, 22:40 GMT`, or since when Rota sees it; it and
    `shown` are empty while the edit was only met by a sync.
    """

    level: str
    week_date: dt.date
    shown: str = ""
    author: str = ""

    @property
    def words(self) -> str:
        """`Week of 7 Dec 2026, primary: shows Eva instead of Ben, by Tom Whitfield, …`."""
        level = LevelName(self.level).label.lower()
        told = [f"Week of {wording.day(self.week_date)}, {level}: {self.shown or 'edited'}"]
        return ", ".join(filter(None, [*told, self.author]))


def written_over(*, rotation: Rotation, weeks: Iterable[ChangedWeek]) -> list[EditedWeek]:
    """The changed weeks with an edit of the layers that nobody decided on, in order of time.

    None where PagerDuty shows already whom the publication wants. At most five queries.
    """
    changed = list(weeks)
    if not changed:
        return []
    noticed = _noticed(rotation)
    unseen = _unseen(rotation)
    found = [
        edited
        for week in changed
        if (edited := _edit_of(week, noticed[week.level], unseen[week.level], rotation.time_zone))
    ]
    return sorted(found, key=lambda one: (one.week_date, one.level != LevelName.PRIMARY))


def written_over_by_draft(*, rotation: Rotation, weeks: Sequence[ProposedWeek]) -> list[EditedWeek]:
    """The same for what a draft proposes."""
    touched = [week for week in weeks if week.is_changed or week.is_new]
    if not touched:
        return []
    pattern = patterns.pattern_of(rotation)
    return written_over(
        rotation=rotation,
        weeks=[
            ChangedWeek(
                level=week.level,
                week_date=week.week_date,
                period=slots.week_of(pattern, week.week_date).period,
                holder_id=week.holder_id,
            )
            for week in touched
        ],
    )


def undecided_edits(*, rotation: Rotation) -> list[str]:
    """Every edit of the layers that was noticed and nobody decided on, in words; one query."""
    rows = [row for level in _noticed(rotation).values() for row in level]
    zone = rotation.time_zone
    return [
        f"{LevelName(row.level.name).label}, {wording.span(row.starts_at, row.ends_at, zone)}: "
        f"{_shown(row)}, {_author(row, zone)}"
        for row in sorted(rows, key=lambda row: (row.starts_at, row.pk))
    ]


def _noticed(rotation: Rotation) -> dict[str, list[Drift]]:
    rows = Drift.objects.filter(
        level__rotation=rotation,
        gone_at__isnull=True,
        choice=Drift.Choice.NONE,
        cause__in=[Drift.Cause.LAYER, Drift.Cause.ZONE],
    )
    found: dict[str, list[Drift]] = collections.defaultdict(list)
    for row in rows.select_related("level").order_by("starts_at", "pk"):
        found[row.level.name].append(row)
    return found


def _unseen(rotation: Rotation) -> dict[str, list[Period]]:
    """What the last sync met and no check has looked at since, by level."""
    kept = drift_decisions.edits_kept(rotation_id=rotation.pk, only_unseen=True)
    found: dict[str, list[Period]] = collections.defaultdict(list)
    if kept:
        names = dict(Level.objects.filter(rotation=rotation).values_list("pk", "name"))
        for level_id, spans in kept.items():
            found[names[level_id]] = [span.period for span in spans]
    return found


def _edit_of(
    week: ChangedWeek, noticed: Iterable[Drift], unseen: Iterable[Period], zone: str
) -> EditedWeek | None:
    for row in noticed:
        is_zone = row.cause == Drift.Cause.ZONE
        period = Period(starts_at=row.starts_at, ends_at=row.ends_at)
        is_wanted = row.engineer_id is not None and row.engineer_id == week.holder_id
        if is_zone or (period.overlap(week.period) and not is_wanted):
            return EditedWeek(
                level=week.level,
                week_date=week.week_date,
                shown=_shown(row),
                author=_author(row, zone),
            )
    if any(period.overlap(week.period) for period in unseen):
        return EditedWeek(level=week.level, week_date=week.week_date)
    return None


def _shown(row: Drift) -> str:
    if row.cause == Drift.Cause.ZONE:
        return "its hours in another zone"
    return f"shows {drift_words.instead(row)}"


def _author(row: Drift, zone: str) -> str:
    return drift_words.author_words(row, zone) or f"noticed {wording.moment(row.seen_at, zone)}"
