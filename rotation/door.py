"""The one door to PagerDuty: every call goes through it and waits for its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from common import clock
from rotation.operations import account
from rotation.pagerduty import http, paced
from rotation.pagerduty.gateway import AuthenticationError

if TYPE_CHECKING:
    import datetime as dt

    from rotation.pagerduty.gateway import Gateway


def gateway(*, holder: str, patience_seconds: float = paced.PATIENCE_SECONDS) -> Gateway:
    """PagerDuty as configured; each request waits until the account's lease is ours.

    Any method may raise `NotNowError`: nothing was sent, and the work should go back to waiting.
    `holder` is unique to the caller's piece of work; its first request waits for its turn only for
    `patience_seconds`, so that no worker is held up.
    """
    url = settings.PAGERDUTY_API_URL
    line = paced.Line(
        url=url,
        holder=holder,
        account=account,
        real_now=clock.real_now,
        patience_seconds=patience_seconds,
    )
    return http.HttpGateway(url=url, token=http.token_from_environment, turn=line.turn)


def is_resting(*, real_now: dt.datetime) -> bool:
    """Whether nobody may call now; reads the token's file."""
    key = account_key()
    return bool(key) and account.is_resting(key=key, real_now=real_now)


def account_key() -> str:
    """The account's key; reads the token's file, and is empty while that cannot be read."""
    try:
        token = http.token_from_environment()
    except AuthenticationError:
        return ""  # the work itself will say so
    return paced.key_of(url=settings.PAGERDUTY_API_URL, token=token)
