"""A question's life with its worker: claimed, kept, answered or failed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from rotation.models import WeekQuestion

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEASE = dt.timedelta(seconds=60)
MOST_TRIES = 3
WAITING = [WeekQuestion.State.QUEUED, WeekQuestion.State.WORKING]


def claim_question(
    *, question_id: int, real_now: dt.datetime, now: dt.datetime, holder: str
) -> WeekQuestion | None:
    """Take a waiting question for a minute; None when another worker has it or it is over.

    One that was claimed three times without an end is given up as failed.
    """
    free = WeekQuestion.objects.filter(pk=question_id, state__in=WAITING).filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    )
    if free.filter(tries__gte=MOST_TRIES).update(
        state=WeekQuestion.State.FAILED,
        finished_at=now,
        leased_until=None,
        failure=f"Answering was interrupted {MOST_TRIES} times. Ask again.",
    ):
        return None
    if not free.update(
        state=WeekQuestion.State.WORKING,
        tries=F("tries") + 1,
        leased_until=real_now + LEASE,
        lease_holder=holder,
    ):
        return None
    rows = WeekQuestion.objects.select_related("rotation", "level", "draft__policy")
    return rows.select_related("draft__rotation").get(pk=question_id)


def is_held(*, question_id: int, holder: str) -> bool:
    """Whether the question is still this worker's."""
    return _held(question_id, holder).exists()


def renew_question(*, question_id: int, real_now: dt.datetime, holder: str) -> bool:
    """Keep the question for another minute; False when it was taken over."""
    return bool(_held(question_id, holder).update(leased_until=real_now + LEASE))


def record_answer(
    *, question_id: int, holder: str, answer: dict[str, Any], now: dt.datetime
) -> bool:
    """Write the answer; False when the question was taken over meanwhile."""
    return bool(
        _held(question_id, holder).update(
            state=WeekQuestion.State.ANSWERED, finished_at=now, answer=answer, leased_until=None
        )
    )


def record_failure(*, question_id: int, holder: str, failure: str, now: dt.datetime) -> None:
    """Note why there is no answer, in words for the manager."""
    _held(question_id, holder).update(
        state=WeekQuestion.State.FAILED,
        finished_at=now,
        failure=failure[:500],
        leased_until=None,
    )


def _held(question_id: int, holder: str) -> QuerySet[WeekQuestion]:
    return WeekQuestion.objects.filter(
        pk=question_id, state=WeekQuestion.State.WORKING, lease_holder=holder
    )
