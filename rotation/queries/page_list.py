"""Single pages: when, on whom, from which service, and for those who may, of which incident."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from rotation.models import Page, Rotation
    from volunteers.domain import PersonMark

MOST = 50


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PageLine:
    """One page; `title` and `html_url` are empty for those who may not read them (`with_title`).

    `name` is Rota's for the person, or PagerDuty's where Rota knows nobody.
    """

    paged_at: dt.datetime
    mark: PersonMark | None
    name: str
    level: str
    service: str
    with_title: bool
    title: str
    html_url: str
    seconds_to_acknowledge: int | None
    is_open: bool
    escalations: int
    in_on_call_hours: bool
    in_sleep_hours: bool

    @property
    def answered(self) -> str:
        """How long it took, empty when the person did not."""
        return wording.duration(self.seconds_to_acknowledge)


def page_lines(
    rotation: Rotation, *, rows: QuerySet[Page], with_titles: bool
) -> tuple[PageLine, ...]:
    """The newest of those pages, fifty at most; three queries at most."""
    read = list(
        rows.select_related("incident__service", "level").order_by("-paged_at", "-pk")[:MOST]
    )
    ids = {row.engineer_id for row in read if row.engineer_id is not None}
    known = marks.with_others(marks.team_marks(team_id=rotation.team_id), engineer_ids=ids)
    return tuple(
        _line(row, known[row.engineer_id] if row.engineer_id else None, with_titles=with_titles)
        for row in read
    )


def _line(row: Page, mark: PersonMark | None, *, with_titles: bool) -> PageLine:
    incident, answered = row.incident, row.acknowledged_at
    seconds = None if answered is None else int((answered - row.paged_at).total_seconds())
    return PageLine(
        paged_at=row.paged_at,
        mark=mark,
        name=mark.name if mark else row.user_name,
        level=row.level.name if row.level else "",
        service=incident.service.name if incident.service else "",
        with_title=with_titles,
        title=incident.title if with_titles else "",
        html_url=incident.html_url if with_titles else "",
        seconds_to_acknowledge=seconds,
        is_open=incident.resolved_at is None,
        escalations=incident.escalations,
        in_on_call_hours=row.in_on_call_hours,
        in_sleep_hours=row.in_sleep_hours,
    )
