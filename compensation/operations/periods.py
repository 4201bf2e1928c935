"""Closing a month: from then on its entries and its files never change."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from common import wording
from common.refusals import RefusedError
from compensation.domain import periods
from compensation.models import PayPeriod
from compensation.operations.posting import hold_ledger, hold_period
from compensation.operations.storing import store_files
from compensation.queries.closing import CheckCode, closing_checks
from compensation.queries.periods import last_closed_month

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audit.operations import Actor
    from compensation.operations.storing import StoredFiles
    from compensation.queries.closing import Check


class MonthInvalidError(RefusedError):
    """The text is no calendar month."""

    code = "MONTH_INVALID"


class PeriodClosedError(RefusedError):
    """The month is closed already: a second click changes nothing."""

    code = "PERIOD_CLOSED"
    status = 409


class CannotCloseError(RefusedError):
    """Something stands against closing the month; `checks` are those that do not pass."""

    code = "CANNOT_CLOSE"
    status = 409

    def __init__(self, checks: Sequence[Check]) -> None:
        """Keep the checks and write them as one message."""
        super().__init__(" ".join(_in_words(check) for check in checks))
        self.checks = tuple(checks)

    @property
    def codes(self) -> tuple[CheckCode, ...]:
        """What stands against it, in the order of the checks."""
        return tuple(check.code for check in self.checks)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ClosedPeriod:
    """What closing stored: names of the files, entries, totals in minor units by currency."""

    month: str
    file_names: tuple[str, ...]
    entries: int
    totals: dict[str, int]


def close_period(*, month: str, actor: Actor, now: dt.datetime) -> ClosedPeriod:
    """Close the month and store its files, all or nothing.

    Holds the locks that posting takes, so an entry is in the files or in a later month.

    Raises:
        MonthInvalidError: `month` is no month such as 2026-11.
        PeriodClosedError: it is closed already.
        CannotCloseError: a check does not pass; nothing was changed.
    """
    _check_month(month)
    last = last_closed_month()
    if last is not None and month <= last:
        raise PeriodClosedError(f"{_label(month)} is closed already.")
    with transaction.atomic():
        period = hold_period(month)
        hold_ledger()
        if period.state == PayPeriod.State.CLOSED:
            raise PeriodClosedError(f"{_label(month)} is closed already.")
        failing = [check for check in closing_checks(month=month, now=now) if not check.passes]
        if failing:
            raise CannotCloseError(failing)
        period.state = PayPeriod.State.CLOSED
        period.closed_at, period.closed_by = now, actor.name
        period.save(update_fields=["state", "closed_at", "closed_by"])
        stored = store_files(period=period, actor=actor, now=now)
        _record_close(period, stored, actor=actor, now=now)
    return ClosedPeriod(
        month=month,
        file_names=tuple(stored.fingerprints),
        entries=stored.entries,
        totals=stored.totals,
    )


def _check_month(month: str) -> None:
    try:
        periods.last_day(month)
    except periods.MonthError as error:
        raise MonthInvalidError(f"{error}.", fields={"period": f"{error}."}) from error


def _label(month: str) -> str:
    return wording.month(periods.first_day(month))


def _record_close(
    period: PayPeriod, stored: StoredFiles, *, actor: Actor, now: dt.datetime
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb="closed",
        subject=f"pay period {period.month}",
        before={"state": PayPeriod.State.OPEN.value},
        after={
            "state": PayPeriod.State.CLOSED.value,
            "entries": stored.entries,
            "files": stored.fingerprints,
        },
    )


def _in_words(check: Check) -> str:
    return f"{check.sentence} ({'; '.join(check.items)})" if check.items else check.sentence
