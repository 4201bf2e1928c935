"""One caller at a time: a turn for each request, given by the account's row, in every process.

PagerDuty wants the requests of a token one after the other, and to be left alone while it limits,
refuses or fails. The row is reached through functions that are handed in; nothing here knows it.
Source: PagerDuty's REST API, "Rate Limits".
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import time
from typing import TYPE_CHECKING, Protocol

from rotation.domain.pagerduty_turns import Ending, Turn
from rotation.pagerduty.gateway import (
    AuthenticationError,
    BadAnswerError,
    GatewayError,
    NotNowError,
    RateLimitedError,
    UnreachableError,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

# A newcomer soon makes room for other work; who is in the middle waits for one slow answer.
PATIENCE_SECONDS = 2.0
LATER_PATIENCE_SECONDS = 25.0
LOOK_SECONDS = 0.05
BUSY_WAIT_SECONDS = 5.0
PAYMENT_REQUIRED = (402, 403)
# What an account's plan or a token's rights may leave out, while schedules work.
OPTIONAL = (
    "/audit/",
    "/incidents",
    "/log_entries",
    "/notifications",
    "/services",
    "/webhook_subscriptions",
)


class Account(Protocol):
    """Where turns come from: rows that all processes share."""

    def take_turn(self, *, key: str, holder: str, real_now: dt.datetime) -> Turn:
        """Take the account's lease, if nobody has it and it is not given a rest."""

    def end_turn(
        self,
        *,
        key: str,
        holder: str,
        ending: Ending,
        said: str,
        wait_seconds: float | None,
        real_now: dt.datetime,
    ) -> None:
        """Give the lease back and note what PagerDuty made of the call."""


def key_of(*, url: str, token: str) -> str:
    """The account's key: another token, or another address, is another account."""
    return hashlib.sha256(f"{url}\n{token}".encode()).hexdigest()


@dataclasses.dataclass(kw_only=True)
class Line:
    """A caller's place in the line before the account at `url`."""

    url: str
    holder: str
    account: Account
    real_now: Callable[[], dt.datetime]
    patience_seconds: float = PATIENCE_SECONDS

    @contextlib.contextmanager
    def turn(self, token: str, path: str) -> Iterator[None]:
        """Around one request.

        Raises:
            NotNowError: nothing was sent, since the account rests or is busy for too long.
        """
        key = key_of(url=self.url, token=token)
        self._wait(key)
        self.patience_seconds = max(self.patience_seconds, LATER_PATIENCE_SECONDS)
        try:
            yield
        except GatewayError as error:
            self._end(key, _ending(error, path), error)
            raise
        except BaseException:
            self._end(key, Ending.BROKEN_OFF, None)
            raise
        self._end(key, Ending.ANSWERED, None)

    def _wait(self, key: str) -> None:
        waited = 0.0
        while True:
            turn = self.account.take_turn(key=key, holder=self.holder, real_now=self.real_now())
            if turn.taken:
                return
            if turn.is_pause:
                raise NotNowError(turn.said, wait_seconds=turn.wait_seconds)
            if waited >= self.patience_seconds:
                raise NotNowError(
                    "PagerDuty is being asked for another rotation.", wait_seconds=BUSY_WAIT_SECONDS
                )
            nap = max(LOOK_SECONDS, turn.wait_seconds)
            time.sleep(nap)
            waited += nap

    def _end(self, key: str, ending: Ending, error: GatewayError | None) -> None:
        self.account.end_turn(
            key=key,
            holder=self.holder,
            ending=ending,
            said="" if error is None else str(error),
            wait_seconds=error.wait_seconds if isinstance(error, RateLimitedError) else None,
            real_now=self.real_now(),
        )


def _ending(error: GatewayError, path: str) -> Ending:
    if isinstance(error, RateLimitedError):
        return Ending.LIMITED
    if isinstance(error, (UnreachableError, BadAnswerError)):
        return Ending.FAILED
    if isinstance(error, AuthenticationError):
        is_optional = any(part in path for part in OPTIONAL) and error.status in PAYMENT_REQUIRED
        return Ending.ANSWERED if is_optional else Ending.REFUSED
    return Ending.ANSWERED
