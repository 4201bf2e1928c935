"""What needs finance now: the next month to close, what stands against it, weeks without a rate."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.queries.ahead import UnpricedWeeks, unpriced_weeks
from compensation.queries.closing import (
    BlockedLine,
    Check,
    CheckCode,
    blocked_shifts,
    closing_checks,
)
from compensation.queries.months import closable_from, next_to_close
from compensation.queries.questions import waiting_count

if TYPE_CHECKING:
    import datetime as dt

    from compensation.queries.periods import PeriodLine


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FinanceAttention:
    """The month that closes next, with its checks in order.

    `closable_from` is the instant from which time no longer stands against it, `is_over` whether
    that has come. `blocked` are ended weeks without a rate, `unpriced` published ones ahead.
    `questions` about pay have no answer yet.
    """

    period: PeriodLine
    closable_from: dt.datetime
    is_over: bool
    checks: tuple[Check, ...]
    blocked: tuple[BlockedLine, ...]
    unpriced: tuple[UnpricedWeeks, ...]
    questions: int

    @property
    def failing(self) -> list[Check]:
        """What stands against closing and can be repaired: waiting for the end is no repair."""
        return [
            check
            for check in self.checks
            if not check.passes and check.code is not CheckCode.MONTH_ENDED
        ]

    @property
    def can_close(self) -> bool:
        """Whether one click closes it now."""
        return all(check.passes for check in self.checks)


def finance_attention(*, now: dt.datetime, today: dt.date) -> FinanceAttention:
    """What finance finds first; `today` is the day where they work.

    The number of queries does not depend on how many rows there are.
    """
    period = next_to_close(today=today)
    closable = closable_from(month=period.month)
    return FinanceAttention(
        period=period,
        closable_from=closable,
        is_over=now >= closable,
        checks=tuple(closing_checks(month=period.month, now=now)),
        blocked=tuple(blocked_shifts()),
        unpriced=tuple(unpriced_weeks(now=now)),
        questions=waiting_count(),
    )
