"""How an amount came about, step by step: the sums that `pricing` makes, kept for a reader.

Every figure is a whole number, so that anybody can do the sum again by hand.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import money

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from compensation.domain.segments import HolidayShare


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rounded:
    """`worth` times `part` by `whole`, and that rounded to whole units, a half up.

    `part` and `whole` are seconds, `worth` and `minor` are minor units.
    """

    worth: int
    part: int
    whole: int

    @property
    def minor(self) -> int:
        """The quotient, rounded half up."""
        return money.half_up(self.worth * self.part, self.whole)

    def exact(self, currency: str) -> str:
        """The quotient in the currency with four decimals more, cut there: `384.860557`."""
        return quotient_text(self.worth * self.part, self.whole, currency)

    @property
    def is_exact(self) -> bool:
        """Whether nothing was rounded."""
        return self.worth * self.part % self.whole == 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class BaseWorking:
    """The base amount of a segment: its share of the pool of everybody at the same rate.

    `pool` turns the rate into the pool. The share is rounded down to `floor_minor`; of the
    `left_over` units that are missing in all, one goes to each of the largest remainders, and this
    one's `remainder` is the `place`-th largest of `parts`.
    """

    pool: Rounded
    seconds: int
    floor_minor: int
    remainder: int
    left_over: int
    place: int
    parts: int

    @property
    def gets_unit(self) -> bool:
        """Whether one of the missing units went here."""
        return self.place <= self.left_over

    @property
    def minor(self) -> int:
        """The amount."""
        return self.floor_minor + self.gets_unit

    @property
    def is_whole_pool(self) -> bool:
        """Whether nobody shares the pool."""
        return self.parts == 1

    def exact(self, currency: str) -> str:
        """The share before rounding, with four decimals more, cut there."""
        return quotient_text(self.pool.minor * self.seconds, self.pool.part, currency)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HolidayWorking:
    """A supplement: what the date is worth up to the segment's last second less up to its first."""

    until: Rounded
    before: Rounded

    @property
    def minor(self) -> int:
        """The amount."""
        return self.until.minor - self.before.minor

    @property
    def is_from_the_start(self) -> bool:
        """Whether nobody had the date before."""
        return self.before.part == 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A base entry of a shift as the ledger has it; `reverses` is the number it takes back."""

    number: int
    rate_id: int
    seconds: int
    starts_at: dt.datetime
    posted_at: dt.datetime
    reverses: int | None


def base_working(
    *, weekly_minor: int, week_seconds: int, weights: Sequence[int], index: int
) -> BaseWorking | None:
    """The working of the segment at `index` of those that share a rate, by start.

    `weights` are their seconds. None where nothing was worked.
    """
    pool_seconds = sum(weights)
    if week_seconds <= 0 or pool_seconds <= 0 or min(weights) < 0:
        return None
    pool = Rounded(worth=weekly_minor, part=pool_seconds, whole=week_seconds)
    floors = [pool.minor * weight // pool_seconds for weight in weights]
    remainders = [pool.minor * weight % pool_seconds for weight in weights]
    order = sorted(range(len(weights)), key=lambda each: -remainders[each])
    return BaseWorking(
        pool=pool,
        seconds=weights[index],
        floor_minor=floors[index],
        remainder=remainders[index],
        left_over=pool.minor - sum(floors),
        place=order.index(index) + 1,
        parts=len(weights),
    )


def holiday_working(*, holiday_minor: int, share: HolidayShare) -> HolidayWorking | None:
    """The working of a segment's part of a public holiday; None where the date has no paid time."""
    if share.date_seconds <= 0:
        return None
    until, before = (
        Rounded(worth=holiday_minor, part=second, whole=share.date_seconds)
        for second in (share.to_second, share.from_second)
    )
    return HolidayWorking(until=until, before=before)


def pool_at(entries: Sequence[Posted], number: int) -> list[Posted]:
    """The entries that shared the pool of entry `number` when it was posted, by start.

    `entries` are all base entries of the shift, by number. What was posted together is one step;
    an entry that a later step took back was still there.
    """
    wanted = next(entry for entry in entries if entry.number == number)
    live: dict[int, Posted] = {}
    last: Posted | None = None
    for entry in entries:
        if last is not None and last.number >= number and _begins_step(entry, last):
            break
        if entry.reverses is None:
            live[entry.number] = entry
        else:
            live.pop(entry.reverses, None)
        last = entry
    same = [entry for entry in live.values() if entry.rate_id == wanted.rate_id]
    return sorted(same, key=lambda entry: (entry.starts_at, entry.number))


def _begins_step(entry: Posted, last: Posted) -> bool:
    """Corrections take back first and add then, all at one instant."""
    return entry.posted_at != last.posted_at or (
        entry.reverses is not None and last.reverses is None
    )


def quotient_text(numerator: int, denominator: int, currency: str) -> str:
    """A quotient of minor units in the currency with four decimals more, cut and not rounded.

    Both are not negative. `384.860557` for euros; whole ones keep their zeros away.
    """
    digits = money.exponent(currency)
    scaled = numerator * 10**4 // denominator
    whole, part = divmod(scaled, 10 ** (digits + 4))
    decimals = f"{part:0{digits + 4}d}"
    shown = decimals[:digits] + decimals[digits:].rstrip("0")
    return f"{whole}.{shown}" if shown else f"{whole}"
