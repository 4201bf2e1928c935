"""What a rotation costs: totals by month and currency, and never what one person is paid."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from common import wording
from compensation.domain import disclosure, periods
from compensation.domain.disclosure import MonthShares
from compensation.models import Entry, PayPeriod

if TYPE_CHECKING:
    from compensation.domain.disclosure import Run

_ByPerson = dict[int, int]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One or several months with their total in one currency.

    `minor` and `people` are None where the total would tell what one person is paid. `is_open`
    says that weeks can still be added.
    """

    months: tuple[str, ...]
    currency: str
    minor: int | None
    people: int | None
    is_open: bool

    @property
    def label(self) -> str:
        """`November 2026`, or `October 2026 to November 2026`."""
        first, last = (wording.month(periods.first_day(self.months[at])) for at in (0, -1))
        return first if first == last else f"{first} to {last}"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RotationCost:
    """The lines, the latest first, then by currency; `open_months` are not told yet, in order.

    `told` adds up the totals that are told, by currency in alphabetical order.
    """

    lines: tuple[CostLine, ...]
    open_months: tuple[str, ...]
    told: tuple[tuple[str, int], ...]

    @property
    def hidden(self) -> int:
        """How many lines have no total."""
        return sum(1 for line in self.lines if line.minor is None)

    @property
    def open_labels(self) -> str:
        """The open months in words."""
        return ", ".join(wording.month(periods.first_day(month)) for month in self.open_months)


def rotation_cost(*, rotation_id: int, tells_all: bool) -> RotationCost:
    """What the rotation's shifts cost, month by month; one query.

    Adjustments are for a person and not for a rotation: they are no part of it. `tells_all` is for
    finance, who reads each entry; for others `disclosure` says what is told, and open months are
    not, since each week that is added to one would tell somebody's pay by the difference.
    """
    shares, states = _shares(rotation_id)
    is_open = {month for month, state in states.items() if state == PayPeriod.State.OPEN}
    lines = []
    for currency, months in shares.items():
        if tells_all:
            lines += _every(currency, months, is_open)
        else:
            closed = [one for one in months if one.month not in is_open]
            lines += [_line(currency, run) for run in disclosure.runs(closed)]
    lines.sort(key=lambda line: line.currency)
    lines.sort(key=lambda line: line.months[-1], reverse=True)
    return RotationCost(
        lines=tuple(lines),
        open_months=() if tells_all else tuple(sorted(is_open)),
        told=_told(lines),
    )


def _shares(rotation_id: int) -> tuple[dict[str, list[MonthShares]], dict[str, str]]:
    """By currency, each month's parts by person, in order; and the months' states."""
    rows = (
        Entry.objects.filter(shift__level__rotation_id=rotation_id)
        .values_list("currency", "period__month", "period__state", "engineer_id")
        .annotate(minor=Sum("amount_minor"), number=Count("pk"))
        .order_by("currency", "period__month", "engineer_id")
    )
    found: dict[str, dict[str, _ByPerson]] = collections.defaultdict(dict)
    states = {}
    for currency, month, state, engineer_id, minor, _number in rows:
        found[currency].setdefault(month, {})[engineer_id] = minor
        states[month] = state
    return {
        currency: [MonthShares(month=month, by_person=parts) for month, parts in months.items()]
        for currency, months in found.items()
    }, states


def _every(currency: str, months: list[MonthShares], is_open: set[str]) -> list[CostLine]:
    return [
        CostLine(
            months=(one.month,),
            currency=currency,
            minor=sum(one.by_person.values()),
            people=sum(1 for minor in one.by_person.values() if minor),
            is_open=one.month in is_open,
        )
        for one in months
    ]


def _line(currency: str, run: Run) -> CostLine:
    return CostLine(
        months=run.months,
        currency=currency,
        minor=run.minor if run.is_told else None,
        people=run.people if run.is_told else None,
        is_open=False,
    )


def _told(lines: list[CostLine]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for line in lines:
        if line.minor is not None:
            sums[line.currency] = sums.get(line.currency, 0) + line.minor
    return tuple(sorted(sums.items()))
