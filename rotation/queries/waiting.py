"""Rows that wait for a worker."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import F, Max, Min, Q

from rotation.models import (
    CalendarState,
    Draft,
    DriftCheck,
    Forecast,
    Lookup,
    PeopleCheck,
    SyncRun,
    WebhookCare,
    WebhookEvent,
    WeekQuestion,
)

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import Model, QuerySet

WAITING = [Draft.State.QUEUED, Draft.State.SOLVING]
ASKED = [WeekQuestion.State.QUEUED, WeekQuestion.State.WORKING]
LOOKING = [Forecast.State.QUEUED, Forecast.State.WORKING]
SYNCING = [SyncRun.State.QUEUED, SyncRun.State.RUNNING]
COMPARING = [DriftCheck.State.QUEUED, DriftCheck.State.RUNNING]
ASKING = [Lookup.State.QUEUED, Lookup.State.RUNNING]
# A check that failed is tried again by itself as long as it has a next time.
CHECKING = Q(state__in=[PeopleCheck.State.QUEUED, PeopleCheck.State.RUNNING]) | Q(
    state=PeopleCheck.State.FAILED, next_try_at__isnull=False
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Oldest:
    """When the oldest waiting row of each kind was left, None where none waits."""

    draft_at: dt.datetime | None
    sync_at: dt.datetime | None
    question_at: dt.datetime | None
    forecast_at: dt.datetime | None
    people_check_at: dt.datetime | None
    drift_check_at: dt.datetime | None
    lookup_at: dt.datetime | None
    calendar_at: dt.datetime | None
    web_hook_at: dt.datetime | None
    web_hook_order_at: dt.datetime | None


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
    """The ages that readiness reports; a query each."""
    events = WebhookEvent.objects.filter(state=WebhookEvent.State.WAITING)
    return Oldest(
        draft_at=_oldest(Draft.objects.filter(state__in=WAITING), "requested_at"),
        sync_at=_oldest(SyncRun.objects.filter(state__in=SYNCING), "queued_at"),
        question_at=_oldest(WeekQuestion.objects.filter(state__in=ASKED), "asked_at"),
        forecast_at=_oldest(Forecast.objects.filter(state__in=LOOKING), "queued_at"),
        people_check_at=_oldest(PeopleCheck.objects.filter(CHECKING), "queued_at"),
        drift_check_at=_oldest(DriftCheck.objects.filter(state__in=COMPARING), "queued_at"),
        lookup_at=_oldest(Lookup.objects.filter(state__in=ASKING), "queued_at"),
        calendar_at=_oldest(CalendarState.objects.exclude(told=F("wanted")), "wanted_at"),
        web_hook_at=_oldest(events, "received_at"),
        web_hook_order_at=_oldest(WebhookCare.objects.exclude(asked=""), "asked_at"),
    )


def _oldest(rows: QuerySet[Model], column: str) -> dt.datetime | None:
    found: dt.datetime | None = rows.aggregate(at=Min(column))["at"]
    return found


def last_good_sync_at() -> dt.datetime | None:
    """When a run last ended with PagerDuty in line, for any rotation; None when never."""
    done = SyncRun.objects.filter(state=SyncRun.State.DONE)
    last: dt.datetime | None = done.aggregate(at=Max("finished_at"))["at"]
    return last
