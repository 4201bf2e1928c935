"""What single weeks have earned somebody."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Sum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from compensation.models import Entry


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """An amount in minor units of one currency; never add two of these."""

    amount_minor: int
    currency: str


def earned_by_shift(
    *, entries: QuerySet[Entry], shift_ids: Iterable[int]
) -> dict[int, list[Earned]]:
    """One person's `entries` of each shift added up, by currency; one query."""
    rows = (
        entries.filter(shift_id__in=list(shift_ids))
        .values_list("shift_id", "currency")
        .annotate(amount=Sum("amount_minor"))
        .order_by("shift_id", "currency")
    )
    found: dict[int, list[Earned]] = {}
    for shift_id, currency, amount in rows:
        if shift_id is not None:
            earned = Earned(amount_minor=amount, currency=currency)
            found.setdefault(shift_id, []).append(earned)
    return found
