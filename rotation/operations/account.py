"""PagerDuty's account as all processes share it: whose turn it is, rests, and a refused token."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q

from rotation.domain.pagerduty_turns import Ending, Turn
from rotation.models import PagerDutyAccount

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Longer than the longest wait for an answer, so that it runs out only for a dead worker.
LEASE = dt.timedelta(seconds=45)
# At most 713 requests in any minute, whatever the border. PagerDuty's limit of 960 is for all keys
# of a user: a quarter stays for whatever else uses that user's.
STRETCH = dt.timedelta(seconds=2)
MOST_CALLS = 23
BUSY_SECONDS = 0.0
FIRST_REST_SECONDS = 15.0
LONGEST_REST_SECONDS = 600.0
LONGEST_LIMIT_SECONDS = 900.0
# A token that was refused is tried again after this, or when somebody asks for it.
REFUSED_REST = dt.timedelta(hours=1)


def take_turn(*, key: str, holder: str, real_now: dt.datetime) -> Turn:
    """Take the account's lease for one request, if nobody has it and the account is not resting."""
    with transaction.atomic():
        account = _row(key)
        if account.paused_until is not None and account.paused_until > real_now:
            wait = (account.paused_until - real_now).total_seconds()
            return Turn(taken=False, wait_seconds=wait, is_pause=True, said=account.said)
        if account.leased_until is not None and account.leased_until > real_now:
            return Turn(taken=False, wait_seconds=BUSY_SECONDS)
        if account.minute is None or not account.minute <= real_now < account.minute + STRETCH:
            account.minute, account.calls = real_now, 0
        if account.calls >= MOST_CALLS:
            wait = (account.minute + STRETCH - real_now).total_seconds()
            return Turn(taken=False, wait_seconds=wait)
        taken = _free(key, real_now).update(
            leased_until=real_now + LEASE,
            lease_holder=holder,
            minute=account.minute,
            calls=account.calls + 1,
        )
        return Turn(taken=bool(taken), wait_seconds=BUSY_SECONDS)


def end_turn(
    *,
    key: str,
    holder: str,
    ending: Ending,
    said: str,
    wait_seconds: float | None,
    real_now: dt.datetime,
) -> None:
    """Give the lease back, and let the account rest when PagerDuty limits, fails or refuses."""
    with transaction.atomic():
        account = PagerDutyAccount.objects.select_for_update().get(key=key)
        _note(account, ending, said, wait_seconds, real_now)
        if account.lease_holder == holder:
            account.leased_until, account.lease_holder = None, ""
        account.save()


def ask_again() -> None:
    """Let a refused token be tried once more: its rights may have been put right."""
    refused = PagerDutyAccount.objects.filter(refused_at__isnull=False)
    refused.update(paused_until=None)


def is_resting(*, key: str, real_now: dt.datetime) -> bool:
    """Whether nobody may call now."""
    return PagerDutyAccount.objects.filter(key=key, paused_until__gt=real_now).exists()


def rest_seconds(*, failures: int) -> float:
    """The back-off after so many failures in a row, with a jitter of a fifth."""
    wait = min(FIRST_REST_SECONDS * 2.0 ** min(failures - 1, 8), LONGEST_REST_SECONDS)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret


def _note(
    account: PagerDutyAccount,
    ending: Ending,
    said: str,
    wait_seconds: float | None,
    real_now: dt.datetime,
) -> None:
    if ending is Ending.BROKEN_OFF:
        return
    if ending is Ending.ANSWERED:
        account.failures, account.said = 0, ""
        account.paused_until = account.unreachable_since = account.refused_at = None
        return
    account.failures += 1
    account.said = said[:500]
    if ending is Ending.REFUSED:
        account.refused_at = account.refused_at or real_now
        account.paused_until = real_now + REFUSED_REST
        return
    if ending is Ending.FAILED:
        account.unreachable_since = account.unreachable_since or real_now
    seconds = rest_seconds(failures=account.failures)
    if wait_seconds is not None:
        seconds = min(wait_seconds, LONGEST_LIMIT_SECONDS) + random.uniform(0, 1)  # noqa: S311
    account.paused_until = real_now + dt.timedelta(seconds=seconds)


def _row(key: str) -> PagerDutyAccount:
    account = PagerDutyAccount.objects.select_for_update().filter(key=key).first()
    if account is not None:
        return account
    try:
        with transaction.atomic():
            return PagerDutyAccount.objects.create(key=key)
    except IntegrityError:
        return PagerDutyAccount.objects.select_for_update().get(key=key)


def _free(key: str, real_now: dt.datetime) -> QuerySet[PagerDutyAccount]:
    idle = Q(leased_until__isnull=True) | Q(leased_until__lte=real_now)
    return PagerDutyAccount.objects.filter(idle, key=key)
