"""What a running week is worth so far: for a report, never for the ledger."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common.periods import seconds
from compensation.domain import keys, money, pricing, segments, shifts

if TYPE_CHECKING:
    import datetime as dt

    from compensation.domain.pricing import Priced, Terms
    from compensation.domain.rates import Rate
    from compensation.domain.shifts import Shift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Accrued:
    """What has accrued in one currency: `base_minor` of the week, `holiday_minor` on top."""

    currency: str
    base_minor: int
    holiday_minor: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Accrual:
    """One running week at an instant: by currency in alphabetical order.

    `elapsed_seconds` of its `paid_seconds` have gone by with somebody on call. `is_blocked` says
    that no rate prices it: then nothing is in `amounts`.
    """

    paid_seconds: int
    elapsed_seconds: int
    amounts: tuple[Accrued, ...]
    is_blocked: bool


def is_running(shift: Shift, *, at: dt.datetime) -> bool:
    """Whether the shift has begun at the instant and is not over: at its end it is over."""
    return shift.period.starts_at <= at < shifts.completed_at(shift)


def accrual(shift: Shift, terms: Terms, *, at: dt.datetime) -> Accrual:
    """What a running shift of a paid level is worth at an instant.

    For each rate version `half_up(W * seconds / S)`: its week, the paid seconds that people of it
    have had by then, the paid seconds of the whole week. Time that nobody had accrues nothing.
    """
    until = dataclasses.replace(shift, cancelled_at=at.replace(microsecond=0))
    elapsed = sum(run.seconds for run in segments.segments(until))
    total = seconds(segments.paid_windows(shift))
    priced = pricing.price(until, terms)
    if isinstance(priced, pricing.Blocked):
        return Accrual(
            paid_seconds=total, elapsed_seconds=elapsed, amounts=(), is_blocked=elapsed > 0
        )
    rates = {rate.version: rate for rate in terms.rates}
    currencies = sorted({entry.currency for entry in priced.entries})
    return Accrual(
        paid_seconds=total,
        elapsed_seconds=elapsed,
        amounts=tuple(_accrued(currency, priced, rates, total) for currency in currencies),
        is_blocked=False,
    )


def _accrued(currency: str, priced: Priced, rates: dict[str, Rate], total: int) -> Accrued:
    mine = [entry for entry in priced.entries if entry.currency == currency]
    had: dict[str, int] = {}
    for entry in mine:
        if entry.kind == keys.BASE:
            had[entry.rate_version] = had.get(entry.rate_version, 0) + entry.seconds
    return Accrued(
        currency=currency,
        base_minor=sum(
            money.half_up(rates[version].weekly_minor * worked, total)
            for version, worked in had.items()
        ),
        holiday_minor=sum(entry.amount_minor for entry in mine if entry.kind != keys.BASE),
    )
