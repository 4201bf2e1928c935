"""Keeping a leased row while its work runs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import threading
from typing import TYPE_CHECKING

from django.db import Error, connections

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

LOOK_SECONDS = 0.2
ASK_EVERY = dt.timedelta(seconds=1)
RENEW_EVERY = dt.timedelta(seconds=15)

log = logging.getLogger(__name__)


@dataclasses.dataclass(kw_only=True)
class Keeper:
    """Asks once a second whether a row is still ours and renews its lease every 15 seconds.

    Both happen in a thread of their own with their own connection, so that long work asks
    `is_lost` as often as it likes, from any thread, without touching the database. `ask` and
    `renew` give back False when the row was taken away; what else has to be written now and then
    is written by `ask`. Use it as a context that ends before the result is recorded.
    """

    real_now: Callable[[], dt.datetime]
    ask: Callable[[], bool]
    renew: Callable[[dt.datetime], bool]
    _lost: threading.Event = dataclasses.field(default_factory=threading.Event)
    _over: threading.Event = dataclasses.field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def is_lost(self) -> bool:
        """Whether the row was cancelled or taken over, as far as the last question told."""
        return self._lost.is_set()

    def __enter__(self) -> Keeper:
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _keep(self) -> None:
        asked_at = renewed_at = self.real_now()
        try:
            while not self._over.wait(LOOK_SECONDS):
                now = self.real_now()
                # A clock that was put back has moved too, and the lease is far in the future by it.
                if abs(now - asked_at) < ASK_EVERY:
                    continue
                asked_at = now
                is_due = abs(now - renewed_at) >= RENEW_EVERY
                if not self._is_ours(now, is_due=is_due):
                    self._lost.set()
                    return
                if is_due:
                    renewed_at = now
        finally:
            connections.close_all()

    def _is_ours(self, now: dt.datetime, *, is_due: bool) -> bool:
        """A database that does not answer takes nothing away: recording asks once more."""
        try:
            return self.ask() and (not is_due or self.renew(now))
        except Error as error:
            log.warning("could not ask for the lease: %s", error)
            connections.close_all()
            return True
