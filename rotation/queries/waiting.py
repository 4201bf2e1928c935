"""Rows that wait for a worker."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Max, Min, Q

from rotation.models import Draft, Forecast, SyncRun, WeekQuestion

if TYPE_CHECKING:
    import datetime as dt

WAITING = [Draft.State.QUEUED, Draft.State.SOLVING]
ASKED = [WeekQuestion.State.QUEUED, WeekQuestion.State.WORKING]
LOOKING = [Forecast.State.QUEUED, Forecast.State.WORKING]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Oldest:
    """When the oldest waiting row of each kind was left, None where none waits."""

    draft_at: dt.datetime | None
    sync_at: dt.datetime | None
    question_at: dt.datetime | None
    forecast_at: dt.datetime | None


def waiting_draft_ids(*, real_now: dt.datetime) -> list[int]:
    """Drafts that a worker may claim now, oldest first."""
    free = Draft.objects.filter(state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    return list(free.order_by("requested_at", "pk").values_list("pk", flat=True))


def waiting_question_ids(*, real_now: dt.datetime) -> list[int]:
    """Questions that a worker may claim now, oldest first."""
    free = WeekQuestion.objects.filter(state__in=ASKED).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    return list(free.order_by("asked_at", "pk").values_list("pk", flat=True))


def waiting_forecast_ids(*, real_now: dt.datetime) -> list[int]:
    """Forecasts that a worker may claim now, oldest first."""
    free = Forecast.objects.filter(state__in=LOOKING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    return list(free.order_by("queued_at", "pk").values_list("pk", flat=True))


def oldest_waiting() -> Oldest:
    """The ages that readiness reports."""
    drafts = Draft.objects.filter(state__in=WAITING).aggregate(at=Min("requested_at"))
    syncs = SyncRun.objects.filter(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING])
    questions = WeekQuestion.objects.filter(state__in=ASKED)
    forecasts = Forecast.objects.filter(state__in=LOOKING)
    return Oldest(
        draft_at=drafts["at"],
        sync_at=syncs.aggregate(at=Min("queued_at"))["at"],
        question_at=questions.aggregate(at=Min("asked_at"))["at"],
        forecast_at=forecasts.aggregate(at=Min("queued_at"))["at"],
    )


def last_good_sync_at() -> dt.datetime | None:
    """When a run last ended with PagerDuty in line, for any rotation; None when never."""
    done = SyncRun.objects.filter(state=SyncRun.State.DONE)
    last: dt.datetime | None = done.aggregate(at=Max("finished_at"))["at"]
    return last
