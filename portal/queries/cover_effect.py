"""What a cover would change for its reader: load by the schedule's rules, pay by the ledger's."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.queries import cover_pay
from rotation.queries import cover_people

if TYPE_CHECKING:
    import datetime as dt

    from common.periods import Period
    from compensation.queries.cover_pay import OwnChange
    from rotation.models import Rotation
    from rotation.queries.worked import WorkedShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AskerEffect:
    """What somebody who asks gives away; loads in hundredths, `pay` None without a figure."""

    load_before: int
    load_after: int
    pay: OwnChange | None


def asker_effect(
    *,
    shift: WorkedShift,
    rotation: Rotation,
    period: Period,
    engineer_id: int,
    now: dt.datetime,
) -> AskerEffect | None:
    """What the reader gives away if somebody takes that time; None for whoever has no term then."""
    part = cover_people.part_of(shift=shift, rotation=rotation, period=period, now=now)
    found = cover_people.candidates(shift=shift, rotation=rotation, part=part, now=now)
    mine = next((each for each in found if each.engineer_id == engineer_id), None)
    if mine is None:
        return None
    return AskerEffect(
        load_before=mine.load_before,
        load_after=max(0, mine.load_before - part.load),
        pay=cover_pay.own_change(
            shift_id=shift.shift_id, period=period, engineer_id=engineer_id, taker_id=None
        ),
    )
