"""A forecast's life: asked for when its facts change, claimed, kept, recorded, told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from rotation.domain import staffing
from rotation.models import Forecast
from rotation.operations import forecast_mails

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rotation.queries.forecast_facts import ForecastFacts

LEASE = dt.timedelta(seconds=60)
MOST_TRIES = 3
WAITING = [Forecast.State.QUEUED, Forecast.State.WORKING]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """A worker's result: the figures, and in words why they are not complete, if so."""

    figures: dict[str, Any]
    failure: str = ""


def refresh_forecast(*, rotation_id: int, digest: str, now: dt.datetime) -> Forecast | None:
    """Ask for a rotation's forecast unless it is about these facts already; None if it is.

    What stands stays readable until the new one is there; a search about older facts is left.
    """
    if _asked_again(rotation_id, digest, now):
        return Forecast.objects.get(rotation_id=rotation_id)
    if Forecast.objects.filter(rotation_id=rotation_id).exists():
        return None
    try:
        with transaction.atomic():
            return Forecast.objects.create(
                rotation_id=rotation_id, inputs_digest=digest, queued_at=now
            )
    except IntegrityError:
        return None  # another sweep was quicker


def claim_forecast(
    *, forecast_id: int, real_now: dt.datetime, now: dt.datetime, holder: str
) -> Forecast | None:
    """Take a waiting forecast for a minute; None when another worker has it or none waits.

    One that was claimed three times without an end is given up until its facts change.
    """
    free = Forecast.objects.filter(pk=forecast_id, state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    if free.filter(tries__gte=MOST_TRIES).update(
        state=Forecast.State.FAILED,
        finished_at=now,
        leased_until=None,
        failure=f"Looking ahead was interrupted {MOST_TRIES} times. Tomorrow it is tried again.",
    ):
        return None
    if not free.update(
        state=Forecast.State.WORKING,
        tries=F("tries") + 1,
        leased_until=real_now + LEASE,
        lease_holder=holder,
    ):
        return None
    return Forecast.objects.select_related("rotation__team").get(pk=forecast_id)


def is_held(*, forecast_id: int, holder: str) -> bool:
    """Whether the forecast is still this worker's."""
    return _held(forecast_id, holder).exists()


def renew_forecast(*, forecast_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the forecast for another minute; False when it was taken over."""
    return bool(_held(forecast_id, holder).update(leased_until=real_now + LEASE))


def record_forecast(
    *, forecast_id: int, holder: str, facts: ForecastFacts, computed: Computed, now: dt.datetime
) -> bool:
    """Write the figures, and tell the managers of a team that becomes too small.

    They are told once, and again when it comes sooner; when it is over, it can be news again.
    False when the forecast was taken over or its facts changed meanwhile.
    """
    with transaction.atomic():
        row = _held(forecast_id, holder).select_for_update(of=("self",)).first()
        if row is None:
            return False
        noticed = staffing.noticed_from(facts.staffing.below_from, today=facts.today)
        if noticed is not None and staffing.is_news(noticed, told=row.told_below_minimum_on):
            forecast_mails.tell_managers(rotation=row.rotation, size=facts.staffing, now=now)
        row.state = Forecast.State.FAILED if computed.failure else Forecast.State.READY
        row.inputs_digest = facts.digest
        row.finished_at = now
        row.figures = computed.figures
        row.failure = computed.failure[:500]
        row.told_below_minimum_on = noticed
        row.leased_until = None
        row.save()
    return True


def _asked_again(rotation_id: int, digest: str, now: dt.datetime) -> bool:
    changed = Forecast.objects.filter(rotation_id=rotation_id).exclude(inputs_digest=digest)
    return bool(
        changed.update(
            state=Forecast.State.QUEUED,
            inputs_digest=digest,
            queued_at=now,
            tries=0,
            leased_until=None,
            lease_holder="",
        )
    )


def _held(forecast_id: int, holder: str) -> QuerySet[Forecast]:
    return Forecast.objects.filter(
        pk=forecast_id, state=Forecast.State.WORKING, lease_holder=holder
    ).select_related("rotation__team")
