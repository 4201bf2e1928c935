"""How PagerDuty's account stands, for pages: whether Rota may ask it, and if not, since when."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.models import PagerDutyAccount

if TYPE_CHECKING:
    import datetime as dt

FINE = "fine"
REFUSED = "refused"
UNREACHABLE = "unreachable"
LIMITED = "limited"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AccountState:
    """The account that was last used: fine, refused, unreachable or limited; machine's times.

    `said` is a sentence for a manager; `since` and `next_try_at` are None where all is fine, and
    `next_try_at` may have passed.
    """

    kind: str
    said: str = ""
    since: dt.datetime | None = None
    next_try_at: dt.datetime | None = None

    @property
    def is_fine(self) -> bool:
        """Whether Rota may ask PagerDuty."""
        return self.kind == FINE


def current_account() -> PagerDutyAccount | None:
    """The account that was last used: a new token makes a new one."""
    used = PagerDutyAccount.objects.filter(minute__isnull=False)
    return used.order_by("-minute", "-pk").first()


def account_state(*, real_now: dt.datetime) -> AccountState:
    """How the account stands; one query."""
    account = current_account()
    if account is None:
        return AccountState(kind=FINE)
    pause = account.paused_until
    if account.refused_at is not None:
        kind, since = REFUSED, account.refused_at
    elif account.unreachable_since is not None:
        kind, since = UNREACHABLE, account.unreachable_since
    elif pause is not None and pause > real_now:
        kind, since = LIMITED, None
    else:
        return AccountState(kind=FINE)
    return AccountState(kind=kind, said=account.said, since=since, next_try_at=pause)
