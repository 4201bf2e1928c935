"""The time for which somebody asks for cover."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from common.periods import Period
from rotation.models import Cover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def asked_time(*, engineer_id: int) -> Mapping[int, Sequence[Period]]:
    """What that person asks others to take and nobody has yet, by shift, in order; one query."""
    rows = Cover.objects.filter(from_engineer_id=engineer_id, state=Cover.State.OPEN)
    found: dict[int, list[Period]] = collections.defaultdict(list)
    for row in rows.order_by("starts_at", "pk"):
        found[row.shift_id].append(Period(starts_at=row.starts_at, ends_at=row.ends_at))
    return found
