"""Corrections and adjustments, for the world of the guards."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.operations import Actor
from common.periods import Period
from compensation.models import Adjustment, Correction
from compensation.operations import adjustments, weeks
from rotation.domain.stints import CoverSpan
from rotation.models import Shift
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer

WHY = "Carla had the night."
EVIDENCE = "incident 4711"
DOCUMENT = "HR-2026-17"
EARNED_ON = dt.date(2026, 11, 2)
# After the month that the guards close: a correction of it would keep it open.
CORRECTED_WEEK = builders.THIS_WEEK - builders.WEEK
UNCORRECTED_WEEK = dt.date(2026, 10, 19)


def make_corrections(people: dict[str, Engineer]) -> dict[str, object]:
    """Anna asks for a correction of a paid week of Ben's, and for an amount for him."""
    anna, ben = people["manager"], people["engineer"]
    level = Shift.objects.filter(holder=ben, level__name="primary")[0].level
    shift = builders.make_shift(level=level, week_date=CORRECTED_WEEK, holder=ben)
    weeks.complete_shift(shift_id=shift.pk, actor=Actor.sweep("weeks"), now=builders.NOW)
    return {
        "correction_id": make_correction(shift, by=anna).pk,
        "adjustment_id": make_adjustment(ben, by=anna).pk,
    }


def special_of_corrections(people: dict[str, Engineer]) -> dict[str, dict[str, object]]:
    """A week that ended and was not corrected; an adjustment that is paid."""
    ben, anna, finn = (people[name] for name in ("engineer", "manager", "finance"))
    worked = Shift.objects.filter(holder=ben, level__name="primary")
    ended: dict[str, object] = {"shift_id": worked.get(week_date=UNCORRECTED_WEEK).pk}
    paid = make_adjustment(ben, by=anna)
    adjustments.approve_adjustment(
        adjustment_id=paid.pk,
        actor=Actor(name=finn.email, engineer_id=finn.pk),
        now=builders.NOW,
    )
    return {
        "correction-ask": ended,
        "adjustment-take-back": {"adjustment_id": paid.pk},
        "api-adjustment-take-back": {"adjustment_id": paid.pk},
    }


def night_of(shift: Shift) -> CoverSpan:
    """A night of the week that nobody had."""
    start = shift.starts_at + dt.timedelta(days=1, hours=6)
    return CoverSpan(
        person=None, period=Period(starts_at=start, ends_at=start + dt.timedelta(hours=12))
    )


def make_correction(shift: Shift, *, by: Engineer) -> Correction:
    """A correction that waits: nobody had a night of it."""
    row = Correction.objects.create(
        shift=shift,
        reason=WHY,
        evidence=EVIDENCE,
        proposed_by=by,
        proposed_at=builders.NOW,
    )
    night = night_of(shift)
    row.covers.create(position=0, starts_at=night.period.starts_at, ends_at=night.period.ends_at)
    return row


def make_adjustment(engineer: Engineer, *, by: Engineer) -> Adjustment:
    """An adjustment that waits."""
    return Adjustment.objects.create(
        engineer=engineer,
        amount_minor=15017,
        currency="EUR",
        earned_on=EARNED_ON,
        reason=WHY,
        document=DOCUMENT,
        proposed_by=by,
        proposed_at=builders.NOW,
    )


def corrected_often(shift: Shift, numbers: range, *, by: Engineer, decided_by: Engineer) -> None:
    """Corrections and adjustments that were declined, as many as there are numbers."""
    decided = {
        "reason": WHY,
        "proposed_by": by,
        "proposed_at": builders.NOW,
        "state": Correction.State.DECLINED,
        "decided_by": decided_by,
        "decided_at": builders.NOW,
    }
    Correction.objects.bulk_create(
        Correction(shift=shift, evidence=f"incident {number}", **decided) for number in numbers
    )
    Adjustment.objects.bulk_create(
        Adjustment(
            engineer=shift.holder or by,
            amount_minor=100 + number,
            currency="EUR",
            earned_on=EARNED_ON,
            document=f"HR-{number}",
            **decided,
        )
        for number in numbers
    )
