"""What the machine's clock leaves in the future when it is put back: leases and waits.

Nobody gave them for so long. A lease that its worker still keeps is renewed by the clock as it is
now before this looks; one that nobody keeps is over, and what waits or rests may go on.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from rotation.models import (
    Draft,
    DriftCheck,
    Forecast,
    Lookup,
    PagerDutyAccount,
    PeopleCheck,
    SyncRun,
    WeekQuestion,
)
from rotation.operations import account

# Longer than any lease; a minute or two between the clocks of several machines does no harm.
LONGEST_LEASE = dt.timedelta(minutes=5)
# Longer than a rest of the account, and than the wait of a run that failed.
LONGEST_REST = dt.timedelta(seconds=account.LONGEST_LIMIT_SECONDS) + LONGEST_LEASE


def forget_the_future(*, real_now: dt.datetime) -> int:
    """End the leases, rests and waits that no clock of today gave; returns how many."""
    leased = Q(leased_until__gt=real_now + LONGEST_LEASE)
    waits = Q(next_try_at__gt=real_now + LONGEST_REST)
    runs = SyncRun.objects
    ended = runs.filter(leased, state=SyncRun.State.RUNNING).update(leased_until=real_now)
    ended += runs.filter(waits).update(next_try_at=real_now)
    for model, running in (
        (DriftCheck, DriftCheck.State.RUNNING),
        (PeopleCheck, PeopleCheck.State.RUNNING),
        (Lookup, Lookup.State.RUNNING),
        (Draft, Draft.State.SOLVING),
        (WeekQuestion, WeekQuestion.State.WORKING),
        (Forecast, Forecast.State.WORKING),
    ):
        ended += model.objects.filter(leased, state=running).update(leased_until=real_now)
    return ended + _of_account(leased, real_now)


def _of_account(leased: Q, real_now: dt.datetime) -> int:
    """A refused token is left alone for its hour, counted from now."""
    accounts = PagerDutyAccount.objects
    ended = accounts.filter(leased).update(leased_until=None, lease_holder="")
    too_long = accounts.filter(paused_until__gt=real_now + LONGEST_REST)
    ended += too_long.filter(refused_at__isnull=True).update(paused_until=None)
    hour = real_now + account.REFUSED_REST
    refused = accounts.filter(refused_at__isnull=False, paused_until__gt=hour)
    return ended + refused.update(paused_until=hour)
