"""Drafts in a line each."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain.planning import WEEK
from rotation.models import Draft
from rotation.queries.waiting import WAITING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

OPEN = [*WAITING, Draft.State.READY]
SOLVED = [Draft.State.READY, Draft.State.PUBLISHED, Draft.State.DISCARDED]
MOST_CHOICES = 50


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DraftLine:
    """One draft: its weeks `[first_week_date, until)`, its state, who asked for and closed it.

    `cause` is why a repair is needed; `again_from` the number of the draft it was solved again
    from, None for others.
    """

    draft_id: int
    number: int
    rotation_name: str
    time_zone: str
    is_repair: bool
    cause: str
    again_from: int | None
    state: str
    first_week_date: dt.date
    until: dt.date
    weeks: int
    asked_by: str
    asked_at: dt.datetime
    closed_by: str
    closed_at: dt.datetime | None

    @property
    def is_ready(self) -> bool:
        """Whether it waits for a decision."""
        return self.state == Draft.State.READY


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OpenDraft:
    """A draft that is being made or waits for a decision."""

    draft_id: int
    number: int
    is_ready: bool


def newest_first(*, drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """The drafts in the order of the list."""
    named = ("rotation", "requested_by", "closed_by", "solved_again_from")
    return drafts.select_related(*named).order_by("-requested_at", "-pk")


def solved_lines(*, drafts: QuerySet[Draft]) -> list[DraftLine]:
    """The newest fifty that have weeks to compare, newest first."""
    rows = newest_first(drafts=drafts).filter(state__in=SOLVED, solve_milliseconds__isnull=False)
    return draft_lines(page=rows[:MOST_CHOICES])


def draft_lines(*, page: Iterable[Draft]) -> list[DraftLine]:
    """One line for each draft of a page that `newest_first` gave, in its order."""
    return [
        DraftLine(
            draft_id=row.pk,
            number=row.number,
            rotation_name=row.rotation.name,
            time_zone=row.rotation.time_zone,
            is_repair=row.kind == Draft.Kind.REPAIR,
            cause=row.cause,
            again_from=row.solved_again_from.number if row.solved_again_from else None,
            state=row.state,
            first_week_date=row.first_week_date,
            until=row.first_week_date + row.weeks * WEEK,
            weeks=row.weeks,
            asked_by=row.requested_by.name if row.requested_by else "",
            asked_at=row.requested_at,
            closed_by=row.closed_by.name if row.closed_by else "",
            closed_at=row.closed_at,
        )
        for row in page
    ]


def open_draft(*, rotation_id: int) -> OpenDraft | None:
    """The newest draft of the rotation that is being made or waits for a decision."""
    row = Draft.objects.filter(rotation_id=rotation_id, state__in=OPEN).order_by("-number").first()
    if row is None:
        return None
    return OpenDraft(draft_id=row.pk, number=row.number, is_ready=row.state == Draft.State.READY)
