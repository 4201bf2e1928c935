"""How PagerDuty's account stands, for pages: whether Rota may ask it, and if not, since when."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from rotation.models import PagerDutyAccount

if TYPE_CHECKING:
    import datetime as dt

FINE = "fine"
REFUSED = "refused"
UNREACHABLE = "unreachable"
LIMITED = "limited"
KINDS = (FINE, REFUSED, UNREACHABLE, LIMITED)
MINUTE = 60


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AccountState:
    """The account that was last used: fine, refused, unreachable or limited.

    `said` is a sentence for a manager, `since` is business time, `next_try_at` the machine's and
    perhaps over. All are empty where all is fine.
    """

    kind: str
    said: str = ""
    since: dt.datetime | None = None
    next_try_at: dt.datetime | None = None
    next_try_minutes: int | None = None

    @property
    def is_fine(self) -> bool:
        """Whether Rota may ask PagerDuty."""
        return self.kind == FINE


def current_account() -> PagerDutyAccount | None:
    """The account that was last used: a new token makes a new one."""
    used = PagerDutyAccount.objects.filter(minute__isnull=False)
    return used.order_by("-minute", "-pk").first()


def account_state(*, now: dt.datetime, real_now: dt.datetime) -> AccountState:
    """How the account stands; one query."""
    account = current_account()
    if account is None:
        return AccountState(kind=FINE)
    kind, since = _kind(account, real_now)
    if kind == FINE:
        return AccountState(kind=FINE)
    pause = account.paused_until
    return AccountState(
        kind=kind,
        said=account.said,
        since=None if since is None else now - (real_now - since),
        next_try_at=pause,
        next_try_minutes=None if pause is None else minutes_until(pause, real_now),
    )


def minutes_until(at: dt.datetime, real_now: dt.datetime) -> int:
    """Whole minutes until a machine's time, at least one."""
    return max(1, math.ceil((at - real_now).total_seconds() / MINUTE))


def _kind(account: PagerDutyAccount, real_now: dt.datetime) -> tuple[str, dt.datetime | None]:
    if account.refused_at is not None:
        return REFUSED, account.refused_at
    if account.unreachable_since is not None:
        return UNREACHABLE, account.unreachable_since
    pause = account.paused_until
    return (LIMITED if pause is not None and pause > real_now else FINE), None
